import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import {
  approveHotPlate,
  enterHotPlate,
  listAwaiting,
  showHotPlate,
} from '../../src/accountability/hotplates/operations.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk, statePurpose } from './desk-page.ts';

useChromium();

/** Types a plate twice, as the form asks for it. */
async function typePlate(page: Page, plate: string, again = plate): Promise<void> {
  await page.getByLabel('Plate', { exact: true }).fill(plate);
  await page.getByRole('button', { name: 'Next: type it again' }).click();
  await page.getByLabel('The plate a second time').fill(again);
}

/** Fills in what a Vallejo detective must give. */
async function enterPlate(
  page: Page,
  plate: string,
  synopsis = 'Burglary of a shop',
): Promise<void> {
  await typePlate(page, plate);
  await fillRest(page, synopsis);
}

async function fillRest(page: Page, synopsis = 'Burglary of a shop'): Promise<void> {
  await page.getByRole('button', { name: 'CA', exact: true }).click();
  await page.getByLabel('Category').selectOption({ label: 'Felony vehicle' });
  await page.getByLabel('Case number').fill('26-0040001');
  await page.getByLabel('Synopsis').fill(synopsis);
  await page.getByRole('button', { name: 'Enter', exact: true }).click();
}

/** The day that the key of a renewal names. */
async function dayOfRenewal(page: Page): Promise<string> {
  const words = await page.getByRole('button', { name: /^Renew until/ }).textContent();
  return (words ?? '').trim().replace('Renew until ', '');
}

/** The last day of what ends at a time, in the unit's zone: "29 December", with its year if that is another one. */
function dayWordsOf(end: string): string {
  const at = new Date(Date.parse(end) - 1);
  const isThisYear = at.getFullYear() === new Date().getFullYear();
  return new Intl.DateTimeFormat('en-GB', {
    ...{ day: 'numeric', month: 'long' },
    ...(isThisYear ? {} : { year: 'numeric' }),
  }).format(at);
}

