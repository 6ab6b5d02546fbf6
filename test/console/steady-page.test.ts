import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import { disposeHit } from '../../src/accountability/verification/operations.ts';
import { createRecordReader } from '../../src/records/record-reader.ts';
import { exampleAlert, exampleMatch } from '../alerts/sample-alerts.ts';
import { freePort } from '../support/free-port.ts';
import { hasChromium, useChromium } from './browser.ts';
import { openDesk } from './desk-page.ts';
import { startUnitConsole } from './unit-console.ts';

useChromium();

type Desk = Awaited<ReturnType<typeof openDesk>>;

const amber = exampleMatch({ entry: { category: 'amber', reason: 'Child taken' } });

/** Raises the alert of another vehicle; gives its hit. */
async function raise({ staffed, unit }: Desk, match = exampleMatch()) {
  const hit = await staffed.storeHit({ match });
  const now = Date.now();
  const seen = { firstMs: now - 500, lastMs: now, frames: 4 };
  await unit.console.output.present('raised', exampleAlert(hit, { seen }));
  return hit;
}

/** An officer at the page of a unit on which nothing alerts yet. */
async function watched(address = 'drive', port = 0) {
  const desk = await openDesk('vallejo', { port });
  desk.staffed.join('reyes', 'officer');
  const page = await desk.pageOf('reyes', address);
  return { desk, page };
}

