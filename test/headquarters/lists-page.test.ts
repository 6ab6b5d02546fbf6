import { describe, expect, test } from 'vitest';
import { importHotList, listVersionsOfList } from '../../src/accountability/lists/operations.ts';
import { hasChromium, newScreen, useChromium } from '../console/browser.ts';
import { expectUsable } from '../console/desk-page.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { asAda, logInAda, openDepartment } from './department.ts';
import { lists, minutesAgo, openCar, platesFrom, slow, sourceFile } from './list-car.ts';

useChromium();
const missing = missingMosquitto ?? (hasChromium ? null : 'Chromium is not installed');
if (missing) console.warn(`skipped: ${missing}`);

describe.skipIf(missing)('hot lists on the page of headquarters', { timeout: 600_000 }, () => {
  test('an administrator imports a list for all units, sees which unit has it, and puts the version before in force again', async () => {
    const department = await openDepartment({ lists });
    const { headquarters } = await department.startHeadquarters();
    const perform = await asAda(headquarters);
    const token = await logInAda(headquarters);
    const car = await openCar(department).start();
    const first = { list: 'svs', asOf: minutesAgo(20), content: sourceFile(platesFrom(100, 40)) };
    await perform(importHotList, first);
    await waitFor(car.has(40), { ...slow, what: 'the first version on the car' });

    const screen = await newScreen();
    const url = headquarters.console?.url ?? '';
    const page = await screen.openIn({ url, cookie: `lookout-headquarters=${token}` });
    page.setDefaultTimeout(120_000);
    await page.goto(`${url}#/lists/svs`);
    const versions = page.getByRole('region', { name: 'Versions for all units' });
    await versions.getByRole('row', { name: /1 In force 40/ }).waitFor();
    await page.getByLabel('File of the list').setInputFiles({
      ...{ name: 'svs.csv', mimeType: 'text/csv' },
      buffer: Buffer.from(sourceFile(platesFrom(500, 41)), 'base64'),
    });
    await page.getByRole('button', { name: /Time of the file/ }).click();
    await page.getByRole('button', { name: 'Check the file' }).click();
    await page.getByRole('button', { name: 'Import 41 entries' }).click();
    const question = page.getByRole('dialog');
    await question.getByText('here and on every unit').waitFor();
    await question.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('They go to all units.').waitFor();
    await waitFor(car.has(41), { ...slow, what: 'the second version on the car' });

    await page.getByRole('button', { name: 'Put version 1 in force again' }).click();
    const deed = page.getByRole('button', { name: 'Put version 1 in force again' });
    expect(await deed.isDisabled()).toBe(true);
    await page.getByLabel('Why').fill('The vendor sent another county.');
    await expectUsable(page);
    if (process.env.PICTURES)
      await page.screenshot({ path: `${process.env.PICTURES}/versions.png`, fullPage: true });
    await deed.click();
    await page.getByText('Version 1 is in force again, as version 3.').waitFor();
    await versions.getByRole('row', { name: /The vendor sent another county/ }).waitFor();
    await waitFor(car.has(40), { ...slow, what: 'the first version on the car again' });
    expect(await perform(listVersionsOfList, { list: 'svs' })).toHaveLength(3);

    await page.goto(`${url}#/units`);
    const onUnits = page.getByRole('region', { name: 'Hot lists on the units' });
    await onUnits.getByRole('row', { name: /unit-7 svs Newest version 3/ }).waitFor();
    await expectUsable(page);
    if (process.env.PICTURES)
      await page.screenshot({ path: `${process.env.PICTURES}/units.png`, fullPage: true });
    // A picked file is checked before anybody can say when it was made, which this one does not.
    expect(screen.complaints.filter((each) => !each.includes('409'))).toEqual([]);
  });
});
