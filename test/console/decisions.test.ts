import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { approveAccount, createAccount } from '../../src/accountability/access/operations.ts';
import { approveHotPlate, enterHotPlate } from '../../src/accountability/hotplates/operations.ts';
import { importHotList } from '../../src/accountability/lists/operations.ts';
import {
  approveRelease,
  requestRelease,
  verifyRelease,
} from '../../src/accountability/releases/operations.ts';
import { liftHold, listHolds, setHold } from '../../src/accountability/retention/operations.ts';
import { disposeHit } from '../../src/accountability/verification/operations.ts';
import {
  closeReport,
  reportError,
} from '../../src/accountability/verification/report-operations.ts';
import { typedEntry } from '../accountability/hotplates/typed-entry.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk, statePurpose } from './desk-page.ts';
import { listFile } from './furnished-unit.ts';

useChromium();

type Desk = Awaited<ReturnType<typeof openDesk>>;

const caseNumber = '26-0040001';
const inquiry = { purpose: 'investigation', caseNumber, reason: 'Burglaries on Main Street' };

const press = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name }).first().click();
/** What the page says of a deed that somebody else has done. */
const heard = (page: Page, words: string | RegExp) =>
  page.getByRole('alert').getByText(words).first().waitFor();

async function ofAnAccount({ staffed, pageOf }: Desk): Promise<void> {
  await staffed.as('ivy', createAccount, {
    ...{ username: 'casey', name: 'Casey Lane', role: 'officer', organisation: 'test-pd' },
    requestedBy: 'Sgt. Moss',
  });
  const page = await pageOf('bea', 'people');
  await page.getByRole('button', { name: 'Approve Casey Lane' }).waitFor();
  await staffed.administrator.perform(approveAccount, { username: 'casey' });
  await press(page, 'Approve Casey Lane');
  await heard(page, /casey is not waiting for approval: Ada Cole approved it, \d/);
  // The list is as it is now, and says still why nothing was done.
  await page.getByRole('button', { name: 'Approve Casey Lane' }).waitFor({ state: 'detached' });
  await heard(page, 'Ada Cole approved it');
}

async function ofAHotPlate({ staffed, pageOf }: Desk): Promise<void> {
  const reason = 'Burglary of a shop';
  const { id } = await staffed.as('reyes', enterHotPlate, {
    ...{ plate: '9FPG536', plateAgain: '9FPG536', state: 'CA', caseNumber },
    ...{ category: 'felony_vehicle', synopsis: reason, reason },
  });
  const page = await pageOf('bea', `hot-plates/${id}`);
  await press(page, 'Approve');
  await page.getByRole('heading', { name: /^Approve/ }).waitFor();
  await staffed.administrator.perform(approveHotPlate, { id });
  await page.locator('form.open button[type=submit]').click();
  await heard(page, /awaits approval: it was approved by Ada Cole, \d/);
}

async function ofARelease({ staffed, pageOf }: Desk): Promise<void> {
  const { id, number } = await staffed.as('lea', requestRelease, {
    ...{ agency: 'Contra Costa County Sheriff', person: 'Jane Doe', kind: 'law_enforcement' },
    ...{ purpose: 'Homicide', data: 'Reads of 8LVN362', reference: 'Letter of 20 November' },
    covers: { plates: ['CA:8LVN362'], spans: [{ from: '2026-11-01', to: '2026-11-29' }] },
  });
  await staffed.as('lea', verifyRelease, { id, how: 'Called back' });
  const page = await pageOf('deputy', `releases/${number}`);
  await page.getByLabel('Why').fill('There is a need to know');
  await page.getByLabel(/I considered the California Values Act/).check();
  const why = 'Need to know';
  await staffed.as('chief', approveRelease, { id, why, valuesActConsidered: true });
  await press(page, /^Approve/);
  await heard(page, new RegExp(`${number} is approved \\(.+ by C\\. Stone\\)`));
  await page.getByText('Need to know').waitFor();
}

async function ofADisposition({ staffed, pageOf }: Desk): Promise<void> {
  const { id } = await staffed.storeHit();
  const page = await pageOf('kay', `hit/${id}`);
  // Nothing is told on this page meanwhile.
  await page.route(/api.(events|status)/, (route) => route.abort());
  await page.addInitScript('delete globalThis.SharedWorker');
  await page.reload();
  await page.getByRole('button', { name: 'Close', expanded: false }).click();
  await press(page, 'Not located');
  await page.getByLabel('CAD or incident number').fill('26-004418');
  const closed = { outcome: 'no_action', cadNumber: '26-004419' } as const;
  await staffed.as('lee', disposeHit, { id, ...closed }, inquiry);
  await press(page, 'Close: Not located');
  await heard(page, /This alert is closed: no action, .+ by R\. Lee/);
  await page.getByText('Closed').first().waitFor();
}

