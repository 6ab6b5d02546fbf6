import { expect, test } from 'vitest';
import { disposeHit } from '../../src/accountability/verification/operations.ts';
import { exampleAlert } from '../alerts/sample-alerts.ts';
import { hasChromium, newScreen, type Screen, useChromium } from './browser.ts';
import { openDesk } from './desk-page.ts';

useChromium();

test.skipIf(!hasChromium)(
  'the count of open alerts follows an alert and its disposition, without waiting for the next status',
  async () => {
    let undisposed = () => 0;
    const desk = await openDesk('vallejo', { status: () => ({ undisposed: undisposed() }) });
    undisposed = () => desk.staffed.accountability.health().undisposed;
    const officer = desk.staffed.join('reyes', 'officer');
    const { url, cookie } = await desk.entryOf('reyes', 'drive');
    /** A page whose status, which is asked for every five seconds, never comes, and how it counts. */
    const opened = async (prepare: (screen: Screen) => Promise<void> = async () => undefined) => {
      const screen = await newScreen();
      await screen.context.addInitScript(`{
        const real = setInterval;
        globalThis.setInterval = (work, ms) => (ms === 5000 ? 0 : real(work, ms));
      }`);
      await prepare(screen);
      const page = await screen.openIn({ url, cookie });
      const chip = (count: number) =>
        page.getByRole('button', { name: `Open ${count}`, exact: true }).waitFor();
      return { page, chip };
    };
    const { page, chip } = await opened();
    await chip(0);
    const hit = await desk.staffed.storeHit();
    await desk.unit.console.output.present('raised', exampleAlert(hit));
    await chip(1);
    await officer.perform(
      disposeHit,
      { id: hit.id, outcome: 'not_located', notes: 'Lost at 5th and Main.' },
      { purpose: 'investigation', incidentNumber: '26-0042' },
    );
    await chip(0);
    expect(await page.locator('.card').count()).toBe(0);

    // What comes before the page hears of alerts, and after its first status.
    const late = await opened(async ({ context }) => {
      const answered = context.waitForEvent('requestfinished', {
        predicate: (request) => request.url().endsWith('/api/status'),
      });
      // So that the page itself listens, and not a worker, whose requests cannot be held.
      await context.addInitScript('delete globalThis.SharedWorker');
      await context.route('**/api/events', async (route) => {
        await answered;
        const early = await desk.staffed.storeHit();
        await desk.unit.console.output.present('raised', exampleAlert(early));
        await route.continue();
      });
    });
    await late.chip(1);
  },
);
