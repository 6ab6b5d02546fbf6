import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import { noImages, sampleDetection, sampleFix } from '../records/samples.ts';
import type { StaffedUnit } from '../support/staffed-unit.ts';
import { type TownMapOptions, townCentre, townMap } from '../support/town-map.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk, statePurpose } from './desk-page.ts';

useChromium();

const caseNumber = '26-0040001';
/** About 4 km away. */
const elsewhere: [number, number] = [38.14, -122.2566];

/** A vehicle that passed two seconds ago at a place. */
async function passed(
  unit: StaffedUnit,
  plate: string,
  place?: [number, number],
  atMs = Date.now() - 2000,
): Promise<void> {
  const base = sampleDetection();
  const [latitude, longitude] = place ?? [townCentre.latitude, townCentre.longitude];
  const detection = {
    ...base,
    id: uuidv7(),
    firstSeen: new Date(atMs - 500).toISOString(),
    lastSeen: new Date(atMs).toISOString(),
    fix: { ...sampleFix, latitude, longitude },
    read: base.read === null ? null : { ...base.read, plate },
    closed: true,
  };
  await unit.records.storeHits({ hits: [], detection, images: noImages });
}

/** A unit that stands in the middle of the town, with a map if one is given, and a detective at its page. */
async function openTown(address: string, map?: TownMapOptions) {
  const position = { state: 'fixed', ...townCentre };
  const { staffed, pageOf, unit } = await openDesk('vallejo', {
    status: () => ({ heads: [], position }),
  });
  if (map !== undefined) copyFileSync(townMap(map), join(staffed.dataDir, 'map.pmtiles'));
  staffed.join('reyes', 'detective');
  await passed(staffed, '8LVN362');
  await passed(staffed, '6MZR274', elsewhere);
  return { staffed, unit, page: await pageOf('reyes', address) };
}

/** The map once it is drawn; points are pixels from its middle. */
async function mapOf(
  page: Page,
): Promise<{ map: Locator; at: (x: number, y: number) => [number, number] }> {
  const map = page.getByRole('application');
  await page.locator('.map-bar', { hasText: /m$/ }).waitFor();
  await map.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await map.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  return { map, at: (right, down) => [x + width / 2 + right, y + height / 2 + down] };
}

async function pull(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2);
  await page.mouse.move(...to);
  await page.mouse.up();
}

/** A finger that is put down, pulled and lifted. */
async function fingerOn(page: Page) {
  const session = await page.context().newCDPSession(page);
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: [number, number]) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: at === undefined ? [] : [{ x: at[0], y: at[1] }],
    });
  return async (from: [number, number], to: [number, number]): Promise<void> => {
    await send('touchStart', from);
    await send('touchMove', [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]);
    await send('touchMove', to);
    await send('touchEnd');
  };
}

const searchKey = (page: Page) => page.getByRole('button', { name: 'Search', exact: true });

/** The plates that the search finds now; the first search states the purpose. */
async function platesFound(page: Page, isFirst = false): Promise<string[]> {
  await page.evaluate("document.querySelector('.found section')?.setAttribute('data-old', '')");
  await searchKey(page).click();
  if (isFirst) await statePurpose(page, caseNumber);
  await page.getByRole('button', { name: 'Searching…' }).waitFor({ state: 'detached' });
  await page.getByRole('region', { name: 'Result' }).waitFor();
  return page.locator('tbody .plate-words').allInnerTexts();
}

