import type { Page } from 'playwright-core';
import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import { exampleAlert, exampleConsensus, exampleMatch } from '../alerts/sample-alerts.ts';
import { sampleDetection, sampleHit } from '../records/samples.ts';
import type { StaffedUnit } from '../support/staffed-unit.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk } from './desk-page.ts';

useChromium();

/** An officer at the page of a unit on which an alert has just been raised. */
async function alerted(profile: string, changes: Parameters<StaffedUnit['storeHit']>[0] = {}) {
  const desk = await openDesk(profile);
  desk.staffed.join('reyes', 'officer');
  const page = await desk.pageOf('reyes', 'drive');
  await page.getByText('Live').waitFor();
  const hit = await desk.staffed.storeHit(changes);
  const now = Date.now();
  const seen = { firstMs: now - 500, lastMs: now, frames: 4 };
  await desk.unit.console.output.present('raised', exampleAlert(hit, { seen }));
  await page.locator('.card').waitFor();
  return { ...desk, page, hit };
}

/** Presses a key once it acts, and counts the taps. */
function fingers(page: Page) {
  let taps = 0;
  const press = async (name: string | RegExp, exact = true) => {
    const key = page.getByRole('button', { name, exact });
    await key.first().click();
    taps += 1;
  };
  return { press, taps: () => taps };
}

/** Says of the alert on the screen that the camera misread its plate, and closes it with the right one. */
async function closeAsMisread(page: Page, plate: string) {
  const { press } = fingers(page);
  await press('Verify');
  await page.getByText('Is this the plate on the vehicle?').waitFor();
  await press('No');
  await page.getByText('Is the state of issue the listed one?').waitFor();
  await page.getByRole('button', { name: 'Close', expanded: false }).click();
  await press('Misread plate');
  await page.getByLabel('Plate as on the vehicle').fill(plate);
  await page.getByLabel('CAD or incident number').fill('26-004418');
  await press('Close: Misread plate');
  await page.getByText('No alerts').waitFor();
}

