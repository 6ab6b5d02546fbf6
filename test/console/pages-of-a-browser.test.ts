import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { exampleAlert, exampleConsensus, exampleHit } from '../alerts/sample-alerts.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { runConsole } from './running-console.ts';

useChromium();

const alertOf = (plate: string) => exampleAlert(exampleHit({ read: exampleConsensus(plate) }));
const plateOn = (page: Page) => page.locator('.plate.read .plate-text').textContent();

/** So many pages of one browser, each of which hears the unit. */
async function openPages(count: number) {
  const console = await runConsole();
  const screen = await newScreen();
  const pages: Page[] = [await screen.openIn(console)];
  while (pages.length < count) pages.push(await screen.open(console.url));
  for (const page of pages) await page.getByText('Live').waitFor();
  return { console, screen, pages: pages as [Page, Page, ...Page[]] };
}

describe.skipIf(!hasChromium)(
  'several pages in one browser (skipped without /usr/bin/chromium)',
  () => {
    test('nine hear an alert, load its picture and are reloaded: a browser opens six connections to a host', async () => {
      const { console, screen, pages } = await openPages(9);
      await console.output.present('raised', alertOf('8LVN362'));
      for (const page of pages) {
        await page.locator('.card').waitFor();
        expect(await plateOn(page)).toBe('8LVN362');
      }
      await pages[0].reload();
      await pages[0].locator('.card').waitFor();
      await pages[1].close();
      await console.output.present('amended', alertOf('9ABC123'));
      for (const page of pages.filter((each) => !each.isClosed())) {
        await page.locator('.plate.read .plate-text', { hasText: '9ABC123' }).waitFor();
      }
      expect(screen.complaints).toEqual([]);
    });

    test('when the browser ends what they hear the unit through, each says so at once, and hears the next alert', async () => {
      const { console, pages } = await openPages(2);
      const cdp = await pages[0].context().browser()?.newBrowserCDPSession();
      const targets = await cdp?.send('Target.getTargets', { filter: [{}] });
      const worker = targets?.targetInfos.find(({ type }) => type === 'shared_worker');
      for (const page of pages) {
        await page.evaluate(`globalThis.links = [];
          new MutationObserver(() => links.push(document.querySelector('.link').textContent.trim()))
            .observe(document.querySelector('.link'), { childList: true, characterData: true, subtree: true });`);
      }
      await cdp?.send('Target.closeTarget', { targetId: worker?.targetId ?? '' });
      for (const page of pages) {
        await expect
          .poll(() => page.evaluate('globalThis.links'))
          .toEqual(['No connection', 'Live']);
      }
      await console.output.present('raised', alertOf('8LVN362'));
      for (const page of pages) await page.locator('.card').waitFor();
    });

    test('one that is locked locks all, and one that is unlocked shows all again', async () => {
      const { console, pages } = await openPages(2);
      await console.output.present('raised', alertOf('8LVN362'));
      const [first, second] = pages;
      await first.getByRole('button', { name: /^Menu/ }).click();
      await first.getByRole('button', { name: 'Lock', exact: true }).click();
      for (const page of pages) await page.getByText('Alerts wait: ■ 1 standard').waitFor();
      await second.getByLabel('Password').fill(goodPassword);
      await second.keyboard.press('Enter');
      for (const page of pages) await page.locator('.card').waitFor();
      await console.output.present('amended', alertOf('9ABC123'));
      for (const page of [first, second]) {
        await page.locator('.plate.read .plate-text', { hasText: '9ABC123' }).waitFor();
      }
    });
  },
);
