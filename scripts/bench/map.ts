import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { openAccountability } from '../../src/accountability/accountability.ts';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { configSchema } from '../../src/config/schema.ts';
import { createConsole } from '../../src/console/console.ts';
import { createLog } from '../../src/platform/log.ts';
import { createOperator } from '../demonstration/operator.ts';

// The map of a search in Debian's Chromium without a graphics card: from the address to the first picture, from the key to
// 10,000 reads on it, and the frames while it is moved. scripts/bench/map.ts [FILE.pmtiles]; without one: the grid.
const reads = 10_000;
const dataDir = mkdtempSync(join(tmpdir(), 'lookout-bench-'));
const [map] = process.argv.slice(2);
if (map !== undefined) copyFileSync(map, join(dataDir, 'map.pmtiles'));
const config = configSchema.parse({
  unit: { agency: 'bench-pd', id: 'bench', dataDir },
  uplink: { enabled: false },
  console: { port: 0 },
  policy: { profile: 'vallejo' },
});
const log = createLog({ level: 'error' });
const db = openUnitDatabase(dataDir);
db.prepare(
  `INSERT INTO detection (id, head, first_seen_ms, last_seen_ms, plate, latitude, longitude, closed, hit, body)
   WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < @reads)
   SELECT printf('0193a7c0-0000-7000-8000-%012d', i), 'front', @nowMs - i * 60000, @nowMs - i * 60000,
     printf('%dXYZ%03d', i % 10, i % 1000), 38.08 + (i * 7919 % 1000) / 20000.0, -122.3 + (i * 104729 % 1000) / 11000.0, 1,
     i % 97 = 0, json_object('id', printf('0193a7c0-0000-7000-8000-%012d', i), 'images', json_array(),
       'read', json_object('plate', printf('%dXYZ%03d', i % 10, i % 1000), 'confidence', 0.9), 'direction', json_object(),
       'fix', json_object('quality', 'fix-3d'), 'vehicle', json_object(), 'head', 'front', 'agency', 'bench-pd', 'unit', 'bench',
       'lastSeen', strftime('%Y-%m-%dT%H:%M:%fZ', (@nowMs - i * 60000) / 1000.0, 'unixepoch'))
   FROM n`,
).run({ reads, nowMs: Date.now() });
const accountability = await openAccountability({ config, log });
const { people, gate, audit, hitRights } = accountability;
const console = createConsole({
  ...{ config: config.console, unit: config.unit, people, gate, audit, hitRights, log },
  ...{ hits: accountability.verification, status: () => ({}) },
});
await console.start();
const { username, password } = await createOperator(accountability);
const login = { username, password, noticeAcknowledged: true };
const { token } = await people.login(login, 'page 127.0.0.1');

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
await context.addCookies([{ name: 'lookout-bench', value: token, url: console.url }]);
const page = await context.newPage();
const openedMs = performance.now();
await page.goto(`${console.url}#/search`);
await page.locator('.map-bar', { hasText: /m$/ }).waitFor();
if (map !== undefined) await page.locator('canvas.leaflet-tile-loaded').first().waitFor();
const firstMs = performance.now() - openedMs;

await page.getByRole('button', { name: 'All that is kept' }).click();
await page.getByRole('button', { name: 'Search', exact: true }).click();
const dialog = page.getByRole('dialog', { name: 'Purpose' });
await dialog.getByLabel('Case number').fill('26-0001');
await dialog.getByLabel('Reason').fill('Measuring the map of the page');
await dialog.getByRole('button', { name: 'Go on' }).click();
const all = page.getByRole('button', { name: 'All of them by time and on the map' });
await all.waitFor();
const askedMs = performance.now();
await all.click();
await page.getByRole('application', { name: new RegExp(`^${reads} reads`) }).waitFor();
const allMs = performance.now() - askedMs;

await page.evaluate(`window.gaps = []; (function frame(last) {
  requestAnimationFrame((now) => { if (last) window.gaps.push(now - last); frame(now); });
})(0)`);
await page.getByRole('application').scrollIntoViewIfNeeded();
const box = await page.getByRole('application').boundingBox();
const [x, y] = [(box?.x ?? 0) + 250, (box?.y ?? 0) + 250];
await page.mouse.move(x, y);
await page.mouse.down();
for (let step = 0; step < 200; step += 1) {
  await page.mouse.move(x + Math.sin(step / 12) * 150, y + Math.cos(step / 9) * 120);
}
await page.mouse.up();
const gaps = (await page.evaluate<number[]>('window.gaps')).sort((a, b) => a - b);
const frames = gaps.length / (gaps.reduce((sum, gap) => sum + gap, 0) / 1000);
process.stdout.write(
  `${map === undefined ? 'grid' : 'map'}: first picture ${firstMs.toFixed(0)} ms after the address; ${reads} reads ${allMs.toFixed(0)} ms after the key; ` +
    `${frames.toFixed(0)} frames/s while it is moved, longest gap ${gaps.at(-1)?.toFixed(0)} ms\n`,
);

await browser.close();
await console[Symbol.asyncDispose]();
await accountability[Symbol.asyncDispose]();
db.close();
rmSync(dataDir, { recursive: true, force: true });
