import { isoTime } from '../../platform/clock.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Actor } from '../gate/operation.ts';
import { type Person, personOf } from '../gate/person.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import { checkApprover, needsApproval } from './approval.ts';
import type { CheckedEntry } from './check-entry.ts';
import type {
  HotPlate,
  HotPlateContent,
  HotPlateState,
  LogEntry,
  removalOutcomes,
} from './hot-plate.ts';

/**
 * The life of a hot plate: each function takes a stored entry and a person's action, and returns the next revision with
 * the line of its log, or throws a Refusal. Pure: the same entry, step, policy and time give the same result.
 */

/** The entry after a step, and the step's log line. */
export interface Transition {
  next: HotPlate;
  kind: LogEntry['kind'];
  /** Null: the unit itself, or headquarters. */
  by: Person | null;
  /** The entry's content before, or the content that was refused. */
  before: HotPlateContent | null;
  note: string | null;
}

export type RemovalOutcome = (typeof removalOutcomes)[number];

type Rules = Pick<Policy, 'hotplates'>;

/** Content that has passed `checkEntry`, and how many past reads it would have matched. */
export interface WeighedEntry extends CheckedEntry {
  pastReads: number | null;
}

/** States of entries that are on the list or may still be. */
export const openStates = ['draft', 'awaiting', 'active'] as const;

/** The entry as of now: expired from its expiry on, even if that is not recorded yet. */
export function asOfNow(entry: HotPlate, nowMs: number): HotPlate {
  const expires = entry.content?.expires ?? null;
  const isOver = expires !== null && Date.parse(expires) <= nowMs;
  const isOpen = openStates.some((state) => state === entry.state);
  return isOver && isOpen ? { ...entry, state: 'expired' } : entry;
}

/** The entry as of now; throws a Refusal (409) unless it is in one of these states. */
function inState(entry: HotPlate, states: readonly HotPlateState[], nowMs: number): HotPlate {
  const now = asOfNow(entry, nowMs);
  if (states.includes(now.state)) return now;
  throw new Refusal(
    409,
    'wrong-state',
    `Hot plate ${now.id} is ${now.state}; it must be ${states.join(' or ')} for this.`,
  );
}

/** Throws a Refusal (403) unless the person entered it or may remove every entry (HOT-10). */
export function refuseStranger(entry: HotPlate, actor: Actor): void {
  if (entry.enteredBy.account === actor.account) return;
  if (actor.permissions.has('hotplates.delete-any')) return;
  throw new Refusal(
    403,
    'not-yours',
    `Hot plate ${entry.id} was entered by ${entry.enteredBy.name}; ask them, or someone who may change every entry.`,
  );
}

function holdsPersonal(findings: HotPlate['findings']): boolean {
  return findings.some(({ weight }) => weight === 'personal');
}

/** Whether the policy requires a person to check these findings first. */
function isQuarantined(findings: HotPlate['findings'], { hotplates }: Rules): boolean {
  return hotplates.lint === 'quarantine' && holdsPersonal(findings);
}

/** A new entry: active at once, or waiting for approval. */
export function enterEntry(
  { id, checked, actor }: { id: string; checked: WeighedEntry; actor: Actor },
  policy: Rules,
  nowMs: number,
): Transition {
  const state = isQuarantined(checked.findings, policy)
    ? 'draft'
    : needsApproval(policy)
      ? 'awaiting'
      : 'active';
  const by = personOf(actor);
  const next: HotPlate = {
    id,
    revision: 1,
    state,
    content: checked.content,
    findings: checked.findings,
    pastReads: checked.pastReads,
    enteredBy: by,
    enteredAt: isoTime(nowMs),
    approvedBy: null,
    approvedAt: null,
    approvalNote: null,
    standingSince: state === 'active' ? isoTime(nowMs) : null,
    confirmedAt: null,
    renewals: 0,
    pending: null,
    ended: null,
  };
  return { next, kind: 'entered', by, before: null, note: null };
}

/** An approver's decision. */
export interface Approval {
  note: string | null;
  /** The approver accepts the text despite the findings. */
  textLookedThrough: boolean;
  actor: Actor;
}

/**
 * Puts a new entry on the list, or makes the requested change or renewal. `authors`: everyone who has edited the entry;
 * a person who corrected it before the approval may not approve it either.
 */
