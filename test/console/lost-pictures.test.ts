import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasChromium, useChromium } from './browser.ts';
import { openFurnishedUnit } from './furnished-unit.ts';

useChromium();

describe.skipIf(!hasChromium)('pictures whose files are gone from the disk', () => {
  test('are said to be missing on the card, not shown as a broken picture, and come when they are there again', async () => {
    const unit = await openFurnishedUnit('vallejo');
    const files = globSync('**/*.jpg', { cwd: unit.staffed.dataDir }).map((file) => {
      const path = join(unit.staffed.dataDir, file);
      return { path, bytes: readFileSync(path) };
    });
    expect(files.length).toBeGreaterThan(0);
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
});
