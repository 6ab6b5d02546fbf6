import { html, nothing, type TemplateResult } from 'lit-html';
import { go } from './address.ts';
import { ask, Refused, wordsOf } from './api.ts';
import { type Health, healthOf } from './health.ts';
import { ifLoaded, later } from './later.ts';
import { brief, hasPassenger, isMoving, switchPassenger } from './motion.ts';
import { key } from './parts/key.ts';
import { openPlaces, placeNow } from './router.ts';
import { type MenuPart, menuParts, type Place } from './screen.ts';
import { endSession } from './session-end.ts';
import { changed, may, page, tell } from './state.ts';
import { lockByHand } from './stream.ts';
import { nextTheme, themeNow } from './theme.ts';
import { capital, span, timeOfDay, unitNowMs } from './words.ts';

/** From so long before the end of a session it can be renewed, ms. */
const renewBeforeMs = 15 * 60_000;

let isMenuOpen = false;
/** Log out was pressed while alerts are open; a second press means it. */
let isLeaving = false;

/** Closes the menu, as after a choice; says whether it was open. */
export function closeMenu(): boolean {
  const wasOpen = isMenuOpen;
  isMenuOpen = false;
  isLeaving = false;
  return wasOpen;
}

/** The line at the top of every screen: what works, and how many alerts are open. */
export function topLine(): TemplateResult {
  const { session, isLive, locked } = page;
  const at = session?.at;
  const name = at === undefined ? '' : `${at.agency} / ${at.unit}`;
  const health = locked === null ? healthOf(page.status) : [];
  return html`<header class="top">
    <span class="brand">Lookout</span>
    <span class="unit">${name}</span>
    <span class="chips">${locked === null ? motionChip() : nothing}${health.map(chip)}${locked === null ? html`${openChip()}${inboxChip()}` : nothing}</span>
    <span class="link" data-live=${String(isLive)} role="status"
      >${isLive ? (may('alerts.watch') ? 'Live' : 'Connected') : 'No connection'}</span
    >
    <time class="clock">${at === undefined ? nothing : timeOfDay(unitNowMs())}</time>
    ${
      locked === null
        ? html`<button
            type="button"
            class="menu-button"
            aria-expanded=${String(isMenuOpen)}
            @click=${() => {
              if (!closeMenu()) isMenuOpen = true;
              changed();
            }}
          >
            Menu <span class="person">${session?.name ?? ''}</span>
          </button>`
        : html`<span class="person">${session?.name ?? ''}</span>`
    }
  </header>`;
}

/** That the car moves, so that the screen has little; or that a passenger operates it, which a touch ends. */
function motionChip(): TemplateResult | typeof nothing {
  if (hasPassenger()) {
    return html`<button
      type="button"
      class="chip doubt"
      @click=${() => void switchPassenger(false)}
    ><small>Passenger</small><b>On</b></button>`;
  }
  return isMoving()
    ? html`<span class="chip doubt"><small>Car</small><b>Moving</b></span>`
    : nothing;
}

function chip({ name, mood, short }: Health): TemplateResult {
  // Health is much to read.
  if (isMoving()) {
    return html`<span class="chip ${mood}"><small>${name}</small><b>${short}</b></span>`;
  }
  return html`<button
    type="button"
    class="chip ${mood}"
    @click=${() => go('health')}
  ><small>${name}</small><b>${short}</b></button>`;
}

function openChip(): TemplateResult | typeof nothing {
  if (!may('alerts.respond')) return nothing;
  // Before the unit has told how many there are, none is no number to show.
  const open = page.status.undisposed ?? '…';
  const mood = open === 0 ? 'good' : 'doubt';
  if (isMoving()) {
    return html`<span class="chip ${mood}"><small>Open</small><b>${open}</b></span>`;
  }
  return html`<button
    type="button"
    class="chip ${mood}"
    @click=${() => go('open')}
  ><small>Open</small><b>${open}</b></button>`;
}

/** Only where something waits: most of the time the line at the top is for the equipment. */
function inboxChip(): TemplateResult | typeof nothing {
  const count = ifLoaded('inboxCount')?.inboxCount() ?? 0;
  if (count === 0 || isMoving()) return nothing;
  return html`<button
    type="button"
    class="chip doubt"
    @click=${() => go('inbox')}
  ><small>Inbox</small><b>${count}</b></button>`;
}

