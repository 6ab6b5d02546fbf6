import type { Seen } from '../../accountability/verification/seen-alerts.ts';
import type { AlertView, WithheldView } from '../alert-view.ts';
import type { UnitView } from '../unit-view.ts';
import { ask, Refused, wordsOf } from './api.ts';
import type { EventName, Heard } from './live-events.ts';
import { type LiveSource, liveSource } from './live-source.ts';
import { sessionOver } from './session-end.ts';
import { useSpelling } from './spoken.ts';
import { changed, may, page, type Waiting } from './state.ts';
import { setLight } from './theme.ts';
import { unitNowMs, useClock, useZone } from './words.ts';

/** Without a sign of life for so long the page warns that it may be missing alerts, ms. */
const silentMs = 10_000;
const statusEveryMs = 5000;
/** The page reports that it is used at most so often, ms. */
const activityEveryMs = 30_000;

/** An alert as the unit tells it to this person. */
type Shown = AlertView | WithheldView;

interface Hello {
  at: UnitView;
  locked: boolean;
  notShown: number;
  nowMs: number;
  waiting?: Waiting;
}

/** Alerts that were laid aside on this screen, by id, with the version; those alone that it holds. */
const laidAside = new Map<string, { revision: number; seen: Seen }>();
let source: LiveSource | null = null;
/** The stream is open now. */
let isOpen = false;
let boot = '';
let toldActivityAtMs = Number.NEGATIVE_INFINITY;
/** The places of the alerts that the unit held when it began to tell them, by id: the oldest first. */
let places = new Map<string, number>();
/** The run of the unit is the one that this page has heard before: what it has not is news. */
let isSameRun = false;
/** Called when an alert is news on this page: raised, changed, or answered by dispatch. */
let onNews: (alert: Shown) => void = () => undefined;

function take(alert: Shown): void {
  const known = page.alerts.get(alert.id);
  // What is news comes last, as the newest.
  if (known?.revision !== alert.revision || known.boot !== boot) page.alerts.delete(alert.id);
  const aside = laidAside.get(alert.id);
  const seen = alert.seen ?? (aside?.revision === alert.revision ? aside.seen : null);
  page.alerts.set(alert.id, { ...alert, seen, boot });
}

/** Takes an alert off this screen alone, for a person who may not see it: for others it stays. */
export function layAside({ id, revision }: Shown): void {
  const seen = { by: page.session?.name ?? '', atMs: unitNowMs() };
  laidAside.set(id, { revision, seen });
  const known = page.alerts.get(id);
  if (known !== undefined) page.alerts.set(id, { ...known, seen });
  changed();
}

/** Takes an alert off this screen that the unit no longer has. */
export function forget(id: string): void {
  drop(id);
  changed();
}

function drop(id: string): void {
  page.alerts.delete(id);
  laidAside.delete(id);
}

/** Alerts that the unit holds, which come in parts; one that was raised while this page was cut off is news. */
function takePart(alerts: readonly Shown[]): void {
  for (const alert of alerts) {
    const isNews = isSameRun && page.alerts.get(alert.id)?.revision !== alert.revision;
    take(alert);
    if (isNews) onNews(alert);
  }
  const placeOf = ({ id }: Shown) => places.get(id) ?? places.size;
  const inOrder = [...page.alerts.values()].sort((a, b) => placeOf(a) - placeOf(b));
  page.alerts.clear();
  for (const alert of inOrder) page.alerts.set(alert.id, alert);
  countComing();
}

/** How many of the alerts that the unit holds are not here yet. */
function countComing(): void {
  page.coming = [...places.keys()].filter((id) => !page.alerts.has(id)).length;
}

/** An alert that is news comes last, and one that is gone does not come any more. */
function forgetPlace(id: string): void {
  if (places.delete(id)) countComing();
}

/**
 * The first part of all alerts that the unit holds. One that an earlier run of it told goes with it, as a unit that starts
 * brings its open alerts back; only one that was not on its disk yet stays, as the unit cannot know of it.
 */
function takeAll(told: EventData['alerts']): void {
  isSameRun = boot === told.boot;
  boot = told.boot;
  page.notShown = told.notShown;
  page.isTold = true;
  places = new Map(told.ids.map((id, at) => [id, at]));
  for (const [id, alert] of page.alerts) {
    const isUnknown = alert.boot !== boot && !alert.withheld && alert.standing === null;
    if (!places.has(id) && !isUnknown) drop(id);
  }
  takePart(told.alerts);
  // Alerts came or were closed while nothing was heard.
  void pollSoon();
}