describe.skipIf(!hasChromium)('from the alert to its disposition, by touch', () => {
  test.each([
    ['vallejo', 8],
    ['vigilant-429', 9],
  ])(
    'a good stop: verified by eye, confirmed by dispatch, stopped and closed (VER-1, VER-3, VER-6, VER-8), under %s in %i taps',
    async (profile, wanted) => {
      const { page, hit, staffed } = await alerted(profile);
      const { press, taps } = fingers(page);
      await press('Verify');
      if (profile === 'vigilant-429') {
        await page.getByLabel('CAD or incident number').fill('26-004418');
        await press('Go on');
      }
      await page.getByText('Is this the plate on the vehicle?').waitFor();
      await press('Yes');
      await page.getByText('Is the state of issue the listed one?').waitFor();
      await press('Yes');
      await page.getByText('Does the vehicle fit its description?').waitFor();
      await press('Yes');
      await page.getByLabel('Dispatcher').fill('Roe');
      await press('Dispatch: confirmed');
      await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
      await press('Stop');
      await page.getByRole('button', { name: 'Recovered', exact: true }).waitFor();
      await press('Recovered');
      await page.getByLabel('CAD or incident number').fill('26-004418');
      await press('Close: Recovered');
      await page.getByText('No alerts').waitFor();
      expect(taps()).toBe(wanted);
      expect(staffed.accountability.verification.open(hit.id)).toMatchObject({
        state: 'disposed',
        visual: {
          characters: { answer: 'yes' },
          state: { answer: 'yes' },
          vehicle: { answer: 'yes' },
        },
        status: { channel: 'dispatch', source: 'Roe', result: 'confirmed' },
        actions: [{ action: 'stop' }],
        disposition: { outcome: 'recovered', cadNumber: '26-004418' },
      });
    },
  );

  test('where a look needs a number, the officer gives that of this alert, which no other alert takes over (AUD-1)', async () => {
    const { page, hit, staffed } = await alerted('vigilant-429');
    const { press } = fingers(page);
    await press('Verify');
    await page.getByText('The policy asks for a case or incident number').waitFor();
    await expectUsable(page);
    await page.getByLabel('CAD or incident number').fill('x');
    await press('Go on');
    await page.getByRole('alert').getByText('does not match this agency').waitFor();
    await page.getByLabel('CAD or incident number').fill('26-004418');
    await press('Go on');
    await page.getByText('Is this the plate on the vehicle?').waitFor();
    await press('Yes');
    await page.getByText('Is the state of issue the listed one?').waitFor();
    await page.getByText('incident “26-004418').waitFor();
    await page.getByRole('button', { name: 'Close', expanded: false }).click();
    await press('No action');
    expect(await page.getByLabel('CAD or incident number').inputValue()).toBe('26-004418');
    await press('Close: No action');
    await page.getByText('No alerts').waitFor();
    expect(staffed.accountability.verification.open(hit.id).state).toBe('disposed');
    const next = await staffed.storeHit();
    await page.goto(`${page.url().split('#')[0]}#/hit/${next.id}`);
    await page.getByText('The policy asks for a case or incident number').waitFor();
    expect(await page.getByLabel('CAD or incident number').inputValue()).toBe('');
  });

  test('an alert that waited beside the one that is verified waits below it, and what is new still takes the screen', async () => {
    const { page, hit, staffed, unit } = await alerted('vigilant-429');
    const { press } = fingers(page);
    const tell = async () => {
      const other = await staffed.storeHit();
      const now = Date.now();
      const seen = { firstMs: now - 500, lastMs: now, frames: 4 };
      await unit.console.output.present('raised', exampleAlert(other, { seen }));
      await page.locator(`[data-alert="${other.detectionId}"]`).waitFor();
      return other;
    };
    const beside = await tell();
    await page.locator(`.tile-alert[data-alert="${hit.detectionId}"]`).click();
    await page.locator(`.card[data-alert="${hit.detectionId}"]`).waitFor();
    await press('Verify');
    await page.getByRole('heading', { name: 'Verify 8ABC123' }).waitFor();
    await page.getByLabel('CAD or incident number').fill('26-004418');
    await press('Go on');
    await page.getByText('Is this the plate on the vehicle?').waitFor();
    await page.getByRole('heading', { name: '8ABC123' }).waitFor();
    await page.locator(`.waiting-below [data-alert="${beside.detectionId}"]`).waitFor();
    await expectUsable(page);
    const late = await tell();
    await page.locator(`.card[data-alert="${late.detectionId}"] [name="seen"]`).click();
    await page.getByText('Is this the plate on the vehicle?').waitFor();
    await press('Back');
    await page.locator(`.card[data-alert="${beside.detectionId}"]`).waitFor();
  });

  test('the unit refuses a stop that is not verified, and its sentence is on the screen', async () => {
    const { page } = await alerted('vallejo');
    const { press } = fingers(page);
    await press('Verify');
    await page.getByText('Is this the plate on the vehicle?').waitFor();
    await page.getByRole('button', { name: /^Action/ }).click();
    await page.getByText('No stop on this alert yet').waitFor();
    await page.getByText('Not verified by eye that the vehicle fits its description').waitFor();
    expect(await page.getByRole('button', { name: 'Stop', exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: 'Close', expanded: false }).click();
    await press('Arrest');
    await page.getByLabel('CAD or incident number').fill('26-004418');
    await press('Close: Arrest');
    await page.locator('.refusal').waitFor();
    expect(await page.locator('.refusal').textContent()).toMatch(/not verified by eye/i);
    expect(await page.getByLabel('CAD or incident number').inputValue()).toBe('26-004418');
  });

  test('of a near match the officer says which of the two plates it is, or another (VER-1, VER-2)', async () => {
    const { match } = sampleHit(sampleDetection());
    const near = {
      ...match,
      tier: 'near' as const,
      differences: [{ position: 6, read: '8', listed: 'B', p: 0.2 }],
      entry: { ...match.entry, plate: '5KRT41B' },
    };
    const read = exampleConsensus('5KRT418');
    const { page, hit, staffed } = await alerted('napa', { match: near, read });
    const { press } = fingers(page);
    const seen = () => staffed.accountability.verification.open(hit.id);
    await press('Verify');
    await page.getByText('Which plate is on the vehicle?').waitFor();
    await expectUsable(page);
    await page.getByLabel(/^Another plate/).fill('6krt41?');
    await press('It is this plate');
    await page.getByText('Is the state of issue the listed one?').waitFor();
    expect(seen()).toMatchObject({ state: 'mismatch', visual: { characters: { answer: 'no' } } });
    await press('Characters', false);
    await press('As listed: 5KRT41B');
    await page.getByRole('heading', { name: /^5KRT41B/ }).waitFor();
    await page.getByText('Is the state of issue the listed one?').waitFor();
    await press('Yes');
    await page.getByText('Does the vehicle fit its description?').waitFor();
    await press('Yes');
    await page.getByRole('button', { name: 'I am asking dispatch' }).waitFor();
    expect(seen()).toMatchObject({
      state: 'visually_verified',
      visual: { characters: { answer: 'yes', shows: '5KRT41B' } },
    });
    await press('Characters', false);
    await page.getByText('Yes: 5KRT41B').waitFor();
  });

  test('of a plate that is not read the alert is named by the listed one, and the officer says which it is (VER-1)', async () => {
    const { match } = sampleHit(sampleDetection());
    const near = { ...match, tier: 'near' as const, entry: { ...match.entry, plate: '5KRT41B' } };
    const read = exampleConsensus('5KRT418', {
      confidence: 0.62,
      alternatives: [{ plate: '5KRT41B', p: 0.31 }],
    });
    const { page, hit, staffed } = await alerted('napa', { match: near, read, unread: true });
    const { press } = fingers(page);
    await press('Verify');
    await page.getByRole('heading', { name: /^≈ 5KRT41B/ }).waitFor();
    await page.getByText('Not read, likeliest').waitFor();
    expect(await page.getByText('As read').count()).toBe(0);
    await press('Likeliest: 5KRT418');
    await page.getByText('Is the state of issue the listed one?').waitFor();
    expect(staffed.accountability.verification.open(hit.id)).toMatchObject({
      state: 'mismatch',
      visual: { characters: { answer: 'no', shows: '5KRT418' } },
    });
    await page.getByRole('button', { name: 'Close', expanded: false }).click();
    await press('Misread plate');
    await page.getByLabel('CAD or incident number').fill('26-004418');
    await press('Close: Misread plate');
    await page.getByText('No alerts').waitFor();
    const { disposition } = staffed.accountability.verification.open(hit.id);
    expect(disposition?.correction).toMatchObject({
      original: { plate: null },
      corrected: { plate: '5KRT418' },
    });
  });

  test('that dispatch is being asked is told apart from what dispatch answers (DSP-2)', async () => {
    const { page, hit, staffed } = await alerted('vallejo');
    const { press } = fingers(page);
    await press('Verify');
    for (const question of ['Is this the plate', 'Is the state of issue', 'Does the vehicle fit']) {
      await page.getByText(question).waitFor();
      await press('Yes');
    }
    const answers = page.getByRole('group', { name: 'What dispatch answers' });
    await answers.getByRole('button').nth(2).waitFor();
    expect(await answers.getByRole('button').allInnerTexts()).toEqual([
      'Dispatch: confirmed',
      'Dispatch: not wanted',
      'No answer',
    ]);
    await press('I am asking dispatch');
    await page.locator('.asked', { hasText: 'Test reyes' }).waitFor();
    expect(await page.getByRole('button', { name: 'I am asking dispatch' }).count()).toBe(0);
    expect(staffed.accountability.verification.open(hit.id)).toMatchObject({
      asked: { by: 'Test reyes (reyes)' },
      status: null,
    });
    // Nobody has answered: the step is not done.
    expect(await page.locator('.step-head.done').allInnerTexts()).toEqual([
      'Characters',
      'State',
      'Vehicle',
    ]);
    await expectUsable(page);
    // The keys of a row are as wide: none is alone across a dash screen.
    await page.setViewportSize({ width: 1024, height: 600 });
    const widths = await answers
      .getByRole('button')
      .evaluateAll((keys) => keys.map((key) => Math.round(key.getBoundingClientRect().width)));
    expect(new Set(widths).size).toBe(1);
  });

  test('who declares exigent comes to the stop at once; a closed alert is opened again, and closed with notes (VER-3, VER-8)', async () => {
    const { page, hit, staffed } = await alerted('vallejo');
    const { press } = fingers(page);
    const seen = () => staffed.accountability.verification.open(hit.id);
    await press('Verify');
    for (const question of ['Is this the plate', 'Is the state of issue', 'Does the vehicle fit']) {
      await page.getByText(question).waitFor();
      await press('Yes');
    }
    await page.getByRole('button', { name: 'I am asking dispatch' }).waitFor();
    await press('Action');
    await page.getByLabel(/^Exigent/).fill('The vehicle flees towards the school');
    await press('Declare exigent');
    await press('Stop');
    await page.getByRole('button', { name: 'Close', expanded: false }).click();
    await press('Not located');
    await page.getByLabel(/^Notes of the call/).fill('Lost at the bridge');
    await press('Close: Not located');
    await page.getByText('No alerts').waitFor();
    expect(seen()).toMatchObject({
      disposition: { outcome: 'not_located', notes: 'Lost at the bridge' },
    });
    await page.goto(`${page.url().split('#')[0]}#/hit/${hit.id}`);
    await page.getByText('Close: Not located').waitFor();
    await expectUsable(page);
    // The card is gone, and its pictures are on the read.
    await press('Characters', false);
    await press('Pictures of its read');
    await page.waitForURL(/#\/read\//);
    await press('Cancel');
    await page.goBack();
    await page.getByText('Close: Not located').waitFor();
    await page.getByLabel(/^If it was closed by mistake/).fill('It was found after all');
    await press('Open it again');
    await page.getByText('It is open again').waitFor();
    expect(seen()).toMatchObject({ disposition: null, actions: [{ action: 'stop' }] });
  });

  test('VER-3: exigent is offered where it makes up for the status, and what is refused at one step is not said at another', async () => {
    const { page } = await alerted('barstow');
    const { press } = fingers(page);
    await press('Verify');
    await page.getByRole('button', { name: 'Action', exact: true }).click();
    await page.getByText('No stop on this alert yet').waitFor();
    expect(await page.getByRole('button', { name: 'Declare exigent' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Close', expanded: false }).click();
    await press('Arrest');
    await press('Close: Arrest');
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Status', exact: true }).click();
    await page.getByRole('button', { name: 'I am asking dispatch' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('a dispatcher at the page begins with CLETS, answers in their own name, then tells where it goes (B 466.9)', async () => {
    const { page: officer, hit, staffed, pageOf } = await alerted('barstow');
    staffed.join('roe', 'dispatcher', 'Sam Roe');
    const page = await pageOf('roe', 'drive');
    const { press } = fingers(page);
    await press('Verify');
    await press('I am checking it in CLETS');
    await page.getByText('Press below what CLETS answers').waitFor();
    expect(await page.getByText('What the computer of this car says').count()).toBe(0);
    expect(await page.getByLabel('Dispatcher').inputValue()).toBe('Sam Roe');
    await expectUsable(page);
    await press('CLETS: confirmed');
    await page.getByText('Direction of travel').waitFor();
    // No outcome is asked of who is not at the vehicle.
    expect(await page.getByRole('button', { name: 'Arrest', exact: true }).count()).toBe(0);
    expect(staffed.accountability.verification.open(hit.id).status).toMatchObject({
      ...{ source: 'Sam Roe', result: 'confirmed', channel: 'dispatch' },
    });
    await officer.getByRole('button', { name: /8ABC123/ }).click();
    await officer.getByText('Status confirmed, not verified by eye').waitFor();
  });

  test('a dispatcher takes an alert, which the officer’s card says, and another takes it over with a reason', async () => {
    const { page: officer, hit, staffed, pageOf } = await alerted('vallejo');
    staffed.join('roe', 'dispatcher', 'Sam Roe');
    staffed.join('cole', 'dispatcher', 'Kim Cole');
    const roe = await pageOf('roe', 'drive');
    await fingers(roe).press('Verify');
    await fingers(roe).press('I take it');
    await roe.getByRole('button', { name: 'Give it back' }).waitFor();
    // Who verifies has seen it, on every screen.
    await officer.getByRole('button', { name: /8ABC123/ }).click();
    await officer.getByText('Taken by Sam Roe').waitFor();
    const cole = await pageOf('cole', 'drive');
    await cole.getByRole('button', { name: /8ABC123/ }).click();
    await fingers(cole).press('Verify');
    await cole.getByText(/^Taken by Sam Roe/).waitFor();
    await cole.getByLabel('To take it over: why').fill('His shift has ended.');
    await fingers(cole).press('Take it over');
    await officer.getByText('Taken by Kim Cole').waitFor();
    await fingers(cole).press('Give it back');
    await officer.getByText('Taken by').waitFor({ state: 'detached' });
    expect(staffed.accountability.verification.open(hit.id).claim).toBeNull();
  });

  test('what the reason warns of stands on every step, and who stopped before the status is known says what came of it', async () => {
    const { match } = sampleHit(sampleDetection());
    const reason = 'Robbery with a handgun. Do not stop without backup.';
    const { page, hit } = await alerted('walnut-creek', {
      match: { ...match, entry: { ...match.entry, reason } },
    });
    const { press } = fingers(page);
    await press('Verify');
    for (const question of [/^Is this the plate/, /^Is the state/, /^Does the vehicle/]) {
      await page.getByText(question).waitFor();
      await press('Yes');
    }
    await page.getByText('What dispatch answers').waitFor();
    await press('Action');
    await page.locator('.verify-head').getByText('ARMED · DO NOT STOP · BACKUP').waitFor();
    await expectUsable(page);
    await press('Stop');
    await page.getByRole('button', { name: 'Recovered', exact: true }).waitFor();
    await page.locator('.verify-head').getByText(hit.read.plate).waitFor();
  });

  test('a misread plate is closed with the right one', async () => {
    const { page, hit, staffed } = await alerted('napa');
    await closeAsMisread(page, '8zzz999');
    expect(staffed.accountability.verification.open(hit.id).disposition).toMatchObject({
      outcome: 'misread_characters',
      correction: { corrected: { plate: '8ZZZ999' } },
    });
  });

  test('what another officer answers on another screen is said here at once', async () => {
    const { page, hit, staffed, pageOf } = await alerted('vallejo');
    staffed.join('moss', 'officer');
    await fingers(page).press('Verify');
    const other = await pageOf('moss', `hit/${hit.id}`);
    for (const screen of [page, other]) {
      await screen.getByText('Is this the plate on the vehicle?').waitFor();
    }
    await fingers(other).press('Yes');
    await page.getByText('Is the state of issue the listed one?').waitFor();
    await page.getByRole('button', { name: 'Characters' }).click();
    expect(await page.locator('.step-body .good').textContent()).toMatch(/Yes, .*moss/);
  });

  test('a misread plate is muted and on the list of wrong alerts until the administrator lets it alert again (VER-11)', async () => {
    const { page, hit, pageOf } = await alerted('vallejo');
    await closeAsMisread(page, '8ZZZ999');
    const ada = await pageOf('ada', 'mutes');
    await ada.getByRole('cell', { name: 'misread characters' }).waitFor();
    await expectUsable(ada);
    await ada.getByRole('button', { name: 'Alert again' }).click();
    await ada.getByRole('button', { name: 'Let it alert' }).click();
    await ada.getByText('Nothing is muted.').waitFor();
    await ada.goto(`${ada.url().split('#')[0]}#/audit/wrong`);
    const row = ada.getByRole('row').filter({ hasText: hit.id.slice(-6) });
    expect(await row.textContent()).toMatch(/misread characters.*8ABC123.*8ZZZ999/s);
    await expectUsable(ada);
  });

  test('what dispatch says of alerts of other units stands below the own ones (DSP-2)', async () => {
    const { page, staffed } = await alerted('vallejo');
    staffed.accountability.verification.onAlertStatus({
      ...{ id: uuidv7(), hitId: uuidv7(), unit: 'car-9', state: 'verified', by: 'Disp. 14' },
      at: new Date().toISOString(),
      alert: {
        ...{ plate: '6QQQ111', state: 'CA', category: 'stolen_vehicle', make: 'FORD', model: null },
        ...{ colour: 'red', seenAt: new Date().toISOString() },
        ...{ latitude: 38.1, longitude: -122.25, headingDeg: 90 },
      },
    });
    await page.locator('.card [name="seen"]').click();
    await page
      .locator('.drive-keys')
      .getByRole('button', { name: /Open alerts/ })
      .click();
    const line = page.locator('.hits .line', { hasText: '6QQQ111' });
    expect((await line.textContent())?.replaceAll(/\s+/g, ' ')).toMatch(
      /Stolen vehicle: red FORD car-9 · Verified by Disp. 14, .* ago · seen .*38\.10000° N.*heading E/,
    );
    await expectUsable(page);
  });

  test('who logs out is told of the alerts that are open, and stays in while the unit does not answer', async () => {
    const { staffed, pageOf } = await openDesk('vallejo', {
      status: () => ({ undisposed: 2 }),
    });
    staffed.join('reyes', 'officer');
    const page = await pageOf('reyes', 'drive');
    await page.locator('.chip', { hasText: /Open\s*2/ }).waitFor();
    await page.getByRole('button', { name: /^Menu/ }).click();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByText('2 alerts are open: close them, or tell who takes over.').waitFor();
    await expectUsable(page);
    await page.context().setOffline(true);
    await page.getByRole('button', { name: 'Log out all the same' }).click();
    await page.getByText(/^You are still logged in/).waitFor();
    await page.context().setOffline(false);
    await page.getByRole('button', { name: /^Menu/ }).click();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('button', { name: 'Log out all the same' }).click();
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  test('open alerts are listed, also those that were seen, and opened from there', async () => {
    const { page, hit } = await alerted('vallejo');
    await page.locator('.card [name="seen"]').click();
    await page.getByText('No new alerts').waitFor();
    await page.getByText(/^Seen: /).waitFor();
    await page
      .locator('.drive-keys')
      .getByRole('button', { name: /Open alerts/ })
      .click();
    // What was done on another screen, and how to take it back, does not lie over this one.
    await page.locator('.hits .line').waitFor();
    expect(await page.getByText(/^Seen: /).count()).toBe(0);
    await page.locator('.hits .line').click();
    await page.getByText(`Hit ${hit.id.slice(-6)}`).waitFor();
  });

  test('HOT-9, V 426.4(f)(5): words that name someone are shown to be looked at again, and whoever may takes them out', async () => {
    const { page, hit, staffed, pageOf } = await alerted('vallejo');
    staffed.join('moss', 'supervisor');
    staffed.join('kane', 'officer');
    const { press } = fingers(page);
    await press('Verify');
    await page.getByText('Is this the plate on the vehicle?').waitFor();
    await page.getByRole('button', { name: /^Action/ }).click();
    await page.getByLabel('Exigent: why').fill('John Smith DOB 1/2/1970 shoots from the vehicle.');
    await press('Declare exigent');
    const written = page.getByRole('region', { name: 'What was written' });
    await written.getByText('it looks like a date of birth').waitFor();
    await expectUsable(page);

    const other = await pageOf('kane', `hit/${hit.id}`);
    await other.getByText('Whoever wrote it can take it out').waitFor();
    expect(await other.getByRole('button', { name: 'Take the exigent reason out' }).count()).toBe(
      0,
    );

    const sergeant = await pageOf('moss', `hit/${hit.id}`);
    await sergeant.getByRole('button', { name: 'Take the exigent reason out' }).click();
    await sergeant.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    expect(JSON.stringify(staffed.accountability.verification.open(hit.id))).toContain('Smith');
    await sergeant.getByRole('button', { name: 'Take the exigent reason out' }).click();
    await expectUsable(sergeant);
    await sergeant.getByRole('dialog').getByRole('button', { name: 'Take it out' }).click();
    await sergeant.getByText('The exigent reason is taken out.').waitFor();
    await page.getByText('Smith').waitFor({ state: 'detached' });
    expect(JSON.stringify(staffed.accountability.verification.open(hit.id))).not.toContain('Smith');
    const struck = staffed.accountability.audit
      .read({}, { limit: 50, newest: true })
      .find(({ operation, outcome }) => operation === 'hits.strike-text' && outcome === 'started');
    expect(struck).toMatchObject({ who: { username: 'moss' }, query: { what: 'exigent' } });
  });

  test('HOT-9: notes that look personal are asked about once, and recorded when they must stand', async () => {
    const { page, hit, staffed } = await alerted('vallejo');
    const { press } = fingers(page);
    await press('Verify');
    await page.getByText('Is this the plate on the vehicle?').waitFor();
    await page.getByRole('button', { name: 'Close', expanded: false }).click();
    await press('No action');
    await page.getByLabel('Notes of the call').fill('Suspect John Smith DOB 1/2/1970');
    await page.getByLabel('CAD or incident number').fill('26-004418');
    await press('Close: No action');
    const question = page.getByRole('dialog', { name: 'Must these words stand?' });
    await question.getByRole('button', { name: 'They must stand' }).click();
    await page.getByText('No alerts').waitFor();
    expect(staffed.accountability.verification.open(hit.id).disposition?.notes).toBe(
      'Suspect John Smith DOB 1/2/1970',
    );
  });

  test('DSP-5, B 466.9(e): an update of the direction is told on a dial, and stands on the card and in Open alerts of every screen', async () => {
    const { page, hit, staffed, pageOf } = await alerted('barstow');
    staffed.join('disp', 'dispatcher');
    await fingers(page).press(/^Seen/);
    await page.locator('.card').waitFor({ state: 'detached' });
    const dispatch = await pageOf('disp', `hit/${hit.id}`);
    await dispatch.getByRole('button', { name: 'Seen again' }).click();
    await dispatch.getByRole('button', { name: 'North-east' }).click();
    await dispatch.getByLabel('Where, in a few words').fill('Main St at Barstow Rd');
    await expectUsable(dispatch);
    // The unit's clock stands still in this test: it is told after the camera has seen the vehicle.
    staffed.time.ms = Date.now();
    await dispatch.getByRole('button', { name: 'Tell: heading NE' }).click();
    await dispatch.getByText('Told: it is on the alert').waitFor();
    await page.goto(`${page.url().split('#')[0]}#/alert/${hit.detectionId}`);
    await page.locator('.card').getByText('Main St at Barstow Rd').waitFor();
    const list = await pageOf('disp', 'open');
    await list.getByText(/Last seen .*heading NE.45°, Main St at Barstow Rd \(Test disp/).waitFor();
    await expectUsable(list);
    const [told] = staffed.sent('alert').filter(({ event }) => event === 'alert.sighting');
    expect(told).toMatchObject({ note: 'heading NE, Main St at Barstow Rd', hitId: hit.id });
  });

  test('DSP-5: a later sighting of an open alert, silent within the re-arm time, is a new line in Open alerts with heading, place and time', async () => {
    const { staffed, unit, pageOf } = await openDesk('barstow');
    staffed.join('reyes', 'officer');
    const match = exampleMatch();
    await unit.see([match], { id: uuidv7() });
    const page = await pageOf('reyes', 'drive');
    await page.locator('.card').waitFor();
    await fingers(page).press(/^Seen/);
    await page.locator('.card').waitFor({ state: 'detached' });
    await page.goto(`${page.url().split('#')[0]}#/open`);
    const seen = page.locator('.line-seen');
    await seen.first().waitFor();
    const before = await seen.first().textContent();
    await unit.see([match], { id: uuidv7(), head: 'rear', lastSeenMs: Date.now() + 10_000 });
    await page.locator('.line-seen', { hasText: 'camera rear' }).waitFor();
    expect(await seen.first().textContent()).toMatch(
      /^Last seen \d\d:\d\d:\d\d .*heading [NESW]+.*34\.895.*N.*\(camera rear\)$/,
    );
    expect(await seen.first().textContent()).not.toBe(before);
    expect(await page.locator('.card').count()).toBe(0);
  });
});
