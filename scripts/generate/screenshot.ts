import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { loadConfig, programRoot } from '../../src/config/load.ts';
import { createDaemon } from '../../src/daemon/daemon.ts';
import { createLog } from '../../src/platform/log.ts';
import { createOperator } from '../demonstration/operator.ts';

// Plays the demo drive and takes the picture of the alert page that the README shows.
const dataDir = mkdtempSync(join(tmpdir(), 'lookout-screenshot-'));
const { config } = loadConfig({
  file: join(programRoot, 'config/demo.yaml'),
  flags: [
    `unit.dataDir=${dataDir}`,
    'uplink.enabled=false',
    'alerts.voice.enabled=false',
    // Alert on a late, near view of the vehicle: the pictures are then at their best.
    'tracking.agreeingReads=80',
    'tracking.strongReadAt=1',
  ],
});
const daemon = await createDaemon(config, createLog({ level: 'error' }));
await daemon.hotlist.importFile({
  listId: 'demo',
  file: join(programRoot, 'fixtures/drive/hotlist.csv'),
  asOf: new Date(Date.now() - 2 * 3_600_000).toISOString(),
});
await daemon.start();
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
const hit = once(daemon.events, 'hit');
const { username, password } = await createOperator(daemon.accountability);
await page.goto(`${daemon.console?.url}`);
await page.getByLabel('Username').fill(username);
await page.getByLabel('Password').fill(password);
await page.getByLabel('I have read this notice').check();
await page.keyboard.press('Enter');
await hit;
await page.getByText('Possible').first().waitFor();
// The pictures follow the alert.
await page.waitForLoadState('networkidle').catch(() => undefined);
await delay(1500);
mkdirSync(join(programRoot, '.readme'), { recursive: true });
await page.screenshot({ path: join(programRoot, '.readme/alert-page.png') });
await browser.close();
await daemon[Symbol.asyncDispose]();
rmSync(dataDir, { recursive: true, force: true });
