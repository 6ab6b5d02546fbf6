import axe from 'axe-core';
import type { AnyPage } from './any-page.ts';

/** Dash screens, a laptop, a telephone and a desk. */
export const sizes = [
  [800, 480],
  [1024, 600],
  [1280, 800],
  [390, 844],
  [1920, 1080],
] as const;

/** What breaks WCAG 2.2 AA or the best practice of axe on the page as it is. */
export async function faultsOf(page: AnyPage): Promise<string[]> {
  // Half a megabyte: once for each document.
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source);
  return page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`);
}

/** Texts and controls that are wider than their place, or off the screen to the side; and a page that scrolls beside its main part. */
export const cutOff = (page: AnyPage): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('html:has(#page), #page *')].filter((each) => {
    if (each === document.documentElement) {
      const isLong = getComputedStyle(document.querySelector('main')).overflowY === 'visible';
      return each.scrollWidth > innerWidth || (each.scrollHeight > innerHeight && !isLong);
    }
    const { right, left, width } = each.getBoundingClientRect();
    if (width === 0 || each.closest('.plate, .said, .chips, svg, thead, .map-ground')) return false;
    const isOff = right > innerWidth + 1 || left < -1;
    const style = getComputedStyle(each);
    const isCut = each.scrollWidth > each.clientWidth + 1 && style.overflowX !== 'visible' && style.textOverflow !== 'ellipsis';
    return isOff || (isCut && each.clientWidth > 0);
  }).map((each) => each.tagName + '.' + each.className + ' ' + each.textContent.slice(0, 40))`);

/** Keys for fingers that are smaller than 44 px, which even a desk needs. */
export const small = (page: AnyPage): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('button, a, input, select')].filter((each) => {
    const { width, height } = each.getBoundingClientRect();
    return width > 0 && each.type !== 'checkbox' && (width < 44 || height < 44);
  }).map((each) => each.outerHTML.slice(0, 100))`);

/** Keys and fields in a part of the page that are smaller than 72 px, which a finger in a car needs. */
export const smallInCar = (page: AnyPage, part: string): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll(${JSON.stringify(part)})].flatMap((each) =>
    [...each.querySelectorAll('button, input, select, textarea, .form summary')]).filter((each) => {
    const target = each.type === 'checkbox' ? each.closest('label') : each;
    const { width, height } = target.getBoundingClientRect();
    return width > 0 && (width < 71.9 || height < 71.9);
  }).map((each) => each.outerHTML.slice(0, 100))`);

/** Keys and fields in a part of the page with less than 12 px to the next one, where a finger in a car takes the wrong one. */
export const closeInCar = (page: AnyPage, part: string): Promise<string[]> =>
  page.evaluate(`(() => {
    const isBar = (each) => /^(fixed|sticky)$/.test(getComputedStyle(each).position);
    const barOf = (each) => each === null || isBar(each) ? each : barOf(each.parentElement);
    const targets = [...document.querySelectorAll(${JSON.stringify(part)})]
      .flatMap((each) => [...each.querySelectorAll('button, input, select, textarea, .form summary')])
      .map((each) => ({ each, bar: barOf(each), box: (/checkbox|radio/.test(each.type) ? each.closest('label') : each).getBoundingClientRect() }))
      .filter(({ each, box }) => box.width > 0 && each.checkVisibility());
    const apart = (from, to, otherFrom, otherTo) => Math.max(otherFrom - to, from - otherTo);
    return targets.flatMap((one, at) => targets.slice(at + 1).filter(({ bar, box }) => {
      const x = apart(one.box.left, one.box.right, box.left, box.right);
      const y = apart(one.box.top, one.box.bottom, box.top, box.bottom);
      return bar === one.bar && (x > -1 || y > -1) && Math.max(x, y) < 11.5;
    }).map((other) => one.each.textContent.trim().slice(0, 20) + ' [' + one.each.parentElement.className + '] and ' + other.each.textContent.trim().slice(0, 20)));
  })()`);

/** Makes the page as bright as somebody does by hand, who goes on to the next theme until it is this one. */
export const chooseTheme = (page: AnyPage, theme: 'day' | 'dusk' | 'night'): Promise<void> =>
  page.evaluate(`Promise.all([import('/page/theme.js'), import('/page/state.js')]).then(
    ([{ nextTheme, themeNow }, { changed }]) => {
      while (themeNow() !== '${theme}') nextTheme();
      changed();
    },
  )`);
