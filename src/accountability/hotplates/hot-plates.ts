import { uuidv7 } from 'uuidv7';
import { isWildcard } from '../../hotlist/plate-text.ts';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import { dayMs, isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Actor } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { Search } from '../search/search.ts';
import { checkApprover, needsApproval } from './approval.ts';
import { type Changes, type CheckedEntry, checkEntry, type Draft } from './check-entry.ts';
import {
  type HotPlate,
  type HotPlateContent,
  hotPlateMessageBody,
  hotPlateStates,
  type LogEntry,
  type Person,
  type removalOutcomes,
} from './hot-plate.ts';
import { createHotPlateRows } from './tables.ts';

export type RemovalOutcome = (typeof removalOutcomes)[number];

/** Counts past detections whose plate or vehicle fits, in a thread that the daemon does not wait for. */
export type CountPastReads = Search['countPastReads'];

/** An entry with a closed account of what was done to it. */
export interface HotPlateWithLog {
  entry: HotPlate;
  log: LogEntry[];
}

/** How often a plate was read before. */
export interface PastReads {
  last30Days: number;
  ever: number;
  /** There are more than were counted, or the time for counting ran out. */
  more: boolean;
}

/** What awaits someone's attention. */
export interface Reminder {
  id: string;
  category: string;
  caseNumber: string | null;
  enteredBy: string;
  /** old: remove it if the investigation is over (HOT-10); no-outcome: it ended and nobody said how (HOT-16). */
  why: 'old' | 'no-outcome';
  ageDays: number;
  expires: string | null;
}

/** Entries without a whole plate: more of them would make every read dear and every street alert. */
const mostPartial = 100;
/** An entry that would have alerted more often than this in the days before is no help to anyone. */
const mostPastReads = 300;
const pastDays = 30;

/**
 * Hot plates: entries that people of this unit make. Every step is one transaction with its log line and its
 * message to headquarters, and counts for every process at once.
 */
