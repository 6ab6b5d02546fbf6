import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { SettableCamera } from '../../src/console/aim-operations.ts';
import { waitFor } from '../support/wait-for.ts';
import { hasModels } from '../vision/head/real-head.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, statePurpose } from './desk-page.ts';
import { takePictures } from './take-pictures.ts';
import { openWorkshop } from './workshop.ts';

useChromium();

const plateLine = (page: Page) => page.locator('.aim-plates li').first();
const patient = { timeout: 60_000 };

describe.skipIf(!hasChromium || !hasModels)(
  'CAP-17: aiming a camera in Chromium (skipped without Chromium or models)',
  () => {
    test('a technician who may see no plate sees the picture, each plate covered, with its width and tilt (USR-7)', {
      timeout: 180_000,
    }, async () => {
      const { staffed, pageOf } = await openWorkshop('barstow');
      staffed.join('tess', 'maintenance', 'Tess Rivera');
      const page = await pageOf('tess', 'drive');
      await page.setViewportSize({ width: 390, height: 844 });
      await page.getByRole('button', { name: /Menu/ }).click();
      await page.getByRole('button', { name: 'Aim cameras' }).click();
      await page.getByRole('img', { name: 'What front sees, plates covered' }).waitFor(patient);
      await plateLine(page)
        .getByText(/\d+ px .*(too small|small|good), tilt .*, (read|not read)/)
        .waitFor(patient);
      expect(await page.getByRole('button', { name: 'Show plates' }).count()).toBe(0);
      expect(await page.locator('#page').textContent()).not.toContain('8LVN362');
      await expectUsable(page);
      await takePictures(page, 'aim', false);
      const log = staffed.accountability.audit.read({ operation: 'cameras.aim' }, { limit: 10 });
      expect(log).toMatchObject([
        { outcome: 'done', object: 'camera front', who: { username: 'tess' } },
      ]);
    });

    test('who may see plates shows them for a stated purpose; leaving the screen ends the look', {
      timeout: 180_000,
    }, async () => {
      const { looks, pageOf } = await openWorkshop('vallejo');
      const page = await pageOf('ada', 'aim');
      await page.getByRole('img', { name: 'What front sees, plates covered' }).waitFor(patient);
      await page.getByRole('button', { name: 'Show plates' }).click();
      await statePurpose(page, '26-0042');
      await page.getByRole('img', { name: 'What front sees', exact: true }).waitFor(patient);
      await page.getByRole('button', { name: 'Cover plates' }).waitFor();
      expect(looks()).toBe(1);
      await page.goto(page.url().replace(/#.*/, '#/health'));
      await waitFor(() => looks() === 0);
    });

    test('a picture that is old says so, and comes alive again', { timeout: 180_000 }, async () => {
      const { staffed, supervisor, pageOf } = await openWorkshop('barstow');
      staffed.join('tess', 'maintenance', 'Tess Rivera');
      const page = await pageOf('tess', 'aim');
      await page.getByRole('img', { name: 'What front sees, plates covered' }).waitFor(patient);
      supervisor.suspend(true);
      const old = page.getByText('No new picture comes: this one is old');
      await old.waitFor(patient);
      supervisor.suspend(false);
      await old.waitFor({ state: 'detached', ...patient });
    });

    test('a plate that is held before the camera is counted, and the log names who tried which', {
      timeout: 180_000,
    }, async () => {
      const { staffed, pageOf } = await openWorkshop('barstow');
      staffed.join('tess', 'maintenance', 'Tess Rivera');
      const page = await pageOf('tess', 'aim');
      await plateLine(page).waitFor(patient);
      await page.getByLabel('Plate that is held').fill('8lvn 362');
      await page.getByRole('button', { name: 'Begin the test' }).click();
      await page.getByText(/Read \d+ of \d+, \d+ % sure, \d+ px wide/).waitFor(patient);
      await page
        .locator('.aim-result')
        .getByText(/passed|doubtful/)
        .waitFor(patient);
      await page.getByRole('button', { name: 'End the test' }).click();
      await page.getByText('The test is over.').waitFor();
      const log = staffed.accountability.audit.read(
        { operation: 'cameras.test-plate', outcome: 'done' },
        { limit: 10 },
      );
      expect(log).toMatchObject([{ object: 'camera front', query: { plate: '8LVN362' } }]);
    });

    test('exposure is set by hand, and kept', { timeout: 180_000 }, async () => {
      const values = { exposure_time_absolute: 250 };
      const list = (): SettableCamera[] => [
        {
          camera: 'ir',
          note: null,
          controls: Object.entries(values).map(([name, value]) => ({
            ...{ name, value, kind: 'number', min: 0, max: 500, step: 10, usual: 250 },
            ...{ isInactive: false, choices: [] },
          })),
        },
      ];
      const { staffed, pageOf } = await openWorkshop('barstow', {
        list: async () => list(),
        async set(_, { value }) {
          values.exposure_time_absolute = value;
          return list()[0] as SettableCamera;
        },
      });
      staffed.join('tess', 'maintenance', 'Tess Rivera');
      const page = await pageOf('tess', 'aim');
      const slider = page.getByLabel('Exposure time absolute');
      await slider.waitFor(patient);
      await slider.focus();
      await page.keyboard.press('ArrowLeft');
      await page.getByText('Exposure time absolute is 240. It is kept.').waitFor();
      expect(values.exposure_time_absolute).toBe(240);
      await expectUsable(page);
      const log = staffed.accountability.audit.read({ operation: 'cameras.set' }, { limit: 10 });
      expect(log).toMatchObject([
        { outcome: 'started', query: { control: 'exposure_time_absolute', value: 240 } },
        { outcome: 'done' },
      ]);
    });

    test('the acceptance sheet is one page of paper, without plates, with figures and a line to sign', {
      timeout: 180_000,
    }, async () => {
      const { staffed, pageOf } = await openWorkshop('barstow');
      staffed.join('tess', 'maintenance', 'Tess Rivera');
      const page = await pageOf('tess', 'aim');
      await page.getByRole('button', { name: 'Acceptance sheet' }).click();
      await page.getByLabel('Place, vehicle or pole').fill('Pole 12, Main Street');
      await page.getByLabel('Who accepts').fill('Tess Rivera');
      await page.getByRole('img', { name: 'What front sees, plates covered' }).waitFor(patient);
      await page.getByRole('button', { name: 'Hold the figures' }).click();
      const paper = page.getByRole('article', { name: 'Sheet' });
      for (const words of [
        'test-pd / car-7',
        'Pole 12, Main Street',
        'Sharpness',
        'was not tried',
      ]) {
        await paper.getByText(words).first().waitFor();
      }
      await expectUsable(page);
      for (const format of ['Letter', 'A4'] as const) {
        const pdf = await page.pdf({ format, preferCSSPageSize: true, printBackground: true });
        const file = pdf.toString('latin1');
        expect(file.match(/\/Type \/Page\b/g)).toHaveLength(1);
        // On the paper that the printer has.
        const width = Number(/\/MediaBox \[0 0 ([\d.]+) /.exec(file)?.[1]);
        expect(width > 600).toBe(format === 'Letter');
      }
      await page.emulateMedia({ media: 'print' });
      expect(await page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false);
      expect(await paper.isVisible()).toBe(true);
    });
  },
);
