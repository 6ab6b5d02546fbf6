import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { listOpenHits } from '../../src/accountability/verification/operations.ts';
import { exampleConsensus, exampleMatch } from '../alerts/sample-alerts.ts';
import { hasChromium, useChromium } from './browser.ts';
import { openDesk } from './desk-page.ts';
import { cutOff, faultsOf, smallInCar } from './page-checks.ts';

useChromium();

/** A car with an officer at its screen, whose receiver tells the speed that the test says. */
async function openCar(address = 'drive') {
  const at = { kmh: 0 };
  const status = () => ({
    position: { state: 'fixed', quality: 'fix-3d', speedMps: at.kmh / 3.6 },
    heads: [{ id: 'front', state: 'running' }],
    sound: { state: 'on', mutedUntilMs: null, by: null, problem: null },
  });
  const desk = await openDesk('vallejo', { status });
  await desk.staffed.enrol('olga', 'officer', { listSources: ['state'] });
  const page = await desk.pageOf('olga', address);
  await page.getByText('Live').waitFor();
  return {
    ...desk,
    page,
    async drive(kmh: number) {
      at.kmh = kmh;
      await page.locator(`body[data-motion="${kmh > 8 ? 'moving' : 'standing'}"]`).waitFor();
    },
    /** Vehicles that match an entry of the state's list pass. */
    async vehicles(count: number, reason?: string) {
      for (let n = 0; n < count; n += 1) {
        const entry = { id: `entry-${n}`, ...(reason === undefined ? {} : { reason }) };
        const id = `019d0000-0000-7000-8000-${String(n).padStart(12, '0')}`;
        await desk.unit.see([exampleMatch({ entry })], { id });
      }
    },
  };
}

/** What breaks the rules of a moving car: more than four keys at the foot, fields, long lists and long texts. */
const tooMuch = (page: Page): Promise<string[]> =>
  page.evaluate(`[
    ...[...document.querySelectorAll('.card-keys, .drive-keys, .step-keys, .menu')]
      .filter((each) => each.querySelectorAll('button').length > 4).map((each) => 'keys: ' + each.innerText),
    ...[...document.querySelectorAll('input, textarea, select')].map((each) => 'field: ' + each.name),
    ...[...document.querySelectorAll('ol, ul')].filter((each) => each.children.length > 5).map(() => 'a long list'),
    ...[...document.querySelectorAll('#page p, #page li, #page button, #page h1, #page dd')]
      .filter((each) => each.innerText.length > 90).map((each) => 'text: ' + each.innerText),
  ]`);

