import { expect, test } from 'vitest';
import { disposeHit } from '../../src/accountability/verification/operations.ts';
import { exampleAlert } from '../alerts/sample-alerts.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
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
    const screen = await newScreen();
    // The status that is asked for every five seconds never comes.
    await screen.context.addInitScript(`{
      const real = setInterval;
      globalThis.setInterval = (work, ms) => (ms === 5000 ? 0 : real(work, ms));
    }`);
    const page = await screen.openIn({ url, cookie });
    const chip = (count: number) =>
      page.getByRole('button', { name: `Open ${count}`, exact: true }).waitFor();
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
  },
);
