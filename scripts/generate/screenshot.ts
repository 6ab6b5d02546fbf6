import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { createDaemon } from '../../src/daemon.ts';
import { loadConfig, programRoot } from '../../src/platform/config/load.ts';
import { createLog } from '../../src/platform/log.ts';

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
const daemon = createDaemon(config, createLog({ level: 'error' }));
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
await page.goto(`${daemon.console?.url}?code=${daemon.console?.code}`);
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
