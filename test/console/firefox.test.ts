import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { exampleAlert, exampleMatch } from '../alerts/sample-alerts.ts';
import { noImages, sampleDetection, sampleFix } from '../records/samples.ts';
import { freePort } from '../support/free-port.ts';
import type { StaffedUnit } from '../support/staffed-unit.ts';
import { townCentre } from '../support/town-map.ts';
import { waitFor } from '../support/wait-for.ts';
import { openDesk, statePurpose } from './desk-page.ts';
import { hasFirefox, newFirefoxScreen, plugInKey, useFirefox } from './firefox.ts';
import type { FirefoxPage } from './firefox-page.ts';
import { listFile } from './furnished-unit.ts';
import { faultsOf } from './page-checks.ts';
import { startUnitConsole } from './unit-console.ts';

useFirefox();

const pin = '930586';

type Desk = Awaited<ReturnType<typeof openDesk>>;

/** An officer at the page of a unit. */
async function officerAt(
  profile: string,
  address = 'drive',
  options: Parameters<typeof openDesk>[1] = {},
) {
  const desk = await openDesk(profile, options);
  desk.staffed.join('reyes', 'officer');
  const screen = await newFirefoxScreen();
  const page = await screen.openIn(await desk.entryOf('reyes', address));
  await page.getByText('Live').waitFor();
  return { desk, screen, page };
}

/** A picture of a road at night. */
async function picture() {
  const create = { width: 1280, height: 720, channels: 3, background: '#246' } as const;
  const jpeg = new Uint8Array(await sharp({ create }).jpeg().toBuffer());
  return { jpeg, width: 1280, height: 720, takenAtMs: Date.now() };
}

/** Raises an alert with a picture of the vehicle; gives its hit. */
async function raise(
  { staffed, unit }: Desk,
  changes: Parameters<StaffedUnit['storeHit']>[0] = {},
) {
  const hit = await staffed.storeHit(changes);
  const now = Date.now();
  const seen = { firstMs: now - 500, lastMs: now, frames: 4 };
  const images = { ...noImages, ir: await picture(), overview: await picture() };
  const plateBox = { x: 0.45, y: 0.5, w: 0.1, h: 0.05 };
  await unit.console.output.present('raised', exampleAlert(hit, { seen, images, plateBox }));
  return hit;
}

const press = (page: FirefoxPage, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true }).first().click();

async function fromMenu(page: FirefoxPage, name: string): Promise<void> {
  await press(page, /^Menu/);
  await page
    .getByRole('navigation', { name: 'Menu' })
    .getByRole('button', { name, exact: true })
    .click();
}

/** Touches keys of the pad, and then its last one. */
async function touch(page: FirefoxPage, digits: string, deed: string): Promise<void> {
  const pad = page.getByRole('group', { name: 'Digits' });
  for (const digit of digits) await pad.getByRole('button', { name: digit, exact: true }).click();
  await pad.getByRole('button', { name: deed }).click();
}

/** The alerts that a page shows, as card or in the column. */
const alertsOn = (page: FirefoxPage) =>
  page.evaluate<string[]>(
    "[...document.querySelectorAll('.card, .tile-alert')].map((each) => each.dataset.alert)",
  );

