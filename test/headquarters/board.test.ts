import { describe, expect, test } from 'vitest';
import { hasChromium, newScreen, useChromium } from '../console/browser.ts';
import { expectUsable } from '../console/desk-page.ts';
import { takePictures } from '../console/take-pictures.ts';
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
    await page.getByText('No map is installed at headquarters').waitFor();
    await page.getByRole('button', { name: /^Menu/ }).click();
    await page.getByRole('group', { name: 'Headquarters' }).waitFor();
    expect(await page.getByRole('group', { name: 'This unit' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    for (const id of ['unit-7', 'pole-3']) {
      const position = id === 'pole-3' ? { latitude: 38.1, longitude: -122.25 } : null;
      const unit = department.unit(id, () => ({ position }));
      await unit.uplink.start();
      const at = new Date().toISOString();
      const detection = sampleDetection({ unit: id, firstSeen: at, lastSeen: at, closed: true });
      const times = { ...sampleHit(detection).times, capturedAtMs: Date.now() };
      const { match } = sampleHit(detection);
      const near = { ...match, tier: 'near', entry: { ...match.entry, plate: 'BABC123' } } as const;
      const changes = { raisedAt: at, changedAt: at, times, unread: true, match: near } as const;
      const hit = sampleHit(detection, changes);
      await unit.records.storeHits({ hits: [hit], detection, images: await sampleImages(1) });
    }
    const rows = page.getByRole('region', { name: 'Alerts of all units' }).getByRole('row');
    await rows.filter({ hasText: 'pole-3' }).waitFor();
    await rows.filter({ hasText: 'unit-7' }).waitFor();
    // A plate that is not read is named by the listed one, with what is possible.
    const possible = rows.filter({ hasText: 'pole-3' }).filter({ hasText: '≈ BABC123' });
    await possible.getByText('97 % 8ABC123, 2 % BABC123 (listed)').waitFor();
    await page.getByRole('button', { name: 'Nobody answered 2' }).waitFor();
    // pole-3 says where it is when it is connected.
    await page.getByRole('application', { name: /^2 alerts and 1 unit on a map/ }).waitFor();
    // Both were seen at one place: a tap on it names them.
    await page.getByRole('region', { name: 'Map' }).locator('canvas').waitFor();
    await page.getByRole('application').click();
    const tapped = page.getByRole('group', { name: 'What is at the place that was tapped' });
    await tapped.getByRole('button', { name: /stolen vehicle, pole-3/ }).waitFor();
    await tapped.getByRole('button', { name: /stolen vehicle, unit-7/ }).waitFor();
    // Who sits there takes one from its line, and gives it back.
    const ofSeven = rows.filter({ hasText: 'unit-7' });
    await ofSeven.getByRole('button', { name: 'I take it' }).click();
    await ofSeven.getByRole('button', { name: 'Give it back' }).click();
    await ofSeven.getByRole('button', { name: 'I take it' }).click();
    await ofSeven.getByText(/taken by Ada Cole/).waitFor();
    // What somebody has taken is below what nobody has.
    await expect.poll(() => rows.nth(1).textContent()).toContain('pole-3');
    await takePictures(page, 'board', false);
    await expectUsable(page);
    await rows.filter({ hasText: 'pole-3' }).locator('.row-key').click();
    await page.getByText('Possible stolen vehicle').first().waitFor();
    await page.goto(`${headquarters.console?.url}#/units`);
    await page.getByRole('heading', { name: 'Units' }).waitFor();
    await page.getByRole('row', { name: /pole-3/ }).waitFor();
    await takePictures(page, 'units', false);
    await expectUsable(page);
    await page.goto(`${headquarters.console?.url}#/open`);
    const line = page.locator('.hits .line', { hasText: 'pole-3' });
    await line.getByText('Not verified').waitFor();
    await page.goto(`${headquarters.console?.url}#/retention`);
    await page.getByRole('row', { name: 'front of cars Reads' }).waitFor();
    await page.goto(`${headquarters.console?.url}#/me`);
    await page.getByText('None before this', { exact: true }).waitFor();
    await page.goto(`${headquarters.console?.url}#/board`);
    // A unit says where it is when it is connected.
    const both = page.getByRole('application', { name: /^2 alerts and 1 unit on a map/ });
    await both.waitFor({ timeout: 60_000 });
    expect(screen.complaints).toEqual([]);
  });
});