export function approveEntry(
  entry: HotPlate,
  { note, textLookedThrough, actor, authors }: Approval & { authors: readonly Person[] },
  policy: Rules,
  nowMs: number,
): Transition {
  const now = inState(entry, ['draft', 'awaiting', 'active', 'expired'], nowMs);
  const by = personOf(actor);
  const approved = { approvedBy: by, approvedAt: isoTime(nowMs), approvalNote: note };
  const revision = entry.revision + 1;
  const { pending } = now;
  if (pending !== null) {
    checkApprover(pending, actor, note, policy);
    refuseUnread(pending.findings, textLookedThrough, policy);
    refuseOver(pending.content, nowMs);
    const next = withContent({ ...now, ...approved, revision, pending: null }, pending, nowMs);
    const kind = pending.kind === 'renewal' ? 'renewed' : 'changed';
    return { next, kind, by, before: entry.content, note };
  }
  refuseUnlessWaiting(now, 'nothing-to-approve');
  const own = authors.find(({ account }) => account === actor.account);
  checkApprover({ kind: 'new', by: own ?? entry.enteredBy }, actor, note, policy);
  refuseUnread(entry.findings, textLookedThrough, policy);
  const standingSince = isoTime(nowMs);
  const next: HotPlate = { ...now, ...approved, state: 'active', standingSince, revision };
  return { next, kind: 'approved', by, before: entry.content, note };
}

/** Refuses a new entry, or a requested change or renewal; in the second case the entry stays as it was. */
export function refuseEntry(
  entry: HotPlate,
  { note, actor }: { note: string; actor: Actor },
  nowMs: number,
): Transition {
  const now = inState(entry, ['draft', 'awaiting', 'active', 'expired'], nowMs);
  const by = personOf(actor);
  const revision = entry.revision + 1;
  if (entry.pending !== null) {
    const next: HotPlate = { ...entry, revision, pending: null };
    return { next, kind: 'change-refused', by, before: entry.pending.content, note };
  }
  refuseUnlessWaiting(now, 'nothing-to-refuse');
  const ended = { at: isoTime(nowMs), by, outcome: null, note };
  const next: HotPlate = { ...now, state: 'refused', revision, ended };
  return { next, kind: 'refused', by, before: entry.content, note };
}

/** Throws a Refusal unless this person may change the entry in its state. */
export function refuseChange(entry: HotPlate, actor: Actor, nowMs: number): void {
  refuseStranger(inState(entry, openStates, nowMs), actor);
}

/** Changes an entry, or corrects one that is not approved yet. */
export function changeEntry(
  entry: HotPlate,
  { checked, reason, actor }: { checked: WeighedEntry; reason: string; actor: Actor },
  policy: Rules,
  nowMs: number,
): Transition {
  refuseChange(entry, actor, nowMs);
  if (entry.state === 'active')
    return ask(entry, 'change', { checked, reason, actor }, policy, nowMs);
  const next: HotPlate = {
    ...entry,
    content: checked.content,
    findings: checked.findings,
    pastReads: checked.pastReads,
    revision: entry.revision + 1,
    state: isQuarantined(checked.findings, policy) ? 'draft' : 'awaiting',
  };
  return { next, kind: 'changed', by: personOf(actor), before: entry.content, note: reason };
}

/** The content of an entry that this person may renew; throws a Refusal otherwise. */
export function renewable(entry: HotPlate, actor: Actor, nowMs: number): HotPlateContent {
  refuseStranger(inState(entry, ['active', 'expired'], nowMs), actor);
  if (entry.content !== null) return entry.content;
  throw new Refusal(409, 'wrong-state', `Hot plate ${entry.id} has been removed.`);
}

/** Requests another term; entries are never renewed automatically (HOT-5). */
export function renewEntry(
  entry: HotPlate,
  { checked, reason, actor }: { checked: CheckedEntry; reason: string; actor: Actor },
  policy: Rules,
  nowMs: number,
): Transition {
  renewable(entry, actor, nowMs);
  return ask(entry, 'renewal', { checked, reason, actor }, policy, nowMs);
}

/** Removes an entry; only the person who entered it and those who may remove every entry can (HOT-10). */
export function removeEntry(
  entry: HotPlate,
  { outcome, note, actor }: { outcome: RemovalOutcome; note: string | null; actor: Actor },
  nowMs: number,
): Transition {
  refuseStranger(inState(entry, removable, nowMs), actor);
  return end(entry, { outcome, note, by: personOf(actor) }, nowMs);
}

/** Ends an entry because the vehicle was recovered (HOT-11), no matter who found it; `by` is null for headquarters. */
export function endRecovered(
  entry: HotPlate,
  { note, by }: { note: string | null; by: Person | null },
  nowMs: number,
): Transition {
  inState(entry, removable, nowMs);
  return end(entry, { outcome: 'recovered', note, by }, nowMs);
}

/** Marks an entry as expired. */
export function expireEntry(entry: HotPlate, nowMs: number): Transition {
  const ended = { at: isoTime(nowMs), by: null, outcome: null, note: null };
  const next: HotPlate = { ...entry, state: 'expired', revision: entry.revision + 1, ended };
  return { next, kind: 'expired', by: null, before: entry.content, note: null };
}

