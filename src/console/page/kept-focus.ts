/** Where the focus was last; null once somebody has touched a place that takes none. */
let held: HTMLElement | null = null;
/** Where it was before a question came over the screen. */
let asker: HTMLElement | null = null;

const isInQuestion = (element: Element) => element.closest('[role="dialog"], dialog') !== null;
const canHold = (element: HTMLElement) => element.isConnected && !element.matches(':disabled');

/** Follows the focus, so that `keepFocus` knows where it was. */
export function followFocus(): void {
  document.addEventListener('pointerdown', () => {
    held = null;
  });
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLElement) || target === document.body) return;
    if (isInQuestion(target)) asker ??= held;
    else asker = null;
    held = target;
  });
}

/**
 * After a redraw: who works with the keyboard goes on from where they were, though the key that they pressed was disabled for
 * a moment or is gone: after a question from where it was asked, else from the beginning of what is shown now.
 */
export function keepFocus(): void {
  if (held === null || document.activeElement !== document.body) return;
  // It was disabled: it gets the focus again once it is not.
  if (held.isConnected && !canHold(held)) return;
  const next = [held, asker].find((each) => each !== null && canHold(each));
  (next ?? document.getElementById('main'))?.focus({ preventScroll: next !== undefined });
}
