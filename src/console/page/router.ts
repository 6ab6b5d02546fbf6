import { deskLooks, places } from './places.ts';
import { askOn, takeBackQuestions } from './questions.ts';
import type { Place, Screen } from './screen.ts';
import { changed, isHeadquarters, may, page } from './state.ts';
import { loadStyleSheet } from './style-sheet.ts';

interface Here {
  place: Place;
  rest: string;
  /** Null while its module is being loaded. */
  screen: Screen | null;
  /** The unit did not give the module out when it was asked for last. */
  isFailed: boolean;
  /** When something was typed into it last, ms by `performance.now()`. */
  typedAtMs: number;
  /** A password was typed into it, which does not stay. */
  hasSecret: boolean;
}

let here: Here | null = null;

/** Screens that were left with something typed and nothing done with it, by address, the oldest first. */
const unfinished = new Map<string, Here>();
/** So many of them wait; the oldest goes. */
const mostUnfinished = 8;

/** Follows what is typed, so that a screen that is left before it is done comes back with it. */
export function followTyping(): void {
  document.addEventListener('input', ({ target }) => {
    const isText = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
    if (here === null || !isText || target.closest('main') === null) return;
    here.typedAtMs = performance.now();
    if (target.type === 'password') here.hasSecret = true;
  });
}

/** Nothing that was typed waits to be done. */
export function isUntouched(): boolean {
  const isTyped = here !== null && here.typedAtMs > page.doneAtMs;
  return !isTyped && unfinished.size === 0;
}

const nameOf = ({ place, rest }: Here): string => `${place.path}/${rest}`;

/** Leaves the screen that is open: what it asks is taken back, and it waits where it is unfinished. */
function leave(): void {
  if (here === null) return;
  takeBackQuestions();
  const { screen, typedAtMs, hasSecret } = here;
  screen?.leave?.();
  const isUnfinished = typedAtMs > page.doneAtMs && !hasSecret && screen?.leave === undefined;
  if (screen === null || !isUnfinished) return;
  unfinished.set(nameOf(here), here);
  const [oldest] = unfinished.keys();
  if (unfinished.size > mostUnfinished && oldest !== undefined) unfinished.delete(oldest);
}

/** A screen that could not be loaded is asked for again so much later, ms. */
const againAfterMs = 2000;

/** The screen that is open below the alert; null while its module is being loaded. */
export const screenNow = (): Screen | null => here?.screen ?? null;
/** The screen that was chosen could not be loaded yet. */
export const isLoadFailed = (): boolean => here?.isFailed === true;
export const placeNow = (): Place | null => here?.place ?? null;

/** The screens that this person may go to. */
export const openPlaces = (): Place[] => {
  const here = isHeadquarters() ? 'headquarters' : 'units';
  return places.filter(
    ({ permission, only = here }) =>
      only === here && (permission === null || [permission].flat().some(may)),
  );
};

/** Where people begin whose role sees no alerts: with the first of these that is theirs. */
const homes = ['audit', 'releases', 'trainings', 'people', 'aim', 'inbox'];

function home(): Place | undefined {
  const open = openPlaces();
  // Drive says why somebody may do less than their role allows.
  const isHeldBack = (page.session?.restrictions ?? []).length > 0;
  if (page.session === null || may('alerts.watch') || isHeldBack) return open[0];
  const first = homes.find((path) => open.some((each) => each.path === path));
  return open.find(({ path }) => path === first);
}

/** In the place of a screen that is none of this person's. */
const noPlace: Place = {
  path: 'none',
  title: 'Nothing here',
  permission: null,
  menu: null,
  isForMoving: true,
  isForCar: true,
  looks: [],
  open: async () => (await import('./screens/no-screen.ts')).noScreen,
};

/** A part of the address as it was meant, also where somebody typed it without encoding. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Addresses of where people begin, whichever screen that is for them; an alert lies over it. */
const homePaths = ['', 'drive', 'board'];
/** What follows the name of a screen is no longer. */
const longestRest = 200;

/**
 * Opens the screen of the address; where people begin for none. One that this person may not open and one that there is not
 * are told in the same words: nobody learns what others have.
 */
export function followAddress(): void {
  const [path = '', ...parts] = location.hash.replace(/^#\/?/, '').split('/');
  const rest = parts.map(decoded).join('/');
  const own = openPlaces().find((each) => each.path === path);
  // Before the unit has told who is logged in nothing is known of what they may open.
  const isAlert = path === 'alert' && may('alerts.watch');
  const isHome = homePaths.includes(path) || isAlert || page.session === null;
  const place = rest.length > longestRest ? noPlace : (own ?? (isHome ? home() : noPlace));
  if (place === undefined) return;
  const target: Here = {
    ...{ place, rest, screen: null, isFailed: false },
    ...{ typedAtMs: Number.NEGATIVE_INFINITY, hasSecret: false },
  };
  if (here?.place === place && here.rest === target.rest) return;
  leave();
  const waiting = unfinished.get(nameOf(target));
  unfinished.delete(nameOf(target));
  here = waiting ?? target;
  askOn(here);
  if (waiting === undefined) void load(target);
  else waiting.screen?.comeBack?.();
  changed();
}

/** Loads the screen, again and again until it is there or another one was chosen: the unit may just be starting. */
async function load(target: Here): Promise<void> {
  try {
    const [open] = await Promise.all([
      target.place.open(target.rest),
      ...(target.place.looks ?? deskLooks).map(loadStyleSheet),
    ]);
    // A screen that somebody has left must not ask for anything over another one.
    if (here !== target) return;
    target.screen = open(target.rest);
    target.isFailed = false;
  } catch {
    if (here !== target) return;
    target.isFailed = true;
    setTimeout(() => {
      if (here === target) void load(target);
    }, againAfterMs);
  }
  changed();
}
