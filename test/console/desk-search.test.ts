import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import { listHolds } from '../../src/accountability/retention/operations.ts';
import {
  noImages,
  sampleDetection,
  sampleFix,
  sampleHit,
  sampleImages,
} from '../records/samples.ts';
import type { StaffedUnit } from '../support/staffed-unit.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk, statePurpose } from './desk-page.ts';

useChromium();

const hourMs = 3_600_000;
const caseNumber = '26-0040001';

/** Noon of yesterday, in the zone of this process. */
function yesterdayNoon(): number {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1, 12).getTime();
}

interface Passing {
  plate?: string | null;
  atMs: number;
  place?: [number, number];
  head?: string;
  hit?: boolean;
  images?: boolean;
}

/** A vehicle that passed the unit at a time and place. */
async function passed(unit: StaffedUnit, passing: Passing): Promise<string> {
  const { plate = '8LVN362', atMs, place: [latitude, longitude] = [38.1041, -122.2566] } = passing;
  const base = sampleDetection();
  const characters = [...(plate ?? '')].map((char, at) => ({ char, p: at === 2 ? 0.71 : 0.99 }));
  const read = plate === null || base.read === null ? null : { ...base.read, plate, characters };
  const detection = {
    ...base,
    id: uuidv7(),
    head: passing.head ?? 'front',
    firstSeen: new Date(atMs - 500).toISOString(),
    lastSeen: new Date(atMs).toISOString(),
    fix: { ...sampleFix, latitude, longitude },
    read,
    unread: plate === null ? ('too_small' as const) : null,
    closed: true,
  };
  const images = passing.images === true ? await sampleImages(3, 20_000) : noImages;
  const hits = passing.hit === true ? [sampleHit(detection, { state: 'withdrawn' })] : [];
  await unit.records.storeHits({ hits, detection, images });
  return detection.id;
}

