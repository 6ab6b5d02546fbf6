import { html, nothing, render, type TemplateResult } from 'lit-html';
import { go } from './address.ts';
import { isInert } from './guard.ts';
import { followFocus, keepFocus } from './kept-focus.ts';
import { later, loadTheRest } from './later.ts';
import { isMoving } from './motion.ts';
import { closeMenu } from './open-menu.ts';
import { closePicture, enlargedPicture } from './parts/picture.ts';
import { questionsNow } from './questions.ts';
import {
  followAddress,
  followTyping,
  isLoadFailed,
  isUntouched,
  openPlaces,
  placeNow,
  screenNow,
} from './router.ts';
import { type AlertScreen, alertScreen, markSeen, waitingBelow } from './screens/alert.ts';
import { movingScreen } from './screens/moving.ts';
import { lostLine, menu, noticeLine, renewLine, topLine, updatedLine } from './shell.ts';
import { allowTones, soundHere } from './sound.ts';
import { changed, drawWith, isHeadquarters, may, page, plateOf, type Told } from './state.ts';
import { listen } from './stream.ts';
import { recallTheme } from './theme.ts';
import { chooseTop, leastShownMs, unseenOf } from './top-alert.ts';
import { isBehind } from './waiting-behind.ts';

const stage = document.getElementById('page') ?? document.body;

/** The alert on the screen, and since when. */
let shown: { id: string; sinceMs: number } | null = null;
/** The alert that somebody opened again; null if there is none. */
let opened: string | null = null;
/** Since when a finger is on the screen, ms by `performance.now()`; null if none is. */
let heldSinceMs: number | null = null;
/** A finger holds up what comes for so long at most: its end is not always told. */
const mostHeldMs = 4000;
/** The alert that the screen shows now: keys act on it alone. */
let drawn: Told | null = null;
/** When a key of the page was pressed last, by a finger or the keyboard, ms by `performance.now()`. */
let pressedAtMs = Number.NEGATIVE_INFINITY;
/** When a character was typed last, ms by `performance.now()`. */
let typedAtMs = Number.NEGATIVE_INFINITY;
/** For so long after a character Space belongs to what is being typed, ms. */
const typingMs = 1500;

/** Alerts of the address: `#/alert/<id>`. */
const alertOfAddress = (): string | null => /^#\/alert\/(.+)$/.exec(location.hash)?.[1] ?? null;

/** Whether it waits below a verification; while the car moves nobody verifies, and it fills the screen. */
const waitsBelow = (alert: Told): boolean => !isMoving() && isBehind(alert);

/** The last of those that were opened by their address and that the page had. */
let openedBefore: string | null = null;

/** Whether the address is of an alert that the page never had, though the unit has told all of them. */
function isUnknown(): boolean {
  if (opened === null || page.alerts.has(opened)) openedBefore = opened;
  return opened !== openedBefore && page.isTold && page.coming === 0;
}

/** The alert that fills the screen now, and the one that waits for it. */
function top(): { alert: Told | null; next: Told | null } {
  const nowMs = performance.now();
  const isHeld = heldSinceMs !== null && nowMs - heldSinceMs < mostHeldMs;
  // At headquarters the board shows all of them, and one fills the screen only where somebody opens it.
  const { alerts } = page;
  const mayFill = new Map(
    [...alerts].filter(([id, each]) => (isHeadquarters() ? id === opened : !waitsBelow(each))),
  );
  const { shown: alert, next } = chooseTop({ alerts: mayFill, shown, opened, isHeld, nowMs });
  if (alert?.id !== shown?.id) shown = alert === null ? null : { id: alert.id, sinceMs: nowMs };
  if (next !== null && shown !== null) {
    setTimeout(changed, Math.max(0, shown.sinceMs + leastShownMs - nowMs));
  }
  return { alert, next };
}

