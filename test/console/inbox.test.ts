import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk } from './desk-page.ts';

useChromium();

const words = 'Officer Walt looked for the plate of a neighbour on Sunday.';

describe.skipIf(!hasChromium)('the inbox in Chromium (skipped without /usr/bin/chromium)', () => {
  test('an officer reports a violation, the sergeant takes and closes it, and the reporter is told (VER-12)', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    await staffed.enrol('olga', 'officer');
    await staffed.enrol('moss', 'supervisor');
    await staffed.enrol('walt', 'supervisor');
    const officer = await pageOf('olga', 'inbox');
    await officer.getByRole('button', { name: 'Report an error or a violation' }).click();
    await officer.getByRole('button', { name: 'A violation of the policy' }).click();
    await officer.getByLabel('What it is about').fill('A search');
    await officer.getByLabel('Username of whom it is, if you know it').fill('walt');
    await officer.getByLabel('What happened').fill('Too short');
    await officer.getByRole('button', { name: 'Report it' }).click();
    await officer.getByRole('alert').getByText('say it in a sentence').waitFor();
    await expectUsable(officer);
    expect(await officer.getByLabel('What it is about').inputValue()).toBe('A search');
    await officer.getByLabel('What happened').fill(words);
    await officer.getByRole('button', { name: 'Report it' }).click();
    await officer.getByText(/as number 1, to .*moss/i).waitFor();

    const sergeant = await pageOf('moss', 'inbox');
    await sergeant.getByRole('button', { name: 'Reports to look after' }).click();
    await sergeant.getByRole('button', { name: 'A search' }).click();
    await sergeant.getByText(words).waitFor();
    await sergeant.getByRole('button', { name: 'Take it up' }).click();
    await sergeant.getByText('Somebody works on it').waitFor();
    await expectUsable(sergeant);
    await sergeant
      .getByLabel('Answer, or note of the closing')
      .fill('He was spoken to and warned.');
    await sergeant.getByRole('button', { name: 'Close it' }).click();
    await sergeant.getByRole('alert').getByText('Choose what came of it.').waitFor();
    await sergeant.getByLabel('What came of it').selectOption({ label: 'Retraining' });
    await sergeant.getByRole('button', { name: 'Close it' }).click();
    await sergeant.getByText('Closed', { exact: true }).waitFor();

    const suspect = await pageOf('walt', 'inbox/report/1');
    await suspect.getByRole('alert').getByText('There is no report 1').waitFor();

    // Who opens the page anew is told by the line at the top that something waits.
    await officer.goto(officer.url().replace(/#.*/, '#/drive'));
    await officer.reload();
    await officer.getByRole('button', { name: /^Inbox ?\d/ }).click();
    await officer.getByText(/has closed your report 1/).waitFor();
    await expectUsable(officer);
    const closed = officer.getByRole('listitem').filter({ hasText: 'has closed your report 1' });
    await closed.getByRole('button', { name: 'I have read it' }).click();
    await closed.waitFor({ state: 'detached' });
    await officer.getByRole('button', { name: 'My reports' }).click();
    await officer.getByRole('button', { name: 'A search' }).click();
    await officer.getByText('He was spoken to and warned.').waitFor();
  });

  test('a crime analyst is told of a hit of a hot plate, and sees who read of it (VER-8)', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    await staffed.enrol('dana', 'crime_analyst');
    await staffed.hitOf({ id: randomUUID(), caseNumber: '26-0040001' });
    const page = await pageOf('dana', 'inbox');
    // The alert itself comes first.
    await page.getByRole('button', { name: /Seen/ }).click();
    await page.getByText(/was read by unit-7/).waitFor();
    await page.getByRole('button', { name: 'I have read it' }).click();
    await page.getByText('Nothing new for you.').waitFor();
    await page.getByLabel('Also those that I have read').check();
    await page.getByRole('button', { name: 'Who read it' }).click();
    await page.getByText(/Test dana, \d{4}/).waitFor();
    await expectUsable(page);
  });
});
