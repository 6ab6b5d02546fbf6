import type { SessionView } from '../../accountability/access/login-api.ts';
import type { AlertClass } from '../../alerts/alert.ts';
import type { AlertView, WithheldView } from '../alert-view.ts';
import type { StatusView } from '../status-view.ts';
import type { UnitView } from '../unit-view.ts';

/** Open alerts that nobody has seen, by class. */
export type Waiting = Record<AlertClass, number>;

/** A line at the foot of the screen: what was done, and how to take it back. */
export interface Notice {
  text: string;
  /** `noted`: something was copied or saved, and nothing was done at the unit. */
  kind: 'done' | 'noted' | 'refused';
  undo?: () => void;
  /** When it was told, ms by `performance.now()`. */
  toldAtMs: number;
  untilMs: number;
}

/** An alert of the unit; `boot`: the run of the daemon that told it. */
export type Told = (AlertView | WithheldView) & { boot: string };

/** Everything that the page shows, but what a screen keeps for itself. */
export interface PageState {
  /** Null until the unit has told it. */
  session: (SessionView & { at: UnitView; namedUrl: string | null }) | null;
  status: StatusView;
  /** By id, oldest first. */
  alerts: Map<string, Told>;
  /** Open alerts that the unit could not keep ready. */
  notShown: number;
  /** The unit has told which alerts it holds; before, the page knows of none and must not say that there is none. */
  isTold: boolean;
  /** Alerts that the unit holds and has not sent yet. */
  coming: number;
  /** When the unit last gave a sign of life, ms by `performance.now()`: the browser's clock may be set. */
  heardAtMs: number;
  isLive: boolean;
  /** Null while the page is open; how it was locked. */
  locked: 'by-hand' | 'by-itself' | null;
  /** On a locked page. */
  waiting: Waiting | null;
  /** Why the session of a page that is covered is not locked at the unit; null where it is. */
  lockFault: string | null;
  notice: Notice | null;
  /** The unit gives out another version of the page than this one. */
  isOutdated: boolean;
  /** When something was done last that a screen is for, ms by `performance.now()`. */
  doneAtMs: number;
}

export const page: PageState = {
  session: null,
  status: {},
  alerts: new Map(),
  notShown: 0,
  isTold: false,
  coming: 0,
  heardAtMs: performance.now(),
  isLive: false,
  locked: null,
  waiting: null,
  lockFault: null,
  notice: null,
  isOutdated: false,
  doneAtMs: Number.NEGATIVE_INFINITY,
};

let draw: () => void = () => undefined;
let isDue = false;

/** Called when something changed; the page is drawn once for all changes of a moment. */
export function changed(): void {
  if (isDue) return;
  isDue = true;
  queueMicrotask(() => {
    isDue = false;
    draw();
  });
}

/** Sets what draws the page. */
export function drawWith(whole: () => void): void {
  draw = whole;
}

/** Shows a line at the foot for ten seconds, or until the person goes on to another screen; `undo` takes back what was done. */
export function tell(text: string, kind: Notice['kind'], undo?: () => void): void {
  const untilMs = Date.now() + 10_000;
  const toldAtMs = performance.now();
  page.notice = { text, kind, toldAtMs, untilMs, ...(undo === undefined ? {} : { undo }) };
  if (kind === 'done') page.doneAtMs = toldAtMs;
  setTimeout(() => {
    if (page.notice?.untilMs !== untilMs) return;
    page.notice = null;
    changed();
  }, 10_000);
  changed();
}

/** Whether the page is that of headquarters. */
export const isHeadquarters = (): boolean => page.session?.at.mode === 'headquarters';

/** Whether the person who is logged in has a permission. */
export function may(permission: string): boolean {
  return page.session?.permissions.includes(permission) === true;
}

/** How an alert is named in a line: by its plate, or by its hit where this person may not see the plate. */
export function plateOf(alert: AlertView | WithheldView): string {
  if (alert.withheld) return `Hit ${alert.shortId}`;
  return `${alert.isNear ? '≈ ' : ''}${alert.named}`;
}

/** The same beside the mark of its class, which says already that a near match is one. */
export const plateByMark = (alert: Told): string =>
  alert.class === 'near' && !alert.withheld ? alert.named : plateOf(alert);
