import { z } from 'zod';
import { dayMs } from '../../platform/clock.ts';
import { type ListSources, listRights } from '../gate/list-rights.ts';
import { type Actor, type Operation, operation } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import { numberForm, type Policy } from '../policy/policy.ts';
import { answers, channels, outcomes, verificationStates } from './alert-update.ts';
import { refusePersonal } from './check-text.ts';
import type { HitView } from './hit-view.ts';
import { precisionGroups } from './precision.ts';
import { enforcementActions } from './step.ts';
import type { Person, Verification } from './verification.ts';

const hitId = z.strictObject({ id: z.uuid() });
const answer = z.enum(answers);
const time = z.iso.datetime({ offset: true });
/** One line that names a person, a desk or a terminal; an answer of CLETS does not fit in (VER-4, HOT-9). */
const source = z
  .string()
  .trim()
  .regex(/^[\p{L}\p{N} .,'#/-]{2,60}$/u, 'name the dispatcher or the terminal, in one short line');
const words = z.string().trim().min(10, 'say it in a sentence').max(1000);
const plate = z
  .string()
  .transform((text) => text.toUpperCase().replace(/[\s-]/g, ''))
  .pipe(z.string().regex(/^[0-9A-Z?]{1,10}$/, 'letters, digits, and ? for what cannot be read'));

/**
 * Everything that a person does with a hit. Whoever is on duty sees the alerts that are open; browsing older hits
 * asks for a purpose, and for the right to browse lists of that source (USR-9).
 */
export function hitOperations(deps: {
  verification: Verification;
  policy: Policy;
  lists: ListSources;
}): Operation[] {
  const { verification } = deps;
  const { lint } = deps.policy.hotplates;
  const browsable = (hits: readonly HitView[], actor: Actor): HitView[] => {
    const mayBrowse = listRights(actor, deps.lists);
    return hits.filter(({ match }) => mayBrowse(match.list.id));
  };
  const number = z
    .string()
    .trim()
    .regex(
      numberForm(deps.policy.inquiry.caseNumberPattern),
      'does not match the format of this agency',
    );
  const count = (list: readonly unknown[]) => list.length;

  /** A step that an officer takes on a hit. */
  const step = <Input extends { id: string }, Output>(
    name: string,
    path: string,
    input: z.ZodType<Input>,
    run: (input: Input, by: Person) => Output,
  ): Operation =>
    operation({
      name: `hits.${name}`,
      http: { method: 'POST', path: `/hits/:id/${path}` },
      permission: 'alerts.respond',
      category: 'Disposition',
      inquiry: false,
      effect: 'change',
      input,
      object: ({ id }) => `hit ${id}`,
      run: (given, { actor }) => run(given, personOf(actor)),
    });

  return [
    operation({
      name: 'hits.list',
      http: { method: 'GET', path: '/hits' },
      permission: 'alerts.watch',
      category: 'Hit List Browsing',
      inquiry: true,
      effect: 'look',
      input: z.strictObject({
        since: time.optional().describe('Default: a day before `until`'),
        until: time.optional().describe('Default: now'),
        list: z.string().optional(),
        state: z.enum(verificationStates).optional(),
        limit: z.coerce.number().int().min(1).max(500).default(100),
      }),
      async run({ since, until, list, state, limit }, { nowMs, actor }): Promise<HitView[]> {
        const untilMs = until === undefined ? nowMs + 1 : Date.parse(until);
        const sinceMs = since === undefined ? untilMs - dayMs : Date.parse(since);
        const hits = await verification.list({ sinceMs, untilMs, list, limit });
        const shown = browsable(hits, actor);
        return state === undefined ? shown : shown.filter((hit) => hit.state === state);
      },
      results: count,
    }),
    operation({
      name: 'hits.undisposed',
      http: { method: 'GET', path: '/hits/undisposed' },
      permission: 'alerts.respond',
      category: 'Hit List Browsing',
      inquiry: false,
      effect: 'look',
      input: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(100) }),
      run: ({ limit }) => verification.undisposed(limit),
      results: count,
    }),
    operation({
      name: 'hits.elsewhere',
      http: { method: 'GET', path: '/hits/elsewhere' },
      permission: 'alerts.watch',
      category: 'Hit List Browsing',
      inquiry: false,
      effect: 'look',
      input: z.strictObject({}),
      run: () => verification.elsewhere.list(),
      results: count,
    }),
    operation({
      name: 'hits.precision',
      http: { method: 'GET', path: '/hits/precision' },
      permission: 'statistics.read',
      category: 'Hit List Browsing',
      inquiry: false,
      effect: 'look',
      input: z.strictObject({
        by: z.enum(precisionGroups).default('all'),
        since: time.optional().describe('Default: 90 days before `until`'),
        until: time.optional().describe('Default: now'),
      }),
      run({ by, since, until }, { nowMs }) {
        const untilMs = until === undefined ? nowMs + 1 : Date.parse(until);
        const sinceMs = since === undefined ? untilMs - 90 * dayMs : Date.parse(since);
        const undisposed = verification.undisposedCount();
        return { ...verification.precision(by, sinceMs, untilMs), undisposed };
      },
      results: ({ figures }) => figures.length,
    }),
    operation({
      name: 'hits.errors',
      http: { method: 'GET', path: '/hits/errors' },
      permission: 'audit.read',
      category: 'Audit Access',
      inquiry: false,
      effect: 'look',
      input: z.strictObject({ since: time.optional(), until: time.optional() }),
      run({ since, until }, { nowMs }) {
        const untilMs = until === undefined ? nowMs + 1 : Date.parse(until);
        return verification.errors(since === undefined ? 0 : Date.parse(since), untilMs);
      },
      results: count,
    }),
    operation({
      name: 'hits.mutes',
      http: { method: 'GET', path: '/hits/mutes' },
      permission: 'hotlist.browse',
      category: 'Hot List Browsing',
      inquiry: false,
      effect: 'look',
      input: z.strictObject({}),
      run: () => verification.mutes.list(),
      results: count,
    }),
    operation({
      name: 'hits.lift-mute',
      http: { method: 'DELETE', path: '/hits/mutes/:id' },
      permission: 'hotlist.manage',
      category: 'Configuration Change',
      inquiry: false,
      effect: 'change',
      input: hitId,
      object: ({ id }) => `mute ${id}`,
      run({ id }) {
        if (!verification.mutes.lift(id)) {
          throw new Refusal(404, 'no-such-mute', `There is no mute ${id}.`);
        }
        return { lifted: id };
      },
    }),
    operation({
      name: 'hits.open',
      http: { method: 'GET', path: '/hits/:id' },
      permission: 'alerts.watch',
      category: 'Hit List Browsing',
      inquiry: true,
      effect: 'look',
      input: hitId,
      object: ({ id }) => `hit ${id}`,
      run({ id }, { actor }) {
        const hit = verification.open(id);
        if (browsable([hit], actor).length === 0) {
          throw new Refusal(
            403,
            'source-not-permitted',
            `You are not authorised to browse hits of ${hit.match.list.name}. Ask an administrator.`,
          );
        }
        return hit;
      },
      results: () => 1,
    }),

    step(
      'confirm-visual',
      'visual',
      hitId
        .extend({
          characters: answer
            .optional()
            .describe('The plate on the vehicle is the one that was read (VER-1)'),
          state: answer.optional(),
          vehicle: answer.optional(),
        })
        .refine(({ characters, state, vehicle }) => characters ?? state ?? vehicle, {
          message: 'answer at least one of characters, state, vehicle',
        }),
      ({ id, ...told }, by) => verification.confirmVisual(id, told, by),
    ),
    step('start-confirmation', 'confirmation', hitId, ({ id }, by) =>
      verification.startConfirmation(id, by),
    ),
    step(
      'confirm-status',
      'status',
      hitId.extend({
        channel: z.enum(channels),
        source,
        result: z.enum(['confirmed', 'not_wanted', 'no_response']),
        at: time.optional().describe('When it was confirmed; default: now'),
      }),
      ({ id, at, ...told }, by) =>
        verification.confirmStatus(
          id,
          { ...told, atMs: at === undefined ? undefined : Date.parse(at) },
          by,
        ),
    ),
    step(
      'check-occupant',
      'occupant',
      hitId.extend({ answer, basis: words.optional() }),
      ({ id, ...told }, by) => {
        refusePersonal({ basis: told.basis }, lint);
        return verification.checkOccupant(id, told, by);
      },
    ),
    // Never turned down for its words, for it cannot wait; what stands out in them is remarked.
    step('exigent', 'exigent', hitId.extend({ text: words }), ({ id, text }, by) =>
      verification.declareExigent(id, text, by),
    ),
    step(
      'enforce',
      'enforcement',
      hitId.extend({ action: z.enum(enforcementActions), note: words.optional() }),
      ({ id, ...told }, by) => {
        refusePersonal({ note: told.note }, lint);
        return verification.enforce(id, told, by);
      },
    ),
    step(
      'dispose',
      'disposition',
      hitId.extend({
        outcome: z.enum(outcomes),
        cadNumber: number.optional(),
        reportNumber: number.optional(),
        notes: words.optional().describe('CAD notes'),
        correctedPlate: plate.optional(),
        correctedState: z
          .string()
          .regex(/^[A-Z]{2,3}$/)
          .optional(),
      }),
      ({ id, ...told }, by) => {
        refusePersonal({ 'text of the notes': told.notes }, lint);
        return verification.dispose(id, told, by);
      },
    ),
  ];
}

function personOf({ account, username, name, role }: Actor): Person {
  return { account, username, name, role };
}
