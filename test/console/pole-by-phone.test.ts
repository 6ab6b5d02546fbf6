import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import {
  approveAccount,
  changePassword,
  createAccount,
} from '../../src/accountability/access/operations.ts';
import { perform } from '../../src/accountability/gate/perform.ts';
import { goodPassword, terminal } from '../accountability/access/people-under-test.ts';
import { setUpSecondFactor } from '../support/second-factor.ts';
import type { StaffedUnit } from '../support/staffed-unit.ts';
import { hasModels } from '../vision/head/real-head.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { cutOff, faultsOf, small } from './page-checks.ts';
import { knowingDevice, pageCertificate, poleName } from './pole.ts';
import { openWorkshop } from './workshop.ts';

useChromium(knowingDevice);

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const patient = { timeout: 60_000 };

/** What a finger finds on this screen: all of it on the phone, and nothing too small. */
async function expectForFingers(page: Page): Promise<void> {
  expect([await cutOff(page), await small(page), await faultsOf(page)]).toEqual([[], [], []]);
}

const tap = (one: Locator) => one.tap();

/** An account that aims cameras, as INSTALL.md has it made; its password is for the first login alone. */
async function technicianOf({ administrator }: StaffedUnit): Promise<string> {
  await administrator.perform(createAccount, {
    ...{ username: 'tess', name: 'Tess Rivera', role: 'maintenance', organisation: 'test-pd' },
    requestedBy: 'A. Moss, by mail',
    // Without it nobody may use the equipment; a clearance is for those who see plates.
    training: { course: 'ALPR 1', completedOn: '2026-11-02', expiresOn: null },
  });
  return (await administrator.perform(approveAccount, { username: 'tess' })).temporaryPassword;
}

/** What the technician does on the pole by SSH: a password of their own, and the second factor. */
async function prepareOnPole({ accountability, dataDir }: StaffedUnit, temporary: string) {
  const { people, gate } = accountability;
  const login = { username: 'tess', password: temporary, noticeAcknowledged: true };
  const { token } = await people.login(login, terminal);
  const client: Parameters<typeof perform>[0] = {
    perform: (asked) => gate.perform({ ...asked, token, from: terminal }),
  };
  await perform(client, changePassword, { current: temporary, next: goodPassword });
  return setUpSecondFactor((operation, input) => perform(client, operation, input), { dataDir });
}

async function logIn(page: Page, password: string, code: string): Promise<void> {
  await page.getByLabel('Username').fill('tess');
  await page.getByLabel('Password').fill(password);
  await page.getByLabel('Code of your second factor').fill(code);
  const notice = page.getByLabel('I have read this notice');
  if (!(await notice.isChecked())) await tap(notice);
  await tap(page.getByRole('button', { name: 'Log in', exact: true }));
}

describe.skipIf(!hasChromium || !hasModels)(
  'CAP-17: a technician with a phone at a pole without a screen (skipped without Chromium or models)',
  () => {
    test('comes by its name over HTTPS, aims by touch, and ends with the sheet to sign', {
      timeout: 240_000,
    }, async () => {
      const { certificate, key } = pageCertificate();
      const https = { enabled: true, host: '127.0.0.1', port: 0, names: [poleName] };
      const { staffed, unit } = await openWorkshop('strict', undefined, {
        ...{ ...https, certificate, key },
      });
      const temporary = await technicianOf(staffed);
      const { url = '' } = unit.console.https ?? {};
      const page = await (await newScreen(phone)).open(url);
      await page.getByLabel('Username').waitFor();
      await expectForFingers(page);
      // Too early: nothing was done on the pole yet.
      await logIn(page, temporary, '123456');
      await page.getByText('Set it up on the unit itself, logged in there').waitFor();

      const code = await prepareOnPole(staffed, temporary);
      await logIn(page, goodPassword, code());
      // The role begins with its work.
      const sight = page.getByRole('img', { name: 'What front sees, plates covered' });
      await sight.waitFor(patient);
      await page
        .locator('.aim-plates li')
        .first()
        .getByText(/\d+ px/)
        .waitFor(patient);
      await expectForFingers(page);

      await tap(page.getByRole('button', { name: 'Acceptance sheet' }));
      await page.getByLabel('Place, vehicle or pole').fill('Pole 12, Main Street');
      await page.getByLabel('Who accepts').fill('Tess Rivera');
      await sight.waitFor(patient);
      await expectForFingers(page);
      await tap(page.getByRole('button', { name: 'Hold the figures' }));
      const paper = page.getByRole('article', { name: 'Sheet' });
      for (const words of ['Pole 12, Main Street', 'Tess Rivera', 'Sharpness']) {
        await paper.getByText(words).first().waitFor();
      }
      await tap(page.getByRole('button', { name: 'Back to aiming' }));
      await sight.waitFor(patient);
      const log = staffed.accountability.audit.read({ operation: 'cameras.aim' }, { limit: 10 });
      expect(new Set(log.map(({ from }) => from))).toEqual(new Set(['https page 127.0.0.1']));
    });
  },
);
