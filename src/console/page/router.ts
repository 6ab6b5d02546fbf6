import { places } from './places.ts';
import type { Place, Screen } from './screen.ts';
import { changed, isHeadquarters, may, page, tell } from './state.ts';

let here: { place: Place; rest: string; screen: Screen | null } | null = null;

/** The screen that is open below the alert; null while its module is being loaded. */
export const screenNow = (): Screen | null => here?.screen ?? null;
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

/** A part of the address as it was meant, also where somebody typed it without encoding. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Opens the screen of the address; `drive` for none, and for one that this person may not open. */
export function followAddress(): void {
  const [path = '', ...rest] = location.hash.replace(/^#\/?/, '').split('/');
  const place = openPlaces().find((each) => each.path === path) ?? home();
  if (place === undefined) return;
  const target = { place, rest: rest.map(decoded).join('/'), screen: null };
  if (here?.place === place && here.rest === target.rest) return;
  here?.screen?.leave?.();
  here = target;
  const opened = here;
  place.open(target.rest).then(
    (screen) => {
      if (here !== opened) return screen.leave?.();
      here.screen = screen;
      changed();
    },
    () => tell(`${place.title} could not be loaded. Is Lookout running?`, 'refused'),
  );
  changed();
}