/** The screen of a moving car at each size of a car's screen: nothing cut off, keys for a finger, few words. */
async function expectGlance(page: Page, part: string): Promise<void> {
  expect(await faultsOf(page)).toEqual([]);
  for (const [width, height] of [
    [800, 480],
    [1024, 600],
    [1280, 800],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    const found = [width, await tooMuch(page), await cutOff(page), await smallInCar(page, part)];
    expect(found).toEqual([width, [], [], []]);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

describe.skipIf(!hasChromium)(
  'a car that moves, in Chromium (skipped without /usr/bin/chromium)',
  () => {
    test('PRA-12: the alert has three keys and few words; that it is not this plate is recorded by two touches', async () => {
      const { staffed, page, drive, vehicles } = await openCar();
      await drive(50);
      await vehicles(
        9,
        `Driver is armed. Stolen from a driveway. ${'The owner left the keys in it. '.repeat(12)}`,
      );
      // The newest has taken the screen from the first.
      await page.locator('.card[data-alert$="0008"]').waitFor();
      await page.getByText('8 more').waitFor();
      const keys = page.locator('.card-keys button');
      expect(await keys.allInnerTexts()).toEqual(['Not this plate', 'Passenger: verify', 'Seen']);
      expect(await page.locator('.tile-alert').count()).toBe(5);
      await expectGlance(page, '.card-keys, .waiting');
      // On the smallest screen of a car nothing of it has to be scrolled to, and the words of danger come first.
      await page.setViewportSize({ width: 800, height: 480 });
      await page.locator('.caution', { hasText: 'ARMED' }).waitFor();
      expect(
        await page.evaluate(`(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)(
        document.querySelector('.card-body'))`),
      ).toBe(0);
      await page.setViewportSize({ width: 1280, height: 800 });

      const id = (await page.locator('.card').getAttribute('data-alert')) ?? '';
      await page.getByRole('button', { name: 'Not this plate' }).click();
      expect(await keys.allInnerTexts()).toEqual(['Characters differ', 'State differs', 'Back']);
      await page.getByRole('button', { name: 'Characters differ' }).click();
      await page.getByText('Recorded: not this plate. Close the alert when you stand.').waitFor();
      await expect.poll(() => page.locator('.card').getAttribute('data-alert')).not.toBe(id);
      const { hits } = await staffed.as('olga', listOpenHits, {});
      const hit = hits.find(({ detectionId }) => detectionId === id);
      expect(hit?.visual.characters).toMatchObject({ answer: 'no' });
    });

    test('PRA-12: of a near match it is recorded by two touches that the vehicle carries the plate that was read', async () => {
      const { staffed, page, unit, drive } = await openCar();
      await drive(50);
      const differences = [{ position: 6, read: '8', listed: 'B', p: 0.2 }];
      const match = exampleMatch({ tier: 'near', differences, entry: { plate: '5KRT41B' } });
      const id = '019d0000-0000-7000-8000-000000000001';
      await unit.see([match], { id, consensus: exampleConsensus('5KRT418') });
      await page.getByRole('button', { name: 'Not this plate' }).click();
      const keys = page.locator('.card-keys button');
      expect(await keys.allInnerTexts()).toEqual(['It is 5KRT418', 'State differs', 'Back']);
      await expectGlance(page, '.card-keys');
      await page.getByRole('button', { name: 'It is 5KRT418' }).click();
      await page.getByText('Recorded: not this plate. Close the alert when you stand.').waitFor();
      const { hits } = await staffed.as('olga', listOpenHits, {});
      expect(hits[0]).toMatchObject({
        state: 'mismatch',
        visual: { characters: { answer: 'no', shows: '5KRT418' } },
      });
    });

    test('PRA-12: no screen asks for typing, the lists are short, and what was typed is there when the car stands', async () => {
      const { page, drive, vehicles } = await openCar('hot-plates/new');
      const field = page.getByLabel('Synopsis');
      await field.fill('Blue pickup of the burglaries');
      await drive(50);
      await page.getByText('The car is moving').waitFor();
      await expectGlance(page, 'main');
      await drive(0);
      expect(await field.inputValue()).toBe('Blue pickup of the burglaries');
      await drive(50);
      await page.getByRole('button', { name: 'Drive' }).click();
      await vehicles(7);
      for (let n = 0; n < 7; n += 1) await page.locator('.card [name="seen"]').click();
      await page.getByText('No new alerts').waitFor();
      expect(await page.locator('.recent li').count()).toBe(5);
      await expectGlance(page, '.drive');
      await page.getByRole('button', { name: /^Open alerts/ }).click();
      await page.getByText('2 more when the car stands.').waitFor();
      await expectGlance(page, 'main');
      await page.getByRole('button', { name: /^Menu/ }).click();
      await expectGlance(page, '.menu');
      await page.keyboard.press('Escape');
      await page.locator('.hits .line').first().click();
      await page.locator('.card').waitFor();
      await expectGlance(page, '.card-keys');
    });

    test('an alert that waits below a verification takes the screen when the car moves', async () => {
      const { page, drive, vehicles } = await openCar();
      await vehicles(2);
      await page.locator('.card[data-alert$="0001"]').waitFor();
      await page.getByRole('button', { name: 'Verify' }).click();
      await page.locator('.waiting-below [data-alert$="0000"]').waitFor();
      await drive(50);
      await page.locator('.card[data-alert$="0000"]').waitFor();
    });

    test('the passenger has the whole screen while the car moves, which a chip says and ends', async () => {
      const { page, drive, vehicles } = await openCar();
      await drive(50);
      await vehicles(1);
      await page.locator('.card').waitFor();
      await page.getByRole('button', { name: 'Passenger: verify' }).click();
      await page.getByRole('heading', { name: 'Possible stolen vehicle' }).waitFor();
      await page.getByRole('button', { name: 'Status' }).click();
      await page.getByLabel('Dispatcher').fill('Disp 14');
      const chip = page.getByRole('button', { name: 'Passenger On' });
      await chip.click();
      await page.getByText('The car is moving').waitFor();
      await page.getByRole('button', { name: 'Passenger has the screen' }).click();
      expect(await page.getByLabel('Dispatcher').inputValue()).toBe('Disp 14');
    });
  },
);
