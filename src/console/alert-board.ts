import { isDeepStrictEqual } from 'node:util';
import type { HitStanding } from '../accountability/verification/hit-view.ts';
import type { Seen } from '../accountability/verification/seen-alerts.ts';
import type { Alert, AlertClass, AlertEvent, RestoredAlert } from '../alerts/alert.ts';
import { classify, rankOf } from '../alerts/classify.ts';
import { titleOf } from '../alerts/wording.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Hit } from '../records/detection.ts';
import { createAlertPictures } from './alert-pictures.ts';
import {
  type AlertView,
  type ImageKind,
  viewAlert,
  type WithheldView,
  withholdAlert,
} from './alert-view.ts';
import type { BoardHits } from './board-hits.ts';

/** The lists whose hits a person may look at (USR-9). */
export type MayView = (listId: string) => boolean;

/** An alert as it is now, to be shown to each person as far as they may see it. */
export interface BoardAlert {
  /** Of the detection: one card per vehicle. */
  id: string;
  event: AlertEvent;
  class: AlertClass;
  viewFor(may: MayView): AlertView | WithheldView;
}

/** What became of an alert on the board: as it is now, or that it was taken off because every hit of it is closed. */
export type Touched = { id: string; alert: BoardAlert | null };

/** How many alerts are open and unseen, of each class. */
export type Waiting = Record<AlertClass, number>;

/**
 * The alerts that the page may show: those that are open, and others for half an hour. An alert that is closed leaves the
 * board. It never forgets an urgent alert that is open, however many there are; of the others it keeps those that count
 * most, and says how many open ones are not among them.
 */
export interface AlertBoard {
  /** Stores an alert that was raised, amended or withdrawn, or (null) has better pictures. */
  put(event: AlertEvent | null, alert: Alert): BoardAlert | null;
  /** Takes an alert of before a restart, unless it is closed. */
  restore(alert: RestoredAlert): void;
  /**
   * Takes an alert as the disk has it, where no alert desk told it: at headquarters. Null if it is neither open nor on the
   * board. Without an event it only has better pictures, which is no news.
   */
  reread(id: string, event: AlertEvent | null): BoardAlert | null;
  /**
   * Looks at how far the hits of an alert are, and returns it if that has changed. `isNews`: it is to be seen again by
   * who has seen it.
   */
  touch(hitId: string, isNews: boolean): Touched | null;
  /** Looks at all alerts, as `touch` does: people may have dealt with them in another process. */
  touchAll(): Touched[];
  /** Takes open alerts that are not on the board from the disk: those opened again, and those for which there is room now. */
  fill(): BoardAlert[];
  /**
   * Marks this version of an alert as seen by someone, or (null) as not seen. `gone`: it is not on the board; `changed`: it
   * has another version now; `withheld`: the person may see no hit of it.
   */
  mark(
    id: string,
    asked: { revision: number; by: Seen | null; may: MayView },
  ): BoardAlert | 'gone' | 'changed' | 'withheld';
  /** Whether an alert is on the board, not withdrawn, and nobody has seen it. */
  isUnseen(id: string): boolean;
  waiting(): Waiting;
  /** How many open alerts are not on the board. */
  notShown(): number;
  /** Oldest first. */
  alerts(): BoardAlert[];
  /** As it is now; null if it is not on the board. */
  find(id: string): BoardAlert | null;
  /** A picture of an alert; null if there is none; `withheld` from a person who may see no hit of it. */
  image(id: string, kind: ImageKind, may: MayView): Uint8Array | 'withheld' | null;
}

/** Other alerts than open ones are found by search, with a purpose, after this (rule 8). */
const keptMs = 30 * 60_000;
/** Alerts on the board, unless more than these are urgent and open. Some 3 kB each on their way to a page. */
const mostKept = 200;

/** How far a hit is: null where it is not on the disk yet, `gone` where it was deleted. */
type Standing = HitStanding | null | 'gone';

interface Row {
  id: string;
  event: AlertEvent;
  alert: RestoredAlert;
  revision: number;
  seen: Seen | null;
  changedAtMs: number;
  /** Of each of its hits, by id. */
  standings: ReadonlyMap<string, Standing>;
}

const hitsOf = ({ hit, others }: Pick<Alert, 'hit' | 'others'>): Hit[] => [hit, ...others];

