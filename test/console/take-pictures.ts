import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { lightOf } from './night-light.ts';
import { chooseTheme } from './page-checks.ts';

/** The folder for pictures of every screen; without it none are taken. */
const folder = process.env['LOOKOUT_PICTURES'];

/** At which size, and in which light, a screen is photographed. */
const views = [
  [1280, 800, 'day'],
  [1280, 800, 'night'],
  [800, 480, 'night'],
  [390, 844, 'day'],
] as const;

/** Takes the pictures of a screen, and notes how light it is at night, where somebody asked for them. */
export async function takePictures(page: Page, name: string): Promise<void> {
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  for (const [width, height, theme] of views) {
    await page.setViewportSize({ width, height });
    await chooseTheme(page, theme);
    const png = await page.screenshot();
    await sharp(png)
      .webp({ quality: 70 })
      .toFile(join(folder, `${name}-${width}-${theme}.webp`));
    if (theme !== 'night') continue;
    const { bright, mean } = await lightOf(page);
    const line = `${name} ${width} ${(100 * bright).toFixed(2)} % bright, mean ${mean.toFixed(4)}\n`;
    writeFileSync(join(folder, 'night.txt'), line, { flag: 'a' });
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}
