import { html, nothing, type TemplateResult } from 'lit-html';
import { go } from './address.ts';
import { type Health, healthOf } from './health.ts';
import { ifLoaded, later } from './later.ts';
import { brief, hasPassenger, isMoving, switchPassenger } from './motion.ts';
import { closeMenu, lockKey, openMenu } from './open-menu.ts';
import { key } from './parts/key.ts';
import { changed, may, page } from './state.ts';
import { span, timeOfDay, unitNowMs } from './words.ts';

/** From so long before the end of a session it can be renewed, ms. */
const renewBeforeMs = 15 * 60_000;

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
            aria-expanded=${String(openMenu.isOpen)}
            @click=${() => {
              if (!closeMenu()) openMenu.isOpen = true;
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

/** What the person may go to, and how to leave the page; until that is loaded, how to lock it. */
export function menu(): TemplateResult | typeof nothing {
  if (!openMenu.isOpen) return nothing;
  return later('menu')?.wholeMenu() ?? html`<nav class="menu" aria-label="Menu">${lockKey()}</nav>`;
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