function draw(): void {
  const isOpen = page.locked === null;
  const { alert, next } = top();
  const isInCar = page.session?.at.mode === 'mobile';
  // The lock comes by itself and must not take an alert that nobody has seen away from who drives.
  const isKept = page.locked === 'by-itself' && isInCar && alert !== null && alert.seen === null;
  const hasCard = alert !== null && (isOpen || isKept);
  drawn = hasCard ? alert : null;
  document.body.dataset.mood = hasCard ? 'alert' : 'calm';
  const isForCar = !isOpen || hasCard || placeNow()?.isForCar === true;
  document.body.dataset.surface = isInCar && isForCar ? 'car' : 'desk';
  document.body.dataset.motion = isMoving() ? 'moving' : 'standing';
  document.title = hasCard ? `${alert.title} · Lookout` : 'Lookout';
  const isForWork = isOpen && !hasCard && !isMoving();
  const around = (shownNow: unknown) => html`${topLine()} ${isOpen ? menu() : nothing} ${lostLine()}
      <main id="main" tabindex="-1">${shownNow}</main>
      ${renewLine()} ${updatedLine()} ${isOpen ? noticeLine() : nothing} ${isForWork ? questionsNow() : nothing}
      ${isOpen ? enlargedPicture() : nothing}`;
  try {
    const card = hasCard ? cardOf(alert, next, isOpen) : null;
    const below = () => html`${screenView()}${waitingBelow(waitingBehind(), openAlert)}`;
    render(
      around(
        isOpen ? (card ?? below()) : html`${later('lock')?.lockScreen(isKept) ?? cover()}${card}`,
      ),
      stage,
    );
  } catch {
    // Rows of a table are made as they are drawn: one that fails must not keep the next alert away.
    render(around(failedView(hasCard ? alert : null)), stage);
  }
  keepFocus();
  announce(hasCard ? alert : null);
  if (page.isOutdated && !hasCard && isIdle()) location.reload();
}

/** In the place of the lock until the page has it. */
const cover = () => html`<section class="lock" aria-label="Locked">
  <div class="entrance-form"><h1>Locked</h1><p>The form to unlock comes when the unit answers. Alerts still sound.</p></div>
</section>`;

/** Screens on which nobody works: a page that is out of date may load itself again there. */
const calmPlaces = ['drive', 'board'];
/** Nobody has touched the page for so long, ms. */
const idleMs = 10_000;

/** Whether nothing is lost where the page is loaded again. */
function isIdle(): boolean {
  const isCalm = page.locked !== null || calmPlaces.includes(placeNow()?.path ?? '');
  const isUsed = performance.now() - Math.max(pressedAtMs, typedAtMs) < idleMs;
  return isCalm && !isUsed && isUntouched() && page.notice === null;
}

/** The screen below the alerts. */
function screenView(): TemplateResult | typeof nothing {
  if (isUnknown()) return later('noScreen')?.noSuchAlert(openPlaces()) ?? nothing;
  const place = placeNow();
  if (isMoving() && place?.isForMoving !== true) return movingScreen(place?.title ?? 'This screen');
  if (isLoadFailed()) {
    return html`<section class="screen">
      <h1>${place?.title}</h1>
      <p class="refusal" role="alert">
        This screen could not be loaded. It is tried again every few seconds. If it does not come, load the page again.
      </p>
    </section>`;
  }
  return screenNow()?.view() ?? nothing;
}

/** In the place of what could not be drawn. `alert`: the one whose card it was. */
function failedView(alert: Told | null): TemplateResult {
  if (alert === null) {
    return html`<section class="screen">
      <p class="refusal" role="alert">This screen failed. Alerts still come. Load the page again to use it.</p>
    </section>`;
  }
  return html`<section class="screen">
    <h1>${alert.title}: ${plateOf(alert)}</h1>
    <p class="refusal" role="alert">The card of this alert failed. Load the page again, or ask dispatch about it.</p>
  </section>`;
}

