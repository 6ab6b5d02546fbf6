import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { quickPicture } from './browser.ts';
import { lightOf } from './night-light.ts';
import { chooseTheme } from './page-checks.ts';

/** The folder for pictures of every screen; without it none are taken. */
const folder = process.env.LOOKOUT_PICTURES;

/** Takes the pictures of a screen where somebody asked for them, that of a car also by night, and prints how light it is by night. */
export async function takePictures(page: Page, name: string, isInCar: boolean): Promise<void> {
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  const take = async (file: string) =>
    sharp(await page.screenshot())
      .resize({ width: 960, withoutEnlargement: true })
      .webp({ quality: 60 })
      .toFile(join(folder, `${file}.webp`));
  await chooseTheme(page, 'day');
  await take(name);
  if (name === 'alert-near') {
    await page.setViewportSize({ width: 390, height: 844 });
    await take(`${name}-phone`);
  }
  await chooseTheme(page, 'night');
  if (name === 'alert-near') {
    await page.setViewportSize({ width: 800, height: 480 });
    await take(`${name}-dash`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  if (isInCar) await take(`${name}-night`);
  const { bright, mean } = await lightOf(await quickPicture(page));
  const words = `${(100 * bright).toFixed(2)} % bright, mean luminance ${mean.toFixed(4)}`;
  process.stdout.write(`${name} by night: ${words}\n`);
}
