import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { standingFindings } from '../../src/diagnostics/standing-checks.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk } from './desk-page.ts';

useChromium();

describe.skipIf(!hasChromium)('Health in Chromium (skipped without /usr/bin/chromium)', () => {
  test('who sees how the equipment works sees whether the disk is readable without a login, by the checks of doctor (AUD-10)', async () => {
    let looks = 0;
    const checks = async () => {
      looks += 1;
      const witnesses = { satellitesOffsetMs: 7_200_000, headquartersOffsetMs: null };
      const findings = await standingFindings(loadConfig({}), witnesses);
      // This machine's own disk may be encrypted.
      return findings.map((finding) =>
        finding.check === 'encryption'
          ? {
              ...finding,
              result: 'warning' as const,
              says: 'the data folder is not on an encrypted volume: who has the disk reads it without a login',
              advice: 'Put the data folder on a LUKS volume.',
            }
          : finding,
      );
    };
    const { staffed, pageOf } = await openDesk('vallejo', { checks });
    staffed.join('tech', 'maintenance');
    staffed.join('lea', 'records_clerk');
    const page = await pageOf('tech', 'health');
    const tile = page.locator('.tile').filter({ hasText: 'Encryption at rest' });
    await tile.getByText('who has the disk reads it without a login').waitFor();
    await tile.getByText('Put the data folder on a LUKS volume.').waitFor();
    await page
      .locator('.tile.bad')
      .filter({ hasText: 'Clock' })
      .getByText('2.0 h behind satellites')
      .waitFor();
    for (const subject of ['Time zone', 'Power cut', 'Policy', 'Data folder']) {
      await page.locator('.tile').filter({ hasText: subject }).first().waitFor();
    }
    await expectUsable(page);
    // Several who look within a minute are told the same.
    await page.getByRole('button', { name: 'Look again' }).click();
    await page.reload();
    await tile.waitFor();
    expect(looks).toBe(1);

    const clerk = await pageOf('lea', 'health');
    await clerk.getByRole('heading', { name: 'Health' }).waitFor();
    expect(await clerk.getByText('Encryption at rest').count()).toBe(0);
  });
});
