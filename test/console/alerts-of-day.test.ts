import { describe, expect, test } from 'vitest';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk, statePurpose } from './desk-page.ts';

useChromium();

const dayMs = 24 * 3_600_000;

describe.skipIf(!hasChromium)('the alerts of the day on the page', () => {
  test('ask what for by themselves, and again by a key after the question was closed', async () => {
    const { staffed, pageOf } = await openDesk('napa');
    staffed.join('lee', 'officer');
    const page = await pageOf('lee', 'alerts');
    const question = page.getByRole('dialog', { name: 'Purpose' });
    await question.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Alerts are shown once it is said what for.').waitFor();
    await expectUsable(page);
    await page.getByRole('button', { name: 'Say it' }).click();
    await question.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('No alert was raised in the last day.').waitFor();
  });

  test('one that is older and open still is below them, as the line at the top counts it', async () => {
    const { staffed, pageOf } = await openDesk('vallejo', { status: () => ({ undisposed: 1 }) });
    staffed.join('lee', 'officer');
    const at = new Date(Date.now() - 2 * dayMs).toISOString();
    const hit = await staffed.storeHit({ raisedAt: at, changedAt: at });
    const page = await pageOf('lee', 'drive');
    // It comes first, until somebody has seen it.
    await page.locator('.card [name="seen"]').click();
    await page.getByText('No new alerts').waitFor();
    await page.goto(page.url().replace('#/drive', '#/alerts'));
    await statePurpose(page, '26-0040001');
    await page.getByText('No alert was raised in the last day.').waitFor();
    await page.getByRole('heading', { name: 'Older, and still open' }).waitFor();
    expect(await page.locator('.hits .line').count()).toBe(1);
    await page.locator('.hits .line', { hasText: `Hit ${hit.id.slice(-6)}` }).click();
    await page.getByText('Is this the plate on the vehicle?').waitFor();
  });
});
