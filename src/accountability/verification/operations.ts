import { z } from 'zod';
import { isStateCode, listedState } from '../../hotlist/state-code.ts';
import { headingNames } from '../../position/heading.ts';
import type { Deed } from '../audit/deeds.ts';
import { listOf, record } from '../gate/answer.ts';
import { change, look } from '../gate/definition.ts';
import {
  byId,
  flag,
  listId,
  moment,
  nothing,
  sinceUntil,
  wholeNumber,
} from '../gate/input-fields.ts';
import type { AlertStatus } from './alert-status.ts';
import { verificationStates } from './alert-update.ts';
import type { Disposed } from './closing-desk.ts';
import type { FoundError } from './found-errors.ts';
import type { HitList, HitView } from './hit-view.ts';
import type { Mute } from './mutes.ts';
import { type PrecisionFigure, precisionGroups } from './precision.ts';
import {
  answers,
  channels,
  enforcementActions,
  type FreeText,
  freeTexts,
  outcomes,
  statusResults,
} from './step.ts';

// Everything that a person does with a hit. People on duty see the open alerts; browsing older hits requires a purpose,
// and the right to browse lists of that source (USR-9).

const answer = z.enum(answers);
/** One line that names a person, a desk or a terminal; too short for an answer of CLETS (VER-4, HOT-9). */
const source = z
  .string()
  .trim()
  .regex(/^[\p{L}\p{N} .,'#/-]{2,60}$/u, 'name the dispatcher or the terminal, in one short line');
const words = z.string().trim().min(10, 'say it in a sentence').max(1000);
const plate = z
  .string()
  .transform((text) => text.toUpperCase().replace(/[\s-]/g, ''))
  .pipe(z.string().regex(/^[0-9A-Z?]{1,10}$/, 'letters, digits, and ? for what cannot be read'));

const state = z
  .string()
  .trim()
  .transform((text) => listedState(text, 'postal') ?? text.toUpperCase())
  .pipe(z.string().refine(isStateCode, 'is no state of issue; write it like CA or California'));

const textLookedThrough = flag
  .default(false)
  .describe('The person has read the text, and it names nobody and quotes no CLETS answer');

/** A hit, by its id, or by the first or last characters of it that no other hit has. */
export const hitReference = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^[0-9a-f-]{4,36}$/,
    'is not the id of a hit; give all of it, or at least 4 characters from its start or its end',
  );
const byHit = z.strictObject({ id: hitReference });

const count = (list: readonly unknown[]) => list.length;
const countHits = ({ hits }: HitList) => hits.length;

export const listHits = look({
  name: 'hits.list',
  http: { method: 'GET', path: '/hits' },
  permission: 'alerts.watch',
  category: 'Hit List Browsing',
  inquiry: true,
  input: z.strictObject({
    ...sinceUntil('a day before `until`'),
    list: listId.optional(),
    state: z.enum(verificationStates).optional(),
    limit: wholeNumber(1, 500).default(100),
  }),
  answer: record<HitList>(),
  results: countHits,
});

export const listOpenHits = look({
  name: 'hits.undisposed',
  http: { method: 'GET', path: '/hits/undisposed' },
  permission: 'alerts.respond',
  category: 'Hit List Browsing',
  input: z.strictObject({ limit: wholeNumber(1, 500).default(100) }),
  answer: record<HitList>(),
  results: countHits,
});

export const listOtherUnitsAlerts = look({
  name: 'hits.elsewhere',
  http: { method: 'GET', path: '/hits/elsewhere' },
  permission: 'alerts.watch',
  category: 'Hit List Browsing',
  input: nothing,
  answer: listOf<AlertStatus>(),
  results: count,
});

export const measurePrecision = look({
  name: 'hits.precision',
  http: { method: 'GET', path: '/hits/precision' },
  permission: 'statistics.read',
  category: 'Hit List Browsing',
  input: z.strictObject({
    by: z.enum(precisionGroups).default('all'),
    ...sinceUntil('90 days before `until`'),
  }),
  answer: record<{ figures: PrecisionFigure[]; undisposed: number }>(),
  results: ({ figures }) => figures.length,
});

export const listWrongAlerts = look({
  name: 'hits.errors',
  http: { method: 'GET', path: '/hits/errors' },
  permission: 'audit.read',
  category: 'Audit Access',
  input: z.strictObject(sinceUntil('the first on record')),
  answer: listOf<Pick<FoundError, 'hitId' | 'at' | 'head' | 'outcome' | 'correction'>>(),
  results: count,
});

export const listMutes = look({
  name: 'hits.mutes',
  http: { method: 'GET', path: '/hits/mutes' },
  permission: 'hotlist.browse',
  category: 'Hot List Browsing',
  input: nothing,
  answer: listOf<Mute>(),
  results: count,
});

export const liftMute = change({
  name: 'hits.lift-mute',
  http: { method: 'DELETE', path: '/hits/mutes/:id' },
  permission: 'hotlist.manage',
  category: 'Configuration Change',
  input: byId,
  answer: z.object({ lifted: z.string() }),
  object: ({ id }) => `mute ${id}`,
});

export const openHit = look({
  name: 'hits.open',
  http: { method: 'GET', path: '/hits/:id' },
  permission: 'alerts.watch',
  category: 'Hit List Browsing',
  inquiry: true,
  keepsPurpose: true,
  input: byHit,
  answer: record<HitView>(),
  object: ({ id }) => `hit ${id}`,
  results: () => 1,
});

/**
 * An operation that records an officer's step on a hit. Its answer shows the hit, so it is a look too: with the same
 * rights, a purpose, and a record of the look beside that of the step. Free text stays out of the audit log, where it
 * could not be struck.
 */
function step<Input, Parsed extends { id: string }, Answer>(
  name: Deed & `hits.${string}`,
  path: string,
  schemas: { input: z.ZodType<Parsed, Input>; answer: z.ZodType<Answer> },
  permission: 'alerts.respond' | 'alerts.enforce' = 'alerts.respond',
) {
  return change({
    name,
    http: { method: 'POST', path: `/hits/:id/${path}` },
    permission,
    category: 'Disposition',
    inquiry: true,
    keepsPurpose: true,
    shows: 'Hit List Browsing',
    object: ({ id }) => `hit ${id}`,
    ...schemas,
  });
}

export const confirmVisual = step('hits.confirm-visual', 'visual', {
  input: byHit
    .extend({
      characters: answer
        .optional()
        .describe('The plate on the vehicle is the one that was read (VER-1)'),
      state: answer.optional().describe('The state of issue agrees with the entry'),
      vehicle: answer.optional().describe('The vehicle fits its description'),
      shows: plate
        .optional()
        .describe(
          'The plate as the picture or the vehicle shows it, in place of `characters`; whether it is the listed one decides',
        ),
      showsState: state
        .optional()
        .describe('The state of issue as the picture or the vehicle shows it, in place of `state`'),
    })
    .refine((said) => Object.entries(said).some(([key, value]) => key !== 'id' && value), {
      message:
        'say what you see: whether the characters, the state of issue or the vehicle agree, or which plate or state is shown',
    }),
  answer: record<HitView>(),
});

/** An update of the direction of travel: who saw the vehicle again, or whom dispatch told (B 466.9(e)). */
export const tellSighting = step('hits.tell-sighting', 'sighting', {
  input: byHit.extend({
    heading: z.enum(headingNames).describe('Direction of travel: N, NE, E, SE, S, SW, W or NW'),
    place: z.string().trim().min(1).max(120).optional().describe('Where, in words'),
    textLookedThrough,
  }),
  answer: record<HitView>(),
});

export const startConfirmation = step('hits.start-confirmation', 'confirmation', {
  input: byHit,
  answer: record<HitView>(),
});

export const confirmStatus = step('hits.confirm-status', 'status', {
  input: byHit.extend({
    channel: z.enum(channels),
    source,
    result: z.enum(statusResults),
    at: moment.optional().describe('When it was confirmed; default: now'),
  }),
  answer: record<HitView>(),
});

export const checkOccupant = step(
  'hits.check-occupant',
  'occupant',
  {
    input: byHit.extend({ answer, basis: words.optional(), textLookedThrough }),
    answer: record<HitView>(),
  },
  'alerts.enforce',
);

export const declareExigent = step(
  'hits.exigent',
  'exigent',
  {
    input: byHit.extend({ text: words }),
    answer: record<HitView>(),
  },
  'alerts.enforce',
);

export const recordEnforcement = step(
  'hits.enforce',
  'enforcement',
  {
    input: byHit.extend({
      action: z.enum(enforcementActions),
      note: words.optional(),
      textLookedThrough,
    }),
    answer: record<HitView>(),
  },
  'alerts.enforce',
);

/** The input that closes a hit; `disposition.ts` checks the numbers against the policy's format. */
export const disposalSchema = byHit.extend({
  outcome: z.enum(outcomes),
  cadNumber: z.string().trim().optional(),
  reportNumber: z.string().trim().optional(),
  notes: words.optional().describe('CAD notes'),
  textLookedThrough,
  takenForOpen: z
    .boolean()
    .optional()
    .describe('Refused where somebody has closed it meanwhile; else that is corrected'),
  correctedPlate: plate.optional(),
  correctedState: state.optional(),
});

export const disposeHit = step('hits.dispose', 'disposition', {
  input: disposalSchema,
  answer: record<Disposed>(),
});

export const reopenHit = step('hits.reopen', 'reopening', {
  input: byHit.extend({ why: words, textLookedThrough }),
  answer: record<HitView>(),
});

export const claimHit = step('hits.claim', 'claim', {
  input: byHit.extend({
    why: words.optional().describe('Why it is taken over from who has it'),
    textLookedThrough,
  }),
  answer: record<HitView>(),
});

export const releaseHit = step('hits.release', 'release', {
  input: byHit,
  answer: record<HitView>(),
});

export const strikeText = step('hits.strike-text', 'struck', {
  input: byHit.extend({
    what: z.enum(Object.keys(freeTexts) as [FreeText, ...FreeText[]]).describe('The sort of text'),
  }),
  answer: record<HitView>(),
});