export function createHotPlates(deps: {
  db: Database;
  policy: Policy;
  outbox: OutboxWriter;
  countPastReads: CountPastReads;
}) {
  const { db, policy, outbox, countPastReads } = deps;
  const rows = createHotPlateRows(db);

  type Step = Pick<LogEntry, 'kind' | 'by' | 'note'> & { before: HotPlateContent | null };

  /** The next revision of an entry: stored, logged, queued for headquarters. */
  function keep(entry: HotPlate, step: Step, nowMs: number): HotPlate {
    rows.save(entry);
    const { kind, by, note, before } = step;
    const after = kind === 'removed' ? null : (entry.pending?.content ?? entry.content);
    rows.log(entry.id, { at: isoTime(nowMs), kind, by, before, after, note });
    // Strips what is not headquarters' business: findings, and changes that nobody has approved.
    const { findings: _, pending: __, ...told } = entry;
    const body = hotPlateMessageBody.parse(told);
    outbox.add({ id: uuidv7(), lane: 'audit', topic: 'hot-plate', json: JSON.stringify(body) });
    return entry;
  }

  const transaction = <T>(work: () => T): T => db.transaction(work).immediate();

  function stored(id: string): HotPlate {
    const entry = rows.find(id);
    if (entry === undefined)
      throw new Refusal(404, 'no-such-entry', `There is no hot plate ${id}.`);
    return entry;
  }

  /** The entry, as long as it is in one of these states now. */
  function inState(id: string, states: readonly HotPlate['state'][], nowMs: number): HotPlate {
    const entry = asOfNow(stored(id), nowMs);
    if (states.includes(entry.state)) return entry;
    throw new Refusal(
      409,
      'wrong-state',
      `Hot plate ${id} is ${entry.state}; it must be ${states.join(' or ')} for this.`,
    );
  }

  /** An expiry counts from its moment on, whether or not anyone has noted it yet. */
  function asOfNow(entry: HotPlate, nowMs: number): HotPlate {
    const expires = entry.content?.expires ?? null;
    const isOver = expires !== null && Date.parse(expires) <= nowMs;
    const isOpen = ['active', 'awaiting', 'draft'].includes(entry.state);
    return isOver && isOpen ? { ...entry, state: 'expired' } : entry;
  }

  function refuseStranger(entry: HotPlate, actor: Actor): void {
    if (entry.enteredBy.account === actor.account) return;
    if (actor.permissions.has('hotplates.delete-any')) return;
    throw new Refusal(
      403,
      'not-yours',
      `Hot plate ${entry.id} was entered by ${entry.enteredBy.name}; ask them, or someone who may change every entry.`,
    );
  }

  function refuseDouble(content: HotPlateContent, exceptId: string | null, nowMs: number): void {
    if (content.plate === null) return;
    const open = [...rows.ofState('active'), ...rows.ofState('awaiting'), ...rows.ofState('draft')];
    const same = open.find(
      ({ id, content: other, ...rest }) =>
        id !== exceptId &&
        other?.plate === content.plate &&
        other.issuer === content.issuer &&
        asOfNow({ id, content: other, ...rest }, nowMs).state !== 'expired',
    );
    if (same !== undefined) {
      throw new Refusal(
        409,
        'already-listed',
        `This plate is already on the list, as hot plate ${same.id} (${same.state}); change or renew that one.`,
      );
    }
  }

  const isBroad = ({ plate }: HotPlateContent) => plate === null || isWildcard(plate);

  /** The cap on entries that stand for many vehicles (HOT-13). Returns how many past reads it would have matched. */
  async function weigh(
    content: HotPlateContent,
    exceptId: string | null,
    nowMs: number,
  ): Promise<number | null> {
    if (!isBroad(content)) return null;
    const broad = ['active', 'awaiting', 'draft'] as const;
    const count = broad
      .flatMap((state) => rows.ofState(state))
      .filter(
        ({ id, content: other }) => id !== exceptId && other !== null && isBroad(other),
      ).length;
    if (count >= mostPartial) {
      throw new Refusal(
        409,
        'too-many-partial',
        `The unit holds ${count} partial plates and descriptions, and the limit is ${mostPartial}. Remove old ones first.`,
      );
    }
    const { make, model, colour, body } = content.vehicle;
    const words = { make, model, colour, body };
    const description = Object.fromEntries(
      Object.entries(words).filter(([, word]) => word !== null),
    );
    const found = await countPastReads({
      ...(content.plate === null ? { description } : { pattern: content.plate }),
      sinceMs: nowMs - pastDays * dayMs,
    });
    const pastReads = found.detections;
    if (found.more || pastReads > mostPastReads) {
      throw new Refusal(
        400,
        'too-broad',
        `The entry would have matched ${pastReads} reads of the last ${pastDays} days, more than ${mostPastReads}. Find out more about the plate or the vehicle.`,
      );
    }
    return pastReads;
  }

  const holdsPersonal = (findings: HotPlate['findings']) =>
    findings.some(({ weight }) => weight === 'personal');

  /** A list of findings that the policy wants a person to look through first. */
  const isQuarantined = ({ findings }: CheckedEntry) =>
    policy.hotplates.lint === 'quarantine' && holdsPersonal(findings);

  async function enter(draft: Draft, actor: Actor, nowMs: number): Promise<HotPlate> {
    const checked = checkEntry(draft, policy, nowMs);
    const pastReads = await weigh(checked.content, null, nowMs);
    return transaction(() => {
      refuseDouble(checked.content, null, nowMs);
      const quarantined = isQuarantined(checked);
      const state = quarantined ? 'draft' : needsApproval(policy) ? 'awaiting' : 'active';
      const by = personOf(actor);
      const standingSince = state === 'active' ? isoTime(nowMs) : null;
      const entry: HotPlate = {
        standingSince,
        ...{ id: uuidv7(), revision: 1, state, ...checked, pastReads },
        ...{ enteredBy: by, enteredAt: isoTime(nowMs) },
        ...{ approvedBy: null, approvedAt: null, approvalNote: null },
        ...{ renewals: 0, pending: null, ended: null },
      };
      return keep(entry, { kind: 'entered', by, before: null, note: null }, nowMs);
    });
  }

  function approve(
    input: { id: string; note: string | null; textLookedThrough: boolean },
    actor: Actor,
    nowMs: number,
  ): HotPlate {
    const { id, note } = input;
    return transaction(() => {
      const entry = inState(id, ['draft', 'awaiting', 'active', 'expired'], nowMs);
      const by = personOf(actor);
      const approved = { approvedBy: by, approvedAt: isoTime(nowMs), approvalNote: note };
      const refuseUnread = (findings: HotPlate['findings']) => {
        if (policy.hotplates.lint !== 'quarantine' || !holdsPersonal(findings)) return;
        if (input.textLookedThrough) return;
        throw new Refusal(
          409,
          'text-not-looked-through',
          'The text may name a person, an address or CLETS data. Have it changed, or confirm that you have read it.',
        );
      };
      const { pending } = entry;
      if (pending !== null) {
        checkApprover(pending, actor, note, policy);
        refuseUnread(pending.findings);
        refuseOver(pending.content, nowMs);
        refuseDouble(pending.content, id, nowMs);
        const renewed = pending.kind === 'renewal';
        const next: HotPlate = {
          ...entry,
          ...approved,
          ...{ state: 'active', revision: entry.revision + 1, pending: null, ended: null },
          standingSince: renewed ? isoTime(nowMs) : entry.standingSince,
          ...{ content: pending.content, findings: pending.findings },
          renewals: entry.renewals + (renewed ? 1 : 0),
        };
        const kind = renewed ? 'renewed' : 'changed';
        return keep(next, { kind, by, before: entry.content, note }, nowMs);
      }
      if (entry.state !== 'draft' && entry.state !== 'awaiting') {
        throw new Refusal(
          409,
          'nothing-to-approve',
          `Nothing about hot plate ${id} awaits approval.`,
        );
      }
      // Whoever mended it before the approval has had a hand in it too.
      const authors = rows.logOf(id).flatMap(({ by }) => by ?? []);
      const own = authors.find(({ account }) => account === actor.account);
      checkApprover({ kind: 'new', by: own ?? entry.enteredBy }, actor, note, policy);
      refuseUnread(entry.findings);
      const next: HotPlate = {
        ...entry,
        ...approved,
        state: 'active',
        standingSince: isoTime(nowMs),
        revision: entry.revision + 1,
      };
      return keep(next, { kind: 'approved', by, before: entry.content, note }, nowMs);
    });
  }

  function refuseOver({ expires }: HotPlateContent, nowMs: number): void {
    if (expires === null || Date.parse(expires) > nowMs) return;
    throw new Refusal(
      409,
      'over',
      'The expiry that was requested has passed in the meantime; request another.',
    );
  }

  /** Turns down a new entry, or a change or renewal that was asked for: the entry then stays as it was. */
  function refuse(input: { id: string; note: string }, actor: Actor, nowMs: number): HotPlate {
    const { id, note } = input;
    return transaction(() => {
      const entry = inState(id, ['draft', 'awaiting', 'active', 'expired'], nowMs);
      const by = personOf(actor);
      const { pending } = entry;
      const revision = entry.revision + 1;
      if (pending !== null) {
        const state = stored(id).state;
        const next: HotPlate = { ...entry, state, revision, pending: null };
        return keep(next, { kind: 'change-refused', by, before: pending.content, note }, nowMs);
      }
      if (entry.state !== 'draft' && entry.state !== 'awaiting') {
        throw new Refusal(
          409,
          'nothing-to-refuse',
          `Nothing about hot plate ${id} awaits approval.`,
        );
      }
      const ended = { at: isoTime(nowMs), by, outcome: null, note };
      const next: HotPlate = { ...entry, state: 'refused', revision, ended };
      return keep(next, { kind: 'refused', by, before: entry.content, note }, nowMs);
    });
  }

  /** Takes a change of a standing entry, or mends one that is not approved yet. */
  async function change(
    input: { id: string; draft: Changes; reason: string },
    actor: Actor,
    nowMs: number,
  ): Promise<HotPlate> {
    const { id, reason } = input;
    const before = inState(id, ['draft', 'awaiting', 'active'], nowMs);
    refuseStranger(before, actor);
    const checked = checkEntry(changed(before, input.draft), policy, nowMs);
    const pastReads = await weigh(checked.content, id, nowMs);
    return transaction(() => {
      const entry = inState(id, ['draft', 'awaiting', 'active'], nowMs);
      refuseDouble(checked.content, id, nowMs);
      const by = personOf(actor);
      const revision = entry.revision + 1;
      if (entry.state !== 'active') {
        const state = isQuarantined(checked) ? 'draft' : 'awaiting';
        const next: HotPlate = { ...entry, ...checked, revision, state, pastReads };
        return keep(next, { kind: 'changed', by, before: entry.content, note: reason }, nowMs);
      }
      return ask(entry, 'change', checked, reason, by, nowMs);
    });
  }

  /** Asks for another term; nothing renews itself (HOT-5). */
  function renew(
    input: { id: string; days?: number | undefined; expires?: string | undefined; reason: string },
    actor: Actor,
    nowMs: number,
  ): HotPlate {
    const { id, reason } = input;
    return transaction(() => {
      const entry = inState(id, ['active', 'expired'], nowMs);
      refuseStranger(entry, actor);
      const { content } = entry;
      if (content === null)
        throw new Refusal(409, 'wrong-state', `Hot plate ${id} has been removed.`);
      // An expired entry may have been entered anew in the meantime.
      refuseDouble(content, id, nowMs);
      const checked = checkEntry(draftOf(content, input), policy, nowMs);
      return ask(entry, 'renewal', checked, reason, personOf(actor), nowMs);
    });
  }

  function ask(
    entry: HotPlate,
    kind: 'change' | 'renewal',
    { content, findings }: CheckedEntry,
    reason: string,
    by: Person,
    nowMs: number,
  ): HotPlate {
    if (entry.pending !== null) {
      throw new Refusal(
        409,
        'already-asked',
        `A ${entry.pending.kind} of hot plate ${entry.id} already awaits approval; have that approved or refused first.`,
      );
    }
    const revision = entry.revision + 1;
    // What is stored stays as it was: an entry whose expiry nobody has noted is noted by `expire`.
    const state = stored(entry.id).state;
    if (needsApproval(policy)) {
      const at = isoTime(nowMs);
      const pending = { kind, content, findings, reason, by, at };
      const asked = kind === 'change' ? 'change-asked' : 'renewal-asked';
      const next: HotPlate = { ...entry, state, revision, pending };
      return keep(next, { kind: asked, by, before: entry.content, note: reason }, nowMs);
    }
    const renewed = kind === 'renewal';
    const next: HotPlate = {
      ...entry,
      ...{ revision, content, findings, state: 'active', ended: null },
      standingSince: renewed ? isoTime(nowMs) : entry.standingSince,
      renewals: entry.renewals + (renewed ? 1 : 0),
    };
    const done = renewed ? 'renewed' : 'changed';
    return keep(next, { kind: done, by, before: entry.content, note: reason }, nowMs);
  }

  /** Ends an entry and leaves a tombstone: its content goes from the list, and stays in the log alone. */
  function end(
    entry: HotPlate,
    ended: { by: Person | null; outcome: RemovalOutcome; note: string | null },
    nowMs: number,
  ): HotPlate {
    const { by, note } = ended;
    const next: HotPlate = {
      ...entry,
      ...{
        state: 'removed',
        revision: entry.revision + 1,
        content: null,
        findings: [],
        pending: null,
      },
      ended: { ...ended, at: isoTime(nowMs) },
    };
    return keep(next, { kind: 'removed', by, before: entry.content, note }, nowMs);
  }

  const removable = ['draft', 'awaiting', 'active', 'expired', 'refused'] as const;

  return {
    enter,
    approve,
    refuse,
    change,
    renew,

    /** By the one who entered it, or by someone who may remove every entry (HOT-10). */
    remove(
      input: { id: string; outcome: RemovalOutcome; note: string | null },
      actor: Actor,
      nowMs: number,
    ): HotPlate {
      return transaction(() => {
        const entry = inState(input.id, removable, nowMs);
        refuseStranger(entry, actor);
        const { outcome, note } = input;
        return end(entry, { outcome, note, by: personOf(actor) }, nowMs);
      });
    },

    /**
     * The vehicle is found (HOT-11): the entry goes at once, whoever found it. `person` is null for headquarters.
     * Throws a Refusal where the entry is not there or gone already.
     */
    recovered(
      input: { id: string; note: string | null },
      person: Person | Actor | null,
      nowMs: number,
    ): HotPlate {
      return transaction(() => {
        const entry = inState(input.id, removable, nowMs);
        const by = person === null ? null : personOf(person);
        return end(entry, { by, outcome: 'recovered', note: input.note }, nowMs);
      });
    },

    /** Entries whose term is over and that are not marked so yet. */
    dueIds: (nowMs: number): string[] => rows.due(nowMs).map(({ id }) => id),

    /** Marks an entry whose term is over, and tells headquarters; nothing where that is done or not so. */
    expire(id: string, nowMs: number): void {
      transaction(() => {
        const entry = rows.due(nowMs).find((each) => each.id === id);
        if (entry === undefined) return;
        const ended = { at: isoTime(nowMs), by: null, outcome: null, note: null };
        const next: HotPlate = { ...entry, state: 'expired', revision: entry.revision + 1, ended };
        keep(next, { kind: 'expired', by: null, before: entry.content, note: null }, nowMs);
      });
    },

    /** Entries in these states, oldest first; all that are not ended unless told otherwise. */
    list(states: readonly HotPlate['state'][], nowMs: number): HotPlate[] {
      return hotPlateStates
        .flatMap((state) => rows.ofState(state))
        .map((entry) => asOfNow(entry, nowMs))
        .filter(
          ({ state, pending }) =>
            states.includes(state) || (pending !== null && states.includes('awaiting')),
        );
    },

    /** An entry with everything that was done to it. */
    show(id: string, nowMs: number): HotPlateWithLog {
      return { entry: asOfNow(stored(id), nowMs), log: rows.logOf(id) };
    },

    /** Entries that stand long, and ended ones without an outcome: one's own, or everyone's. */
    reminders(owner: string | null, nowMs: number): Reminder[] {
      const entries = [...rows.ofState('active'), ...rows.ofState('expired')].filter(
        ({ enteredBy }) => owner === null || enteredBy.account === owner,
      );
      return entries.flatMap((each) => {
        const entry = asOfNow(each, nowMs);
        const sinceMs = Date.parse(entry.standingSince ?? entry.enteredAt);
        const ageDays = (nowMs - sinceMs) / dayMs;
        const why = entry.state === 'expired' ? 'no-outcome' : 'old';
        if (why === 'old' && ageDays < policy.hotplates.remindAfterDays) return [];
        const { id, content, enteredBy } = entry;
        return {
          ...{
            id,
            category: content?.category ?? 'other',
            caseNumber: content?.caseNumber ?? null,
          },
          ...({ enteredBy: enteredBy.name, why, ageDays: Math.floor(ageDays) } as const),
          expires: content?.expires ?? null,
        };
      });
    },

    /** How many past reads a plate, whole or with wildcards, would have matched. */
    async pastReads(plate: string, nowMs: number): Promise<PastReads> {
      const recent = await countPastReads({ pattern: plate, sinceMs: nowMs - pastDays * dayMs });
      const all = await countPastReads({ pattern: plate, sinceMs: 0 });
      return { last30Days: recent.detections, ever: all.detections, more: all.more };
    },
  };
}
export type HotPlates = ReturnType<typeof createHotPlates>;

