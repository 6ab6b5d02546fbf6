import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk } from './desk-page.ts';

useChromium();

describe.skipIf(!hasChromium)(
  'figures and policy in Chromium (skipped without /usr/bin/chromium)',
  () => {
    test('an auditor sees how many alerts were right, and what was read month by month', async () => {
      const { staffed, pageOf } = await openDesk('vallejo');
      staffed.join('audrey', 'auditor');
      await staffed.passes(true);
      await staffed.passes(false);
      const page = await pageOf('audrey', 'figures');
      await page.getByText('One alert is not closed yet').waitFor();
      await page.getByText('No alert was closed in this time.').waitFor();
      const row = page
        .getByRole('region', { name: 'Figures of each month' })
        .getByRole('row')
        .nth(1);
      await row.waitFor();
      expect(await row.getByRole('cell').allInnerTexts()).toEqual(['2', '0', '1', '–']);
      await expectUsable(page);
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Save as CSV' }).click();
      const path = await (await saved).path();
      expect(await readFile(path, 'utf8')).toContain('month,reads,unread plates,hits');
    });

    test('the chief enters who oversees the operation and who is custodian; an auditor sees who was, and cannot', async () => {
      const { staffed, pageOf } = await openDesk('vallejo');
      staffed.join('chief', 'chief', 'C. Chief');
      staffed.join('audrey', 'auditor');
      await staffed.passes(false);
      const page = await pageOf('chief', 'figures');
      await page.getByText('No Custodian of Records is entered.').waitFor();
      await page.getByLabel('Title').fill('Investigations Bureau Captain');
      await page.getByLabel('Name').fill('A. Moss');
      await page.getByLabel('From this day on').fill('next spring');
      await page.getByRole('button', { name: 'Enter', exact: true }).click();
      await page.getByRole('alert').getByText('is not a time').waitFor();
      expect(await page.getByLabel('Name').inputValue()).toBe('A. Moss');
      await page.getByLabel('From this day on').fill('');
      await page.getByRole('button', { name: 'Enter', exact: true }).click();
      await page
        .getByRole('row', { name: /Oversees.*Investigations Bureau Captain, A\. Moss.*Now/ })
        .waitFor();
      await page
        .getByRole('row', { name: /ALPR Administrator, not named.*from the beginning to/ })
        .waitFor();
      await page.getByText(/Investigations Bureau Captain, A\. Moss, from 20/).waitFor();
      await page.getByLabel('Office').selectOption('Custodian of Records');
      await page.getByLabel('Title').fill('Records Manager');
      await page.getByLabel('Name').fill('R. Roe');
      await page.getByRole('button', { name: 'Enter', exact: true }).click();
      await page
        .getByRole('row', { name: /Custodian of Records.*Records Manager, R\. Roe/ })
        .waitFor();
      await expectUsable(page);

      const looking = await pageOf('audrey', 'figures');
      await looking.getByRole('row', { name: /Records Manager, R\. Roe/ }).waitFor();
      expect(await looking.getByRole('button', { name: 'Enter', exact: true }).count()).toBe(0);
    });

    test('everyone who may read it finds a rule of the policy by its section', async () => {
      const { staffed, pageOf } = await openDesk('vallejo');
      staffed.join('olga', 'officer');
      const page = await pageOf('olga', 'policy');
      await page.getByText('Vallejo Police Department').waitFor();
      await expectUsable(page);
      await page.getByLabel('Word, or section of the policy').fill('V 426.10');
      const rule = page.getByRole('row').filter({ hasText: 'Training coordinator' });
      await rule.getByText('May record trainings.').waitFor();
      await rule.getByText('V 426.10: the Training Sergeant').waitFor();
    });
  },
);
