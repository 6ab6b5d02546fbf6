import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import { noImages, sampleDetection, sampleFix, sampleImages } from '../records/samples.ts';
import type { StaffedUnit } from '../support/staffed-unit.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk, statePurpose } from './desk-page.ts';

useChromium();

const hourMs = 3_600_000;
const vallejo: [number, number] = [38.1041, -122.2566];

/** A sure read of a plate; gives its id. */
async function passed(
  unit: StaffedUnit,
  passing: { plate: string; atMs: number; place?: [number, number]; unit?: string; seen?: true },
): Promise<string> {
  const { plate, atMs, place: [latitude, longitude] = vallejo } = passing;
  const base = sampleDetection();
  const characters = [...plate].map((char) => ({ char, p: 0.99 }));
  const detection = {
    ...base,
    id: uuidv7(),
    unit: passing.unit ?? base.unit,
    firstSeen: new Date(atMs - 500).toISOString(),
    lastSeen: new Date(atMs).toISOString(),
    fix: { ...sampleFix, latitude, longitude, fixedAtMs: atMs - 120 },
    read: base.read && { ...base.read, plate, characters },
    closed: true,
  };
  const images = passing.seen === true ? await sampleImages(3, 20_000) : noImages;
  await unit.records.storeHits({ hits: [], detection, images });
  return detection.id;
}

describe.skipIf(!hasChromium)('company in Chromium (skipped without /usr/bin/chromium)', () => {
  test('from the path of a plate a detective finds who was with it, and two reads that no car makes, with both pictures (SRC-2)', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('reyes', 'detective');
    const now = Date.now();
    const plate = '8LVN362';
    const id = await passed(staffed, { plate, atMs: now - 9 * hourMs });
    await passed(staffed, { plate: '6MZR274', atMs: now - 9 * hourMs + 8000 });
    await passed(staffed, { plate, atMs: now - 5 * hourMs, place: [38.15, -122.2], seen: true });
    await passed(staffed, {
      plate: '6MZR274',
      atMs: now - 5 * hourMs + 9000,
      place: [38.15, -122.2],
    });
    await passed(staffed, { plate: '7XYZ111', atMs: now - 5 * hourMs + 2000 });
    const far: [number, number] = [38.58, -121.49];
    await passed(staffed, {
      plate,
      atMs: now - 5 * hourMs + 300_000,
      place: far,
      unit: 'unit-8',
      seen: true,
    });
    const page = await pageOf('reyes', `read/${id}`);
    await statePurpose(page, '26-0040001');
    await page.getByRole('button', { name: 'Path of this plate' }).click();
    await page.getByRole('button', { name: 'Seen together with it' }).click();
    const together = page.getByRole('table', { name: /seen together with 8LVN362/ });
    await together.getByRole('row', { name: /6MZR274/ }).waitFor();
    expect(await together.getByRole('row', { name: /7XYZ111/ }).count()).toBe(0);
    await together.getByRole('button', { name: /6MZR274/ }).click();
    await page.getByRole('table', { name: '8LVN362 and 6MZR274, newest first' }).waitFor();
    await expectUsable(page);
    await page.getByRole('button', { name: '10 seconds' }).click();
    await together.getByRole('row', { name: /6MZR274/ }).waitFor();
    await page.getByRole('button', { name: 'Where no car can have been' }).click();
    const pair = page.getByRole('region', { name: 'unit-7 and unit-8' });
    await pair.getByText(/km\/h/).waitFor();
    await pair.getByRole('button', { name: 'Compare the pictures' }).click();
    await expect.poll(() => pair.getByRole('img').count()).toBe(2);
    if (process.env.PICTURES)
      await page.screenshot({ path: `${process.env.PICTURES}/company.png`, fullPage: true });
    await expectUsable(page);
  });
});
