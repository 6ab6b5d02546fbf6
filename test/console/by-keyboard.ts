import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** What has the focus, by its name; empty if nothing has. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(`(() => {
    const { activeElement: at, body } = document;
    if (at === body || at === null) return '';
    return at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent.trim() ?? at.textContent.trim();
  })()`);

/** Goes on with Tab until what has this name has the focus, and is seen to have it. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const passed: string[] = [];
  const isIt = (text: string) => (typeof name === 'string' ? text === name : name.test(text));
  for (let times = 0; times < 150; times += 1) {
    const now = await focused(page);
    passed.push(now.slice(0, 20));
    if (isIt(now)) {
      const outline = await page.evaluate(`(() => {
        const at = document.activeElement;
        return [null, '::after'].some((part) => getComputedStyle(at, part).outlineStyle !== 'none');
      })()`);
      expect([name, outline]).toEqual([name, true]);
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not come to ${name}: ${passed.join(', ')}`);
}

const pressed = new Map<Page, number>();

/** How many keys of the screen were pressed since it was asked last: the taps of who uses a finger. */
export function taps(page: Page): number {
  const count = pressed.get(page) ?? 0;
  pressed.set(page, 0);
  return count;
}

/** Presses a key where the focus is; what is there, or comes in its place, has the focus again. */
export async function strike(page: Page, key = 'Enter'): Promise<void> {
  await page.keyboard.press(key);
  pressed.set(page, (pressed.get(page) ?? 0) + 1);
  await expect.poll(() => focused(page)).not.toBe('');
}

/** Goes to what has this name, and presses a key there. */
export async function press(page: Page, name: string | RegExp, key = 'Enter'): Promise<void> {
  await tabTo(page, name);
  // A key does nothing for a moment after what it acts on has changed.
  const isAsleep = "document.activeElement.getAttribute('aria-disabled') === 'true'";
  await expect.poll(() => page.evaluate(isAsleep)).toBe(false);
  await strike(page, key);
}

/** Goes to a field and types. */
export async function write(page: Page, label: string | RegExp, text: string): Promise<void> {
  await tabTo(page, label);
  await page.keyboard.type(text);
}
