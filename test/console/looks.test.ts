import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import {
  exampleAlert,
  exampleConsensus,
  exampleHit,
  exampleMatch,
} from '../alerts/sample-alerts.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { runConsole } from './running-console.ts';

useChromium();

/** Dash screens, a laptop, a telephone and a desk. */
const sizes = [
  [800, 480],
  [1024, 600],
  [1280, 800],
  [390, 844],
  [1920, 1080],
] as const;
const themes = ['day', 'dusk', 'night'] as const;

/** What breaks WCAG 2.2 AA or the best practice of axe on the page as it is. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`);
}

/** Texts and controls that are wider than their place, or off the screen to the side. */
const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('#page *')].filter((each) => {
    const { right, left, width } = each.getBoundingClientRect();
    if (width === 0 || each.closest('.plate, .said, .chips, svg')) return false;
    const isOff = right > innerWidth + 1 || left < -1;
    const style = getComputedStyle(each);
    const isCut = each.scrollWidth > each.clientWidth + 1 && style.overflowX !== 'visible' && style.textOverflow !== 'ellipsis';
    return isOff || (isCut && each.clientWidth > 0);
  }).map((each) => each.tagName + '.' + each.className + ' ' + each.textContent.slice(0, 40))`);

/** Keys for fingers that are smaller than 44 px, which even a desk needs. */
const small = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('button, a, input, select')].filter((each) => {
    const { width, height } = each.getBoundingClientRect();
    return width > 0 && each.type !== 'checkbox' && (width < 44 || height < 44);
  }).map((each) => each.outerHTML.slice(0, 100))`);

const status = () => ({
  mode: 'mobile',
  heads: [
    { id: 'front', state: 'running', health: { readFps: 12.3 } },
    { id: 'rear', state: 'failed', problem: 'The camera does not answer: check its cable.' },
  ],
  position: { state: 'fixed', quality: 'fix-3d', fixAgeMs: 400 },
  hotlists: [{ id: 'svs', name: 'State', state: 'current', entries: 200_000, ageS: 50_000 }],
  outputs: [{ name: 'sound', state: 'fallback', problem: 'No device: plug in a speaker.' }],
  uplink: { state: 'connected', waiting: { hit: 3 } },
  counts: { reads: 3121 },
  undisposed: 2,
});

/** A near match with a long reason, and another alert that waits. */
function twoAlerts() {
  const now = Date.now();
  const seen = { firstMs: now - 500, lastMs: now, frames: 4 };
  const match = exampleMatch({
    tier: 'near',
    stateAgreement: 'unconfirmed',
    differences: [{ position: 6, read: '8', listed: 'B', p: 0.2 }],
    entry: {
      plate: '5KRT41B',
      category: 'felony_vehicle',
      reason:
        'Armed robbery on Main Street, two men, one with a handgun. Do not stop without backup. Last seen going north, rear window broken, roof rack.',
    },
  });
  const read = exampleConsensus('5KRT418');
  return [
    exampleAlert(exampleHit({ detectionId: 'first' }), { seen }),
    exampleAlert(exampleHit({ detectionId: 'second', match, read }), { seen }),
  ];
}

describe.skipIf(!hasChromium)('at every size, by day and by night', () => {
  test('nothing is cut off, keys are large enough, and axe finds no fault', async () => {
    const console = await runConsole({ status });
    const screen = await newScreen();
    const page = await screen.openIn(console);
    await page.getByText('Live').waitFor();
    const look = async (name: string) => {
      for (const [width, height] of sizes) {
        await page.setViewportSize({ width, height });
        for (const theme of themes) {
          await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
          const where = `${name}, ${width} by ${height}, ${theme}`;
          expect([where, await cutOff(page)]).toEqual([where, []]);
          expect([where, await small(page)]).toEqual([where, []]);
          expect([where, await faultsOf(page)]).toEqual([where, []]);
        }
      }
    };
    await look('drive');
    await page.goto(`${console.url}#/health`);
    await page.locator('.tile').first().waitFor();
    await look('health');
    await page.goto(`${console.url}#/alerts`);
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('dialog', { name: 'Purpose' }).waitFor();
    await look('purpose');
    await page.getByRole('button', { name: 'Cancel' }).click();
    for (const alert of twoAlerts()) await console.output.present('raised', alert);
    await page.locator('.card.near').waitFor();
    await page.locator('.card [name="seen"]:not([aria-disabled])').waitFor();
    await look('alert');
    await page.getByRole('button', { name: /Menu$/ }).click();
    await look('menu');
    expect(screen.complaints).toEqual([]);
  }, 300_000);
});
