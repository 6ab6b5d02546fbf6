import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/accountability/lost-unit/command.ts';
import { hasChromium, newScreen, useChromium } from '../console/browser.ts';
import { expectUsable } from '../console/desk-page.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { openUnit } from '../uplink/open-unit.ts';
import { logInAda, makeAda, openDepartment } from './department.ts';

useChromium();
const missing = missingMosquitto ?? (hasChromium ? null : 'Chromium is not installed');
if (missing) console.warn(`skipped: ${missing}`);

/** A report of a unit, as its people or the unit itself send it. */
function reportOf(kind: 'lost_unit' | 'command', subject: string, text: string) {
  const id = uuidv7();
  const by = {
    ...{ account: '0192aaaa-0000-7000-8000-000000000007', username: 'moss' },
    ...{ name: 'P. Moss', role: 'officer' },
  };
  const body = {
    ...{ id, kind, at: new Date().toISOString(), subject, text },
    ...{ hitId: null, by: kind === 'command' ? null : by, to: ['headquarters'], figures: null },
  };
  return { id, lane: 'audit', topic: 'report', json: JSON.stringify(body) } as const;
}

describe.skipIf(missing)('a lost unit, at headquarters', { timeout: 120_000 }, () => {
  test('BRE-1: what an officer of another car asks for is on the page, and ordered there; the unit obeys once it has a link', async () => {
    const department = await openDepartment();
    const { headquarters } = await department.startHeadquarters();
    await makeAda(headquarters);
    const car = department.unit('unit-8');
    await car.uplink.start();
    car.outbox.add(reportOf('lost_unit', 'lock unit-7', 'Stolen at the station'));
    await waitFor(() => car.outbox.status().waiting === 0, { what: 'the report at headquarters' });

    const screen = await newScreen();
    const token = await logInAda(headquarters);
    const page = await screen.openIn({
      url: `${headquarters.console?.url}#/units`,
      cookie: `lookout-headquarters=${token}`,
    });
    await page.getByText('P. Moss asks to lock unit-7').waitFor();
    await page.getByRole('button', { name: 'Take it into the form: lock unit-7' }).click();
    await page.getByRole('button', { name: 'Order it' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Lock it' }).click();
    await page.getByRole('row', { name: /unit-7 Lock .*Waits for the unit/ }).waitFor();
    expect(await page.getByText('P. Moss asks').count()).toBe(0);
    await expectUsable(page);

    const obeyed: Command[] = [];
    const { broker, credentials } = department.mosquitto;
    const lost = openUnit(
      `${department.folder}/unit-7`,
      { broker, tls: credentials('unit-7') },
      { unitId: 'unit-7', orders: { onAlertStatus() {}, onCommand: (each) => obeyed.push(each) } },
    );
    await lost.uplink.start();
    await waitFor(() => obeyed.length > 0, { what: 'the order on the unit' });
    expect(obeyed[0]).toMatchObject({
      kind: 'lock',
      by: 'Ada Cole',
      reason: 'Stolen at the station',
    });
    lost.outbox.add(reportOf('command', 'locked', 'Stolen at the station'));
    await waitFor(() => lost.outbox.status().waiting === 0, { what: 'the answer at headquarters' });
    await page.getByRole('button', { name: 'Show again' }).click();
    await page.getByRole('row', { name: /unit-7 Lock .*Done/ }).waitFor();
    // A unit of this name that is set up anew must not obey it.
    await waitFor(
      () =>
        department.rows('lookout.db', "SELECT id FROM outbox WHERE topic = 'command'").length === 0,
      { what: 'the withdrawn order' },
    );

    await page
      .getByLabel('What it must do')
      .selectOption({ label: 'Wipe it: everything on it is destroyed' });
    await page.getByLabel('Why').fill('It was sold with the car');
    await page.getByLabel('Its id, typed again').fill('unit-8');
    await page.getByRole('button', { name: 'Order it' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Destroy it all' }).click();
    await page.getByText('The unit is unit-7, and unit-8 was typed: nothing is ordered.').waitFor();
    expect(obeyed.some(({ kind }) => kind === 'wipe')).toBe(false);
  });
});