/** What the person may go to, and how to leave the page. */
export function menu(): TemplateResult | typeof nothing {
  if (!isMenuOpen) return nothing;
  const to = (path: string) => {
    closeMenu();
    go(path);
    changed();
  };
  const open = openPlaces().filter(({ isForMoving }) => !isMoving() || isForMoving === true);
  return html`<nav class="menu" aria-label="Menu">
    <div class="menu-parts">
      ${partNames.map((part) => {
        const within = open.filter((place) => place.menu === part);
        return within.length === 0 ? nothing : menuPart(menuParts[part], within, to);
      })}
    </div>
    <div class="menu-foot">
      ${isMoving() ? nothing : switches()}
      ${key({ label: 'Lock', onPress: cover, kind: 'quiet' })}
      ${isMoving() ? nothing : logOut()}
    </div>
  </nav>`;
}

const partNames = Object.keys(menuParts) as MenuPart[];

function menuPart(name: string, places: readonly Place[], onGo: (path: string) => void) {
  return html`<div class="menu-part" role="group" aria-label=${name}>
    <p class="label" aria-hidden="true">${name}</p>
    ${places.map(({ path, title }) =>
      key({ label: title, onPress: () => onGo(path), isPressed: placeNow()?.path === path }),
    )}
  </div>`;
}

/** What is switched here and is no screen: the light, and who operates the screen of a car. */
function switches(): TemplateResult[] {
  const light = key({
    label: `Screen: ${capital(themeNow())}`,
    onPress: () => {
      nextTheme();
      changed();
    },
    kind: 'quiet',
  });
  if (page.session?.at.mode !== 'mobile') return [light];
  const passenger = key({
    label: hasPassenger() ? 'Driver has the screen' : 'Passenger has the screen',
    onPress: () => {
      closeMenu();
      void switchPassenger(!hasPassenger());
    },
    kind: 'quiet',
  });
  return [light, passenger];
}

/** Who leaves is told of the alerts that stay open (VER-8). */
function logOut(): TemplateResult {
  const open = may('alerts.respond') ? (page.status.undisposed ?? 0) : 0;
  const ask = () => {
    isLeaving = true;
    changed();
  };
  if (open === 0) return key({ label: 'Log out', onPress: leave, kind: 'quiet' });
  if (!isLeaving) return key({ label: 'Log out', onPress: ask, kind: 'quiet' });
  const words = open === 1 ? '1 alert is open: close it' : `${open} alerts are open: close them`;
  return html`<p class="doubt" role="alert">${words}, or tell who takes over. Those that you have taken are given back.</p>
    ${key({ label: 'Log out all the same', onPress: leave, kind: 'danger' })}`;
}

function cover(): void {
  closeMenu();
  void lockByHand();
}

async function leave(): Promise<void> {
  try {
    await endSession(async () => {
      try {
        await ask('DELETE', '/api/session');
      } catch (error) {
        // Whoever is no longer logged in is out; else the session goes on, and the person must know.
        if (!(error instanceof Refused) || error.status !== 401) throw error;
      }
    });
  } catch (error) {
    closeMenu();
    tell(`You are still logged in: ${wordsOf(error)}`, 'refused');
  }
}

/** Above every screen: that alerts may be missing. */
export function lostLine(): TemplateResult | typeof nothing {
  if (page.isLive || !may('alerts.watch')) return nothing;
  return html`<p class="lost" role="alert">
    No connection to Lookout. Alerts may be missing from this screen.
  </p>`;
}

/** The session ends before long: it can be renewed here, without leaving the alert. */
export function renewLine(): TemplateResult | typeof nothing {
  const { session, locked } = page;
  if (session === null || locked !== null) return nothing;
  const leftMs = session.endsAtMs - unitNowMs();
  if (leftMs > renewBeforeMs) return nothing;
  const ends = `Your session ends in ${span(leftMs / 1000)}.`;
  if (isMoving()) return html`<p class="notice-line renew">${ends} Stop to stay logged in.</p>`;
  return later('renewal')?.renewForm(ends) ?? html`<p class="notice-line renew">${ends}</p>`;
}

/** The unit was updated while this page was open. */
export function updatedLine(): TemplateResult | typeof nothing {
  if (!page.isOutdated || page.locked !== null || isMoving()) return nothing;
  return html`<div class="notice-line" role="status">
    <p>Lookout was updated. This page is still the one of before.</p>
    ${key({ label: 'Load it again', onPress: () => location.reload() })}
  </div>`;
}

/** At the foot: what was just done, and how to take it back. */
export function noticeLine(): TemplateResult | typeof nothing {
  const { notice } = page;
  if (notice === null) return nothing;
  const dismiss = () => {
    page.notice = null;
    changed();
  };
  const undo = () => {
    notice.undo?.();
    dismiss();
  };
  return html`<div class="notice-line ${notice.kind === 'refused' ? 'refused' : 'done'}" role="status">
    <p>${brief(notice.text)}</p>
    ${notice.undo === undefined ? nothing : key({ label: 'Undo', onPress: undo })}
    ${isMoving() ? nothing : key({ label: 'Close', onPress: dismiss, kind: 'quiet' })}
  </div>`;
}