describe.skipIf(!hasChromium)('the map (skipped without /usr/bin/chromium)', () => {
  test('streets come from the unit’s own file, in parts; nothing is loaded from elsewhere, and the policy on content has nothing to complain of (SRC-2)', async () => {
    const { unit, page } = await openTown('drive', {});
    const { url } = unit.console;
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.reload();
    await page.getByText('Live').waitFor();
    expect(requests.filter((each) => /libraries|parts\/map/.test(each))).toEqual([]);
    await page.goto(`${url}#/search`);
    await expect.poll(() => page.locator('canvas.leaflet-tile-loaded').count()).toBeGreaterThan(3);
    await page.getByText('© OpenStreetMap contributors').waitFor();
    const tiles = requests.filter((each) => each.includes('/api/map/tiles'));
    expect(tiles.length).toBeGreaterThan(1);
    expect(requests.filter((each) => !each.startsWith(url))).toEqual([]);
    expect(complaints).toEqual([]);
    await expectUsable(page);
  });

  test('a map of pictures is drawn, too; without a map a grid stands for it', async () => {
    const bytes = await sharp({
      create: { width: 256, height: 256, channels: 3, background: 'green' },
    })
      .png()
      .toBuffer();
    const { page } = await openTown('search', { pictures: { type: 2, bytes } });
    const green = () =>
      page.evaluate(`[...document.querySelectorAll('canvas.leaflet-tile-loaded')].some((each) =>
        each.getContext('2d').getImageData(9, 9, 1, 1).data[1] === 128)`);
    await expect.poll(green).toBe(true);
    const bare = await openTown('search');
    await bare.page.getByText('No map is installed on this unit: a grid stands for it.').waitFor();
    await mapOf(bare.page);
    expect(await bare.page.locator('canvas.leaflet-tile').count()).toBe(0);
  });

  test('by mouse a circle, a box and a polygon are drawn, changed, moved and removed, and the search takes them (SRC-1)', async () => {
    const { page } = await openTown('search', {});
    await page.getByRole('button', { name: 'All that is kept' }).click();
    const draw = page.getByRole('group', { name: 'Draw an area' });
    await draw.getByRole('button', { name: 'Circle' }).click();
    let { at } = await mapOf(page);
    await pull(page, at(0, 0), at(90, 0));
    await page.getByText(/^Circle of \d+\sm\. Pull/).waitFor();
    expect(await page.getByLabel('Centre').inputValue()).toMatch(/^38\.10\d+, -122\.25\d+$/);
    const radius = async () => Number(await page.getByLabel('Radius, metres').inputValue());
    const drawn = await radius();
    expect(drawn).toBeGreaterThan(200);
    expect(await platesFound(page, true)).toEqual(['8LVN362']);

    // The map has moved so that the area and what was found are in its middle.
    ({ at } = await mapOf(page));
    await pull(page, at(0, 0), at(80, 60));
    const moved = await page.getByLabel('Centre').inputValue();
    expect(moved).not.toMatch(/^38\.104/);
    expect(await radius()).toBe(drawn);
    await page.getByRole('button', { name: 'Remove the area' }).click();
    expect(await page.getByLabel('Centre').inputValue()).toBe('');

    await page.getByRole('button', { name: 'Show everything on the map' }).click();
    await draw.getByRole('button', { name: 'Box' }).click();
    ({ at } = await mapOf(page));
    await pull(page, at(-100, -100), at(100, 100));
    await page.getByText(/^Box of .* by /).waitFor();
    expect(await platesFound(page)).toEqual(['8LVN362']);
    await page.getByRole('button', { name: 'Remove the area' }).click();

    await page.getByRole('button', { name: 'Show everything on the map' }).click();
    await draw.getByRole('button', { name: 'Polygon' }).click();
    ({ at } = await mapOf(page));
    const taps: [number, number][] = [
      [-120, -100],
      [120, -100],
      [0, 140],
      [-100, 60],
    ];
    for (const [x, y] of taps) await page.mouse.click(...at(x, y));
    await draw.getByRole('button', { name: 'Take a corner back' }).click();
    await draw.getByRole('button', { name: 'Done' }).click();
    await page.getByText(/^Polygon of 3 corners/).waitFor();
    const corners = () => page.getByLabel('Corners, one a line').inputValue();
    expect((await corners()).split('\n')).toHaveLength(3);
    ({ at } = await mapOf(page));
    await pull(page, at(0, -100), at(0, -140));
    await page.getByText(/^Polygon of 4 corners/).waitFor();
    await page.mouse.click(...at(0, -140));
    await draw.getByRole('button', { name: 'Remove this corner' }).click();
    await page.getByText(/^Polygon of 3 corners/).waitFor();
    expect(await platesFound(page)).toEqual(['8LVN362']);
    await expectUsable(page);
  });

  test('by touch on a telephone an area is drawn by a finger, which otherwise moves the map (SRC-1)', async () => {
    const { page } = await openTown('search', {});
    await page.getByRole('heading', { name: 'Search' }).waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    const finger = await fingerOn(page);
    const draw = page.getByRole('group', { name: 'Draw an area' });
    const shownCorner = async () => {
      await draw.getByRole('button', { name: 'What the map shows' }).click();
      const corner = await page.getByLabel('South-west corner').inputValue();
      await draw.getByRole('button', { name: 'Remove the area' }).click();
      return corner;
    };
    await mapOf(page);
    const before = await shownCorner();
    const { at } = await mapOf(page);
    await finger(at(60, 0), at(-60, 40));
    expect(await shownCorner()).not.toBe(before);
    const { at: moved } = await mapOf(page);
    await finger(moved(-60, 40), moved(60, 0));
    await draw.getByRole('button', { name: 'Circle' }).click();
    const { at: there } = await mapOf(page);
    await finger(there(0, 0), there(110, 0));
    await page.getByText(/^Circle of /).waitFor();
    const radius = async () => Number(await page.getByLabel('Radius, metres').inputValue());
    const drawn = await radius();
    await finger(there(110, 0), there(60, 0));
    expect(await radius()).toBeLessThan(drawn);
    await page.getByRole('button', { name: 'All that is kept' }).click();
    expect(await platesFound(page, true)).toContain('8LVN362');
    await expectUsable(page);
  });

  test('what is typed is drawn, and a polygon that crosses itself is refused in the unit’s words', async () => {
    const { page } = await openTown('search');
    await page.getByRole('button', { name: 'All that is kept' }).click();
    await page.getByText('Place and vehicle').click();
    await page
      .getByRole('group', { name: 'Kind of area' })
      .getByRole('button', { name: 'Polygon' })
      .click();
    const corners = page.getByLabel('Corners, one a line');
    await corners.fill('38.10, -122.26\n38.11, -122.25\n38.10, -122.25\n38.11, -122.26');
    await page.getByText('Polygon of 4 corners. Pull').waitFor();
    await searchKey(page).click();
    await statePurpose(page, caseNumber);
    await page.getByRole('alert').getByText('the sides of the polygon cross each other').waitFor();
    await corners.fill('38.10, -122.26\n38.11, -122.26\n38.11, -122.25\n38.10, -122.25');
    expect(await platesFound(page)).toEqual(['8LVN362']);
    await corners.fill('38.10, -122.26\nsomewhere');
    await searchKey(page).click();
    await page.getByRole('alert').getByText('Corner 2 is not a latitude and a longitude').waitFor();
  });

  test('several areas of a stakeout are drawn one after the other (SRC-3)', async () => {
    const { page } = await openTown('stakeout', {});
    await page.getByRole('button', { name: 'Another area' }).click();
    const draw = page.getByRole('group', { name: 'Draw an area' });
    await page.getByRole('button', { name: 'Draw area 1 on the map' }).click();
    await draw.getByRole('button', { name: 'Circle' }).click();
    let { at } = await mapOf(page);
    await pull(page, at(0, 0), at(60, 0));
    await page.getByRole('button', { name: 'Draw area 2 on the map' }).click();
    await draw.getByRole('button', { name: 'Box' }).click();
    ({ at } = await mapOf(page));
    await pull(page, at(-120, -90), at(120, 90));
    await page.getByRole('application', { name: /^2 of 2 areas/ }).waitFor();
    for (const number of [1, 2]) {
      const area = page.getByRole('group', { name: `Area ${number}`, exact: true });
      await area.getByLabel('From').fill('today');
      await area.getByLabel('To', { exact: true }).fill('today');
    }
    await page.getByRole('button', { name: 'Find the vehicles' }).click();
    await statePurpose(page, caseNumber);
    await page.getByRole('heading', { name: '1 vehicle in at least 2 of 2 areas' }).waitFor();
    await expectUsable(page);
  });

  test('all that was found is shown by the hour, of which a span is pulled out, by mouse and by keys, and searched (SRC-1)', async () => {
    const { page, staffed } = await openTown('search');
    const now = Date.now();
    for (let at = 1; at <= 60; at += 1) {
      await passed(staffed, `7ABC${100 + at}`, undefined, now - at * 600_000);
    }
    await page.getByLabel('Plate or part of it').fill('7ABC*');
    await page.getByRole('button', { name: 'All that is kept' }).click();
    await searchKey(page).click();
    await statePurpose(page, caseNumber);
    await page.getByRole('heading', { name: '50 reads so far' }).waitFor();
    await page.getByRole('application', { name: /^50 reads/ }).waitFor();
    await page.getByRole('button', { name: 'All of them by time and on the map' }).click();
    await page.getByRole('application', { name: /^60 reads/ }).waitFor();
    await page.getByText(/: 60 of 60 reads$/).waitFor();
    const bars = page.locator('.time-brush svg');
    await bars.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await bars.boundingBox()) ?? {
      x: 0,
      y: 0,
      width: 0,
      height: 0,
    };
    await pull(page, [x + width * 0.55, y + height / 2], [x + width - 2, y + height / 2]);
    await expect
      .poll(() => page.locator('.time-brush [role=status]').textContent())
      .toMatch(/: [23]\d of 60 reads$/);
    const pulled = Number(
      /: (\d+) of/.exec((await page.locator('.time-brush [role=status]').textContent()) ?? '')?.[1],
    );
    await page.getByRole('application', { name: new RegExp(`^${pulled} reads`) }).waitFor();
    await page.getByRole('slider', { name: 'From' }).press('ArrowRight');
    await expect
      .poll(async () =>
        Number(
          /: (\d+) of/.exec(
            (await page.locator('.time-brush [role=status]').textContent()) ?? '',
          )?.[1],
        ),
      )
      .toBeLessThan(pulled);
    await expectUsable(page);
    const kept = Number(
      /: (\d+) of/.exec((await page.locator('.time-brush [role=status]').textContent()) ?? '')?.[1],
    );
    await page.getByRole('button', { name: 'Search this time only' }).click();
    await page.getByRole('heading', { name: `${kept} reads` }).waitFor();
    expect(await page.getByLabel('From', { exact: true }).first().inputValue()).toMatch(/^20\d\d-/);
  });
});
