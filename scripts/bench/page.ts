import { createRecent } from '../../src/platform/quantiles.ts';
import { openPageUnit } from './page-unit.ts';

// Alerts on two open screens of a real page in Debian's Chromium: from when the desk is given a vehicle until the card
// with its pictures is on both.
const alerts = 40;
const screens = 2;
const unit = await openPageUnit();
const context = await unit.newContext();
const pages = await Promise.all(Array.from({ length: screens }, () => context.newPage()));
await Promise.all(pages.map((page) => page.goto(unit.url)));
await Promise.all(pages.map((page) => page.getByText('Live').waitFor()));

const tookMs = createRecent(alerts);
for (let n = 0; n < alerts; n += 1) {
  const id = `vehicle-${n}`;
  const from = performance.now();
  unit.announce(id);
  await Promise.all(pages.map((page) => page.locator(`.card[data-alert="${id}"]`).waitFor()));
  const loaded = '[...document.images].every(({ naturalWidth }) => naturalWidth > 0)';
  for (const page of pages) while (!(await page.evaluate(loaded)));
  tookMs.add(performance.now() - from);
}
const ms = (q: number) => `${tookMs.quantile(q)?.toFixed(0)} ms`;
process.stdout.write(
  `${alerts} alerts, each on ${screens} screens with its pictures: p50 ${ms(0.5)}, p99 ${ms(0.99)}, longest ${ms(1)}\n`,
);
await unit.close();
