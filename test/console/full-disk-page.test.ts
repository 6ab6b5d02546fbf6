import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { listReports } from '../../src/accountability/verification/report-operations.ts';
import { faultOf } from '../../src/console/fault.ts';
import { exampleMatch } from '../alerts/sample-alerts.ts';
import { smallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { hasChromium, useChromium } from './browser.ts';
import { openDesk } from './desk-page.ts';

useChromium();

test('a file or a row that finds no room is told as a full disk, and not as an error of Lookout', (context) => {
  const folder = join(temporaryFolder(), 'disk');
  const disk = smallDisk(context, folder, 1);
  disk.fill();
  const thrown = (() => {
    try {
      return writeFileSync(join(folder, 'picture'), Buffer.alloc(8192));
    } catch (error) {
      return error;
    }
  })();
  expect(faultOf(thrown)).toMatchObject({
    status: 507,
    error: expect.stringContaining('the disk of Lookout is full'),
  });
});

describe.skipIf(!hasChromium)('a page of a unit whose disk is full', () => {
  test('says so, keeps what was typed, does no deed twice or by halves, and still alerts', {
    timeout: 180_000,
  }, async (context) => {
    const folder = join(temporaryFolder(), 'disk');
    const disk = smallDisk(context, folder, 40);
    vi.stubEnv('TMPDIR', folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { staffed, unit, pageOf } = await openDesk('vallejo');
    staffed.join('moss', 'supervisor');
    staffed.join('lee', 'officer');
    const page = await pageOf('lee', 'inbox/new');
    const text = page.getByLabel('What happened');
    const refusal = page.locator('.refusal').first();
    const done = page.getByRole('button', { name: 'Open it' });
    // Of a deed first nothing finds room, then a part of what it writes.
    for (const [at, left] of [0, 20_480, 61_440].entries()) {
      await page.getByLabel('What it is about').fill(`Camera ${at}`);
      await text.fill(`The camera read sticker ${at} on a bumper.`);
      disk.fill(left);
      await page.getByRole('button', { name: 'Report it' }).click();
      await refusal.or(done).first().waitFor();
      const said = (await refusal.isVisible()) ? await refusal.textContent() : null;
      disk.clear();
      if (said !== null) {
        expect(said).toContain('the disk is full');
        expect(await text.inputValue()).toContain(`sticker ${at}`);
        if (!said.includes('It was done')) {
          await page.getByRole('button', { name: 'Report it' }).click();
          await done.waitFor();
        }
      }
      await page.evaluate("location.hash = '#/inbox'");
      await page.getByRole('heading', { name: 'Inbox' }).waitFor();
      await page.evaluate("location.hash = '#/inbox/new'");
      await text.waitFor();
      expect(await staffed.as('moss', listReports, {})).toHaveLength(at + 1);
    }
    await page.evaluate("location.hash = '#/drive'");
    await page.getByText('No alerts').waitFor();
    // No plate without a record of who saw it (AUD-3), but nobody misses that there is an alert, and the page stays open.
    disk.fill();
    await unit.see([exampleMatch()], { id: 'vehicle-1' });
    await page.getByText('1 alert is not here yet').waitFor();
    expect(await page.getByRole('heading', { name: 'Locked' }).count()).toBe(0);
    disk.clear();
    // It comes by itself once the log can take that it is shown.
    await page.locator('.card').first().waitFor();
  });
});