export function createAlertBoard(hits: BoardHits, clock: Clock = systemClock): AlertBoard {
  const rows = new Map<string, Row>();
  const pictures = createAlertPictures(hits.picture);

  const standingsOf = (
    alert: Pick<Alert, 'hit' | 'others'>,
    before: Row['standings'] = new Map(),
  ): Row['standings'] =>
    new Map(
      hitsOf(alert).map(({ id }) => {
        const last = before.get(id) ?? null;
        const now = hits.standing(id);
        if (now === undefined) return [id, last];
        // Where nothing is kept a closed hit is deleted at once.
        return [id, now === null && last !== null ? 'gone' : now];
      }),
    );

  const remove = (id: string): void => {
    rows.delete(id);
    pictures.forget(id);
  };

  /** Removes what is neither open nor young, and what is too much. */
  const forgetOld = () => {
    const now = clock();
    for (const [id, row] of rows) {
      if (now - row.changedAtMs > keptMs && !mustStay(row) && !isOpen(row)) remove(id);
    }
    if (rows.size <= mostKept) return;
    const spare = [...rows.values()].filter((row) => !mustStay(row)).sort(leastFirst);
    for (const { id } of spare.slice(0, rows.size - mostKept)) remove(id);
  };

  /** The version that news of an alert makes; the disk is told where it does not follow from the hit itself. */
  const renewed = (alert: Pick<Alert, 'hit' | 'others'>, known: Row | undefined): number => {
    const stored = hits.seenOf(alert.hit);
    const revision = Math.max(stored.revision, known === undefined ? 0 : known.revision + 1);
    if (revision > stored.revision || stored.seen !== null) {
      const next = stored.seen === null ? revision : Math.max(revision, stored.revision + 1);
      hits.renew(hitsOf(alert), next);
      return next;
    }
    return revision;
  };

  const look = (row: Row, isNews: boolean): Touched | null => {
    const { id } = row;
    const now: Row = { ...row, standings: standingsOf(row.alert, row.standings) };
    if (unclosed(now).length === 0) {
      remove(id);
      return { id, alert: null };
    }
    if (!isNews && isDeepStrictEqual(now.standings, row.standings)) return null;
    if (isNews) Object.assign(now, { revision: renewed(row.alert, row), seen: null });
    rows.set(id, now);
    return { id, alert: boardAlert(now) };
  };

  const restore = (alert: RestoredAlert): Row | null => {
    // Seen only if every hit of it was, as it is now.
    const states = hitsOf(alert).map(hits.seenOf);
    const row: Row = {
      id: alert.hit.detectionId,
      event: 'raised',
      alert,
      revision: Math.max(...states.map(({ revision }) => revision)),
      seen: states.every((state) => state.seen !== null) ? (states[0]?.seen ?? null) : null,
      changedAtMs: Date.parse(alert.hit.changedAt),
      standings: standingsOf(alert),
    };
    if (unclosed(row).length === 0) return null;
    rows.set(row.id, row);
    return row;
  };

  const isUnseen = (row: Row | undefined): boolean =>
    row !== undefined && row.seen === null && row.event !== 'withdrawn';

  return {
    put(event, told) {
      const id = told.hit.detectionId;
      const known = rows.get(id);
      if (event === null && known === undefined) return null;
      const alert = pictures.keep(told, known?.alert);
      // A refresh is not news: an alert marked as seen stays so.
      const state =
        event === null && known !== undefined
          ? { revision: known.revision, seen: known.seen, changedAtMs: known.changedAtMs }
          : { revision: renewed(alert, known), seen: null, changedAtMs: clock() };
      if (state.seen !== null) hits.follow(hitsOf(alert));
      const row: Row = {
        id,
        event: event ?? known?.event ?? 'raised',
        alert,
        ...state,
        standings: standingsOf(alert, known?.standings),
      };
      if (event !== null) rows.delete(id);
      rows.set(id, row);
      forgetOld();
      return boardAlert(row);
    },
    restore(alert) {
      if (restore(alert) !== null) forgetOld();
    },
    reread(id, event) {
      const known = rows.get(id);
      const stored = hits.alert(id);
      if (event === null && known === undefined) return null;
      if (stored !== null && known === undefined) {
        const row = restore(stored);
        forgetOld();
        return row && rows.has(id) ? boardAlert(row) : null;
      }
      const alert = stored ?? known?.alert;
      if (alert === undefined || known === undefined) return null;
      pictures.forget(id);
      const row: Row = {
        ...known,
        event: event ?? known.event,
        alert,
        standings: standingsOf(alert, known.standings),
        ...(event !== null && {
          revision: renewed(alert, known),
          seen: null,
          changedAtMs: clock(),
        }),
      };
      rows.set(id, row);
      return boardAlert(row);
    },
    touch(hitId, isNews) {
      for (const row of rows.values()) {
        if (hitsOf(row.alert).some(({ id }) => id === hitId)) return look(row, isNews);
      }
      return null;
    },
    touchAll() {
      const stepped = hits.stepped();
      const open = new Set(hits.vehicles().flatMap(({ hitIds }) => hitIds));
      // To look at every hit would take the daemon's thread for tens of milliseconds.
      const mayHaveChanged = (row: Row) =>
        stepped === null ||
        hitsOf(row.alert).some(
          ({ id, repeatOf }) =>
            stepped.has(id) ||
            (repeatOf === undefined && row.event !== 'withdrawn' && !open.has(id)),
        );
      return [...rows.values()].filter(mayHaveChanged).flatMap((row) => look(row, false) ?? []);
    },
    fill() {
      forgetOld();
      let room = mostKept - rows.size;
      const missing = hits
        .vehicles()
        .filter(({ id }) => !rows.has(id))
        .sort((a, b) => rankOf(b.class) - rankOf(a.class) || b.changedAtMs - a.changedAtMs);
      const taken: Row[] = [];
      for (const { id, class: alertClass } of missing) {
        if (room <= 0 && alertClass !== 'urgent') break;
        const alert = hits.alert(id);
        const row = alert && restore(alert);
        if (row === null) continue;
        room -= 1;
        taken.push(row);
      }
      forgetOld();
      return taken.filter(({ id }) => rows.has(id)).map(boardAlert);
    },
    mark(id, { revision, by, may }) {
      const row = rows.get(id);
      if (row === undefined) return 'gone';
      if (shownHit(row, may) === null) return 'withheld';
      if (row.revision !== revision) return 'changed';
      hits.mark(hitsOf(row.alert), { revision, seen: by });
      const marked = { ...row, seen: by };
      rows.set(id, marked);
      return boardAlert(marked);
    },
    isUnseen: (id) => isUnseen(rows.get(id)),
    waiting() {
      const waiting: Waiting = { urgent: 0, standard: 0, near: 0, informational: 0 };
      for (const row of rows.values()) {
        if (isUnseen(row)) waiting[classOf(row)] += 1;
      }
      return waiting;
    },
    notShown: () => hits.vehicles().filter(({ id }) => !rows.has(id)).length,
    alerts() {
      forgetOld();
      return [...rows.values()].map(boardAlert);
    },
    find(id) {
      const row = rows.get(id);
      return row === undefined ? null : boardAlert(row);
    },
    image(id, kind, may) {
      forgetOld();
      const row = rows.get(id);
      if (row === undefined) return null;
      if (shownHit(row, may) === null) return 'withheld';
      return row.alert.images[kind] === null ? null : pictures.of(id, kind);
    },
  };
}