/** What comes with each event. */
interface EventData {
  hello: Hello;
  alerts: { boot: string; ids: string[]; alerts: Shown[]; notShown: number };
  'more-alerts': { alerts: Shown[] };
  alert: Shown;
  cleared: { id: string; notShown: number };
  'not-shown': { count: number };
  beat: { nowMs: number };
  locked: { waiting?: Waiting };
  hidden: { waiting?: Waiting };
  over: object;
}

const onEvent: { [Name in EventName]: (data: EventData[Name]) => void } = {
  hello({ locked, notShown, nowMs, waiting }) {
    useClock(nowMs);
    page.notShown = notShown;
    if (locked) lock('by-itself', waiting);
    // Unlocked on another page of this browser; not where the unit has not heard of the lock yet.
    else if (!isLockUnheard) showAgain();
  },
  alerts: takeAll,
  'more-alerts': ({ alerts }) => takePart(alerts),
  alert(alert) {
    const isNews = page.alerts.get(alert.id)?.revision !== alert.revision;
    if (isNews) places.delete(alert.id);
    take(alert);
    countComing();
    if (isNews) onNews(alert);
    void pollSoon();
  },
  cleared({ id, notShown }) {
    drop(id);
    forgetPlace(id);
    page.notShown = notShown;
    void pollSoon();
  },
  'not-shown'({ count }) {
    page.notShown = count;
  },
  beat: ({ nowMs }) => useClock(nowMs),
  locked: ({ waiting }) => lock('by-itself', waiting),
  hidden: ({ waiting }) => lock('by-itself', waiting ?? somethingWaits),
  // The session is over: the login form comes instead.
  over: sessionOver,
};

function hear(heard: Heard): void {
  isOpen = 'isOpen' in heard ? heard.isOpen : true;
  if ('event' in heard) {
    page.heardAtMs = performance.now();
    (onEvent[heard.event] as (data: unknown) => void)(JSON.parse(heard.data));
  }
  checkLink();
  changed();
}

/** When the unit was last asked to tell everything, ms by `performance.now()`. */
let begunAtMs = Number.NEGATIVE_INFINITY;

/** Listens to the unit's alerts, as far as this person may watch them. */
function connect(): void {
  begunAtMs = performance.now();
  source ??= liveSource(hear);
  if (may('alerts.watch')) source.begin();
}

/** Listens anew where nothing has been heard for long. That it does is no sign of life. */
function connectAfterSilence(): void {
  const now = performance.now();
  const isSilent = now - page.heardAtMs > 2 * silentMs && now - begunAtMs > 2 * silentMs;
  if (source === null || !may('alerts.watch') || !isSilent) return;
  begunAtMs = now;
  source.beginAfterSilence();
}

const somethingWaits: Waiting = { urgent: 0, standard: 1, near: 0, informational: 0 };

/** Takes everything off the page until the password is entered (CJIS AC-11); the stream then sends all again. */
export function lock(how: 'by-hand' | 'by-itself', waiting: Waiting | null = null): void {
  if (waiting !== null) page.waiting = waiting;
  if (page.locked !== null) return;
  page.locked = how;
  changed();
}

/** After so long a lock that the unit did not take is asked for again, ms. */
const lockAgainMs = 3000;

/** The page was locked by hand, and the unit has not said that the session is. */
let isLockUnheard = false;

/**
 * Locks the session because its owner says so. The page is covered at once; where the unit does not lock the session as well,
 * the lock says so, and asks again until it does.
 */
export async function lockByHand(): Promise<void> {
  lock('by-hand');
  isLockUnheard = true;
  try {
    await ask('POST', '/api/session/lock', {});
    isLockUnheard = false;
    page.lockFault = null;
  } catch (error) {
    if (error instanceof Refused && error.status === 401) sessionOver();
    // Locked already, as by another page.
    const isLocked = error instanceof Refused && error.status === 423;
    isLockUnheard = !isLocked;
    page.lockFault = isLocked
      ? null
      : `This page is covered, but your session is not locked at the unit: ${wordsOf(error)} It is tried again.`;
    if (page.lockFault !== null) {
      setTimeout(() => void (page.locked !== null && lockByHand()), lockAgainMs);
    }
  }
  changed();
}

