import { globSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasChromium, useChromium } from './browser.ts';
import { statePurpose } from './desk-page.ts';
import { caseNumber, openFurnishedUnit } from './furnished-unit.ts';

useChromium();

/** The pictures of a unit on its disk. */
function pictureFiles(dataDir: string) {
  const files = globSync('**/*.jpg', { cwd: dataDir }).map((file) => {
    const path = join(dataDir, file);
    return { path, bytes: readFileSync(path) };
  });
  expect(files.length).toBeGreaterThan(0);
  return files;
}

describe.skipIf(!hasChromium)('pictures whose files are gone from the disk', () => {
  test('are said to be missing on the card, not shown as a broken picture, and come when they are there again', async () => {
    const unit = await openFurnishedUnit('vallejo');
    const files = pictureFiles(unit.staffed.dataDir);
    for (const { path } of files) rmSync(path);
    const page = await unit.pageOf('lee', 'drive');
    await page.locator('.card').waitFor();
    const gone = page.getByRole('button', { name: 'The plate as photographed cannot be shown.' });
    const tile = page.locator('.tile-alert').first();
    await gone.or(tile).first().waitFor();
    if (!(await gone.isVisible())) await tile.click();
    await gone.waitFor();
    for (const { path, bytes } of files) writeFileSync(path, bytes);
    await gone.click();
    const width = () =>
      page.evaluate("document.querySelector('.card .picture.crop img')?.naturalWidth ?? 0");
    await expect.poll(width).toBeGreaterThan(0);
  });

  test('that were cut in the middle are told as damaged at a search, on the read and in a package, and come when they are whole', async () => {
    const unit = await openFurnishedUnit('vallejo');
    const files = pictureFiles(unit.staffed.dataDir);
    for (const { path, bytes } of files) truncateSync(path, Math.floor(bytes.length / 2));
    const page = await unit.pageOf('lea', 'search');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await statePurpose(page, caseNumber);
    await page.getByRole('button', { name: /^Show \d+ picture/ }).click();
    await page.getByText('its picture is damaged').first().waitFor();
    const row = page.getByRole('row').filter({ hasText: 'its picture is damaged' }).first();
    await row.getByRole('button').first().click();
    await page.getByRole('heading', { name: /^Read of/ }).waitFor();
    await page.getByRole('button', { name: 'Put aside for a package' }).click();
    await page.getByRole('button', { name: /^Show (the picture|\d+ pictures)/ }).click();
    const lost = page.getByRole('button', { name: 'The plate cannot be shown.' });
    await lost.waitFor();
    await page.getByText('The plate: its file is gone or damaged here').waitFor();

    for (const { path, bytes } of files) writeFileSync(path, bytes);
    await lost.click();
    const width = () =>
      page.evaluate("document.querySelector('.picture.crop img')?.naturalWidth ?? 0");
    await expect.poll(width).toBeGreaterThan(0);
    expect(await page.getByText('The plate: its file').count()).toBe(0);

    for (const { path, bytes } of files) truncateSync(path, Math.floor(bytes.length / 2));
    await page.goto(`${page.url().split('#')[0]}#/cases/${caseNumber}`);
    await page.getByRole('button', { name: 'Make a package' }).click();
    await page.getByText(/\d+ pictures? not as stored when taken/).waitFor();
  });
});