function cardOf(alert: Told, next: Told | null, isOpen: boolean): TemplateResult {
  const waiting = isOpen ? unseenOf(page.alerts.values()).filter(({ id }) => id !== alert.id) : [];
  const screen: AlertScreen = {
    alert,
    next: isOpen ? next : null,
    waiting,
    notShown: isOpen ? page.notShown + page.coming : 0,
    isOpened: opened !== null,
    isLocked: !isOpen,
    onClose: leaveAlert,
    onOpen: openAlert,
  };
  return alertScreen(screen);
}

const openAlert = (id: string): void => go(`alert/${id}`);

/** What waits for the end of the verification on the screen. */
const waitingBehind = (): Told[] =>
  isHeadquarters() ? [] : unseenOf(page.alerts.values()).filter(waitsBelow);

function leaveAlert(): void {
  opened = null;
  if (alertOfAddress() !== null) go('drive');
  changed();
}

let told = '';

/** Says a new alert to readers of the screen, its plate letter by letter; once, not with every stroke of the clock. */
function announce(alert: Told | null): void {
  const text =
    alert === null || alert.seen !== null
      ? ''
      : `${alert.class === 'urgent' ? 'Urgent. ' : ''}${alert.title}. ${[...plateOf(alert)].join(' ')}.`;
  if (text === told) return;
  told = text;
  const line = document.getElementById('said');
  if (line !== null) line.textContent = text;
}

/** What was done and leads on does so within this time of telling it, ms. */
const leadsOnMs = 2000;

/** A line at the foot stays with the screen that what was done led to, and goes when somebody goes on from there. */
function leaveNotice(): void {
  const { notice } = page;
  if (notice === null) return;
  const isLedTo = pressedAtMs < notice.toldAtMs && performance.now() - notice.toldAtMs < leadsOnMs;
  if (!isLedTo) page.notice = null;
}

function followAlert(): void {
  opened = may('alerts.watch') ? alertOfAddress() : null;
  if (opened === null || placeNow() === null) followAddress();
  changed();
}

/** Space marks the alert as seen, unless a control has the focus; Escape closes what lies over the screen. */
function onKey(event: KeyboardEvent): void {
  if (event.key === 'Escape' && (closePicture() || closeMenu())) changed();
  const isLetter = event.key.length === 1 && event.key !== ' ';
  if (isLetter || event.key === 'Backspace') typedAtMs = performance.now();
  if (event.code !== 'Space' || event.repeat || page.locked !== null) return;
  const { activeElement } = document;
  // What is shown as a whole, and the middle of a card, take the focus for Tab and the arrow keys alone.
  if (activeElement?.matches('body, main, .card-body') === false) return;
  if (drawn === null) return;
  event.preventDefault();
  // Who was typing when the alert came goes on for a moment.
  const isTyping = performance.now() - typedAtMs < typingMs;
  if (!isTyping && !isInert() && drawn.seen === null) void markSeen(drawn);
}

drawWith(draw);
followFocus();
followTyping();
recallTheme();
addEventListener('hashchange', leaveNotice);
addEventListener('hashchange', closeMenu);
addEventListener('hashchange', followAlert);
document.addEventListener(
  'click',
  () => {
    pressedAtMs = performance.now();
  },
  { capture: true },
);
document.addEventListener('keydown', onKey);
for (const event of ['pointerdown', 'pointerup', 'pointercancel']) {
  document.addEventListener(event, () => {
    heldSinceMs = event === 'pointerdown' ? performance.now() : null;
    if (heldSinceMs === null) changed();
  });
}
followAlert();
document.addEventListener('pointerdown', allowTones);
void listen((alert) => {
  if (alert.event !== 'withdrawn' && alert.seen === null) soundHere(alert.class);
  // What is new comes before what somebody looks at again.
  if (alert.id !== opened && alert.seen === null) opened = null;
  // Which screens this person may open is known from here on.
}).then(() => {
  followAlert();
  loadTheRest();
});
