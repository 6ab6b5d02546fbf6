import { describe, expect, test } from 'vitest';
import { hasChromium, newScreen, useChromium } from '../console/browser.ts';
import { expectUsable } from '../console/desk-page.ts';
import { sampleDetection, sampleHit, sampleImages } from '../records/samples.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { logInAda, makeAda, openDepartment } from './department.ts';

useChromium();
const missing = missingMosquitto ?? (hasChromium ? null : 'Chromium is not installed');
if (missing) console.warn(`skipped: ${missing}`);

describe.skipIf(missing)('the page of headquarters', { timeout: 120_000 }, () => {
  test('DSP-1, B 466.9: the board shows the alerts of every unit as they come, and a click opens one', async () => {
    const department = await openDepartment();
    const { headquarters } = await department.startHeadquarters();
    await makeAda(headquarters);
    const token = await logInAda(headquarters);
    const screen = await newScreen();
    const page = await screen.openIn({
      url: headquarters.console?.url ?? '',
      cookie: `lookout-headquarters=${token}`,
    });
    await page.getByRole('heading', { name: 'Board' }).waitFor();
    await page.getByText('No alerts.').waitFor();
    for (const id of ['unit-7', 'pole-3']) {
      const unit = department.unit(id);
      await unit.uplink.start();
      const at = new Date().toISOString();
      const detection = sampleDetection({ unit: id, firstSeen: at, lastSeen: at, closed: true });
      const times = { ...sampleHit(detection).times, capturedAtMs: Date.now() };
      const hit = sampleHit(detection, { raisedAt: at, changedAt: at, times });
      await unit.records.storeHits({ hits: [hit], detection, images: await sampleImages(1) });
    }
    const rows = page.getByRole('region', { name: 'Alerts of all units' }).getByRole('row');
    await rows.filter({ hasText: 'pole-3' }).waitFor();
    await rows.filter({ hasText: 'unit-7' }).waitFor();
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/board.png` });
    await expectUsable(page);
    await rows.filter({ hasText: 'pole-3' }).getByRole('button').click();
    await page.getByText('Possible stolen vehicle').first().waitFor();
    if (process.env.PICTURES)
      await page.screenshot({ path: `${process.env.PICTURES}/board-alert.png` });
    await page.goto(`${headquarters.console?.url}#/units`);
    await page.getByRole('heading', { name: 'Units' }).waitFor();
    await page.getByRole('row', { name: /pole-3/ }).waitFor();
    if (process.env.PICTURES) await page.screenshot({ path: `${process.env.PICTURES}/units.png` });
    await expectUsable(page);
    await page.goto(`${headquarters.console?.url}#/open`);
    const line = page.locator('.hits .line', { hasText: 'pole-3' });
    await line.getByText('Not verified').waitFor();
    await page.goto(`${headquarters.console?.url}#/retention`);
    await page.getByRole('row', { name: 'front, of all units Reads' }).waitFor();
    await page.goto(`${headquarters.console?.url}#/me`);
    await page.getByText('None before this', { exact: true }).waitFor();
    expect(screen.complaints).toEqual([]);
  });
});