/** An entry that the unit ended by a clock that was ahead, as it was before. */
export function restoreEntry(entry: HotPlate): Transition {
  const open = entry.approvedBy !== null || entry.standingSince !== null ? 'active' : 'awaiting';
  const state = open === 'awaiting' && holdsPersonal(entry.findings) ? 'draft' : open;
  const next: HotPlate = { ...entry, state, revision: entry.revision + 1, ended: null };
  const note = 'the clock by which it had expired was wrong';
  return { next, kind: 'restored', by: null, before: entry.content, note };
}

/** A removed entry with the content that it had, because its vehicle was not recovered after all. */
export function unrecoverEntry(
  entry: HotPlate,
  {
    content,
    findings,
    by,
  }: { content: HotPlateContent; findings: HotPlate['findings']; by: Person },
): Transition {
  const next: HotPlate = {
    ...entry,
    state: entry.standingSince === null ? 'awaiting' : 'active',
    revision: entry.revision + 1,
    restorations: (entry.restorations ?? 0) + 1,
    content,
    findings,
    ended: null,
  };
  const note = 'the disposition by which it was recovered was corrected';
  return { next, kind: 'restored', by, before: null, note };
}

const removable = ['draft', 'awaiting', 'active', 'expired', 'refused'] as const;

/** A change or renewal of an active entry: made at once, or waiting for approval. */
function ask(
  entry: HotPlate,
  kind: 'change' | 'renewal',
  { checked, reason, actor }: { checked: CheckedEntry; reason: string; actor: Actor },
  policy: Rules,
  nowMs: number,
): Transition {
  if (entry.pending !== null) {
    throw new Refusal(
      409,
      'already-asked',
      `A ${entry.pending.kind} of hot plate ${entry.id} already awaits approval; have that approved or refused first.`,
    );
  }
  const by = personOf(actor);
  const before = entry.content;
  const revision = entry.revision + 1;
  const { content, findings } = checked;
  if (needsApproval(policy)) {
    const pending = { kind, content, findings, reason, by, at: isoTime(nowMs) };
    const asked = kind === 'change' ? 'change-asked' : 'renewal-asked';
    // The stored state stays: `expireEntry` records an expiry that is not recorded yet.
    return { next: { ...entry, revision, pending }, kind: asked, by, before, note: reason };
  }
  const next = withContent({ ...entry, revision }, { kind, content, findings }, nowMs);
  return { next, kind: kind === 'renewal' ? 'renewed' : 'changed', by, before, note: reason };
}

/** An active entry with the requested content; a renewal starts a new term. */
function withContent(
  entry: HotPlate,
  { kind, content, findings }: CheckedEntry & { kind: 'change' | 'renewal' },
  nowMs: number,
): HotPlate {
  const renewed = kind === 'renewal';
  return {
    ...entry,
    content,
    findings,
    state: 'active',
    ended: null,
    standingSince: renewed ? isoTime(nowMs) : entry.standingSince,
    renewals: entry.renewals + (renewed ? 1 : 0),
  };
}

/** Ends an entry and leaves a tombstone: its content is removed from the list and stays only in the log. */
function end(
  entry: HotPlate,
  ended: { by: Person | null; outcome: RemovalOutcome; note: string | null },
  nowMs: number,
): Transition {
  const next: HotPlate = {
    ...entry,
    state: 'removed',
    revision: entry.revision + 1,
    content: null,
    findings: [],
    pending: null,
    ended: { ...ended, at: isoTime(nowMs) },
  };
  return { next, kind: 'removed', by: ended.by, before: entry.content, note: ended.note };
}

function refuseUnread(
  findings: HotPlate['findings'],
  textLookedThrough: boolean,
  policy: Rules,
): void {
  if (textLookedThrough || !isQuarantined(findings, policy)) return;
  throw new Refusal(
    409,
    'text-not-looked-through',
    'The text may name a person, an address or CLETS data. Have it changed, or confirm that you have read it.',
  );
}

function refuseOver({ expires }: HotPlateContent, nowMs: number): void {
  if (expires === null || Date.parse(expires) > nowMs) return;
  throw new Refusal(
    409,
    'over',
    'The expiry that was requested has passed in the meantime; request another.',
  );
}

/** Throws a Refusal, which says who has decided, unless a new entry waits for its approval. */
export function refuseUnlessWaiting(
  { id, state, approvedBy, approvedAt, ended }: HotPlate,
  code: 'nothing-to-approve' | 'nothing-to-refuse',
): void {
  if (state === 'draft' || state === 'awaiting') return;
  const done =
    ended !== null
      ? { deed: state, by: ended.by, at: ended.at }
      : { deed: 'approved', by: approvedBy, at: approvedAt };
  const who =
    done.by === null || done.at === null
      ? ''
      : `: it was ${done.deed} by ${done.by.name}, ${localTime(done.at)}`;
  throw new Refusal(409, code, `Nothing about hot plate ${id} awaits approval${who}.`);
}
