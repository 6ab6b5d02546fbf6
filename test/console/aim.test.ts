import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { hasModels } from '../vision/head/real-head.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, statePurpose } from './desk-page.ts';
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
  },
);