describe.skipIf(!hasChromium)('hot plates in Chromium (skipped without /usr/bin/chromium)', () => {
  test('a detective enters one, the administrator approves it on their own login, and an alert on it comes (HOT-6)', async () => {
    const { staffed, unit, pageOf } = await openDesk('vallejo');
    staffed.join('reyes', 'detective');
    const detective = await pageOf('reyes', 'hot-plates/new');
    await detective.getByText('Approved by ALPR administrator, not by you.').waitFor();
    await expectUsable(detective);
    await typePlate(detective, '8LVN362');
    await detective.getByText('Where it went, if it was seen').click();
    await detective.getByRole('button', { name: 'NE North-east' }).click();
    await fillRest(detective);
    await detective
      .getByRole('heading', { name: 'Entered. It alerts once it is approved.' })
      .waitFor();
    await expectUsable(detective);
    expect(staffed.accountability.hotlist.match(seen('8LVN362'))).toEqual([]);

    const administrator = await pageOf('ada', 'hot-plates');
    await administrator.getByRole('button', { name: 'Waiting for me 1' }).waitFor();
    await expectUsable(administrator);
    await administrator.getByRole('button', { name: '8LVN362' }).click();
    await administrator.getByText('Burglary of a shop').waitFor();
    await expectUsable(administrator);
    await administrator.getByRole('button', { name: 'Approve' }).click();
    await administrator.getByRole('button', { name: 'Approve' }).click();
    await administrator.getByText('Alerts.', { exact: true }).waitFor();

    const matches = staffed.accountability.hotlist.match(seen('8LVN362'));
    await unit.see(matches, { id: 'vehicle-1' });
    await administrator.locator('.card').waitFor();
    expect(await administrator.locator('.card .reason').textContent()).toContain(
      'Burglary of a shop',
    );
    expect(await administrator.locator('.card .place + .fact').textContent()).toContain(
      'Last seen heading NE',
    );
  });

  test('the plates that differ are told at once, and nothing typed is lost by a refusal or another screen (HOT-14)', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('reyes', 'detective');
    const page = await pageOf('reyes', 'hot-plates/new');
    await typePlate(page, '8LVN362', '8LVM362');
    await page.getByText('The two differ at character 4').waitFor();
    expect(await page.content()).not.toContain('8LVN362');
    const enter = page.getByRole('button', { name: 'Type the plate twice, then enter' });
    expect(await enter.isDisabled()).toBe(true);
    await page.getByLabel('The plate a second time').fill('8LVN362');
    await page.getByText('Both are the same.').waitFor();
    await page.getByLabel('Category').selectOption({ label: 'Felony vehicle' });
    await page.getByLabel('State of issue').fill('Atlantis');
    await page.getByLabel('Case number').fill('26-0040001');
    await page.getByLabel('Synopsis').fill('Burglary of a shop');
    await page.getByRole('button', { name: 'Enter', exact: true }).click();
    await page.getByText('the issuing state is not a code such as CA').waitFor();
    await page.getByRole('button', { name: /^Menu/ }).click();
    await page.getByRole('navigation').getByRole('button', { name: 'Health' }).click();
    await page.goBack();
    await page.getByRole('heading', { name: 'Enter a hot plate' }).waitFor();
    expect(await page.getByLabel('Synopsis').inputValue()).toBe('Burglary of a shop');
    expect(await page.getByLabel('The plate a second time').inputValue()).toBe('8LVN362');
  });

  test('text with a name is held back until the approver has looked it through; a refusal is given in the unit’s words (HOT-9)', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('reyes', 'detective');
    const detective = await pageOf('reyes', 'hot-plates/new');
    await enterPlate(detective, '8LVN362', 'Suspect John Miller, DOB 04/12/1981');
    await detective.getByRole('heading', { name: 'Held back' }).waitFor();
    await detective.getByText('Look again:').first().waitFor();
    const administrator = await pageOf('ada', 'hot-plates');
    await administrator.getByRole('button', { name: '8LVN362' }).click();
    await administrator.getByRole('button', { name: 'Approve' }).click();
    await administrator.getByRole('button', { name: 'Approve' }).click();
    await administrator.getByRole('alert').getByText('The text may name a person').waitFor();
    await administrator.getByLabel('I have looked its text through').check();
    await administrator.getByRole('button', { name: 'Approve' }).click();
    await administrator.getByText('Alerts.', { exact: true }).waitFor();
  });

  test('nobody approves their own; a stated purpose shows what stands, what was done to it, and ends it (HOT-10, HOT-12)', async () => {
    const { pageOf } = await openDesk('vallejo');
    const page = await pageOf('ada', 'hot-plates/new');
    await enterPlate(page, '8LVN362');
    await page.getByRole('button', { name: 'Open it' }).click();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('You cannot approve your own entry; ask another approver.').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'What was done to it' }).click();
    await statePurpose(page, '26-0040001');
    await page.getByRole('rowheader').first().waitFor();
    await page.getByRole('button', { name: 'Take it off' }).click();
    await page.getByRole('button', { name: 'Entered in error' }).click();
    await page.getByRole('button', { name: 'Take it off' }).click();
    const question = page.getByRole('dialog', { name: 'Take 8LVN362 off the list?' });
    await expectUsable(page);
    await question.getByRole('button', { name: 'Take it off' }).click();
    await page.getByText('Removed.', { exact: true }).waitFor();
  });

  test('under Napa the supervisor approves another term, and sees what it changes (HOT-5)', async () => {
    const { staffed, pageOf } = await openDesk('napa');
    const detective = staffed.join('ndet', 'detective');
    const supervisor = staffed.join('nsup', 'supervisor');
    const { id } = await detective.perform(enterHotPlate, {
      ...{ plate: '8LVN362', plateAgain: '8LVN362', state: 'CA', category: 'felony_vehicle' },
      ...{ reason: 'Burglary', caseNumber: '26-0040001', days: 7 },
    });
    await supervisor.perform(approveHotPlate, { id });
    const asking = await pageOf('ndet', 'hot-plates');
    await statePurpose(asking, '26-0040001');
    await asking.getByRole('button', { name: '8LVN362' }).click();
    await asking.getByRole('button', { name: 'Renew' }).click();
    expect(await asking.getByRole('button', { name: '90 days' }).count()).toBe(0);
    await asking.getByLabel('Why the need still exists').fill('The suspects are still at large');
    const day = await dayOfRenewal(asking);
    await asking.getByRole('button', { name: `30 days, until ${day}` }).waitFor();
    await asking.getByRole('button', { name: 'Renew' }).click();
    await asking.getByText('Alerts; a renewal awaits approval.').waitFor();

    const deciding = await pageOf('nsup', 'hot-plates');
    await deciding
      .getByRole('row', { name: /8LVN362.*Renewal/ })
      .getByRole('button')
      .click();
    await deciding.getByText('The suspects are still at large').waitFor();
    expect(await deciding.locator('.differences li').allInnerTexts()).toEqual([
      expect.stringMatching(/^Ends: \d{4}-\d\d-\d\d \d\d:\d\d → \d{4}-\d\d-\d\d \d\d:\d\d$/),
    ]);
    await expectUsable(deciding);
    await deciding.getByRole('button', { name: 'Approve' }).click();
    await deciding.getByRole('button', { name: `Approve until ${day}` }).click();
    await deciding.getByText('Renewed').waitFor();
    const { entry } = await supervisor.perform(
      showHotPlate,
      { id },
      { purpose: 'investigation', caseNumber: '26-0040001', reason: 'Burglary series' },
    );
    expect(dayWordsOf(entry.content?.expires ?? '')).toBe(day);
  });

  test('under Barstow who approves in place of the first says why; the member confirms the entry (HOT-8, HOT-17)', async () => {
    const { staffed, pageOf } = await openDesk('barstow');
    const member = staffed.join('bdet', 'detective');
    staffed.join('bops', 'operations_commander');
    await member.perform(enterHotPlate, {
      ...{ plate: '482D6?', plateAgain: '482D6?', category: 'felony_vehicle', reason: 'Robbery' },
    });
    const commander = await pageOf('bops', 'hot-plates');
    await commander.getByRole('button', { name: '482D6?' }).click();
    await commander.getByText('administrative commander is asked first').waitFor();
    await commander.getByRole('button', { name: 'Approve' }).click();
    await commander.getByRole('button', { name: 'Approve' }).click();
    await commander
      .getByRole('alert')
      .getByText('The first to approve is administrative commander')
      .waitFor();
    await commander.getByLabel('Note, where you approve').fill('Not on duty this week');
    await commander.getByRole('button', { name: 'Approve' }).click();
    await commander.getByText('Alerts.', { exact: true }).waitFor();

    const detective = await pageOf('bdet', 'hot-plates');
    await statePurpose(detective, '26-0040001');
    await detective.getByRole('button', { name: '482D6?' }).click();
    await detective.getByRole('button', { name: 'It is still good' }).click();
    await detective.getByText('Confirmed: it is still good.').waitFor();
  });

  test('a part of a plate is weighed against past reads; the sergeant approves its change; whoever finds the vehicle ends it (HOT-11, HOT-13)', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('reyes', 'detective');
    staffed.join('moss', 'supervisor');
    staffed.join('walt', 'officer');
    const detective = await pageOf('reyes', 'hot-plates/new');
    await typePlate(detective, '8?VN3*');
    await detective.getByRole('button', { name: 'How many would it match?' }).click();
    await statePurpose(detective, '26-0040001');
    await detective.getByText('Not read here before.').waitFor();
    await fillRest(detective);
    await detective.getByRole('button', { name: 'Open it' }).waitFor();
    const [{ id = '' } = {}] = await staffed.administrator.perform(listAwaiting, {});
    await staffed.administrator.perform(approveHotPlate, { id });

    await detective.getByRole('button', { name: 'Open it' }).click();
    await detective.getByRole('button', { name: 'Change the entry' }).click();
    await detective.getByLabel('Synopsis').fill('Burglary of two shops');
    await detective.getByLabel('Why it is changed').fill('A second shop was hit');
    await detective.locator('form.step').getByRole('button', { name: 'Change' }).click();
    await detective.getByText('Alerts; a change awaits approval.').waitFor();

    const sergeant = await pageOf('moss', 'hot-plates');
    await sergeant.getByRole('button', { name: '8?VN3*' }).click();
    await sergeant.getByText('Approved by supervisor or ALPR administrator').waitFor();
    expect(await sergeant.locator('.differences li').allInnerTexts()).toEqual([
      'Synopsis: Burglary of a shop → Burglary of two shops',
    ]);
    await sergeant.getByRole('button', { name: 'Approve' }).click();
    await sergeant.getByRole('button', { name: 'Approve' }).click();
    await sergeant.getByText('Burglary of two shops').waitFor();

    const officer = await pageOf('walt', `hot-plates/${id}`);
    await statePurpose(officer, '26-0040001');
    await officer.getByRole('button', { name: 'Vehicle recovered' }).click();
    await officer.getByRole('dialog').getByRole('button', { name: 'Take it off' }).click();
    await officer.getByText('Removed.', { exact: true }).waitFor();
    expect(staffed.accountability.hotlist.match(seen('8LVN362'))).toEqual([]);
  });

  test('a detective enters one by keyboard alone', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    staffed.join('reyes', 'detective');
    const detective = await pageOf('reyes', 'hot-plates/new');
    await detective.getByLabel('Plate', { exact: true }).focus();
    const { keyboard } = detective;
    await keyboard.type('8lvn362');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await detective.getByLabel('The plate a second time').waitFor();
    await keyboard.type('8lvn362');
    await detective.getByText('Both are the same.').waitFor();
    await detective.getByLabel('State of issue').focus();
    await keyboard.type('CA');
    for (let key = 0; key < 5; key += 1) await keyboard.press('Tab');
    await keyboard.type('Felony');
    await keyboard.press('Tab');
    await keyboard.type('26-0040001');
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await keyboard.type('Burglary of a shop');
    await detective.getByLabel('Case number').focus();
    await keyboard.press('Enter');
    await detective
      .getByRole('heading', { name: 'Entered. It alerts once it is approved.' })
      .waitFor();
  });
});

/** A read of this plate, sure of each character. */
function seen(plate: string) {
  const characters = [...plate].map((char) => ({ char, p: 0.99 }));
  return { plate, characters, alternatives: [], state: { code: 'CA', p: 0.95 } };
}