async function ofAnImport({ staffed, pageOf }: Desk): Promise<void> {
  const page = await pageOf('ada', 'lists/svs');
  const file = { name: 'svs.txt', mimeType: 'text/plain', buffer: listFile() };
  await page.getByLabel('File of the list').setInputFiles(file);
  await page.getByRole('region', { name: 'What an import would do' }).waitFor();
  const content = listFile().toString('base64');
  await staffed.administrator.perform(importHotList, { list: 'svs', content });
  await press(page, 'Import 40 entries');
  await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click();
  await heard(page, /SVS stolen vehicles has another version since you looked at it from/);
  await page.getByRole('button', { name: 'Import 40 entries' }).waitFor({ state: 'detached' });
  // Checked anew, it replaces what is there now.
  await press(page, 'Check the file');
  await press(page, 'Import 40 entries');
  await page.getByRole('dialog').getByText('in place of the 40 before').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByText('SVS stolen vehicles holds 40 entries.').waitFor();
}

async function ofAHold({ staffed, pageOf }: Desk): Promise<void> {
  const scope = { kind: 'case', caseNumber } as const;
  const { id } = await staffed.administrator.perform(
    setHold,
    { scope, reason: 'Discovery request' },
    inquiry,
  );
  const page = await pageOf('ada', `cases/${caseNumber}`);
  await press(page, /^Lift/);
  await page.getByLabel('Why the hold ends').fill('The case is over');
  await staffed.administrator.perform(liftHold, { id, why: 'Over' }, inquiry);
  await press(page, 'Lift the hold');
  await page.getByRole('dialog').getByRole('button', { name: 'Lift it' }).click();
  await statePurpose(page, caseNumber);
  await heard(page, /was lifted already by/);
  expect(await staffed.administrator.perform(listHolds, {})).toEqual([]);
}

async function ofAReport({ staffed, pageOf }: Desk): Promise<void> {
  const { number } = await staffed.as('lee', reportError, {
    ...{ kind: 'error', subject: 'Camera', text: 'It reads stickers.' },
  });
  const page = await pageOf('moss', `inbox/report/${number}`);
  await page.getByLabel(/^Answer, or note/).fill('Looked into it');
  const note = 'The camera was turned';
  await staffed.administrator.perform(closeReport, { number, outcome: 'corrected', note });
  await press(page, 'Answer');
  await heard(page, `Report ${number} is closed`);
  await page.getByText(note).waitFor();
}

describe.skipIf(!hasChromium)(
  'what waits for a decision (skipped without /usr/bin/chromium)',
  () => {
    test('HOT-6: the supervisor finds it in the inbox, and who entered it finds it until then and is told after', async () => {
      const { staffed, pageOf } = await openDesk('napa');
      staffed.join('dee', 'detective', 'D. Dee');
      staffed.join('moss', 'supervisor', 'M. Moss');
      await staffed.as('dee', enterHotPlate, { ...typedEntry, days: 30 });

      const detective = await pageOf('dee', 'hot-plates');
      await statePurpose(detective, '26-0040001');
      await detective.getByRole('button', { name: 'Not approved yet' }).click();
      await detective.getByRole('row', { name: /7TWB905.*Awaits approval/ }).waitFor();

      const supervisor = await pageOf('moss', 'drive');
      await supervisor.getByRole('button', { name: 'Inbox 1' }).click();
      await supervisor.getByRole('region', { name: 'Waits for your decision' }).waitFor();
      await expectUsable(supervisor);
      await supervisor.getByRole('button', { name: '1 hot plate' }).click();
      await supervisor
        .getByRole('row', { name: /7TWB905/ })
        .getByRole('button')
        .click();
      await supervisor.getByRole('button', { name: 'Approve', exact: true }).click();
      await supervisor.getByRole('button', { name: /^Approve until/ }).click();
      await supervisor.getByText('Approved.', { exact: true }).waitFor();
      await supervisor.getByRole('button', { name: 'All hot plates' }).click();
      await expect.poll(() => supervisor.getByRole('button', { name: /^Inbox/ }).count()).toBe(0);

      await detective.getByRole('button', { name: /^Menu/ }).click();
      await detective.getByRole('navigation').getByRole('button', { name: 'Inbox' }).click();
      await detective.getByText('was approved by M. Moss').waitFor();
    });

    test('HOT-6: who decides second, about what another has decided meanwhile, hears who did what and when', {
      timeout: 120_000,
    }, async () => {
      const desk = await openDesk('vallejo');
      const { staffed } = desk;
      staffed.join('ivy', 'it_manager');
      staffed.join('bea', 'alpr_administrator', 'Bea Cole');
      staffed.join('reyes', 'detective');
      staffed.join('lea', 'records_clerk');
      staffed.join('chief', 'chief', 'C. Stone');
      staffed.join('deputy', 'chief', 'D. Hart');
      await ofAnAccount(desk);
      await ofAHotPlate(desk);
      await ofARelease(desk);
    });

    test('who acts second on what another has closed meanwhile hears of it, and nothing of theirs is undone', {
      timeout: 120_000,
    }, async () => {
      const desk = await openDesk('vallejo');
      const { staffed } = desk;
      staffed.join('lee', 'officer', 'R. Lee');
      staffed.join('kay', 'officer', 'K. Ray');
      staffed.join('moss', 'supervisor', 'T. Moss');
      await ofADisposition(desk);
      await ofAnImport(desk);
      await ofAHold(desk);
      await ofAReport(desk);
    });
  },
);
