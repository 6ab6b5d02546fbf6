import { setTimeout as sleep } from 'node:timers/promises';
import type { CDPSession, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../src/alerts/alert.ts';
import { exampleAlert, exampleHit } from '../alerts/sample-alerts.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { type RunningConsole, runConsole } from './running-console.ts';

useChromium();

/** With figures asked for the day is whole: 5,000 alerts. */
const alertsAnHour = process.env.LOOKOUT_TEST_FIGURES ? 208 : 24;
const hours = 24;
/** The hours before the first count: what is loaded once is there, and the list of the day holds all that it may. */
const warmHours = 10;
/** So many alerts the unit shows at most. */
const mostShown = 200;

/** What a page holds, after what nobody refers to any more was taken away. */
async function heldBy(devtools: CDPSession) {
  await devtools.send('HeapProfiler.enable');
  for (let n = 0; n < 3; n += 1) await devtools.send('HeapProfiler.collectGarbage');
  const { nodes, jsEventListeners, documents } = await devtools.send('Memory.getDOMCounters');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  return { nodes, listeners: jsEventListeners, documents, heapKiB: Math.round(usedSize / 1024) };
}

/** What the page itself keeps. */
const keptBy = (page: Page): Promise<{ alerts: number; elements: number }> =>
  page.evaluate(`import('/page/state.js').then(({ page }) => ({
    alerts: page.alerts.size,
    elements: document.querySelectorAll('*').length,
  }))`);

/** An hour of a shift: alerts are raised, changed and taken back, and the page loses the unit once and comes back. */
async function hour(
  { output }: RunningConsole,
  page: Page,
  n: number,
  told: Map<string, Alert>,
): Promise<void> {
  for (let k = 0; k < alertsAnHour; k += 1) {
    const id = `vehicle-${n}-${k}`;
    const alert = exampleAlert(exampleHit({ id: `hit-${n}-${k}`, detectionId: id }));
    told.set(id, alert);
    await output.present('raised', alert);
    await output.present('amended', alert);
    if (k % 8 === 0) await page.evaluate(`document.querySelector('.card [name="seen"]')?.click()`);
    // Some stay open until the hour is over.
    if (k % 4 !== 0) await takeBack(output, told, id);
  }
  await page.clock.fastForward(3_600_000);
  for (const id of [...told.keys()]) await takeBack(output, told, id);
}

async function takeBack(
  output: RunningConsole['output'],
  told: Map<string, Alert>,
  id: string,
): Promise<void> {
  const alert = told.get(id);
  if (alert !== undefined) await output.present('withdrawn', alert);
  told.delete(id);
}

describe.skipIf(!hasChromium)('a day on one page', () => {
  test('of alerts that come and go, and of a link that breaks each hour, leaves nothing behind', {
    timeout: 900_000,
  }, async () => {
    const console = await runConsole();
    const screen = await newScreen();
    await screen.context.clock.install();
    const page = await screen.openIn(console);
    await page.getByText('Live').waitFor();
    const devtools = await screen.context.newCDPSession(page);
    const told = new Map<string, Alert>();
    const measure = async () => {
      // The last of them is drawn.
      await sleep(0);
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => done()))');
      return { ...(await heldBy(devtools)), ...(await keptBy(page)) };
    };
    for (let n = 0; n < warmHours; n += 1) await hour(console, page, n, told);
    const before = await measure();
    for (let n = warmHours; n < hours; n += 1) await hour(console, page, n, told);
    const after = await measure();
    if (process.env.LOOKOUT_TEST_FIGURES)
      process.stdout.write(`${JSON.stringify({ before, after })}\n`);
    expect(after.documents).toBe(before.documents);
    expect([before.alerts, after.alerts]).toEqual([mostShown, mostShown]);
    // Alerts in the list of the day may differ in their lines, and nothing else does.
    expect(after.nodes).toBeLessThan(before.nodes * 1.1);
    expect(after.listeners).toBeLessThan(before.listeners * 1.1);
    expect(after.heapKiB).toBeLessThan(before.heapKiB * 1.25);
    // A request may be under way when the clock leaps over its end; the page itself has no fault.
    const isOfLink = (text: string) => text.startsWith('Failed to load resource');
    expect(screen.complaints.filter((text) => !isOfLink(text))).toEqual([]);
  });
});
