import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Place } from '../../src/console/page/screen.ts';
import { statePurpose } from './desk-page.ts';

/** What a page shows once everything that it asked for was answered. */
export interface Shown {
  heading: string;
  /** Sentences that say why something is not there. */
  said: string[];
  text: string;
  /** Names of the keys below the line at the top. */
  keys: string[];
}

/** Counts the requests that are not answered yet, but for the stream of events. */
const countRequests = `
  globalThis.unanswered = 0;
  const own = globalThis.fetch;
  globalThis.fetch = async (...asked) => {
    globalThis.unanswered += 1;
    try { return await own(...asked); } finally { setTimeout(() => { globalThis.unanswered -= 1; }, 20); }
  };
`;

const look = `(() => {
  const main = document.querySelector('#main');
  const texts = (selector) => [...main.querySelectorAll(selector)].map((each) => each.textContent.trim()).filter(Boolean);
  return {
    isSettled: globalThis.unanswered === 0 && document.querySelector('[role=dialog]') === null,
    heading: texts('h1')[0] ?? '',
    said: texts('.refusal, .empty'),
    text: main.innerText,
    keys: texts('button'),
  };
})()`;

/** Follows what is asked of the unit on this page; before `showAt`. */
export async function followRequests(page: Page): Promise<void> {
  await page.addInitScript(countRequests);
  await page.reload();
}

/** Goes to an address of the page as a person does who follows a link, and gives what it shows then. */
export async function showAt(page: Page, address: string): Promise<Shown> {
  // By way of another screen: nothing of the one before stays.
  for (const each of ['me', address]) {
    await page.evaluate(`location.hash = ${JSON.stringify(`#/${each}`)}`);
    await settled(page);
  }
  return settled(page);
}

async function settled(page: Page): Promise<Shown> {
  let shown: (Shown & { isSettled: boolean }) | undefined;
  await expect
    .poll(
      async () => {
        if ((await page.getByRole('dialog', { name: 'Purpose' }).count()) > 0) {
          await statePurpose(page, '26-0040001');
        }
        shown = await page.evaluate<Shown & { isSettled: boolean }>(look);
        return shown.isSettled && shown.heading !== '' && !/Loading…/.test(shown.text);
      },
      { timeout: 15_000 },
    )
    .toBe(true)
    .catch((error: unknown) => {
      throw new Error(`${page.url()} shows ${JSON.stringify(shown)}`, { cause: error });
    });
  if (shown === undefined) throw new Error('nothing was looked at');
  return shown;
}

/** The screens of the page on which somebody is logged in. */
export const placesOf = (page: Page) =>
  page.evaluate<Pick<Place, 'path' | 'permission' | 'only'>[]>(
    "import('/page/places.js').then(({ places }) => places.map(({ path, permission, only }) => ({ path, permission, only })))",
  );

/** Ids of nothing: of another unit or deleted, of other addresses of the API, cut off, too long, and not to be read. */
export const idsOfNothing = [
  '01900000-0000-7000-8000-000000000001',
  ...['undisposed', 'mutes', 'awaiting', 'reminders', 'mine', 'review', 'log'],
  ...['zzz', '-1', '1e3', '.', '..', '%2e%2e', '../users', 'a/b', '%00', '%E0%A4%A', '<b>x</b>', '‮evil'],
  ...['a'.repeat(120), 'a'.repeat(5000)],
];

/** Words of a program that failed, not of one that answers. */
const broken = /undefined|\bNaN\b|\[object|\bnull\b|HTTP \d|This screen failed|TypeError|is not a function|could not be loaded/;

/** What is wrong with a screen of something that is not there; `isNamed`: it is of one thing, by its id. */
export function faultsOfNothing({ heading, said, text, keys }: Shown, isNamed: boolean): string[] {
  const faults: string[] = [];
  if (broken.test(text)) faults.push(`broken words: ${text.slice(0, 200)}`);
  const isNowhere = /^(Nothing here for you|This alert is not here)$/.test(heading);
  if (isNamed && said.length === 0 && !isNowhere) faults.push(`no sentence: ${text.slice(0, 200)}`);
  if (isNamed && keys.length === 0) faults.push('no way on');
  return faults;
}