function personOf({ account, username, name, role }: Person | Actor): Person {
  return { account, username, name, role };
}

/** An entry with some fields changed, as a person would have typed it. */
function changed({ content }: HotPlate, changes: Changes): Draft {
  if (content === null) throw new Error('an entry without content cannot be changed');
  const { days, category, vehicle, ...given } = changes;
  const kept = days === undefined && given.expires === undefined ? content.expires : undefined;
  const before = draftOf(content, { days, expires: kept ?? undefined });
  // The plate is typed twice when it changes, not when something else does.
  if (given.plate !== undefined) delete before.plateAgain;
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return {
    ...before,
    ...Object.fromEntries(set),
    category: category ?? before.category,
    vehicle: vehicle ?? before.vehicle,
  };
}

/** What a person would have typed for this content, with a new term. */
function draftOf(
  { plate, issuer, category, reason, synopsis, caseNumber, vehicle }: HotPlateContent,
  { days, expires }: { days?: number | undefined; expires?: string | undefined },
): Draft {
  return {
    ...(plate !== null && { plate, plateAgain: plate }),
    ...(issuer !== null && { state: issuer }),
    category,
    ...(reason !== null && { reason }),
    ...(synopsis !== null && { synopsis }),
    ...(caseNumber !== null && { caseNumber }),
    vehicle,
    ...(days !== undefined && { days }),
    ...(expires !== undefined && { expires }),
  };
}
