import { isDeepStrictEqual } from 'node:util';
import type { HitStanding } from '../accountability/verification/hit-view.ts';
import type { Alert, AlertEvent } from '../alerts/alert.ts';
import { classify } from '../alerts/classify.ts';
import { titleOf } from '../alerts/wording.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Hit } from '../records/detection.ts';
import type { TrackImages } from '../vision/tracking/track-report.ts';
import {
  type AlertView,
  type ImageKind,
  viewAlert,
  type WithheldView,
  withholdAlert,
} from './alert-view.ts';

/** The lists whose hits a person may look at (USR-9). */
export type MayView = (listId: string) => boolean;

/** An alert as it is now, to be shown to each person as far as they may see it. */
export interface BoardAlert {
  /** Of the detection: one card per vehicle. */
  id: string;
  event: AlertEvent;
  viewFor(may: MayView): AlertView | WithheldView;
}

/** What became of an alert on the board: as it is now, or that it was taken off because every hit of it is closed. */
export type Touched = { id: string; alert: BoardAlert | null };

/**
 * The alerts that the page may show, in memory only: those that are open, and others for half an hour. An alert that is
 * closed leaves the board.
 */
export interface AlertBoard {
  /** Stores an alert that was raised, amended or withdrawn, or (null) has better pictures. */
  put(event: AlertEvent | null, alert: Alert): BoardAlert | null;
  /** Takes an alert of before a restart, unless it is closed. */
  restore(alert: Alert): void;
  /**
   * Looks at how far the hits of an alert are, and returns it if that has changed. `isNews`: it is to be seen again by
   * who has seen it.
   */
  touch(hitId: string, isNews: boolean): Touched | null;
  /** Looks at all alerts, as `touch` does: people may have dealt with them in another process. */
  touchAll(): Touched[];
  /** Oldest first. */
  alerts(): BoardAlert[];
  /** A picture of an alert; null if there is none; `withheld` from a person who may see no hit of it. */
  image(id: string, kind: ImageKind, may: MayView): Uint8Array | 'withheld' | null;
}

/** Other alerts than open ones are found by search, with a purpose, after this (rule 8). */
const keptMs = 30 * 60_000;
const kept = 20;

interface Row {
  id: string;
  event: AlertEvent;
  alert: Alert;
  revision: number;
  changedAtMs: number;
  /** How far each of its hits is, by id; null where it is not known. */
  standings: ReadonlyMap<string, HitStanding | null>;
}

const hitsOf = ({ hit, others }: Alert): Hit[] => [hit, ...others];

/** `standingOf`: how far the verification of a hit is; null if it is not known. */
export function createAlertBoard(
  standingOf: (hitId: string) => HitStanding | null,
  clock: Clock = systemClock,
): AlertBoard {
  const rows = new Map<string, Row>();
  let revision = 0;

  const standingsOf = (alert: Alert): Row['standings'] =>
    new Map(hitsOf(alert).map(({ id }) => [id, standingOf(id)]));

  const isOpen = ({ event, alert, standings }: Row): boolean =>
    event !== 'withdrawn' &&
    hitsOf(alert).some(({ id }) => {
      const standing = standings.get(id) ?? null;
      return standing !== null && standing.state !== 'disposed';
    });
  const forgetOld = () => {
    const now = clock();
    for (const [id, row] of rows) {
      const isOld = now - row.changedAtMs > keptMs && !isOpen(row);
      if (rows.size > kept || isOld) rows.delete(id);
    }
  };

  const look = (row: Row, isNews: boolean): Touched | null => {
    const { id } = row;
    const now: Row = { ...row, standings: standingsOf(row.alert) };
    if (unclosed(now).length === 0) {
      rows.delete(id);
      return { id, alert: null };
    }
    if (!isNews && isDeepStrictEqual(now.standings, row.standings)) return null;
    if (isNews) {
      revision += 1;
      now.revision = revision;
    }
    rows.set(id, now);
    return { id, alert: boardAlert(now) };
  };

  return {
    put(event, told) {
      const known = rows.get(told.hit.detectionId);
      if (event === null && known === undefined) return null;
      // A refresh is not news: an alert marked as seen stays so. What it lacks of pictures stays, too.
      if (event !== null) revision += 1;
      const alert = { ...told, images: withKnown(told.images, known?.alert.images) };
      const row: Row = {
        id: alert.hit.detectionId,
        event: event ?? known?.event ?? 'raised',
        alert,
        revision: event === null ? (known?.revision ?? revision) : revision,
        changedAtMs: event === null ? (known?.changedAtMs ?? clock()) : clock(),
        standings: standingsOf(alert),
      };
      if (event !== null) rows.delete(row.id);
      rows.set(row.id, row);
      forgetOld();
      return boardAlert(row);
    },
    restore(alert) {
      const changedAtMs = Date.parse(alert.hit.changedAt);
      const standings = standingsOf(alert);
      const id = alert.hit.detectionId;
      const row: Row = { id, event: 'raised', alert, revision: 0, changedAtMs, standings };
      if (unclosed(row).length === 0) return;
      revision += 1;
      rows.set(id, { ...row, revision });
    },
    touch(hitId, isNews) {
      for (const row of rows.values()) {
        if (hitsOf(row.alert).some(({ id }) => id === hitId)) return look(row, isNews);
      }
      return null;
    },
    touchAll: () => [...rows.values()].flatMap((row) => look(row, false) ?? []),
    alerts() {
      forgetOld();
      return [...rows.values()].map(boardAlert);
    },
    image(id, kind, may) {
      forgetOld();
      const row = rows.get(id);
      if (row === undefined) return null;
      if (shownHit(row, may) === null) return 'withheld';
      return row.alert.images[kind]?.jpeg ?? null;
    },
  };
}

/** The hits of an alert that are not closed, best first; a repeat of an earlier hit only if it is the alert's own. */
function unclosed({ alert, standings }: Row): Hit[] {
  return hitsOf(alert).filter(
    (hit) =>
      standings.get(hit.id)?.state !== 'disposed' &&
      (hit === alert.hit || hit.repeatOf === undefined),
  );
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
  const { id, event, alert, revision, changedAtMs, standings } = row;
  /** The alert as it is for one of its hits, with the others that the person may see. */
  const alertFor = (hit: Hit, may: MayView): Alert => {
    const others = hitsOf(alert).filter((other) => other !== hit && may(other.match.list.id));
    if (hit === alert.hit) return { ...alert, others };
    const title = titleOf(hit.match.entry.category);
    return { ...alert, hit, class: classify(hit.match), title, others };
  };
  return {
    id,
    event,
    viewFor(may) {
      const hit = shownHit(row, may);
      if (hit === null) {
        const [best = alert.hit] = shownHits(row);
        return withholdAlert(event, alertFor(best, may), revision);
      }
      const standing = standings.get(hit.id) ?? null;
      return viewAlert(event, alertFor(hit, may), { revision, nowMs: changedAtMs, standing });
    },
  };
}

/** The pictures, and for those that are missing the ones that are known. */
function withKnown(images: TrackImages, known: TrackImages | undefined): TrackImages {
  if (known === undefined) return images;
  const overview = images.overview ?? known.overview;
  return {
    plate: images.plate ?? known.plate,
    ir: images.ir ?? known.ir,
    overview,
    overviewMissing: overview === null ? images.overviewMissing : null,
  };
}
