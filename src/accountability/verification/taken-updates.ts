import type { EventEmitter } from 'node:events';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Hit } from '../../records/detection.ts';
import type { AuditEntry, AuditWriter } from '../audit/audit-record.ts';
import { headquartersEntry, otherUnitEntry } from '../audit/unattended-entry.ts';
import type { AlertUpdate } from './alert-update.ts';
import type { ClosingDesk } from './closing-desk.ts';
import type { HitState } from './judge.ts';
import type { KnownHits } from './known-hits.ts';
import { isOfOlderUnit, olderStepsOf } from './older-updates.ts';
import type { SeenAlerts } from './seen-alerts.ts';
import { type Author, freeTexts, type Place, type Step, struckText } from './step.ts';
import type { StepRecord, VerificationEvents } from './step-record.ts';
import type { StepRows } from './step-rows.ts';
import { answerOf } from './transitions.ts';

/**
 * taken: something changed here. repeat: all of it was here already, or it says nothing that can be recorded. unknown hit:
 * the hit has not come yet, or is purged; nothing changed.
 */
export type Taken = 'taken' | 'repeat' | 'unknown hit';

/** What a step of another place does here. */
type News = { step: Step; does: 'add' | 'replace' | 'strike' };

/**
 * Takes what another place has recorded about a hit into the same tables: at headquarters what the unit that raised it
 * has, at that unit what headquarters has. A step that is here changes nothing, and in whatever order steps come, the hit
 * then stands as it does there. Throws if it cannot be written to the audit log; nothing is changed then.
 */
export function createTakenUpdates(deps: {
  db: Database;
  rows: StepRows;
  hits: KnownHits;
  steps: StepRecord;
  closing: Pick<ClosingDesk, 'follow'>;
  seen: SeenAlerts;
  audit: AuditWriter;
  unit: { agency: string; id: string };
  events: EventEmitter<VerificationEvents>;
  /** Takes what was overwritten out of the database's write-ahead log; not awaited. */
  emptyLog: () => void;
  clock: Clock;
}): (update: AlertUpdate, from: Place) => Taken {
  const { db, rows, hits, steps, closing, seen, audit, unit, events, emptyLog, clock } = deps;

  const store = (hit: Hit, news: readonly News[]): void => {
    for (const { step, does } of news) {
      if (does === 'strike') rows.strike(step);
      if (does === 'replace') rows.removeStep(step.id);
      if (does !== 'strike') rows.addStep(hit.id, step, Math.floor(clock()));
    }
    const struck = news.filter(({ does }) => does === 'strike').map(({ step }) => step);
    if (struck.length > 0) steps.strikeWaiting(hit, struck);
  };

  return (update, from) => {
    const named = rows.hit(update.hitId);
    if (named === null) return 'unknown hit';
    const hit = hits.firstOf(named);
    const here = rows.stepsOf(hit.id);
    const news = (update.steps ?? olderStepsOf(update, hit, here)).flatMap((step) =>
      newsOf(placed(step, from), here),
    );
    if (news.length === 0) return 'repeat';
    audit.append(entryOf(update, { hitId: hit.id, from, agency: unit.agency }));
    const before = hits.standingOf(hit);
    const { after, answer } = db
      .transaction(() => {
        store(hit, news);
        const now = closing.follow(hit, before);
        const given = from.place === 'headquarters' ? answerIn(news, before, now) : null;
        // With the answer, so that no power cut leaves it behind a card that was seen before.
        if (given !== null) seen.renew(hit, clock());
        return { after: now, answer: given };
      })
      .immediate();
    if (news.some(({ does }) => does === 'strike')) emptyLog();
    events.emit('changed', hit.id, after.state);
    if (answer !== null) events.emit('answered', hit, answer, bareNameOf(update.by));
    return 'taken';
  };
}

/** The step with the place that tells it. */
function placed(step: Step, from: Place): Step {
  const at = <By extends Author>(by: By): By => ('dispatch' in by ? by : { ...by, place: from });
  const { struck } = step;
  return {
    ...step,
    by: at(step.by),
    ...(struck !== undefined && { struck: { ...struck, by: at(struck.by) } }),
  };
}

/** What a step of another place changes of those that are `here`; nothing if it is known. */
function newsOf(step: Step, here: readonly Step[]): News[] {
  const known = here.find(({ id }) => id === step.id);
  if (known !== undefined) {
    if (step.struck !== undefined && isEarlier(step.struck, known.struck)) {
      const { text, struck } = { text: struckTextOf(step), struck: step.struck };
      return [{ step: { ...known, ...text, struck } as Step, does: 'strike' }];
    }
    // The alert-status about it was here first, which names no account.
    const isFuller = 'dispatch' in known.by && !('dispatch' in step.by);
    return isFuller ? [{ step, does: 'replace' }] : [];
  }
  if (step.struck !== undefined) {
    // An older version of the unit has told it without its id.
    const told = here.filter((each) => isOfOlderUnit(each) && isSameDeed(each, step));
    const open = told.filter(({ struck }) => struck === undefined);
    if (told.length > 0) {
      const { text, struck } = { text: struckTextOf(step), struck: step.struck };
      return open.map((each) => ({ step: { ...each, ...text, struck } as Step, does: 'strike' }));
    }
  }
  return [{ step, does: 'add' }];
}

/** Of two who struck the same text at both places, the first one stands at both. */
function isEarlier(struck: NonNullable<Step['struck']>, known: Step['struck']): boolean {
  if (known === undefined || struck.atMs < known.atMs) return true;
  return struck.atMs === known.atMs && accountOf(struck.by) < accountOf(known.by);
}

const accountOf = (by: Author): string => ('dispatch' in by ? by.dispatch : by.account);

function isSameDeed(one: Step, other: Step): boolean {
  return one.kind === other.kind && accountOf(one.by) === accountOf(other.by);
}

/** The field of a step that holds its free text, struck. */
function struckTextOf({ kind }: Step): Record<string, string> {
  const text = Object.values(freeTexts).find((each) => each.kind === kind);
  return text === undefined ? {} : { [text.field]: struckText };
}

/** The answer of dispatch that is among the news; null if there is none that counts and is new. */
function answerIn(news: readonly News[], before: HitState, after: HitState) {
  const added = news.filter(({ does, step }) => does === 'add' && step.kind === 'status');
  const given = added.map(({ step }) => answerOf(before, after, step.id));
  return given.find((answer) => answer !== null) ?? null;
}

/** Who a message is of, by the name alone. */
function bareNameOf(by: AlertUpdate['by']): string {
  return 'dispatch' in by ? by.dispatch : by.name;
}

/** The entry of the audit log, without texts, which could not be struck there. */
function entryOf(
  { event, at, by }: AlertUpdate,
  { hitId, from, agency }: { hitId: string; from: Place; agency: string },
): AuditEntry {
  const entry = {
    category: 'Disposition',
    object: `hit ${hitId}`,
    query: { event, at },
    by: bareNameOf(by),
  } as const;
  return from.place === 'headquarters'
    ? headquartersEntry('hits.take-update', agency, entry)
    : otherUnitEntry('hits.take-update', { agency, id: from.unit }, entry);
}