/** After the session was unlocked here: the unit tells everything again. */
export function unlock(): void {
  page.heardAtMs = performance.now();
  showAgain();
  connect();
}

function showAgain(): void {
  if (page.locked === null) return;
  page.locked = null;
  page.waiting = null;
  isLockUnheard = false;
  page.lockFault = null;
  void pollStatus();
  changed();
}

/** Whether the page hears of alerts now. */
function checkLink(): void {
  const isHeard =
    performance.now() - page.heardAtMs < (may('alerts.watch') ? silentMs : 2 * silentMs);
  page.isLive = isHeard && (!may('alerts.watch') || isOpen);
}

/** A session that has ended shows the login form; one that is locked, the lock. */
export function onRefusal(error: unknown): void {
  if (!(error instanceof Refused)) return;
  if (error.status === 401) sessionOver();
  if (error.status === 423) lock('by-itself');
  // The unit trusts this device no more: what is on the page goes, and the unit says why.
  if (error.code.startsWith('certificate-')) location.reload();
}

let isPolling = false;
let isPollDue = false;

/** Asks for the status at once: how many alerts are open has changed. Many changes of a moment are asked for once. */
export async function pollSoon(): Promise<void> {
  isPollDue = true;
  if (isPolling || page.locked !== null) return;
  isPolling = true;
  while (isPollDue) {
    isPollDue = false;
    await pollStatus();
  }
  isPolling = false;
}

async function pollStatus(): Promise<void> {
  try {
    page.status = await ask<typeof page.status>('GET', '/api/status');
    noteRun(page.status.run);
    setLight(page.status.position?.daylight ?? undefined);
    if (!may('alerts.watch')) page.heardAtMs = performance.now();
    checkLink();
    changed();
  } catch (error) {
    onRefusal(error);
    // Who watches no alerts has no stream that would break off: that the unit did not answer is the sign.
    const isUnanswered = error instanceof Refused && error.status === 0;
    if (isUnanswered && !may('alerts.watch')) {
      page.heardAtMs = Number.NEGATIVE_INFINITY;
      checkLink();
      changed();
    }
  }
}

/** The version of this page, as its document says it. */
const ownVersion = document.querySelector<HTMLMetaElement>('meta[name="page-version"]')?.content;
/** The run of the unit that the session was asked of; empty before the first answer. */
let runOfSession = '';

/** The unit's clock; after a restart of it policy, role and zone may be others, and the page itself. */
function noteRun(run: typeof page.status.run): void {
  if (run === undefined) return;
  useClock(run.nowMs);
  page.isOutdated = ownVersion !== undefined && run.page !== ownVersion;
  if (runOfSession !== '' && run.boot !== runOfSession) void askSession().catch(onRefusal);
  runOfSession = run.boot;
}

/** Asks the unit who is logged in, and what they may do. */
async function askSession(): Promise<void> {
  page.session = await ask<NonNullable<typeof page.session>>('GET', '/api/session');
  useZone(page.session.at.zone);
  useSpelling(page.session.at.spelling);
  changed();
}

/** Reports that the page is used, so that the session does not lock itself. */
function noteActivity(): void {
  const now = performance.now();
  if (page.locked !== null || now - toldActivityAtMs < activityEveryMs) return;
  toldActivityAtMs = now;
  ask('POST', '/api/session/activity').catch(onRefusal);
}

/** Asks who is logged in, and goes on listening to the unit from then on. */
export async function listen(hear: (alert: Shown) => void): Promise<void> {
  onNews = hear;
  try {
    await askSession();
  } catch (error) {
    if (error instanceof Refused && error.status === 401) sessionOver();
    else {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      await listen(hear);
    }
    return;
  }
  if (page.session?.locked === true) lock('by-itself');
  for (const event of ['pointerdown', 'pointermove', 'keydown', 'touchstart']) {
    document.addEventListener(event, noteActivity, { passive: true });
  }
  setInterval(() => {
    checkLink();
    changed();
    connectAfterSilence();
  }, 1000);
  setInterval(pollStatus, statusEveryMs);
  connect();
  void pollStatus();
  changed();
}
