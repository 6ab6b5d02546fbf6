import { uuidv7 } from 'uuidv7';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import { dayMs, isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { barImmigration } from '../gate/bar-immigration.ts';
import type { Actor } from '../gate/operation.ts';
import { type Person, personOf } from '../gate/person.ts';
import { Refusal } from '../gate/refusal.ts';
import { decisionsToldMs } from '../notices/notice.ts';
import type { Policy } from '../policy/policy.ts';
import type { Search } from '../search/search.ts';
import { mayApprove } from './approval.ts';
import { type Changes, checkEntry, type Draft } from './check-entry.ts';
import { decisionOn, type HotPlateDecision, refusedChange } from './decisions.ts';
import { changedDraft, draftOf } from './entry-draft.ts';
import {
  findDouble,
  isBroad,
  pastDays,
  refuseDouble,
  refuseTooBroad,
  refuseTooMany,
} from './entry-limits.ts';
import { remarksOn } from './entry-remarks.ts';
import { createHotPlateRows } from './entry-rows.ts';
import {
  type HotPlate,
  type HotPlateContent,
  hotPlateMessageBody,
  hotPlateStates,
  type LogEntry,
  type SharedEntry,
  type ShownHotPlate,
} from './hot-plate.ts';
import { toldSynopsis } from './last-heading.ts';
import { isSameEntry, newerEntry } from './newer-entry.ts';
import { refreshByMs, refreshEntry } from './refresh.ts';
import { type Reminder, reminderOf } from './reminders.ts';
import {
  type Approval,
  approveEntry,
  asOfNow,
  changeEntry,
  endRecovered,
  enterEntry,
  expireEntry,
  openStates,
  type RemovalOutcome,
  refuseChange,
  refuseEntry,
  refuseUnlessWaiting,
  removeEntry,
  renewable,
  renewEntry,
  restoreEntry,
  type Transition,
  unrecoverEntry,
} from './transitions.ts';

/** Counts past detections whose plate or vehicle matches, in a thread, so that the daemon is not blocked. */
export type CountPastReads = Search['countPastReads'];

/** An entry with its complete change log. */
export interface HotPlateWithLog {
  entry: ShownHotPlate;
  log: LogEntry[];
}

/** How often a plate was read before. */
export interface PastReads {
  last30Days: number;
  ever: number;
  /** True if there are more than were counted, or if the time for counting ran out. */
  more: boolean;
}

/** That an entry is on its list no more. */
export interface EntryEnd {
  /** ISO time in UTC. */
  at: string;
  how: 'removed' | 'expired';
  /** Why it was removed; null if nobody said. */
  outcome: RemovalOutcome | null;
}

/**
 * Hot plates: entries that people of this unit create. `transitions.ts` defines the result of each step; here each step
 * is one transaction with its log line and its message to headquarters, and takes effect in every process at once.
 */
export interface HotPlates {
  enter(draft: Draft, actor: Actor, nowMs: number): Promise<ShownHotPlate>;
  approve(
    input: Omit<Approval, 'actor'> & { id: string; revision?: number | undefined },
    actor: Actor,
    nowMs: number,
  ): ShownHotPlate;
  /** Refuses a new entry, or a requested change or renewal; in the second case the entry stays as it was. */
  refuse(input: { id: string; note: string }, actor: Actor, nowMs: number): ShownHotPlate;
  /** Changes an entry, or corrects one that is not approved yet. */
  change(
    input: { id: string; draft: Changes; reason: string },
    actor: Actor,
    nowMs: number,
  ): Promise<ShownHotPlate>;
  /** Requests another term, which begins at the end of the one that runs; entries are never renewed automatically (HOT-5). */
  renew(
    input: { id: string; days?: number | undefined; expires?: string | undefined; reason: string },
    actor: Actor,
    nowMs: number,
  ): ShownHotPlate;
  /** Confirms that an entry is still good (B 466.11); only the person who entered it, or one who may change every entry. */
  refresh(id: string, actor: Actor, nowMs: number): ShownHotPlate;
  /** Only by the person who entered it, or by someone who may remove every entry (HOT-10). */
  remove(
    input: { id: string; outcome: RemovalOutcome; note: string | null },
    actor: Actor,
    nowMs: number,
  ): ShownHotPlate;
  /**
   * The vehicle was recovered (HOT-11): the entry is removed at once, whatever person found the vehicle; null for
   * headquarters. Throws a Refusal if there is no such entry or it was removed already.
   */
  recovered(
    input: { id: string; note: string | null },
    person: Person | Actor | null,
    nowMs: number,
  ): ShownHotPlate;
  /**
   * Puts an entry back that was removed as recovered at `sinceMs` or later, unless its term is over or its plate was
   * entered again since. Returns whether it is on the list again.
   */
  restoreRecovered(entry: { id: string; sinceMs: number; by: Person }, nowMs: number): boolean;

  /** Entries whose term is over and that are not marked as expired yet. */
  dueIds(nowMs: number): string[];
  /** Marks an entry as expired and reports that to headquarters, unless it is not expired or marked already. */
  expire(id: string, nowMs: number): void;

  /** Entries that the unit itself marked as expired at a time after this, and whose term is not over by it. */
  wronglyExpiredIds(nowMs: number): string[];
  /** Puts such an entry back as it was, and reports that to headquarters. */
  restore(id: string, nowMs: number): void;

  /**
   * Takes the state of an entry that headquarters tells all units, unless this unit has the same (`known`) or one that
   * counts more (`older`), which it then sends to headquarters again. `from`: the unit on which it was made.
   */
  take(entry: SharedEntry, from: string, nowMs: number): 'taken' | 'known' | 'older';

  /** Entries in these states, oldest first; one with a pending change or renewal counts as awaiting too. */
  list(states: readonly HotPlate['state'][], nowMs: number): ShownHotPlate[];
  /** What awaits the approval of this person, oldest first. */
  awaiting(
    approver: Pick<Actor, 'account' | 'role' | 'permissions'>,
    nowMs: number,
  ): ShownHotPlate[];
  /** What approvers decided lately of what others asked for. */
  decisions(nowMs: number): HotPlateDecision[];
  /** An entry with its complete change log. */
  show(id: string, nowMs: number): HotPlateWithLog;
  /** Entries on the list for a long time, and ended ones without an outcome: the owner's, or everyone's. */
  reminders(owner: string | null, nowMs: number): Reminder[];
  /** The account of the member who entered it; null if there is no such entry. */
  ownerOf(id: string): string | null;
  /** When and how an entry ended; null while it has not, or if there is no such entry. */
  endOf(id: string, nowMs: number): EntryEnd | null;
  /** Another number after each change of a hot plate, by whichever process. */
  revision(): number;
  /** How many past reads a plate, full or with wildcards, would have matched. */
  pastReads(plate: string, nowMs: number): Promise<PastReads>;
  /** How many reads here, of the last 30 days, an entry would have matched; null without content. */
  countWouldMatch(entry: Pick<HotPlate, 'content'>, nowMs: number): Promise<number | null>;
}

export function createHotPlates(deps: {
  db: Database;
  policy: Policy;
  outbox: OutboxWriter;
  countPastReads: CountPastReads;
}): HotPlates {
  const { db, policy, outbox, countPastReads } = deps;
  const rows = createHotPlateRows(db);

  const stored = (id: string): HotPlate => {
    const entry = rows.find(id);
    if (entry !== undefined) return entry;
    throw new Refusal(404, 'no-such-entry', `There is no hot plate ${id}.`);
  };
  const shown = (entry: HotPlate, nowMs: number): ShownHotPlate => {
    const now = asOfNow(entry, nowMs);
    const byMs = now.state === 'active' ? refreshByMs(now, policy) : Number.POSITIVE_INFINITY;
    const refreshBy = Number.isFinite(byMs) ? isoTime(byMs) : null;
    const told = now.content === null ? null : toldSynopsis(now.content.synopsis);
    return { ...now, refreshBy, lapsed: byMs <= nowMs, told };
  };
  const open = (): HotPlate[] => openStates.flatMap((state) => rows.ofState(state));
  const wronglyExpired = (nowMs: number): HotPlate[] =>
    rows.ofState('expired').filter(({ ended, content }) => {
      const expires = content?.expires ?? null;
      const isByUnit = ended !== null && ended.by === null && ended.outcome === null;
      return (
        isByUnit &&
        Date.parse(ended.at) > nowMs &&
        (expires === null || Date.parse(expires) > nowMs)
      );
    });
  const refuseListed = (content: HotPlateContent, exceptId: string | null, nowMs: number): void =>
    refuseDouble(content, exceptId, open(), nowMs);

  const transaction = <T>(work: () => T): T => db.transaction(work).immediate();
  /** Stores an entry after a step, logs the step, and queues the entry for headquarters. */
  const keep = ({ next, kind, by, before, note }: Transition, nowMs: number): HotPlate => {
    rows.save(next);
    const after = kind === 'removed' ? null : (next.pending?.content ?? next.content);
    rows.log(next.id, { at: isoTime(nowMs), kind, by, before, after, note });
    send(next);
    return next;
  };
  const send = (entry: HotPlate): void => {
    const body = hotPlateMessageBody.parse(sharedOf(entry));
    outbox.add({ id: uuidv7(), lane: 'audit', topic: 'hot-plate', json: JSON.stringify(body) });
  };
  const take = (step: () => Transition, nowMs: number): ShownHotPlate =>
    transaction(() => shown(keep(step(), nowMs), nowMs));

  const list: HotPlates['list'] = (states, nowMs) => {
    // What is over and not marked yet is stored as open.
    const stored = new Set(states.includes('expired') ? [...states, ...openStates] : states);
    const withPending = states.includes('awaiting');
    const entries = hotPlateStates.flatMap((state) =>
      stored.has(state) ? rows.ofState(state) : withPending ? rows.pendingOf(state) : [],
    );
    return entries
      .map((entry) => shown(entry, nowMs))
      .filter(
        ({ state, pending }) =>
          states.includes(state) || (pending !== null && states.includes('awaiting')),
      );
  };

  /**
   * Enforces the limit on entries that match many vehicles (HOT-13). Returns how many past reads the entry would have
   * matched.
   */
  async function weigh(
    content: HotPlateContent,
    exceptId: string | null,
    nowMs: number,
  ): Promise<number | null> {
    if (!isBroad(content)) return null;
    refuseTooMany(exceptId, open());
    const found = await wouldMatch(content, nowMs);
    refuseTooBroad(found);
    return found.detections;
  }

  /** The reads of the last 30 days that this would have matched. */
  function wouldMatch(content: HotPlateContent, nowMs: number) {
    const { make, model, colour, body } = content.vehicle;
    const description = Object.fromEntries(
      Object.entries({ make, model, colour, body }).filter(([, word]) => word !== null),
    );
    return countPastReads({
      ...(content.plate === null ? { description } : { pattern: content.plate }),
      sinceMs: nowMs - pastDays * dayMs,
    });
  }

  return {
    async enter(draft, actor, nowMs) {
      const checked = checkEntry(draft, policy, nowMs);
      const pastReads = await weigh(checked.content, null, nowMs);
      return take(() => {
        refuseListed(checked.content, null, nowMs);
        const input = { id: uuidv7(), checked: { ...checked, pastReads }, actor };
        return enterEntry(input, policy, nowMs);
      }, nowMs);
    },

    approve(input, actor, nowMs) {
      const { id, note, textLookedThrough, revision } = input;
      return take(() => {
        const entry = stored(id);
        if (revision !== undefined && revision !== entry.revision) {
          if (entry.pending === null) refuseUnlessWaiting(entry, 'nothing-to-approve');
          throw new Refusal(
            409,
            'changed-since',
            `Hot plate ${id} was changed since you looked at it. Look again, and then approve.`,
          );
        }
        const authors = rows.logOf(id).flatMap(({ by }) => by ?? []);
        const approval = { note, textLookedThrough, actor, authors };
        const step = approveEntry(entry, approval, policy, nowMs);
        if (entry.pending !== null) refuseListed(entry.pending.content, id, nowMs);
        return step;
      }, nowMs);
    },

    refuse({ id, note }, actor, nowMs) {
      return take(() => refuseEntry(stored(id), { note, actor }, nowMs), nowMs);
    },

    async change({ id, draft, reason }, actor, nowMs) {
      barImmigration(policy.immigration, [{ field: 'the reason', text: reason }]);
      const before = stored(id);
      refuseChange(before, actor, nowMs);
      const term = { kind: 'change', expires: before.content?.expires ?? null } as const;
      const checked = checkEntry(changedDraft(before, draft), policy, nowMs, term);
      const pastReads = await weigh(checked.content, id, nowMs);
      return take(() => {
        const entry = stored(id);
        refuseChange(entry, actor, nowMs);
        refuseListed(checked.content, id, nowMs);
        const input = { checked: { ...checked, pastReads }, reason, actor };
        return changeEntry(entry, input, policy, nowMs);
      }, nowMs);
    },

    renew(input, actor, nowMs) {
      const { id, reason } = input;
      barImmigration(policy.immigration, [{ field: 'the reason', text: reason }]);
      return take(() => {
        const entry = stored(id);
        const content = renewable(entry, actor, nowMs);
        // The same plate may have been entered again since this entry expired.
        refuseListed(content, id, nowMs);
        const term = { kind: 'renewal', expires: content.expires } as const;
        const checked = checkEntry(draftOf(content, input), policy, nowMs, term);
        return renewEntry(entry, { checked, reason, actor }, policy, nowMs);
      }, nowMs);
    },

    refresh: (id, actor, nowMs) =>
      take(() => refreshEntry(stored(id), actor, policy, nowMs), nowMs),

    remove({ id, outcome, note }, actor, nowMs) {
      return take(() => removeEntry(stored(id), { outcome, note, actor }, nowMs), nowMs);
    },

    recovered({ id, note }, person, nowMs) {
      const by = person === null ? null : personOf(person);
      return take(() => endRecovered(stored(id), { note, by }, nowMs), nowMs);
    },

    restoreRecovered({ id, sinceMs, by }, nowMs) {
      return transaction(() => {
        const entry = rows.find(id);
        const removal = rows.logOf(id).findLast(({ kind }) => kind === 'removed');
        const content = removal?.before ?? null;
        if (entry?.state !== 'removed' || entry.ended?.outcome !== 'recovered') return false;
        if (content === null || Date.parse(entry.ended.at) < sinceMs) return false;
        if (content.expires !== null && Date.parse(content.expires) <= nowMs) return false;
        if (findDouble(content, id, open(), nowMs) !== undefined) return false;
        keep(unrecoverEntry(entry, { content, findings: remarksOn(content), by }), nowMs);
        return true;
      });
    },

    dueIds: (nowMs) => rows.due(nowMs).map(({ id }) => id),

    expire(id, nowMs) {
      transaction(() => {
        const entry = rows.due(nowMs).find((each) => each.id === id);
        if (entry !== undefined) keep(expireEntry(entry, nowMs), nowMs);
      });
    },

    wronglyExpiredIds: (nowMs) => wronglyExpired(nowMs).map(({ id }) => id),

    restore(id, nowMs) {
      transaction(() => {
        const entry = wronglyExpired(nowMs).find((each) => each.id === id);
        if (entry !== undefined) keep(restoreEntry(entry), nowMs);
      });
    },

    take(entry, from, nowMs) {
      return transaction(() => {
        const own = rows.find(entry.id);
        if (own !== undefined) {
          const shared = sharedOf(own);
          if (isSameEntry(shared, entry)) return 'known';
          if (newerEntry(shared, entry) === shared) {
            send(own);
            return 'older';
          }
        }
        const pending = entry.state === 'removed' ? null : (own?.pending ?? null);
        rows.save({ ...entry, findings: own?.findings ?? [], pending });
        rows.log(entry.id, {
          at: isoTime(nowMs),
          kind: 'taken',
          by: null,
          before: own?.content ?? null,
          after: entry.content,
          note: `made on unit ${from}`,
        });
        return 'taken';
      });
    },

    list,
    awaiting(approver, nowMs) {
      if (!approver.permissions.has('hotplates.approve')) return [];
      return list(['draft', 'awaiting'], nowMs).filter(({ pending, enteredBy }) =>
        mayApprove(pending ?? { kind: 'new', by: enteredBy }, approver, policy),
      );
    },

    decisions(nowMs) {
      const sinceMs = nowMs - decisionsToldMs;
      const refusedChanges = rows.refusedChanges(sinceMs).flatMap(({ id, ...change }) => {
        const entry = rows.find(id);
        return (entry && refusedChange(entry, change)) ?? [];
      });
      const decided = rows.decidedSince(sinceMs).flatMap((entry) => decisionOn(entry) ?? []);
      return [...decided, ...refusedChanges].filter(({ atMs }) => atMs >= sinceMs);
    },

    show(id, nowMs) {
      return { entry: shown(stored(id), nowMs), log: rows.logOf(id) };
    },

    reminders(owner, nowMs) {
      return [...rows.ofState('active'), ...rows.ofState('expired')]
        .filter(({ enteredBy }) => owner === null || enteredBy.account === owner)
        .flatMap((entry) => reminderOf(entry, policy, nowMs) ?? []);
    },

    endOf(id, nowMs) {
      const entry = rows.find(id);
      if (entry === undefined) return null;
      const { state, ended, content } = asOfNow(entry, nowMs);
      if (state !== 'removed' && state !== 'expired') return null;
      const at = ended?.at ?? content?.expires ?? null;
      return at === null ? null : { at, how: state, outcome: ended?.outcome ?? null };
    },

    revision: rows.revision,
    ownerOf: (id) => rows.find(id)?.enteredBy.account ?? null,

    countWouldMatch: async ({ content }, nowMs) =>
      content === null ? null : (await wouldMatch(content, nowMs)).detections,

    async pastReads(plate, nowMs) {
      const recent = await countPastReads({ pattern: plate, sinceMs: nowMs - pastDays * dayMs });
      const all = await countPastReads({ pattern: plate, sinceMs: 0 });
      return { last30Days: recent.detections, ever: all.detections, more: all.more };
    },
  };
}

/** Without what headquarters must not get: findings, and changes that are not approved. */
function sharedOf({ findings: _, pending: __, ...shared }: HotPlate): SharedEntry {
  return shared;
}
