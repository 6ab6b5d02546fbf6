import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { expectUsable, openDesk } from './desk-page.ts';

useChromium();

const ownPassword = 'four quiet herons on a fence';

/** Fills what a new account asks for. */
async function fillAccount(page: Page, username: string, name: string, role: string) {
  await page.getByLabel('Username', { exact: true }).fill(username);
  await page.getByLabel('Full name').fill(name);
  await page.getByLabel('Role').selectOption({ label: role });
  await page.getByLabel('Organisation').fill('test-pd');
  await page.getByLabel('Requested by').fill('Sgt. Moss, e-mail of 12 May');
}

describe.skipIf(!hasChromium)('people in Chromium (skipped without /usr/bin/chromium)', () => {
  test('an IT manager makes an account, an administrator approves it, and the new officer comes to the alerts', async () => {
    const { staffed, unit, pageOf } = await openDesk('vallejo');
    await staffed.enrol('ivy', 'it_manager');
    const maker = await pageOf('ivy', 'people');
    await maker.getByRole('button', { name: 'New account' }).click();
    await fillAccount(maker, 'casey', 'Casey Lane', 'Officer');
    await maker.getByLabel('Lists of the state').check();
    await maker.getByLabel('Training course').fill('ALPR basics');
    await maker.getByRole('button', { name: 'Make the account' }).click();
    await maker.getByRole('alert').getByText('Give both the training course').waitFor();
    await maker.getByLabel('Completed on').fill('2026-01-15');
    await maker.getByLabel('CLETS clearance until').fill('2099-01-01');
    await expectUsable(maker);
    await maker.getByRole('button', { name: 'Make the account' }).click();
    await maker.getByRole('heading', { name: 'Casey Lane' }).waitFor();
    await maker.getByText('Waits for approval', { exact: true }).waitFor();
    // Who makes an account has no key to approve it.
    expect(await maker.getByRole('button', { name: 'Approve' }).count()).toBe(0);

    const approver = await pageOf('ada', 'people');
    await approver.getByRole('button', { name: 'Approve Casey Lane' }).click();
    const handed = approver.getByRole('region', { name: 'Temporary password of casey' });
    const temporary = (await handed.locator('.one-time').textContent())?.trim() ?? '';
    await expectUsable(approver);
    await handed.getByRole('button', { name: 'I have passed it on' }).click();
    expect(await approver.getByText(temporary).count()).toBe(0);

    const officer = await (await newScreen()).open(unit.console.url);
    await officer.getByLabel('Username').fill('casey');
    await officer.getByLabel('Password').fill(temporary);
    await officer.getByLabel('I have read this notice.').check();
    await officer.getByRole('button', { name: 'Log in' }).click();
    await officer.getByLabel('New password').fill(ownPassword);
    await officer.getByLabel('Repeat the password').fill(ownPassword);
    await officer.getByRole('button', { name: 'Change the password' }).click();
    await officer.getByText('Live', { exact: true }).waitFor();
    await officer.getByRole('button', { name: /Menu/ }).click();
    await officer.getByRole('button', { name: 'Alerts of the day' }).waitFor();
    expect(await officer.getByRole('button', { name: 'People' }).count()).toBe(0);
  });

  test('an administrator changes, deactivates, reactivates and closes an account; each deed asks what it needs', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    await staffed.enrol('walt', 'officer');
    const page = await pageOf('ada', 'people');
    await page.getByRole('button', { name: 'Test walt' }).waitFor();
    await expectUsable(page);
    await page.getByRole('button', { name: 'Test walt' }).click();
    await page.getByRole('button', { name: 'Change' }).click();
    await page.getByLabel('Role').selectOption({ label: 'Detective' });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Test walt is changed.').waitFor();
    await page.getByRole('definition').getByText('Detective', { exact: true }).waitFor();

    await page.getByRole('button', { name: 'Deactivate' }).click();
    await expectUsable(page);
    await page.getByLabel('Why').fill('On leave until autumn');
    await page.getByRole('button', { name: 'Deactivate the account' }).click();
    await page.getByText(': On leave until autumn').waitFor();
    await page.getByRole('button', { name: 'Reactivate' }).click();
    await page.getByText('Active', { exact: true }).waitFor();

    await page.getByRole('button', { name: 'Temporary password' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Temporary password' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: 'Give a temporary password' })
      .click();
    await page.getByRole('region', { name: 'Temporary password of walt' }).waitFor();

    await page.getByRole('button', { name: 'Close account', exact: true }).first().click();
    await page.getByLabel('Why').fill('Has left the department');
    await page.getByRole('button', { name: 'Close the account' }).click();
    await page.getByText('Closed', { exact: true }).waitFor();
    const login = { username: 'walt', password: goodPassword, noticeAcknowledged: true };
    await expect(
      staffed.accountability.people.login(login, 'page 127.0.0.1'),
    ).rejects.toMatchObject({ status: 401 });
  });

  test('the training coordinator sees who is due and records a course with the keyboard alone', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    await staffed.enrol('tess', 'training_coordinator');
    const page = await pageOf('tess', 'trainings');
    await page.getByRole('button', { name: 'Everyone' }).waitFor();
    expect(await page.getByRole('button', { name: 'People' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Everyone' }).press('Enter');
    await page.getByRole('button', { name: 'Ada Cole' }).press('Enter');
    await page.getByLabel('Training course').focus();
    await page.keyboard.type('ALPR refresher');
    await page.keyboard.press('Tab');
    await page.keyboard.type('03012026');
    await expectUsable(page);
    await page.getByLabel('Training course').press('Enter');
    await page.getByText('The training of Ada Cole is recorded.').waitFor();
    await page.getByRole('rowheader', { name: 'Completed' }).first().waitFor();
    await page.getByRole('cell', { name: 'ALPR refresher' }).waitFor();
  });

  test('of many the first 200 are drawn, more on demand, and the filter finds the last', {
    timeout: 120_000,
  }, async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    for (let n = 1; n <= 620; n += 1) {
      staffed.join(`p${String(n).padStart(3, '0')}`, 'officer', `Person ${n} of many`);
    }
    const page = await pageOf('ada', 'people');
    const rows = () => page.locator('tbody tr').count();
    await page.getByText('The first 200 of 621').waitFor();
    expect(await rows()).toBe(200);
    await page.getByRole('button', { name: 'Show 200 more' }).click();
    await expect.poll(rows).toBe(400);
    await page.getByLabel('Name, role or organisation').fill('Person 620 of');
    await page.getByRole('row', { name: /Person 620 of many/ }).waitFor();
    expect(await rows()).toBe(1);
    await page.getByLabel('Name, role or organisation').fill('');
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(rows).toBe(621);
    expect(await page.getByRole('button', { name: /^Show / }).count()).toBe(0);
  });
});
