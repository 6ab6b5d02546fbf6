import { Secret } from 'otpauth';
import { describe, expect, test } from 'vitest';
import { totpCode, totpStep } from '../support/totp-code.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { press, strike, tabTo, taps, write } from './by-keyboard.ts';
import { openDesk } from './desk-page.ts';
import { caseNumber, listFile, openFurnishedUnit } from './furnished-unit.ts';

useChromium();

/** Someone's page, with nothing on it that alerts. */
async function opened(username: string, address: string) {
  const unit = await openFurnishedUnit('vallejo');
  await unit.clear(await unit.pageOf('lee', 'drive'));
  return { unit, page: await unit.pageOf(username, address) };
}

describe.skipIf(!hasChromium)(
  'by keyboard alone, the focus always on something',
  { timeout: 180_000 },
  () => {
    test('a detective searches, opens a read and holds it for the case', async () => {
      const { page } = await opened('reyes', 'search');
      await page.getByLabel('Plate or part of it').waitFor();
      await write(page, 'Plate or part of it', '8LV*');
      // Shortly after midnight today has no reads yet.
      await press(page, '7 days');
      await press(page, 'Search');
      await page.getByRole('dialog', { name: 'Purpose' }).waitFor();
      await write(page, /^Case number/, caseNumber);
      await write(page, /^Reason/, 'Burglaries of shops on Main Street');
      await strike(page);
      await page.getByRole('heading', { name: /^\d+ reads/ }).waitFor();
      await press(page, /^\d{4}-\d\d-\d\d/);
      await page.getByRole('button', { name: 'Hold it for the case' }).waitFor();
      await press(page, 'Hold it for the case');
      await write(page, 'Why it is kept', 'Evidence in the burglaries');
      await press(page, 'Hold it');
      await page.getByText(`Held for case ${caseNumber}`).waitFor();
      expect(taps(page)).toBe(6);
    });

    test('an administrator approves a hot plate and an account, and imports a list', async () => {
      const { unit, page } = await opened('ada', 'hot-plates');
      await page.getByRole('row', { name: /9FPG536/ }).waitFor();
      await press(page, '9FPG536');
      await page.getByRole('button', { name: 'Approve' }).waitFor();
      await press(page, 'Approve');
      await press(page, 'Approve');
      await page.getByText('Alerts.', { exact: true }).waitFor();
      expect(taps(page)).toBe(3);

      await page.goto(`${unit.unit.console.url}#/people`);
      await page.getByRole('button', { name: 'Approve Casey Lane' }).waitFor();
      await press(page, 'Approve Casey Lane');
      await page.getByRole('region', { name: /Temporary password/ }).waitFor();
      await press(page, 'I have passed it on');
      expect(taps(page)).toBe(2);

      await page.goto(`${unit.unit.console.url}#/lists/svs`);
      await page.getByLabel('File of the list').waitFor();
      await tabTo(page, /^File of the list/);
      // The picker that Enter opens is the browser's.
      const file = { name: 'svs.txt', mimeType: 'text/plain', buffer: listFile() };
      await page.getByLabel('File of the list').setInputFiles(file);
      await page.getByRole('button', { name: 'Import 40 entries' }).waitFor();
      await press(page, 'Import 40 entries');
      await page.getByRole('dialog').waitFor();
      await press(page, 'Import');
      await page.getByText('SVS stolen vehicles holds 40 entries.').waitFor();
      expect(taps(page)).toBe(2);
    });

    test('an auditor judges an inquiry, the chief approves a release, an officer reports an error', async () => {
      const { unit, page } = await opened('ann', 'audit/memo/car-7-0001');
      await page.getByText(/0 of \d judged/).waitFor();
      await press(page, 'Within the policy');
      await write(page, /^What you looked into/, 'The case file names the plate.');
      await press(page, /^Record verdict/);
      await page.getByText(/1 of \d judged/).waitFor();
      expect(taps(page)).toBe(2);

      const chief = await unit.pageOf('chief', `releases/${unit.release}`);
      await chief.getByLabel('Why').waitFor();
      await write(chief, 'Why', 'There is a need to know');
      await press(chief, /I considered the California Values Act/, 'Space');
      await press(chief, /^Approve until/);
      await chief.getByText('Approved', { exact: true }).waitFor();
      expect(taps(chief)).toBe(2);

      const officer = await unit.pageOf('lee', 'inbox/new');
      await officer.getByLabel('What it is about').waitFor();
      await write(officer, /^What it is about/, 'A wrong list');
      await write(officer, /^What happened/, 'The list has a plate of a car that was found.');
      await press(officer, 'Report it');
      await officer
        .getByText(/as number 2/)
        .first()
        .waitFor();
      expect(taps(officer)).toBe(1);
    });

    test('an officer goes from the alert through its verification to its disposition', async () => {
      const { unit, page } = await opened('lee', 'drive');
      await unit.raise('stolen');
      await page.locator('.card [name="seen"]').waitFor();
      await press(page, 'Verify');
      for (const question of [
        'Is this the plate',
        'Is the state of issue',
        'Does the vehicle fit',
      ]) {
        await page.getByText(question).waitFor();
        await press(page, 'Yes');
      }
      await page.getByRole('button', { name: 'I am asking dispatch' }).waitFor();
      await press(page, 'I am asking dispatch');
      await page.getByText('Confirmation in progress since').waitFor();
      await write(page, 'Dispatcher', 'Roe');
      await press(page, 'Dispatch: confirmed');
      await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
      await press(page, 'Stop');
      await page.getByRole('button', { name: 'Recovered', exact: true }).waitFor();
      await press(page, 'Recovered');
      await write(page, 'CAD or incident number', '26-004418');
      await press(page, 'Close: Recovered');
      await page.getByRole('heading', { name: /No (new )?alerts/ }).waitFor();
      await page.locator('.notice-line.done').waitFor();
      expect(taps(page)).toBe(9);
      // From where the work ended Tab goes on, into the screen that came.
      await press(page, /^Open alerts/);
      await page.getByRole('heading', { name: 'Open alerts' }).waitFor();
    });

    test('a new officer logs in with the password that was told, chooses one, sets up a second factor and logs in with it', async () => {
      const { unit, staffed } = await openDesk('vallejo');
      const { temporaryPassword } = await staffed.invite('olga', 'officer');
      const page = await (await newScreen()).open(unit.console.url);
      const login = async (password: string) => {
        await page.getByRole('heading', { name: 'Log in' }).waitFor();
        await write(page, 'Username', 'olga');
        await write(page, 'Password', password);
        await press(page, /I have read this notice/, 'Space');
        await press(page, 'Log in');
      };
      await login(temporaryPassword);
      await page.getByRole('heading', { name: 'Choose your own password' }).waitFor();
      // The temporary one was typed a moment ago.
      expect(await page.getByLabel('Current password').count()).toBe(0);
      const chosen = 'four quiet herons on a fence';
      await write(page, 'New password', chosen);
      await write(page, 'Repeat the password', 'four quiet herons');
      await strike(page);
      await page.getByRole('alert').getByText('do not match').waitFor();
      // What was typed stays; the focus is where it was.
      await page.keyboard.press('Control+A');
      await page.keyboard.type(chosen);
      await page.keyboard.press('Enter');
      await page.getByText('Live').waitFor();

      await press(page, /^Menu/);
      await press(page, 'My account');
      await page.getByRole('button', { name: 'Set up a second factor' }).waitFor();
      await press(page, 'Set up a second factor');
      const secret = (await page.locator('.one-time').textContent()) ?? '';
      const key = Secret.fromBase32(secret.replace(/\s/g, '')).bytes;
      // The clock of the unit stands, and a code is of its time.
      const step = totpStep(staffed.time.ms);
      await write(page, /^Code that the app shows/, totpCode(key, step));
      await press(page, 'Set it up');
      await page.getByText('It is set up: each login asks for a code.').waitFor();

      await press(page, /^Menu/);
      await press(page, 'Log out');
      await login(chosen);
      await page.getByLabel('Code of your second factor').waitFor();
      // The field that came has the focus. A code serves once: this is the next one.
      await page.keyboard.type(totpCode(key, step + 1));
      await page.keyboard.press('Enter');
      await page.getByText('Live').waitFor();
    });

    test('a sergeant takes up a report from the inbox, answers it and closes it', async () => {
      const { page } = await opened('moss', 'inbox');
      await page.getByRole('button', { name: 'Reports to look after' }).waitFor();
      await press(page, /^Reports to look after/);
      await press(page, 'Read of a sticker');
      await page.getByRole('button', { name: 'Take it up' }).waitFor();
      await press(page, 'Take it up');
      await page.getByText('Somebody works on it').waitFor();
      await write(
        page,
        /^Answer, or note of the closing/,
        'The sticker is known to the reader now.',
      );
      await tabTo(page, 'What came of it');
      await page.keyboard.press('ArrowDown');
      await press(page, 'Close it');
      await page.getByText('Closed', { exact: true }).waitFor();
      expect(taps(page)).toBe(4);
      await press(page, 'Inbox');
      await page.getByRole('heading', { name: 'Inbox', exact: true }).waitFor();
    });
  },
);
