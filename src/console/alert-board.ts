import { isDeepStrictEqual } from 'node:util';
import type { HitStanding } from '../accountability/verification/hit-view.ts';
import type { Alert, AlertEvent } from '../alerts/alert.ts';
import { classify } from '../alerts/classify.ts';
import { titleOf } from '../alerts/wording.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { TrackImages } from '../vision/tracking/track-report.ts';
import { type AlertView, type ImageKind, viewAlert } from './alert-view.ts';

/** What became of an alert on the board: its new view, or that it was taken off because every hit of it is closed. */
export type Touched = { id: string; view: AlertView | null };

/**
 * The alerts that the page may show, in memory only: those that are open, and others for half an hour. An alert that is
 * closed leaves the board.
 */
export interface AlertBoard {
  /** Stores an alert that was raised, amended or withdrawn, or (null) has better pictures; returns its new view. */
  put(event: AlertEvent | null, alert: Alert): AlertView | null;
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
  alerts(): AlertView[];
  image(id: string, kind: ImageKind): Uint8Array | null;
}

/** Other alerts than open ones are found by search, with a purpose, after this (rule 8). */
const keptMs = 30 * 60_000;
const kept = 20;

interface Row {
  view: AlertView;
  alert: Alert;
}

/** `standingOf`: how far the verification of a hit is; null if it is not known. */
export function createAlertBoard(
  standingOf: (hitId: string) => HitStanding | null,
  clock: Clock = systemClock,
): AlertBoard {
  const rows = new Map<string, Row>();
  let revision = 0;

  const isOpen = ({ view }: Row) =>
    view.event !== 'withdrawn' && view.standing !== null && view.standing.state !== 'disposed';
  const forgetOld = () => {
    const now = clock();
    for (const [id, row] of rows) {
      const isOld = now - row.view.changedAtMs > keptMs && !isOpen(row);
      if (rows.size > kept || isOld) rows.delete(id);
    }
  };

  /** The alert for the best of its hits that is not closed; null if all are. */
  const stillOpen = (alert: Alert): { alert: Alert; standing: HitStanding | null } | null => {
    const hits = [alert.hit, ...alert.others];
    for (const hit of hits) {
      const standing = standingOf(hit.id);
      if (standing?.state === 'disposed' || (hit !== alert.hit && hit.repeatOf !== undefined)) {
        continue;
      }
      if (hit === alert.hit) return { alert, standing };
      const others = hits.filter((other) => other !== hit);
      const { match } = hit;
      const title = titleOf(match.entry.category);
      return { alert: { ...alert, hit, class: classify(match), title, others }, standing };
    }
    return null;
  };

  const show = (row: Row, isNews: boolean): Touched | null => {
    const { id, event, changedAtMs } = row.view;
    const open = stillOpen(row.alert);
    if (open === null) {
      rows.delete(id);
      return { id, view: null };
    }
    const isSame = isDeepStrictEqual(open.standing, row.view.standing);
    if (isSame && open.alert.hit.id === row.alert.hit.id && !isNews) return null;
    if (isNews) revision += 1;
    const { alert, standing } = open;
    const stamps = { revision: isNews ? revision : row.view.revision, nowMs: changedAtMs };
    const view = viewAlert(event, alert, { ...stamps, standing });
    rows.set(id, { view, alert });
    return { id, view };
  };

  return {
    put(event, told) {
      const known = rows.get(told.hit.detectionId);
      if (event === null && known === undefined) return null;
      // A refresh is not news: an alert marked as seen stays so. What it lacks of pictures stays, too.
      if (event !== null) revision += 1;
      const alert = { ...told, images: withKnown(told.images, known?.alert.images) };
      const view = viewAlert(event ?? known?.view.event ?? 'raised', alert, {
        revision: event === null ? (known?.view.revision ?? revision) : revision,
        nowMs: event === null ? (known?.view.changedAtMs ?? clock()) : clock(),
        standing: standingOf(alert.hit.id),
      });
      if (event !== null) rows.delete(view.id);
      rows.set(view.id, { view, alert });
      forgetOld();
      return view;
    },
    restore(told) {
      const open = stillOpen(told);
      if (open === null) return;
      revision += 1;
      const { alert, standing } = open;
      const nowMs = Date.parse(alert.hit.changedAt);
      const view = viewAlert('raised', alert, { revision, nowMs, standing });
      rows.set(view.id, { view, alert });
    },
    touch(hitId, isNews) {
      for (const row of rows.values()) {
        const { hit, others } = row.alert;
        if (hit.id === hitId || others.some(({ id }) => id === hitId)) return show(row, isNews);
      }
      return null;
    },
    touchAll: () => [...rows.values()].flatMap((row) => show(row, false) ?? []),
    alerts() {
      forgetOld();
      return [...rows.values()].map(({ view }) => view);
    },
    image(id, kind) {
      forgetOld();
      return rows.get(id)?.alert.images[kind]?.jpeg ?? null;
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
