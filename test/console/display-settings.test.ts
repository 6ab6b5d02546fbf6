import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import {
  exampleAlert,
  exampleConsensus,
  exampleHit,
  exampleMatch,
} from '../alerts/sample-alerts.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { cutOff, small } from './page-checks.ts';
import { type RunningConsole, runConsole } from './running-console.ts';

useChromium();

/** CSS pixels of laptop, dash screens and desk enlarged to 200 %, and of a phone enlarged as far as WCAG 1.4.10 asks. */
const enlarged = [
  [640, 400],
  [512, 300],
  [400, 240],
  [960, 540],
  [320, 422],
] as const;

/** What a card must bring before an officer's eyes, in the order in which it is read. */
const needed = [
  '.strip h1',
  '.next',
  '.plate.read',
  '.plate.listed',
  '.checks',
  '.reason',
  '.fact:first-child',
  '.fact:last-child',
  '.banner',
  '.tile-alert',
];

const armed =
  'Armed robbery on Main Street, two men, one with a handgun. Do not stop without backup. Last seen going north, rear window broken.';

/** Raises the alert of a vehicle that is a character away from the listed one. */
async function raiseNear(console: RunningConsole, id: string, reason = armed): Promise<void> {
  const now = Date.now();
  const match = exampleMatch({
    tier: 'near',
    stateAgreement: 'unconfirmed',
    differences: [{ position: 6, read: '8', listed: 'B', p: 0.2 }],
    entry: { plate: '5KRT41B', category: 'felony_vehicle', reason },
  });
  const characters = [...'5KRT418'].map((char, at) => ({ char, p: at === 6 ? 0.8 : 0.99 }));
  const read = exampleConsensus('5KRT418', { characters });
  const hit = exampleHit({ detectionId: id, match, read });
  const seen = { firstMs: now - 500, lastMs: now, frames: 4 };
  await console.output.present('raised', exampleAlert(hit, { seen }));
}

/** An alert that fills the screen, one that waits, and an urgent one that comes next, all of them held as they are. */
async function threeAlerts(): Promise<Page> {
  const console = await runConsole();
  const screen = await newScreen();
  const page = await screen.openIn(console);
  await page.getByText('Live').waitFor();
  await raiseNear(console, 'first');
  await page.locator('.card [name="seen"]:not([aria-disabled])').waitFor();
  await page.evaluate('{ const since = performance.now(); performance.now = () => since; }');
  await raiseNear(console, 'second');
  await page.locator('.tile-alert').waitFor();
  const now = Date.now();
  const seen = { firstMs: now - 500, lastMs: now, frames: 4 };
  const match = exampleMatch({ entry: { category: 'amber', reason: 'Child taken' } });
  const urgent = exampleAlert(exampleHit({ detectionId: 'third', match }), { seen });
  await page.evaluate('document.dispatchEvent(new Event("pointerdown"))');
  await console.output.present('raised', urgent);
  await page.locator('.next').waitFor();
  return page;
}

/** Which of these parts cannot be brought before the eyes: no room, or something lies over them. */
const unreachable = (page: Page, parts: readonly string[]): Promise<string[]> =>
  page.evaluate(`${JSON.stringify(parts)}.filter((part) => {
    const element = document.querySelector(part);
    if (element === null) return true;
    element.scrollIntoView({ block: 'center' });
    const { left, top, width, height } = element.getBoundingClientRect();
    const lines = [0.1, 0.5, 0.9].map((part) => top + part * height);
    return height < 12 || lines.some((y) => {
      const there = document.elementFromPoint(left + width / 2, y);
      return there === null || (!element.contains(there) && !there.contains(element));
    });
  })`);

/** Whether this is on the screen as it stands, without scrolling. */
const isInSight = (page: Page, selector: string): Promise<boolean> =>
  page.evaluate(`(() => {
    const { top, bottom } = document.querySelector('${selector}').getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight + 1;
  })()`);

async function expectReadable(page: Page, what: string): Promise<void> {
  expect([what, await cutOff(page)]).toEqual([what, []]);
  expect([what, await small(page)]).toEqual([what, []]);
  expect([what, await unreachable(page, needed)]).toEqual([what, []]);
  await page.evaluate('scrollTo(0, 0)');
  expect([what, await isInSight(page, '.card [name="seen"]')]).toEqual([what, true]);
}

describe.skipIf(!hasChromium)('as a person has set their display', () => {
  test('an alert enlarged to 200 % has everything within reach, its keys in sight (WCAG 1.4.4, 1.4.10)', async () => {
    const page = await threeAlerts();
    for (const [width, height] of enlarged) {
      await page.setViewportSize({ width, height });
      await expectReadable(page, `${width} by ${height}`);
    }
  });

  test('an alert with text of twice the size has everything within reach, its keys in sight', async () => {
    const page = await threeAlerts();
    const session = await page.context().newCDPSession(page);
    await session.send('Page.setFontSizes', { fontSizes: { standard: 32 } });
    for (const [width, height] of [
      [1280, 800],
      [1024, 600],
      [800, 480],
      [1920, 1080],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      await expectReadable(page, `${width} by ${height}`);
    }
  });

  test('a reason of one word of 400 characters stays on the card, at every size', async () => {
    const console = await runConsole();
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Live').waitFor();
    await raiseNear(console, 'first', 'ARMED'.repeat(80));
    await page.locator('.card').waitFor();
    for (const [width, height] of [[1280, 800], [800, 480], [390, 844], ...enlarged] as const) {
      await page.setViewportSize({ width, height });
      const what = `${width} by ${height}`;
      expect([what, await cutOff(page)]).toEqual([what, []]);
      expect([what, await unreachable(page, ['.plate.read', '.reason', '.banner'])]).toEqual([
        what,
        [],
      ]);
    }
  });

  test('in forced colours a plate has no second text over it, and the character that differs is marked', async () => {
    const console = await runConsole();
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Live').waitFor();
    await raiseNear(console, 'first');
    await page.locator('.card').waitFor();
    await page.emulateMedia({ forcedColors: 'active' });
    const drawn = page.locator('.plate.read');
    const asShown = await drawn.screenshot();
    await page.evaluate(
      "for (const each of document.querySelectorAll('.plate-text')) each.hidden = true",
    );
    expect(Buffer.compare(await drawn.screenshot(), asShown)).toBe(0);
    // Without their strokes only the ground of a character is left.
    await page.evaluate(
      "for (const each of document.querySelectorAll('.plate svg')) each.hidden = true",
    );
    const ground = async (glyph: string) => {
      const part = page.locator(`.plate.listed ${glyph}`).first();
      const { channels } = await sharp(await part.screenshot()).stats();
      return channels.map(({ mean }) => Math.round(mean));
    };
    expect(await ground('.glyph.differs')).not.toEqual(await ground('.glyph:not(.differs)'));
  });

  test('with reduced motion nothing moves', async () => {
    const console = await runConsole();
    const page = await (await newScreen()).openIn(console);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.getByText('Live').waitFor();
    await raiseNear(console, 'first');
    await page.locator('.card').waitFor();
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
  });
});
