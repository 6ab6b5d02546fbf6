import { randomUUID } from 'node:crypto';
import type { Page, Route } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { listOwnReports } from '../../src/accountability/verification/report-operations.ts';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { listeners } from '../support/listeners.ts';
import { ask } from './ask.ts';
import { hasChromium, useChromium } from './browser.ts';
import { openDesk } from './desk-page.ts';
import { runConsole } from './running-console.ts';

useChromium();

describe.each(listeners)('a deed whose answer was lost, asked for again over %s', (listener) => {
  /** An account is made by ada, under a name that a page gives the deed. */
  async function open() {
    const console = await runConsole({ listener });
    const { cookie, unit, url } = console;
    const status = await ask('GET', `${url}api/status`, { cookie });
    const { boot } = JSON.parse(status.body).run as { boot: string };
    const begin = (deed?: string, as = cookie) =>
      ask(
        'POST',
        `${url}api/inquiries`,
        { cookie: as, ...(deed === undefined ? {} : { 'x-lookout-deed': deed }) },
        { input: { purpose: 'investigation', caseNumber: '26-0042', reason: 'Burglary' } },
      );
    const idOf = ({ body }: { body: string }) => JSON.parse(body).id as string;
    return { begin, boot, console, idOf, unit };
  }

  test('is done once, and gives the answer of the first time', async () => {
    const { begin, boot, idOf } = await open();
    const deed = `${boot}.${randomUUID()}`;
    const first = await begin(deed);
    expect(first.status).toBe(200);
    const again = await begin(`${deed}.again`);
    expect([again.status, idOf(again)]).toEqual([200, idOf(first)]);
    // Another name is another deed, and so is one without any.
    expect(idOf(await begin(`${boot}.${randomUUID()}`))).not.toBe(idOf(first));
    expect(idOf(await begin())).not.toBe(idOf(first));
  });

  test('is done once also where both are asked for at the same time', async () => {
    const { begin, boot, idOf } = await open();
    const deed = `${boot}.${randomUUID()}`;
    const [one, other] = await Promise.all([begin(deed), begin(`${deed}.again`)]);
    expect(idOf(one)).toBe(idOf(other));
  });

  test('is done now where it had never come', async () => {
    const { begin, boot } = await open();
    expect((await begin(`${boot}.${randomUUID()}.again`)).status).toBe(200);
  });

  test('is not done where another run of the unit may have done it, and that is said', async () => {
    const { begin } = await open();
    const { status, body } = await begin(`${randomUUID()}.${randomUUID()}.again`);
    expect(status).toBe(409);
    expect(JSON.parse(body)).toMatchObject({ code: 'deed-unknown' });
    expect(JSON.parse(body).error).toContain('Look whether it was');
  });

  test('gives nothing of it to another person, nor to who has logged out', async () => {
    const { begin, boot, console, idOf } = await open();
    const deed = `${boot}.${randomUUID()}`;
    const first = await begin(deed);
    const other = await console.cookieOf('ada');
    expect(idOf(await begin(`${deed}.again`, other))).not.toBe(idOf(first));
    await ask('DELETE', `${console.url}api/session`, { cookie: console.cookie });
    expect((await begin(`${deed}.again`)).status).toBe(401);
  });
});

/** An officer who has typed a report of an error; `isDeaf`: whose stream tells nothing. */
async function openReport(isDeaf = false) {
  const desk = await openDesk('vallejo');
  desk.staffed.join('lee', 'officer', 'R. Lee');
  const page = await desk.pageOf('lee', 'inbox/new');
  if (isDeaf) {
    await page.addInitScript('delete globalThis.SharedWorker');
    await page.route(/api.(events|status)/, (route) => route.abort());
    await page.reload();
  }
  await page.getByLabel('What it is about').fill('Camera');
  await page.getByLabel('What happened').fill('It reads stickers.');
  // What the page loads once Drive stands has come.
  await expect
    .poll(() =>
      page.evaluate("performance.getEntriesByName(location.origin + '/page/deeds.js').length"),
    )
    .toBe(1);
  const reports = () => desk.staffed.memberOf('lee').perform(listOwnReports, {});
  return { ...desk, page, reports, send: () => sendKey(page).click() };
}