describe.skipIf(!hasChromium)('a page that stays usable', () => {
  test('when the browser’s clock is set back, the keys of a card act, and what is urgent takes the screen', async () => {
    const { desk, page } = await watched();
    await page.evaluate(`{
      const real = Date.now;
      globalThis.aheadMs = 0;
      Date.now = () => real() + globalThis.aheadMs;
    }`);
    await page.getByText('Live').waitFor();
    const first = await raise(desk);
    await page.locator(`.card[data-alert="${first.detectionId}"]`).waitFor();
    await page.evaluate('globalThis.aheadMs = -3_600_000');
    const urgent = await raise(desk, amber);
    await page.locator(`.card[data-alert="${urgent.detectionId}"]`).waitFor();
    await page.locator('.card [name="seen"]:not([aria-disabled])').click();
    await page.locator(`.card[data-alert="${first.detectionId}"]`).waitFor();
    await page.evaluate('globalThis.aheadMs = -7_200_000');
    await page.locator('.card [name="seen"]:not([aria-disabled])').click();
    await page.getByText('No new alerts').waitFor();
  });

  test('ages are right on a screen whose clock is an hour wrong', async () => {
    const { desk, page } = await watched();
    await page.addInitScript(`{
      const real = Date.now;
      Date.now = () => real() + 3_600_000;
    }`);
    await page.reload();
    await page.getByText('Live').waitFor();
    await raise(desk);
    await page.locator('.card').waitFor();
    await expect.poll(() => page.locator('.strip-age').textContent()).toMatch(/^\d+\ss\sago$/);
  });

  test.each(['drive/%', 'alert/nothing', 'hot-lists/100%/x'])(
    'at the address %s the page watches, and an alert comes',
    async (address) => {
      const { desk, page } = await watched(address);
      await page.getByText('Live').waitFor();
      await page.locator('main > section').waitFor();
      await raise(desk);
      await page.locator('.card').waitFor();
    },
  );

  test('a waiting alert opens by its tile again after news took its place', async () => {
    const { desk, page } = await watched();
    await page.getByText('Live').waitFor();
    const first = await raise(desk);
    const second = await raise(desk);
    const cardOf = (hit: typeof first) => page.locator(`.card[data-alert="${hit.detectionId}"]`);
    await cardOf(second).waitFor();
    await page.locator('.tile-alert').click();
    await cardOf(first).waitFor();
    const urgent = await raise(desk, amber);
    await cardOf(urgent).waitFor();
    expect(await page.locator('.tile-alert').count()).toBe(2);
    await page.locator('.tile-alert').last().click();
    await cardOf(first).waitFor();
  });

  test('what is typed while an alert takes the screen does not mark it as seen, and is there afterwards', async () => {
    const { desk, page } = await watched();
    await page.getByText('Live').waitFor();
    const first = await raise(desk);
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByRole('button', { name: /^Status/ }).click();
    await page.getByLabel('Dispatcher').fill('');
    await page.getByLabel('Dispatcher').pressSequentially('Roe of');
    const urgent = await raise(desk, amber);
    const card = page.locator(`.card[data-alert="${urgent.detectionId}"]`);
    await card.waitFor();
    await card.locator('[name="seen"]:not([aria-disabled])').waitFor();
    await page.keyboard.type(' the night watch ');
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
    expect(desk.unit.console.isUnseen(urgent.detectionId)).toBe(true);
    await card.locator('[name="seen"]').click();
    await page.getByLabel('Dispatcher').waitFor();
    expect(await page.getByLabel('Dispatcher').inputValue()).toBe('Roe of');
    expect(first.id).not.toBe(urgent.id);
  });

  test('a card that was closed while the page heard nothing goes when the unit is there again', async () => {
    const port = await freePort();
    const { desk, page } = await watched('drive', port);
    await page.getByText('Live').waitFor();
    const hit = await raise(desk, amber);
    await page.locator('.card').waitFor();
    await desk.unit[Symbol.asyncDispose]();
    await page.getByText('No connection', { exact: false }).first().waitFor();
    const outcome = { outcome: 'not_located', notes: 'Lost at Main.' } as const;
    await desk.staffed.as(
      'reyes',
      disposeHit,
      { id: hit.id, ...outcome },
      { purpose: 'investigation', incidentNumber: '26-0042' },
    );
    await startUnitConsole(desk.staffed, undefined, port);
    await page.locator('.drive').waitFor();
  });

  test('who watches no alerts is told at the first question that the unit does not answer', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('cole', 'records_clerk');
    const page = await pageOf('cole', 'search');
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.route('**/api/status', (route) => route.abort(), { times: 1 });
    await page.getByText('No connection', { exact: true }).waitFor();
    await page.getByText('Connected', { exact: true }).waitFor();
  });

  test('dispatch’s answer is in Verify when the alert is left for it', async () => {
    const { desk, page } = await watched();
    const { verification } = desk.staffed.accountability;
    await page.getByText('Live').waitFor();
    const id = uuidv7();
    await desk.unit.see([exampleMatch()], { id });
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('Is this the plate on the vehicle?').waitFor();
    const [hitId = ''] = createRecordReader(desk.staffed.db).hitIdsOf(id);
    verification.onAlertStatus({
      ...{ id: uuidv7(), hitId, unit: desk.staffed.config.unit.id, alert: null },
      ...{ state: 'verified', at: new Date(desk.staffed.time.ms).toISOString(), by: 'Disp. 14' },
    });
    // It is news: the card comes before Verify, and Verify has it, too.
    await page.locator('.card [name="seen"]').click();
    await page.getByRole('button', { name: 'Status' }).click();
    await page.getByText(/^Status: Confirmed, Disp. 14/).waitFor();
  });

  test('a key of the mouse that is never let go holds up no urgent alert', async () => {
    const { desk, page } = await watched();
    await page.getByText('Live').waitFor();
    await raise(desk);
    await page.locator('.card').waitFor();
    await page.evaluate(
      `document.querySelector('.card').dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }))`,
    );
    const urgent = await raise(desk, amber);
    await page.locator(`.card[data-alert="${urgent.detectionId}"]`).waitFor();
  });

  test('the keys of a card do nothing just after the line below them has gone and moved them', async () => {
    const { desk, page } = await watched();
    await page.getByText('Live').waitFor();
    const first = await raise(desk);
    const second = await raise(desk);
    await page.locator(`.card[data-alert="${second.detectionId}"]`).waitFor();
    await page.locator('.card [name="seen"]').click();
    const next = page.locator(`.card[data-alert="${first.detectionId}"]`);
    await next.locator('[name="seen"]:not([aria-disabled])').waitFor();
    // The line goes, and a finger that was on its way to it lands on the key that is there now.
    const after = await page.evaluate(`new Promise((done) => {
      const line = document.querySelector('.notice-line');
      new MutationObserver(() => {
        if (line.isConnected) return;
        const seen = document.querySelector('.card [name="seen"]');
        done(seen.getAttribute('aria-disabled'));
        seen.click();
      }).observe(line.parentNode, { childList: true });
    })`);
    expect(after).toBe('true');
    expect(desk.unit.console.isUnseen(first.detectionId)).toBe(true);
  });

  test('a screen that is chosen while the unit is away says so, and comes by itself when the unit is there', async () => {
    const port = await freePort();
    const { desk, page } = await watched('drive', port);
    await page.getByText('Live').waitFor();
    await desk.unit[Symbol.asyncDispose]();
    await page.evaluate("location.hash = '#/open'");
    await page.getByRole('heading', { name: 'Open alerts' }).waitFor();
    await page.getByText('This screen could not be loaded').waitFor();
    await startUnitConsole(desk.staffed, undefined, port);
    await page.getByText('Every alert is closed.').waitFor();
  });

  test.each([
    ['as it is made', "view() { throw new Error('broken'); }"],
    [
      'as a row of it is drawn',
      "view: () => table({ caption: 'Rows', columns: [{ title: 'One', cell: ({ id }) => id.most }], rows: [{ id: null }], keyOf: () => '1', empty: '' })",
    ],
  ])('a screen that fails %s says so, and alerts come all the same', async (_, view) => {
    const { desk, page } = await watched();
    await page.route('**/screens/health.*', (route) =>
      route.fulfill({
        contentType: 'text/javascript',
        body: `import { table } from '/page/parts/table.js'; export const health = () => ({ ${view} });`,
      }),
    );
    await page.goto(`${desk.unit.console.url}#/health`);
    await page.reload();
    await page.getByText('This screen failed').waitFor();
    await raise(desk);
    await page.locator('.card').waitFor();
  });
});