describe.skipIf(!hasChromium)('search in Chromium (skipped without /usr/bin/chromium)', () => {
  test('a detective finds a partial plate of yesterday, looks at its pictures, follows it, holds it for the case and exports (SRC-1, SRC-2)', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('reyes', 'detective');
    const noon = yesterdayNoon();
    const second = await passed(staffed, {
      atMs: noon - hourMs,
      place: [38.11, -122.24],
      head: 'rear',
    });
    const id = await passed(staffed, { atMs: noon, images: true, hit: true });
    await passed(staffed, { atMs: noon, plate: '6MZR274' });
    const first = await passed(staffed, { atMs: noon - 48 * hourMs });

    const page = await pageOf('reyes', 'search');
    await page.getByLabel('Plate or part of it').fill('8lv*');
    await page.getByText('Starts with 8LV, any end.').waitFor();
    await page.getByRole('button', { name: 'Yesterday' }).click();
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await statePurpose(page, caseNumber);
    await page.getByRole('heading', { name: '2 reads' }).waitFor();
    // The form and the map fill this screen: what was found is brought up from below them.
    await page.waitForFunction(
      "document.querySelector('#result h2')?.getBoundingClientRect().bottom < innerHeight / 2",
    );
    const plates = await page.locator('tbody .plate-words').allInnerTexts();
    expect(plates).toEqual(['8LVN362', '8LVN362']);
    expect(await page.locator('tbody tr').first().textContent()).toContain('▲ Hit');
    await expectUsable(page);

    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'GeoJSON' }).click();
    const file = await (await saved).path();
    const { features } = JSON.parse(await readFile(file, 'utf8'));
    expect(features).toHaveLength(2);

    await page.locator('tbody tr').first().getByRole('button').click();
    await page.getByText('71 %').first().waitFor();
    await page.getByText('BABC123').waitFor();
    await page.getByRole('definition').getByText(id, { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Show 3 pictures' }).click();
    const widths = () =>
      page.evaluate<number[]>(
        "[...document.querySelectorAll('figure img')].map((each) => each.naturalWidth)",
      );
    await expect.poll(async () => (await widths()).filter((width) => width > 16)).toHaveLength(3);
    await page.getByRole('button', { name: 'Enlarge: The plate' }).click();
    await page.getByRole('button', { name: 'Close the picture' }).click();
    await page.getByRole('button', { name: 'Path of this plate' }).click();
    await page.getByRole('application', { name: /^3 places in their order/ }).waitFor();
    expect(await page.getByRole('row').nth(3).textContent()).toMatch(/60\smin, 1\.\d\skm/);
    await page.getByRole('button', { name: 'Hold it for the case' }).click();
    await page.getByLabel('Why it is kept').fill('Evidence in the burglaries of Main Street');
    await expectUsable(page);
    await page.getByLabel('And the 2 other reads of its path').check();
    await page.getByRole('button', { name: 'Hold it', exact: true }).click();
    await page.getByText(`Held for case ${caseNumber}`).waitFor();
    const holds = await staffed.administrator.perform(listHolds, {});
    expect(holds.map(({ scope, caseNumber: number }) => [number, scope])).toEqual([
      [caseNumber, { kind: 'detections', detectionIds: [id, first, second] }],
    ]);
    await page.getByRole('button', { name: 'Back to the search' }).click();
    await page.getByRole('heading', { name: '2 reads' }).waitFor();
    expect(await page.getByLabel('Plate or part of it').inputValue()).toBe('8LV*');
  });

  test('reads that may be of a plate are found when asked for, and shown with what they may be', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('reyes', 'detective');
    const at = new Date(yesterdayNoon()).toISOString();
    const possible = [
      { plate: '2LVN362', p: 0.5 },
      { plate: '8LVN362', p: 0.31 },
    ];
    const seen = { firstSeen: at, lastSeen: at, closed: true };
    const unread = { read: null, unread: 'low_confidence', possible } as const;
    const detection = { ...sampleDetection(), ...seen, ...unread };
    await staffed.records.storeDetection({ detection, images: noImages });
    const page = await pageOf('reyes', 'search');
    await page.getByLabel('Plate or part of it').fill('8lvn362');
    await page.getByRole('button', { name: 'Yesterday' }).click();
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await statePurpose(page, caseNumber);
    await page.getByRole('heading', { name: 'Nothing was found.' }).waitFor();
    await page.getByLabel('Reads that may be this plate too').check();
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('heading', { name: '1 read' }).waitFor();
    expect(await page.locator('tbody .plate-words').allInnerTexts()).toEqual([
      'unread (too unsure)\nmay be 8LVN362, 31\u00a0%',
    ]);
    await expectUsable(page);
    await page.locator('tbody tr').first().getByRole('button').click();
    await page.getByText('May be', { exact: true }).waitFor();
    await page.getByText('2LVN362').waitFor();
    await expectUsable(page);
  });

  test('a search without result under a profile that keeps nothing says what is kept, and by which policy', async () => {
    const { staffed, pageOf } = await openDesk('strict');
    staffed.join('reyes', 'detective');
    const page = await pageOf('reyes', 'search');
    await page.getByLabel('Plate or part of it').fill('8LVN362');
    await page.getByText('Place and vehicle').click();
    await page.getByLabel('Make').fill('Honda');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await statePurpose(page, caseNumber);
    await page.getByRole('heading', { name: 'Nothing was found.' }).waitFor();
    await page.getByText('This unit keeps nothing once headquarters has it').waitFor();
    await page.getByText('policy strict, retention.edgeStore').waitFor();
    await page.getByText('never records the make of a vehicle').waitFor();
    await expectUsable(page);
  });

  test('by keyboard alone: / goes to the plate, j and k through the reads, Enter opens one', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('reyes', 'detective');
    await passed(staffed, { atMs: Date.now() - 3000, plate: '6MZR274' });
    await passed(staffed, { atMs: Date.now() - 2000 });
    const page = await pageOf('reyes', 'search');
    await page.getByRole('heading', { name: 'Search' }).waitFor();
    const { keyboard } = page;
    await keyboard.press('/');
    await keyboard.type('*3*');
    await page.getByText('3 anywhere in it. That is one known character').waitFor();
    await keyboard.press('Control+a');
    await keyboard.type('????*2*');
    await keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Purpose' });
    await dialog.getByLabel('Reason').focus();
    await keyboard.type('Vehicles of the burglaries on Main Street');
    await keyboard.press('Enter');
    await page.getByRole('heading', { name: '2 reads' }).waitFor();
    await page.getByLabel('Order').focus();
    await page.getByRole('button', { name: 'Search', exact: true }).focus();
    await keyboard.press('j');
    await keyboard.press('j');
    await keyboard.press('k');
    await keyboard.press('j');
    await keyboard.press('Enter');
    await page.getByLabel('Place and travel').waitFor();
    expect(await page.locator('.plate-text').textContent()).toBe('6MZR274');
  });

  test('times that nobody can read are refused in the unit’s words, and nothing typed is lost', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('reyes', 'detective');
    const page = await pageOf('reyes', 'search');
    await page.getByLabel('Plate or part of it').fill('8LV*');
    await page.getByRole('button', { name: 'From – to' }).click();
    await page.getByLabel('From', { exact: true }).fill('last Tuesday');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await statePurpose(page, caseNumber);
    await page.getByRole('alert').getByText('is not a time').waitFor();
    expect(await page.getByLabel('From', { exact: true }).inputValue()).toBe('last Tuesday');
    expect(await page.getByLabel('Plate or part of it').inputValue()).toBe('8LV*');
  });

  test('who may not search has no entry in the menu, and the address leads elsewhere', async () => {
    const { staffed, pageOf } = await openDesk('walnut-creek');
    staffed.join('tech', 'maintenance');
    const page = await pageOf('tech', 'search');
    await page.getByRole('button', { name: /^Menu/ }).click();
    const menu = page.getByRole('navigation');
    await menu.getByRole('button', { name: 'Health' }).waitFor();
    expect(await menu.getByRole('button', { name: 'Search' }).count()).toBe(0);
    expect(await page.getByLabel('Plate or part of it').count()).toBe(0);
  });

  test('a search around here is around where the unit is, of the camera that is chosen', async () => {
    const status = () => ({
      heads: [
        { id: 'front', state: 'running' },
        { id: 'rear', state: 'running' },
      ],
      position: { state: 'fixed', latitude: 38.1041, longitude: -122.2566 },
    });
    const { staffed, pageOf } = await openDesk('vallejo', { status });
    staffed.join('reyes', 'detective');
    await passed(staffed, { atMs: yesterdayNoon() });
    await passed(staffed, { atMs: yesterdayNoon(), plate: '6MZR274', head: 'rear' });
    await passed(staffed, { atMs: yesterdayNoon(), plate: '7TWB905', place: [38.2, -122.2] });
    const page = await pageOf('reyes', 'search');
    await page.getByRole('button', { name: '7 days' }).click();
    await page.getByText('Place and vehicle').click();
    await page.getByRole('button', { name: 'Around here' }).click();
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await statePurpose(page, caseNumber);
    await page.getByRole('heading', { name: '2 reads' }).waitFor();
    await page.getByLabel('Camera').selectOption('rear');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('heading', { name: '1 read', exact: true }).waitFor();
    expect(await page.locator('tbody').textContent()).toContain('6MZR274');
    await expectUsable(page);
  });

  test('an officer searches, sees the reads on a map, but has no keys to export or hold; a dispatcher has no stakeout in the menu', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('lee', 'officer');
    staffed.join('desk', 'dispatcher');
    await passed(staffed, { atMs: Date.now() - 2000 });
    const page = await pageOf('lee', 'search');
    await page.getByRole('button', { name: 'All that is kept' }).click();
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await statePurpose(page, caseNumber);
    await page.getByRole('heading', { name: '1 read', exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'CSV' }).count()).toBe(0);
    await page.getByRole('application', { name: /^1 read on a map/ }).click();
    await page.getByRole('button', { name: /^8LVN362, 20/ }).waitFor();
    await expectUsable(page);
    await page.getByRole('button', { name: 'Map', exact: true }).click();
    expect(await page.getByRole('application').count()).toBe(0);
    await page.locator('tbody tr').getByRole('button').click();
    await page.getByRole('button', { name: 'Path of this plate' }).waitFor();
    expect(await page.getByRole('button', { name: 'Hold it for the case' }).count()).toBe(0);

    const dispatcher = await pageOf('desk', 'search');
    await dispatcher.getByRole('button', { name: /^Menu/ }).click();
    const menu = dispatcher.getByRole('navigation');
    await menu.getByRole('button', { name: 'Search' }).waitFor();
    expect(await menu.getByRole('button', { name: 'Stakeout' }).count()).toBe(0);
  });

  test('a picture whose file is gone says so; a reload asks for the purpose again', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('reyes', 'detective');
    const id = await passed(staffed, { atMs: yesterdayNoon(), images: true });
    const page = await pageOf('reyes', `read/${id}`);
    const dialog = page.getByRole('dialog', { name: 'Purpose' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Say it' }).click();
    await statePurpose(page, caseNumber);
    await page.getByRole('button', { name: 'Show 3 pictures' }).waitFor();
    await rm(join(staffed.dataDir, 'images'), { recursive: true });
    await page.getByRole('button', { name: 'Show 3 pictures' }).click();
    await page.getByText('The vehicle in colour cannot be shown').waitFor();
    await expectUsable(page);
    await page.reload();
    await dialog.waitFor();
  });

  test('a dozen pictures of the list are opened by one look, and the rest by another', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('reyes', 'detective');
    for (let at = 0; at < 14; at += 1) {
      await passed(staffed, { atMs: Date.now() - at * 1000 - 2000, images: true });
    }
    await passed(staffed, { atMs: Date.now() - 60_000, plate: '6MZR274' });
    const page = await pageOf('reyes', 'search');
    await page.getByRole('button', { name: 'All that is kept' }).click();
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await statePurpose(page, caseNumber);
    await page.getByRole('button', { name: 'Show 12 pictures' }).click();
    const pictures = page.getByRole('img', { name: 'Picture of 8LVN362' });
    await expect.poll(() => pictures.count()).toBe(12);
    const widths =
      "[...document.querySelectorAll('canvas.list-picture')].map((each) => each.width)";
    expect(Math.min(...(await page.evaluate<number[]>(widths)))).toBeGreaterThan(16);
    await page.getByRole('button', { name: 'Show 2 more pictures' }).click();
    await expect.poll(() => pictures.count()).toBe(14);
    expect(await page.getByRole('button', { name: /^Show \d/ }).count()).toBe(0);
    await expectUsable(page);
    const { audit } = staffed.accountability;
    const looks = audit.read({ operation: 'images.batch' }, { limit: 10 });
    expect(looks.map(({ results }) => results)).toEqual([12, 2]);
  });

  test('a stakeout of two areas finds the vehicle that was in both of them (SRC-3)', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('reyes', 'detective');
    const noon = yesterdayNoon();
    await passed(staffed, { atMs: noon, place: [38.1041, -122.2566] });
    await passed(staffed, { atMs: noon, place: [38.1041, -122.2566], plate: '6MZR274' });
    await passed(staffed, { atMs: noon + hourMs, place: [38.15, -122.2], plate: null });
    await passed(staffed, { atMs: noon + hourMs, place: [38.15, -122.2] });
    const page = await pageOf('reyes', 'stakeout');
    await page.getByRole('button', { name: 'Another area' }).click();
    const spots = [
      { centre: '38.1041, -122.2566', from: 'yesterday 11:30', to: 'yesterday 12:30' },
      { centre: '38.15 -122.20', from: 'yesterday 12:30', to: 'yesterday 13:30' },
    ];
    for (const [at, { centre, from, to }] of spots.entries()) {
      const area = page.getByRole('group', { name: `Area ${at + 1}` });
      await area.getByLabel('Centre').fill(centre);
      await area.getByLabel('From').fill(from);
      await area.getByLabel('To', { exact: true }).fill(to);
    }
    await page.getByRole('button', { name: 'Find the vehicles' }).click();
    await statePurpose(page, caseNumber);
    await page.getByRole('heading', { name: '1 vehicle in at least 2 of 2 areas' }).waitFor();
    await page.getByText('2 reads, 1 unread').waitFor();
    expect(await page.getByRole('row').nth(1).textContent()).toContain('8LVN362');
    await expectUsable(page);
    await page.getByLabel('Show vehicles that were in at least').selectOption('1 area');
    await page.getByRole('button', { name: 'Find the vehicles' }).click();
    await page.getByRole('heading', { name: '2 vehicles in at least 1 of 2 areas' }).waitFor();
    // All reads with a plate; those of the vehicle that is chosen in their order, with the area of each.
    await page.getByRole('application', { name: /^3 reads on a map/ }).waitFor();
    const vehicle = page.getByRole('button', { name: '8LVN362', exact: true });
    await vehicle.click();
    await page.getByRole('application', { name: /^3 reads on a map, 2 of 8LVN362 in/ }).waitFor();
    expect(await vehicle.getAttribute('aria-pressed')).toBe('true');
    const own = page.getByRole('region', { name: 'Reads of 8LVN362', exact: true });
    const cells = own.locator('tbody tr');
    expect(await cells.nth(0).locator('td').nth(1).textContent()).toBe('1');
    expect(await cells.nth(1).locator('td').nth(1).textContent()).toBe('2');
    await expectUsable(page);
    await page.getByRole('button', { name: 'Show all alike' }).click();
    expect(await own.count()).toBe(0);
    await vehicle.click();
    await own.getByRole('button', { name: '2', exact: true }).click();
    await page.getByLabel('Place and travel').waitFor();
  });
});
