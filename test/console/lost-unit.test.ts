import { describe, expect, test } from 'vitest';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk } from './desk-page.ts';

useChromium();

describe.skipIf(!hasChromium)('a lost unit (skipped without /usr/bin/chromium)', () => {
  test('BRE-1: a sergeant is told that people at headquarters must order it, and where there is no link whom to call', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('moss', 'supervisor');
    const page = await pageOf('moss', 'lost-unit');
    await page.getByText('They alone can, by their order to that unit').waitFor();
    // Only who keeps the accounts may lock the unit that they sit at.
    expect(await page.getByRole('heading', { name: 'Lock or wipe this unit' }).count()).toBe(0);
    await page.getByLabel('Its id').fill('car-9');
    await page.getByLabel('What happened').fill('Stolen from the yard');
    await expectUsable(page);
    await page.getByRole('button', { name: 'Ask headquarters' }).click();
    await page.getByText('until then nothing is done to that unit').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Ask headquarters' }).click();
    await page
      .getByRole('alert')
      .getByText('has no link to headquarters: call the people')
      .waitFor();
    expect(await page.getByLabel('Its id').inputValue()).toBe('car-9');
  });

  test('BRE-1: it is wiped only by its own id, and locked for everybody', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('reyes', 'officer');
    const officer = await pageOf('reyes', 'drive');
    await officer.getByText('Live').waitFor();
    const page = await pageOf('ada', 'lost-unit');
    await page.getByLabel('Why', { exact: true }).fill('Stolen from the car on 5th Street');
    await page.getByLabel(/type its id: car-7/).fill('car-8');
    await expectUsable(page);
    await page.getByRole('button', { name: 'Wipe the unit' }).click();
    await page.getByRole('button', { name: 'Destroy it all' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('car-7');
    await page.getByRole('button', { name: 'Lock the unit' }).click();
    await page.getByText('Every screen is locked').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Lock the unit' }).click();
    for (const each of [page, officer])
      await each.getByRole('heading', { name: 'Locked' }).waitFor();
    await officer.getByLabel('Password').fill(goodPassword);
    await officer.keyboard.press('Enter');
    await officer.getByText('Only headquarters can unlock it').waitFor();
  });
});
