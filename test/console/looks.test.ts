import { describe, expect, test } from 'vitest';
import {
  exampleAlert,
  exampleConsensus,
  exampleHit,
  exampleMatch,
} from '../alerts/sample-alerts.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { chooseTheme, cutOff, faultsOf, sizes, small } from './page-checks.ts';
import { runConsole } from './running-console.ts';

useChromium();

const themes = ['day', 'dusk', 'night'] as const;

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

/** A near match of a plate that is not read, with a long reason, and another alert that waits. */
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
  const alternatives = [
    { plate: '5KRT41B', p: 0.31 },
    { plate: '5KRT4I8', p: 0.004 },
  ];
  const read = exampleConsensus('5KRT418', { confidence: 0.62, alternatives });
  return [
    exampleAlert(exampleHit({ detectionId: 'first' }), { seen }),
    exampleAlert(exampleHit({ detectionId: 'second', match, read, unread: true }), { seen }),
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
          await chooseTheme(page, theme);
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
    await page.getByRole('dialog', { name: 'Purpose' }).waitFor();
    await look('purpose');
    await page.getByRole('button', { name: 'Cancel' }).click();
    for (const alert of twoAlerts()) await console.output.present('raised', alert);
    await page.locator('.card.near').waitFor();
    await page.locator('.card [name="seen"]:not([aria-disabled])').waitFor();
    await look('alert');
    await page.getByRole('button', { name: /^Menu/ }).click();
    await look('menu');
    expect(screen.complaints).toEqual([]);
  }, 300_000);
});
