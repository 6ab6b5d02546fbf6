import { html, nothing, type TemplateResult } from 'lit-html';
import { go } from './address.ts';
import { ask, Refused, wordsOf } from './api.ts';
import { hasPassenger, isMoving, switchPassenger } from './motion.ts';
import { closeMenu, lockKey, openMenu } from './open-menu.ts';
import { key } from './parts/key.ts';
import { openPlaces, placeNow } from './router.ts';
import type { MenuPart, Place } from './screen.ts';
import { endSession } from './session-end.ts';
import { changed, isHeadquarters, may, page, tell } from './state.ts';
import { nextTheme, themeNow } from './theme.ts';
import { capital } from './words.ts';

/** The parts of the menu, in their order. */
const parts = (): [MenuPart, string][] => [
  ['alerts', 'Alerts'],
  ['reads', 'Reads and cases'],
  ['lists', 'Lists'],
  ['oversight', 'Oversight'],
  ['people', 'People'],
  ['unit', isHeadquarters() ? 'Headquarters' : 'This unit'],
];

/** What the person may go to, and how to leave the page. */
export function wholeMenu(): TemplateResult {
  const to = (path: string) => {
    closeMenu();
    go(path);
    changed();
  };
  const open = openPlaces().filter(({ isForMoving }) => !isMoving() || isForMoving === true);
  return html`<nav class="menu" aria-label="Menu">
    <div class="menu-parts">
      ${parts().map(([part, name]) => {
        const within = open.filter((place) => place.menu === part);
        return within.length === 0 ? nothing : menuPart(name, within, to);
      })}
    </div>
    <div class="menu-foot">
      ${isMoving() ? nothing : switches()}
      ${lockKey()}
      ${isMoving() ? nothing : logOut()}
    </div>
  </nav>`;
}

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
    openMenu.isLeaving = true;
    changed();
  };
  if (open === 0) return key({ label: 'Log out', onPress: leave, kind: 'quiet' });
  if (!openMenu.isLeaving) return key({ label: 'Log out', onPress: ask, kind: 'quiet' });
  const words = open === 1 ? '1 alert is open: close it' : `${open} alerts are open: close them`;
  return html`<p class="doubt" role="alert">${words}, or tell who takes over. Those that you have taken are given back.</p>
    ${key({ label: 'Log out all the same', onPress: leave, kind: 'danger' })}`;
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