describe.skipIf(!hasFirefox)('in Firefox (skipped without /usr/bin/firefox-esr)', () => {
  test('an officer logs in; an alert comes with its picture and is marked as seen; nothing is loaded from elsewhere (ALT-2, ALT-5)', async () => {
    const desk = await openDesk('vallejo');
    desk.staffed.join('reyes', 'officer');
    const screen = await newFirefoxScreen();
    const page = await screen.open(desk.unit.console.url);
    await page.getByLabel('Username').fill('reyes');
    await page.getByLabel('Password').fill(goodPassword);
    await page.getByLabel('I have read this notice').click();
    expect(await faultsOf(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByText('Live').waitFor();
    const { detectionId } = await raise(desk);
    await page.locator('.card .plate.read').waitFor();
    // The vehicle is cut out of the picture: seven plates wide, eleven high.
    const cut = `(({ width, height }) => [width, height])(document.querySelector('.vehicle canvas'))`;
    await expect.poll(() => page.evaluate(cut)).toEqual([896, 396]);
    const middle = `document.querySelector('.vehicle canvas').getContext('2d').getImageData(448, 198, 1, 1).data[2]`;
    expect(await page.evaluate(middle)).toBeGreaterThan(90);
    expect(await page.getByText('Not a basis for a stop.').first().isVisible()).toBe(true);
    expect(await faultsOf(page)).toEqual([]);
    await page.locator('.card [name="seen"]').click();
    await page.getByText('No new alerts').waitFor();
    expect(desk.unit.console.isUnseen(detectionId)).toBe(false);
    expect(screen.requests.filter((each) => !each.startsWith(desk.unit.console.url))).toEqual([]);
    expect(screen.complaints).toEqual([]);
  });

  test('no text becomes markup, and no script and no style runs that the unit did not send', async () => {
    const { page } = await officerAt('vallejo');
    const refused = (deed: string) =>
      page.evaluate<string>(
        `(() => { try { ${deed}; return 'done'; } catch (error) { return error.name; } })()`,
      );
    expect(await refused("document.body.insertAdjacentHTML('beforeend', '<b>bold</b>')")).toBe(
      'TypeError',
    );
    const ran = await page.evaluate<unknown>(`(async () => {
      const script = document.createElement('script');
      script.append('document.title = "ran"');
      try { document.body.append(script); } catch {}
      const line = document.createElement('p');
      line.setAttribute('style', 'position: fixed');
      document.body.append(line);
      await new Promise((done) => requestAnimationFrame(done));
      return [document.title === 'ran', getComputedStyle(line).position];
    })()`);
    expect(ran).toEqual([false, 'static']);
  });

  test('from the alert to its disposition by touch (VER-1, VER-3, VER-8)', async () => {
    const { desk, page } = await officerAt('vallejo');
    const hit = await raise(desk);
    await press(page, 'Verify');
    await page.getByText('Is this the plate on the vehicle?').waitFor();
    await press(page, 'Yes');
    await page.getByText('Is the state of issue the listed one?').waitFor();
    await press(page, 'Yes');
    await page.getByText('Does the vehicle fit its description?').waitFor();
    await press(page, 'Yes');
    await page.getByLabel('Dispatcher').fill('Roe');
    await press(page, 'Dispatch: confirmed');
    await press(page, 'Stop');
    await press(page, 'Recovered');
    await page.getByLabel('CAD or incident number').fill('26-004418');
    await press(page, 'Close: Recovered');
    await page.getByText('No alerts').waitFor();
    expect(desk.staffed.accountability.verification.open(hit.id)).toMatchObject({
      state: 'disposed',
      disposition: { outcome: 'recovered', cadNumber: '26-004418' },
    });
  });

  test('a PIN that was set by touch opens the lock, which says what waits (USR-13)', async () => {
    const { desk, page } = await officerAt('napa', 'me');
    await press(page, 'Set a PIN');
    await touch(page, pin, 'Next');
    await touch(page, pin, 'Set it');
    await page.getByText('Your PIN is set.').waitFor();
    await fromMenu(page, 'Lock');
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await raise(desk);
    await page.getByText('Alerts wait: ■ 1 standard').waitFor();
    await touch(page, '999999', 'Unlock');
    await page.getByText('This PIN is wrong. 2 tries are left').waitFor();
    await touch(page, pin, 'Unlock');
    await page.locator('.card').waitFor();
  });

  test('a security key is registered where the page has a name, and unlocks it by a touch (USR-15)', async () => {
    const desk = await openDesk('vallejo');
    desk.staffed.join('reyes', 'officer');
    await plugInKey();
    const { url, cookie } = await desk.entryOf('reyes', 'me');
    const screen = await newFirefoxScreen();
    const page = await screen.openIn({ url: url.replace('127.0.0.1', 'localhost'), cookie });
    await press(page, 'Register a security key');
    await page.getByLabel('What you call it').fill('blue key');
    await press(page, 'Register it');
    await page.getByText('unlocks the page').waitFor();
    await fromMenu(page, 'Lock');
    await press(page, 'Use a security key');
    await page.getByRole('button', { name: /^Menu/ }).waitFor();
  });

  test('seven pages hear the unit by one stream, as a browser opens six connections to a host', async () => {
    const { desk, screen, page } = await officerAt('vallejo');
    const pages = [page];
    while (pages.length < 7) pages.push(await screen.open(desk.unit.console.url));
    for (const each of pages) await each.getByText('Live').waitFor();
    await raise(desk);
    for (const each of pages) await each.locator('.card').waitFor();
    await page.close();
    await pages[1]?.reload();
    await raise(desk);
    for (const each of pages.slice(1)) {
      await expect.poll(async () => (await alertsOn(each)).length).toBe(2);
    }
  });

  test('in a short storm with a cut-off and a restart of the console no urgent alert is missing from two pages (PRA-6, PRA-7)', async () => {
    const port = await freePort();
    const { desk, screen, page } = await officerAt('vallejo', 'drive', { port });
    const { staffed } = desk;
    staffed.join('moss', 'officer');
    const second = await screen.open(desk.unit.console.url);
    await second.getByText('Live').waitFor();
    let { unit } = desk;
    const urgent: string[] = [];
    for (let n = 0; n < 10; n += 1) {
      const id = uuidv7();
      const category = n % 2 === 0 ? 'amber' : 'stolen_vehicle';
      if (category === 'amber') urgent.push(id);
      staffed.time.ms += 1000;
      await unit.see([exampleMatch({ entry: { id: `e-${n}`, category } })], { id });
      // More screens than the unit has room for: the oldest streams end.
      if (n === 3) for (let k = 0; k < 8; k += 1) (await unit.screenOf('moss')).close();
      if (n !== 6) continue;
      await unit[Symbol.asyncDispose]();
      unit = await startUnitConsole(staffed, undefined, port);
    }
    const missing = async (each: FirefoxPage) => {
      const shown = new Set(await alertsOn(each));
      return urgent.filter((id) => !shown.has(id));
    };
    for (const each of [page, second]) await expect.poll(() => missing(each)).toEqual([]);
    const seen = () => urgent.filter((id) => !unit.console.isUnseen(id));
    // Where a card changed under the finger, its keys did nothing.
    await waitFor(async () => {
      await page.locator('.card.urgent [name="seen"]').click();
      return waitFor(() => seen().length > 0, { timeoutMs: 5000 }).catch(() => false);
    });
    for (const each of [page, second]) await expect.poll(() => missing(each)).toEqual(seen());
  });

  test('a menu goes when the address changes; who comes back to the page through the history hears alerts', async () => {
    const { desk, page } = await officerAt('vallejo');
    await press(page, /^Menu/);
    await page.goto(`${desk.unit.console.url}#/health`);
    await page.getByRole('heading', { name: 'Health' }).waitFor();
    expect(await page.locator('.menu').count()).toBe(0);
    await page.goto('about:blank');
    await page.travel(-1);
    await page.getByText('Live').waitFor();
    await raise(desk);
    await page.locator('.card').waitFor();
  });

  test('a detective searches an area that was drawn on the grid by mouse, with a purpose (SRC-1)', async () => {
    const status = () => ({ heads: [], position: { state: 'fixed', ...townCentre } });
    const { desk, screen, page } = await detectiveAt({ status });
    await passed(desk.staffed, '8LVN362', townCentre);
    await passed(desk.staffed, '6MZR274', { ...townCentre, latitude: 38.14 });
    await page.getByText('No map is installed on this unit: a grid stands for it.').waitFor();
    await press(page, 'All that is kept');
    await press(page, 'Circle');
    await page.locator('.map-bar', { hasText: /m$/ }).waitFor();
    const [x = 0, y = 0] = await page.evaluate<number[]>(`(() => {
      const map = document.querySelector('[role=application]');
      map.scrollIntoView({ block: 'center', behavior: 'instant' });
      const { x, y, width, height } = map.getBoundingClientRect();
      return [x + width / 2, y + height / 2];
    })()`);
    await page.pull([x, y], [x + 45, y], [x + 90, y]);
    await page.getByText(/^Circle of \d+\sm\. Pull/).waitFor();
    expect(await page.getByLabel('Centre').inputValue()).toMatch(/^38\.10\d+, -122\.25\d+$/);
    await press(page, 'Search');
    await statePurpose(page, '26-0040001');
    await page.getByRole('heading', { name: '1 read' }).waitFor();
    expect(await page.locator('tbody .plate-words').textContent()).toBe('8LVN362');
    expect(await faultsOf(page)).toEqual([]);
    await press(page, 'GeoJSON');
    const saved = () => readdirSync(screen.downloads).find((name) => name.endsWith('.geojson'));
    const file = await waitFor(saved, { what: 'the file' });
    const text = () => readFileSync(join(screen.downloads, file), 'utf8');
    await expect.poll(text).toMatch(/}\s*$/);
    expect(JSON.parse(text()).features).toHaveLength(1);
  });

  test('an administrator picks the file of a list and sees what an import would do (HOT-15)', async () => {
    const desk = await openDesk('vallejo');
    const screen = await newFirefoxScreen();
    const page = await screen.openIn(await desk.entryOf('ada', 'lists/svs'));
    const file = {
      name: 'svs.txt',
      mimeType: 'text/plain',
      buffer: listFile(['no line of a table']),
    };
    await page.getByLabel('File of the list').setInputFiles(file);
    await page.getByRole('region', { name: 'What an import would do' }).waitFor();
    expect(await faultsOf(page)).toEqual([]);
    await press(page, 'Import 40 entries');
    await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('SVS stolen vehicles holds 40 entries.').waitFor();
  });
});

/** A detective at the search of a unit. */
async function detectiveAt(options: Parameters<typeof openDesk>[1]) {
  const desk = await openDesk('vallejo', options);
  desk.staffed.join('walt', 'detective');
  const screen = await newFirefoxScreen();
  return { desk, screen, page: await screen.openIn(await desk.entryOf('walt', 'search')) };
}

/** A vehicle that passed two seconds ago at a place. */
async function passed(
  { records }: StaffedUnit,
  plate: string,
  place: { latitude: number; longitude: number },
): Promise<void> {
  const base = sampleDetection();
  const atMs = Date.now() - 2000;
  const detection = {
    ...{ ...base, id: uuidv7(), fix: { ...sampleFix, ...place }, closed: true },
    firstSeen: new Date(atMs - 500).toISOString(),
    lastSeen: new Date(atMs).toISOString(),
    read: base.read === null ? null : { ...base.read, plate },
  };
  await records.storeHits({ hits: [], detection, images: noImages });
}
