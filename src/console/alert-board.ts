import type { Alert, AlertEvent } from '../alerts/alert.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { TrackImages } from '../vision/tracking/track-report.ts';
import { type AlertView, type ImageKind, viewAlert } from './alert-view.ts';

/** The alerts that the page may show: those of the last half hour, in memory only. */
export interface AlertBoard {
  /** Stores an alert that was raised, amended or withdrawn, or (null) has better pictures; returns its new view. */
  put(event: AlertEvent | null, alert: Alert): AlertView | null;
  /** Oldest first. */
  alerts(): AlertView[];
  image(id: string, kind: ImageKind): Uint8Array | null;
}

/** Older alerts are found by search, with a purpose (rule 8). */
const keptMs = 30 * 60_000;
const kept = 20;

interface Row {
  view: AlertView;
  images: TrackImages;
}

export function createAlertBoard(clock: Clock = systemClock): AlertBoard {
  const rows = new Map<string, Row>();
  let revision = 0;

  const forgetOld = () => {
    const now = clock();
    for (const [id, { view }] of rows) {
      if (rows.size > kept || now - view.changedAtMs > keptMs) rows.delete(id);
    }
  };

  return {
    put(event, alert) {
      const known = rows.get(alert.hit.detectionId);
      if (event === null && known === undefined) return null;
      // A refresh is not news: an alert marked as seen stays so.
      if (event !== null) revision += 1;
      const view = viewAlert(
        event ?? known?.view.event ?? 'raised',
        alert,
        event === null ? (known?.view.revision ?? revision) : revision,
        event === null ? (known?.view.changedAtMs ?? clock()) : clock(),
      );
      if (event !== null) rows.delete(view.id);
      rows.set(view.id, { view, images: alert.images });
      forgetOld();
      return view;
    },
    alerts() {
      forgetOld();
      return [...rows.values()].map(({ view }) => view);
    },
    image(id, kind) {
      forgetOld();
      return rows.get(id)?.images[kind]?.jpeg ?? null;
    },
  };
}
