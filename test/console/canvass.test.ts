import { describe, expect, test } from 'vitest';
import { noImages, sampleDetection, sampleFix } from '../records/samples.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk, statePurpose } from './desk-page.ts';

useChromium();

describe.skipIf(!hasChromium)('the canvass on the page (CAP-12)', () => {
  test('an officer begins one for a case, sees it running and what passed, and ends it', async () => {
    const desk = await openDesk('walnut-creek');
    desk.staffed.join('det', 'detective');
    const page = await desk.pageOf('det', 'canvass');
    await page.getByLabel('What happened and where').fill('Shooting at Georgia St');
    await page.getByRole('button', { name: 'Begin a canvass' }).click();
    await statePurpose(page, '26-0042');
    await page.getByText('Running: Shooting at Georgia St (26-0042)').waitFor();
    expect(await page.getByRole('button', { name: 'Begin a canvass' }).count()).toBe(0);
    await page.getByRole('button', { name: '26-0042' }).click();
    await page.getByText('0 vehicles in 0 reads').waitFor();
    await expectUsable(page);
    const [canvass = null] = desk.staffed.db.prepare('SELECT id FROM canvass').pluck().all();
    const sample = sampleDetection();
    const detection = { ...sample, fix: sampleFix, canvass: String(canvass), closed: true };
    await desk.staffed.records.storeHits({ hits: [], detection, images: noImages });
    await page.getByRole('button', { name: '26-0042' }).click();
    await page.getByText('1 vehicle in 1 read').waitFor();
    await page.getByRole('application', { name: /^1 read on a map/ }).waitFor();
    const plate = detection.read?.plate ?? '';
    await page.getByRole('button', { name: plate, exact: true }).click();
    await page.getByRole('heading', { name: `${plate}: 1 read, oldest first` }).waitFor();
    await expectUsable(page);
    await page.getByRole('button', { name: 'End it' }).click();
    await page.getByText('It ends for all units.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
    await page.getByText('The canvass is over here.').waitFor();
    await page.getByRole('button', { name: 'Begin a canvass' }).waitFor();
  });

  test("with a purpose that names no number the unit's sentence is in the question for another, and then it begins", async () => {
    const desk = await openDesk('walnut-creek');
    desk.staffed.join('det', 'detective');
    const page = await desk.pageOf('det', 'canvass');
    await page.getByLabel('What happened and where').fill('Shooting at Georgia St');
    await page.getByRole('button', { name: 'Begin a canvass' }).click();
    const question = page.getByRole('dialog', { name: 'Purpose' });
    await question.getByLabel('Reason').fill('Homicide of this night');
    await question.getByRole('button', { name: 'Go on' }).click();
    await question
      .getByRole('alert')
      .getByText('A canvass belongs to a case or an incident. Give one.')
      .waitFor();
    await expectUsable(page);
    expect(await question.getByLabel('Reason').inputValue()).toBe('Homicide of this night');
    await question.getByLabel('or incident number').fill('26-004418');
    await question.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('Running: Shooting at Georgia St (26-004418)').waitFor();
  });
});
