/** How bright the page is: by the light outside. */
export const themes = ['day', 'dusk', 'night'] as const;
export type Theme = (typeof themes)[number];

const stored = 'lookout-theme';
let chosen: Theme | null = null;
let light: Theme = 'dusk';

const apply = (): void => {
  document.documentElement.dataset.theme = themeNow();
};

/** The theme in force: the one that was set by hand, else that of the light outside. */
export function themeNow(): Theme {
  return chosen ?? light;
}

/** Takes the light outside as the unit tells it, or by the clock of this screen when it does not. */
export function setLight(told: Theme | undefined): void {
  const hour = new Date().getHours();
  const byClock = hour < 6 || hour >= 21 ? 'night' : hour < 8 || hour >= 18 ? 'dusk' : 'day';
  light = told ?? byClock;
  apply();
}

/** Goes on to the next theme by hand; it holds on this screen until the browser is closed. */
export function nextTheme(): void {
  chosen = themes[(themes.indexOf(themeNow()) + 1) % themes.length] ?? 'dusk';
  sessionStorage.setItem(stored, chosen);
  apply();
}

/** Takes what was set by hand on this screen before. */
export function recallTheme(): void {
  const before = sessionStorage.getItem(stored);
  chosen = themes.find((theme) => theme === before) ?? null;
  setLight(undefined);
}
