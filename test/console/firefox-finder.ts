import type { Pattern } from './any-page.ts';

/** A pattern as the page gets it. */
export interface Sought {
  source: string;
  flags: string;
}

/** One step from the page to what is looked for; each begins at what the one before has found. */
export type Step =
  | { css: string }
  | { role: string; name?: Sought; expanded?: boolean }
  | { label: Sought }
  | { text: Sought }
  | { hasText: Sought }
  | { nth: number };

/** The pattern of a test: a text is a part, whatever its case, unless it is `exact`; white space counts as one space. */
export function soughtOf(pattern: Pattern, isExact = false): Sought {
  if (pattern instanceof RegExp) return { source: pattern.source, flags: pattern.flags };
  const source = pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\s+/g, '\\s+');
  return isExact ? { source: `^${source}$`, flags: '' } : { source, flags: 'i' };
}

/**
 * Runs in the page, where axe-core tells roles and names: finds elements by the steps (JSON), and gives what is asked of them.
 * `ready` gives the one element that a finger can press, or in words why there is none yet.
 */
export const finder = `async (stepsJson, asked) => {
  const fits = (text, { source, flags }) =>
    new RegExp(source, flags).test((text ?? '').replace(/\\s+/g, ' ').trim());
  const all = (roots, css) => [...new Set(roots.flatMap((root) => [...root.querySelectorAll(css)]))];
  const labelsOf = (each) => [
    each.getAttribute('aria-label'),
    ...[...(each.labels ?? [])].map((label) => label.textContent),
    ...(each.getAttribute('aria-labelledby') ?? '').split(' ').filter(Boolean)
      .map((id) => document.getElementById(id)?.textContent),
  ].filter(Boolean);
  const isShown = (each) => {
    const { width, height } = each.getBoundingClientRect();
    return width > 0 && height > 0 && each.checkVisibility({ visibilityProperty: true });
  };
  const byText = (roots, text) => {
    const found = all(roots, '*').filter((each) =>
      !each.matches('head, head *, script, style') && fits(each.textContent, text));
    return found.filter((each) => !found.some((other) => other !== each && each.contains(other)));
  };
  const byRole = (roots, { role, name, expanded }) => {
    axe.setup(document.documentElement);
    try {
      return all(roots, '*').filter((each) =>
        axe.commons.aria.getRole(each) === role &&
        isShown(each) && axe.commons.dom.isVisibleToScreenReaders(each) &&
        (expanded === undefined || each.getAttribute('aria-expanded') === String(expanded)) &&
        (name === undefined || fits(axe.commons.text.accessibleText(each), name)));
    } finally {
      axe.teardown();
    }
  };
  let found = [document];
  for (const step of JSON.parse(stepsJson)) {
    if ('css' in step) found = all(found, step.css);
    else if ('role' in step) found = byRole(found, step);
    else if ('label' in step) {
      found = all(found, 'input, select, textarea, [aria-label], [aria-labelledby]')
        .filter((each) => labelsOf(each).some((label) => fits(label, step.label)));
    } else if ('text' in step) found = byText(found, step.text);
    else if ('hasText' in step) found = found.filter((each) => fits(each.textContent, step.hasText));
    else found = found.slice(step.nth).slice(0, 1);
  }
  if (asked === 'count') return found.length;
  if (asked === 'texts') return found.map((each) => each.textContent);
  if (asked === 'values') return found.map((each) => each.value ?? null);
  if (asked === 'shown') return found.map(isShown);
  const [one] = found;
  if (found.length !== 1) return found.length + ' are there';
  if (asked === 'element') return one;
  if (!isShown(one)) return 'it is not shown';
  if (one.closest(':disabled, [aria-disabled=true]')) return 'it is disabled';
  one.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
  const frame = () => new Promise((done) => requestAnimationFrame(() => done(one.getBoundingClientRect())));
  const [before, { x, y, width, height }] = [await frame(), await frame()];
  if (before.x !== x || before.y !== y) return 'it moves';
  const hit = document.elementFromPoint(x + width / 2, y + height / 2);
  const isHit = hit !== null && (one.contains(hit) || [...(one.labels ?? [])].some((label) => label.contains(hit)));
  return isHit ? one : 'it is covered by ' + hit?.outerHTML.slice(0, 80);
}`;
