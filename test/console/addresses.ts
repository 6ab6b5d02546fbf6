import type { Page } from 'playwright-core';
import type { Place } from '../../src/console/page/screen.ts';
import { statePurpose } from './desk-page.ts';

/** What a page shows at an address once everything that it asked for was answered. */
export interface Shown {
  address: string;
  /** False: it went on loading for ten seconds. */
  isSettled: boolean;
  heading: string;
  /** Sentences that say why something is not there. */
  said: string[];
  text: string;
  /** Names of the keys below the line at the top. */
  keys: string[];
}

/** Counts the requests that are not answered yet. */
const countRequests = `
  globalThis.unanswered = 0;
  const own = globalThis.fetch;
  globalThis.fetch = async (...asked) => {
    globalThis.unanswered += 1;
    try { return await own(...asked); } finally { setTimeout(() => { globalThis.unanswered -= 1; }, 20); }
  };
`;

/** Goes to each address as a person does who follows a link; gives what the page shows there. */
const walk = (addresses: readonly string[]) => `(async () => {
  const main = document.querySelector('#main');
  const texts = (selector) => [...main.querySelectorAll(selector)].map((each) => each.textContent.trim()).filter(Boolean);
  const look = () => ({
    isSettled: globalThis.unanswered === 0 && (texts('h1')[0] ?? '') !== '' && !/Loading…/.test(main.innerText),
    heading: texts('h1')[0] ?? '',
    said: texts('.refusal, .empty'),
    text: main.innerText,
    keys: texts('button'),
  });
  const breath = () => new Promise((resolve) => setTimeout(resolve, 20));
  const shown = [];
  for (const address of ${JSON.stringify(addresses)}) {
    location.hash = '#/' + address;
    await breath();
    const endMs = performance.now() + 10_000;
    let seen = look();
    // Twice: one answer may lead to the next question.
    for (let calm = 0; calm < 2 && performance.now() < endMs; calm = seen.isSettled ? calm + 1 : 0) {
      await breath();
      seen = look();
    }
    shown.push({ address, ...seen });
  }
  return shown;
})()`;

/** What somebody sees at each of these addresses, who has stated a purpose where the page asks for one. */
export async function showAll(page: Page, addresses: readonly string[]): Promise<Shown[]> {
  await page.addInitScript(countRequests);
  await page.reload();
  await page.getByRole('heading', { name: 'My account' }).waitFor();
  const canSearch = "import('/page/state.js').then(({ may }) => may('detections.search'))";
  if (await page.evaluate<boolean>(canSearch)) {
    await page.evaluate("location.hash = '#/read/first'");
    await page.getByRole('dialog', { name: 'Purpose' }).waitFor();
    await statePurpose(page, '26-0040001');
  }
  return page.evaluate<Shown[]>(walk(addresses));
}

/** The screens of the page. */
export const placesOf = (page: Page) =>
  page.evaluate<Pick<Place, 'path' | 'permission' | 'only'>[]>(
    "import('/page/places.js').then(({ places }) => places.map(({ path, permission, only }) => ({ path, permission, only })))",
  );

/** Ids of nothing: of another unit or deleted, of other addresses of the API, cut off, too long, and not to be read. */
export const idsOfNothing = [
  '01900000-0000-7000-8000-000000000001',
  ...['undisposed', 'reminders', '1e3', '..', '%00', '<b>x', 'a'.repeat(120), 'a'.repeat(5000)],
];

/** Words of a program that failed, not of one that answers. */
const broken =
  /undefined|\bNaN\b|\[object|\bnull\b|HTTP \d|This screen failed|TypeError|is not a function|could not be loaded/;

/** What is wrong with a screen of something that is not there; `isNamed`: it is of one thing, by its id. */
export function faultsOf(shown: Shown, isNamed: boolean): string[] {
  const { address, isSettled, heading, said, text, keys } = shown;
  const faults: string[] = [];
  if (!isSettled) faults.push('it goes on loading');
  if (broken.test(text)) faults.push('broken words');
  const isNowhere = /^(Nothing here for you|This alert is not here)$/.test(heading);
  if (isNamed && said.length === 0 && !isNowhere) faults.push('no sentence');
  if (isNamed && keys.length === 0) faults.push('no way on');
  return faults.map((fault) => `${address.slice(0, 60)}: ${fault}: ${text.slice(0, 200)}`);
}