/** Whether an alert waits for its disposition. */
function isOpen({ event, alert, standings }: Row): boolean {
  return (
    event !== 'withdrawn' &&
    hitsOf(alert).some(({ id }) => {
      const standing = standings.get(id) ?? null;
      return standing !== null && standing !== 'gone' && standing.state !== 'disposed';
    })
  );
}

/** Whether an alert stays whatever happens: it is urgent and not closed, also while its hit is not on the disk yet. */
function mustStay(row: Row): boolean {
  return row.event !== 'withdrawn' && classOf(row) === 'urgent' && unclosed(row).length > 0;
}

/** What falls out first: what is not open, then the least class, of it what was seen, and of that the oldest. */
function leastFirst(a: Row, b: Row): number {
  return (
    Number(isOpen(a)) - Number(isOpen(b)) ||
    rankOf(classOf(a)) - rankOf(classOf(b)) ||
    Number(b.seen !== null) - Number(a.seen !== null) ||
    a.changedAtMs - b.changedAtMs
  );
}

/** The class of an alert: that of the best hit that it is still shown for. */
function classOf(row: Row): AlertClass {
  const [hit = row.alert.hit] = shownHits(row);
  return hit === row.alert.hit ? row.alert.class : classify(hit.match);
}

/** The hits of an alert that are not closed, best first; a repeat of an earlier hit only if it is the alert's own. */
function unclosed({ alert, standings }: Row): Hit[] {
  return hitsOf(alert).filter((hit) => {
    const standing = standings.get(hit.id) ?? null;
    if (standing === 'gone' || standing?.state === 'disposed') return false;
    return hit === alert.hit || hit.repeatOf === undefined;
  });
}

/** The hits that an alert is shown for: those that are not closed, or all until it leaves the board. */
function shownHits(row: Row): Hit[] {
  const open = unclosed(row);
  return open.length > 0 ? open : hitsOf(row.alert);
}

/** The best of these that a person may see; null if there is none. */
function shownHit(row: Row, may: MayView): Hit | null {
  return shownHits(row).find(({ match }) => may(match.list.id)) ?? null;
}

function boardAlert(row: Row): BoardAlert {
  const { id, event, alert, revision, seen, changedAtMs, standings } = row;
  const stamps = { revision, seen, nowMs: changedAtMs };
  /** The alert as it is for one of its hits, with the others that the person may see. */
  const alertFor = (hit: Hit, may: MayView) => {
    const others = hitsOf(alert).filter((other) => other !== hit && may(other.match.list.id));
    if (hit === alert.hit) return { ...alert, others, event, stamps };
    const title = titleOf(hit.match.entry.category);
    return { ...alert, hit, class: classify(hit.match), title, others, event, stamps };
  };
  return {
    id,
    event,
    class: classOf(row),
    viewFor(may) {
      const hit = shownHit(row, may);
      if (hit === null) {
        const [best = alert.hit] = shownHits(row);
        return withholdAlert(alertFor(best, may));
      }
      const standing = standings.get(hit.id) ?? null;
      return viewAlert(alertFor(hit, may), standing === 'gone' ? null : standing);
    },
  };
}
