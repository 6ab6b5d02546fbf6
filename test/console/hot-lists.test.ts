import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { localDay } from '../../src/platform/local-time.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk, statePurpose } from './desk-page.ts';

useChromium();

/** A line of California's stolen vehicle table: plate, state, county, day of the entry. */
const line = (plate: string) => `${plate.padEnd(8)}CA0720260310`;
/** Today in the zone of the tests, as the table writes it: 11/28/2026. */
function today(): string {
  const [year, month, day] = localDay(Date.now()).split('-');
  return `${month}/${day}/${year}`;
}

const fileOf = (lines: readonly string[]) =>
  Buffer.from(
    [
      `DATE${today()} 00:00`,
      ...lines,
      `TOTAL RECORD${String(lines.length).padStart(8, '0')}`,
      '',
    ].join('\n'),
  );
const good = Array.from({ length: 400 }, (_, at) => line(`8LVN${100 + at}`));
const bad = ['8LÄVN36 CA0720260310', '####### CA0720260310', 'no line of a table'];

describe.skipIf(!hasChromium)('hot lists in Chromium (skipped without /usr/bin/chromium)', () => {
  test('an administrator imports a list with three bad rows after seeing what an import would do (HOT-15)', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    const page = await pageOf('ada', 'lists');
    await page.getByText('Empty, does not alert').first().waitFor();
    await expectUsable(page);
    await page.getByRole('button', { name: 'SVS stolen vehicles' }).click();
    await page.getByLabel('File of the list').setInputFiles({
      name: 'svs.txt',
      mimeType: 'text/plain',
      buffer: fileOf([...good.slice(0, 200), ...bad, ...good.slice(200)]),
    });
    const report = page.getByRole('region', { name: 'What an import would do' });
    await report.waitFor();
    await expectUsable(page);
    const refused = report.getByRole('row').filter({ hasText: 'Refused' });
    expect(await refused.count()).toBe(3);
    await page.getByRole('button', { name: 'Import 400 entries' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('SVS stolen vehicles holds 400 entries.').waitFor();
    expect(staffed.accountability.hotlist.status()[0]).toMatchObject({
      entries: 400,
      importedBy: 'Ada Cole',
    });
  });

  test('of a file that does not say when it was made the time is asked for, and that of the file is one key (HOT-15)', async () => {
    const { pageOf } = await openDesk('vallejo');
    const page = await pageOf('ada', 'lists/svs');
    const buffer = Buffer.from(`${good.join('\n')}\n`);
    const file = { name: 'svs.txt', mimeType: 'text/plain', buffer };
    await page.getByLabel('File of the list').setInputFiles(file);
    await page.getByRole('status').getByText('This file does not say it').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await expectUsable(page);
    await page.getByRole('button', { name: /^Time of the file/ }).click();
    await page.getByRole('region', { name: 'What an import would do' }).waitFor();
    expect(await page.getByText('This file does not say it').count()).toBe(0);
  });

  test('a file that is too large for one request is sent in parts (HOT-15)', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    const page = await pageOf('ada', 'lists/svs');
    const plates = Array.from({ length: 140_000 }, (_, at) => line(`8L${10_000 + at}`));
    const buffer = fileOf(plates);
    expect(buffer.length).toBeGreaterThan(2_800_000);
    const file = { name: 'svs.txt', mimeType: 'text/plain', buffer };
    await page.getByLabel('File of the list').setInputFiles(file);
    await page.getByRole('button', { name: 'Import 140,000 entries' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('SVS stolen vehicles holds 140,000 entries.').waitFor();
    expect(readdirSync(join(staffed.dataDir, 'incoming'))).toEqual([]);
  });

  test('a list is switched off after a question, and browsed with a purpose; who may not manage it sees its age only', async () => {
    const { staffed, pageOf } = await openDesk('vallejo');
    await staffed.accountability.hotlist.importFile(await listOnDisk(staffed.dataDir));
    const page = await pageOf('ada', 'lists/svs');
    await page.getByRole('button', { name: 'Switch off' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Switch off' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Switch it off' }).click();
    await page.getByText('Off, does not alert').waitFor();
    await page.getByRole('button', { name: 'Switch on' }).click();
    await page.getByText('Alerts', { exact: true }).waitFor();
    await page.getByLabel('Plate, or nothing for all').fill('8lvn101');
    await page.keyboard.press('Enter');
    await statePurpose(page, '26-0040001');
    await page.getByRole('rowheader', { name: '8LVN101' }).waitFor();
    expect(await page.getByRole('rowheader').count()).toBe(1);

    await staffed.enrol('walt', 'detective', { listSources: [] });
    const detective = await pageOf('walt', 'lists/svs');
    await detective.getByText('old, made').waitFor();
    expect(await detective.getByRole('button', { name: 'Switch off' }).count()).toBe(0);
    await detective.getByRole('button', { name: 'Show', exact: true }).click();
    await statePurpose(detective, '26-0040001');
    await detective.getByRole('alert').getByText('You are not authorised to browse').waitFor();
  });
});

async function listOnDisk(folder: string) {
  const { writeFile } = await import('node:fs/promises');
  const file = `${folder}/svs.txt`;
  await writeFile(file, fileOf(good));
  return { listId: 'svs', file };
}