const sendKey = (page: Page) => page.getByRole('button', { name: 'Report it' });

describe.skipIf(!hasChromium)('a deed on a bad link, in Chromium', () => {
  test('whose answer is lost is told as unknown, and done once when it is pressed again', async () => {
    const { page, reports, send } = await openReport();
    const loseAnswer = async (route: Route) => {
      await route.fetch();
      await route.abort('connectionreset');
    };
    await page.route('**/api/reports', loseAnswer, { times: 1 });
    await send();
    await page.getByText('It may have done this or not: do it again').waitFor();
    expect(await reports()).toHaveLength(1);
    await send();
    await page.getByText('It is reported as number 1').first().waitFor();
    expect(await reports()).toHaveLength(1);
  });

  test('whose answer is cut off is not taken for done', async () => {
    const { page, reports, send } = await openReport();
    await page.route(
      '**/api/reports',
      async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: (await response.text()).slice(0, 40) });
      },
      { times: 1 },
    );
    await send();
    await page.getByText('It may have done this or not: do it again').waitFor();
    await send();
    await page.getByText('It is reported as number 1').first().waitFor();
    expect(await reports()).toHaveLength(1);
  });

  test('that never left is done when it is pressed again', async () => {
    const { page, reports, send } = await openReport();
    await page.route('**/api/reports', (route) => route.abort('connectionrefused'), { times: 1 });
    await send();
    await page.getByText('It may have done this or not: do it again').waitFor();
    expect(await reports()).toEqual([]);
    await send();
    await page.getByText('It is reported as number 1').first().waitFor();
    expect(await reports()).toHaveLength(1);
  });

  test('that is on its way is done once, whoever presses twice or leaves the screen and comes back', async () => {
    const { page, reports } = await openReport();
    const held: Route[] = [];
    await page.route('**/api/reports', (route) => void held.push(route));
    await sendKey(page).dblclick();
    await expect.poll(() => held.length).toBe(1);
    // Back, and here again: what was typed is still there.
    await page.evaluate("location.hash = '#/me'");
    await page.getByRole('heading', { name: 'My account' }).waitFor();
    await page.goBack();
    await page.getByLabel('What happened').waitFor();
    expect(await page.getByLabel('What happened').inputValue()).toBe('It reads stickers.');
    await page.evaluate("document.querySelector('main form').requestSubmit()");
    await held[0]?.continue();
    await page.getByText('It is reported as number 1').first().waitFor();
    expect(held).toHaveLength(1);
    expect(await reports()).toHaveLength(1);
  });

  test.each([
    [
      'is told so',
      true,
      'Your session was over when you asked for something last: it was not done',
    ],
    ['by their stream', false, 'This page was left before Lookout had answered'],
  ])(
    'amid which the session ends is not done, and who %s reads that at the login form',
    async (_, isAnswered, words) => {
      const { page, reports, send, staffed } = await openReport(isAnswered);
      const held: Route[] = [];
      await page.route('**/api/reports', (route) => void held.push(route));
      await send();
      await expect.poll(() => held.length).toBe(1);
      staffed.accountability.people.endEverySession('the test');
      if (isAnswered) await held[0]?.continue();
      await page.getByText(words).waitFor();
      expect(await reports()).toEqual([]);
      await page.getByLabel('Username').fill('lee');
      await page.getByLabel('Password').fill(goodPassword);
      await page.getByLabel('I have read this notice').check();
      await page.getByRole('button', { name: 'Log in' }).click();
      // Where they were, and told once.
      await page.getByLabel('What happened').waitFor();
      expect(await page.getByText(words).count()).toBe(0);
    },
  );

  test('that was not answered when the page was loaded again is told as unknown', async () => {
    const { page, send } = await openReport();
    const held: Route[] = [];
    await page.route('**/api/reports', (route) => void held.push(route));
    await send();
    await expect.poll(() => held.length).toBe(1);
    await page.reload();
    await page.getByText('look whether it was done').waitFor();
  });
});
