import { changed } from './state.ts';

// Parts of the page that Drive is drawn without. They are loaded as soon as it stands, so that they are there when the unit
// no longer answers.
const loads = {
  deeds: () => import('./deeds.ts'),
  footOfPaper: () => import('./foot-of-paper.ts'),
  inboxCount: () => import('./inbox-count.ts'),
  lock: () => import('./screens/lock.ts'),
  menu: () => import('./menu.ts'),
  noScreen: () => import('./screens/no-screen.ts'),
  notThisPlate: () => import('./not-this-plate.ts'),
  renewal: () => import('./renewal.ts'),
};
type Name = keyof typeof loads;
type Parts = { [Each in Name]?: Awaited<ReturnType<(typeof loads)[Each]>> };

const parts: Parts = {};
const loading = new Set<Name>();

/** A part that could not be loaded is asked for again so much later, ms. */
const againAfterMs = 2000;

/** The part of this name; undefined while it is being loaded, and the page is drawn anew once it is there. */
export function later<Each extends Name>(name: Each): Parts[Each] {
  if (parts[name] === undefined) void load(name);
  return parts[name];
}

/** The part of this name if it is there by now. */
export const ifLoaded = <Each extends Name>(name: Each): Parts[Each] => parts[name];

/** Loads all of them once the browser has nothing else to do. */
export function loadTheRest(): void {
  const loadAll = () => {
    for (const name of Object.keys(loads) as Name[]) later(name);
  };
  requestIdleCallback(loadAll, { timeout: 2000 });
}

async function load<Each extends Name>(name: Each): Promise<void> {
  if (loading.has(name)) return;
  loading.add(name);
  try {
    parts[name] = (await loads[name]()) as Parts[Each];
    changed();
  } catch {
    setTimeout(() => later(name), againAfterMs);
  } finally {
    loading.delete(name);
  }
}
