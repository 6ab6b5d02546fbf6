import { Secret } from 'otpauth';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { totpCode, totpStep } from '../support/totp-code.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { expectUsable } from './desk-page.ts';
import { type ConsoleOptions, runConsole } from './running-console.ts';
import { askAsPage } from './screen.ts';
import { fromMenu, plugIn, register } from './security-key.ts';

useChromium();

const from = 'page 127.0.0.1';

/** A console whose page was opened by its name, with a security key at the computer. */
async function openByName(options: ConsoleOptions = {}, knows = true) {
  const console = await runConsole(options);
  const url = console.url.replace('127.0.0.1', 'localhost');
  const page = await (await newScreen()).openIn({ url, cookie: console.cookie });
  await page.getByText('Live').waitFor();
  await plugIn(page, knows);
  return { console, url, page };
}

async function fillLogin(page: Page): Promise<void> {
  await page.getByLabel('Username').fill('ada');
  await page.getByLabel('Password').fill(goodPassword);
  await page.getByLabel('I have read this notice').check();
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
}

describe.skipIf(!hasChromium)(
  'security keys in Chromium (skipped without /usr/bin/chromium)',
  () => {
    test('USR-15: a key is registered, unlocks the page by a touch, is asked at each login, and is removed', async () => {
      const { console, url, page } = await openByName();
      await page.goto(`${url}#/me`);
      await register(page, 'blue key');
      await page.getByText('unlocks the page').waitFor();
      await expectUsable(page);

      await fromMenu(page, 'Lock');
      await page.getByRole('button', { name: 'Use a security key' }).click();
      await page.getByRole('button', { name: /^Menu/ }).waitFor();
      const unlocks = console.unit.records.filter(
        ({ operation }) => operation === 'session.unlock',
      );
      expect(unlocks.map(({ note }) => note)).toEqual(['by the security key blue key']);

      await fromMenu(page, 'Log out');
      await page.getByRole('heading', { name: 'Log in' }).waitFor();
      await fillLogin(page);
      await page.getByText('Your second factor is a security key.').waitFor();
      await page.getByRole('button', { name: 'Log in with a security key' }).click();
      await page.getByText('Live').waitFor();
      await expect(console.unit.login('ada', goodPassword)).rejects.toMatchObject({
        code: 'key-missing',
      });

      await page.goto(`${url}#/me`);
      await page.getByRole('button', { name: 'Remove blue key' }).click();
      const question = page.getByRole('dialog', { name: 'Remove blue key?' });
      await question.getByText('It is your only second factor').waitFor();
      await question.getByRole('button', { name: 'Remove it' }).click();
      await page.getByText('The key is removed.').waitFor();
      expect((await console.unit.login('ada', goodPassword)).session).toMatchObject({ keys: 0 });
      const told = console.unit.records
        .filter(({ operation, outcome }) => operation.startsWith('passkeys.') && outcome === 'done')
        .map(({ operation, who }) => [operation, who.username]);
      expect(told).toContainEqual(['passkeys.add', 'ada']);
      expect(told).toContainEqual(['passkeys.remove', 'ada']);
    });

    test('USR-15: where the policy requires a second factor, the first login offers an app or a security key', async () => {
      const console = await runConsole({
        alter: ({ accounts }) => {
          accounts.secondFactor = 'required';
        },
      });
      const url = console.url.replace('127.0.0.1', 'localhost');
      const page = await (await newScreen()).open(url);
      await plugIn(page);
      await fillLogin(page);
      await page.getByRole('button', { name: 'Authenticator app' }).click();
      await page.getByRole('img', { name: 'QR code of the secret' }).waitFor();
      await page.getByRole('button', { name: 'Another kind' }).click();
      await page.getByRole('button', { name: 'Security key' }).click();
      await page.getByLabel('What you call it').fill('blue key');
      await expectUsable(page);
      await page.getByRole('button', { name: 'Register this key' }).click();
      await page.getByText('Live').waitFor();
      await expect(console.unit.login('ada', goodPassword)).rejects.toMatchObject({
        code: 'key-missing',
      });
      const added = console.unit.records.find(({ operation }) => operation === 'passkeys.add');
      expect(added).toMatchObject({ who: { username: 'ada' }, query: { name: 'blue key' } });
    });

    test('USR-16: a login that lacks the lost second factor says how to go on', async () => {
      const { url, page } = await openByName();
      await page.goto(`${url}#/me`);
      await register(page, 'blue key');
      await fromMenu(page, 'Log out');
      await fillLogin(page);
      await page.getByText('Your second factor is a security key.').waitFor();
      await page.getByText('lookout user reset-second-factor USERNAME').waitFor();
      await expectUsable(page);
    });

    test('a key that does not know its owner is a second factor, and unlocks nothing', async () => {
      const { url, page } = await openByName({}, false);
      await page.goto(`${url}#/me`);
      await register(page, 'grey key');
      await page.getByText('second factor alone').waitFor();
      await fromMenu(page, 'Lock');
      await page.getByRole('button', { name: 'Use a security key' }).click();
      await page.getByText('No security key of yours that knows you').waitFor();
      await page.getByLabel('Password').fill(goodPassword);
      await page.getByRole('button', { name: 'Unlock' }).click();
      await page.getByRole('button', { name: /^Menu/ }).waitFor();
    });

    test('an answer is good once, for its question and its session; a wrong one counts as a failed login', async () => {
      const { console, url, page } = await openByName();
      await page.goto(`${url}#/me`);
      await register(page, 'blue key');
      const post = (path: string, body: unknown) =>
        askAsPage(url, {
          method: 'POST',
          path: `api/session/${path}`,
          cookie: console.cookie,
          body,
        });
      const sent: object[] = [];
      page.on('request', (request) => {
        if (request.url().endsWith('/session/unlock')) sent.push(request.postDataJSON());
      });
      await fromMenu(page, 'Lock');
      await page.getByRole('button', { name: 'Use a security key' }).click();
      await page.getByRole('button', { name: /^Menu/ }).waitFor();
      const [answer] = sent;
      expect((await post('unlock', answer)).body.code).toBe('key-too-late');
      expect((await post('keys/question', { use: 'unlock' })).status).toBe(200);
      expect((await post('unlock', answer)).body.code).toBe('key-wrong');
      expect(console.unit.records.at(-1)).toMatchObject({
        operation: 'session.login',
        outcome: 'refused',
        note: 'wrong security key',
      });
      const nothing = { key: { id: 'x', response: {} } };
      await post('keys/question', { use: 'unlock' });
      expect((await post('unlock', nothing)).body.code).toBe('key-wrong');
      expect((await post('login-key', { username: 'ada', password: 'wrong' })).status).toBe(401);
    });

    test('a page that was opened by an address says where it has a name', async () => {
      const console = await runConsole();
      const page = await (await newScreen()).openIn(console);
      await page.getByText('Live').waitFor();
      await page.goto(`${console.url}#/me`);
      const { port } = new URL(console.url);
      await page.getByRole('link', { name: `http://localhost:${port}/` }).waitFor();
    });

    test('who lost a key is helped by the people desk, which takes keys and second factor back', async () => {
      const { console, url, page } = await openByName();
      const { unit } = console;
      const ada = (await unit.login('ada', goodPassword)).token;
      await unit.join(ada, { username: 'boss', role: 'alpr_administrator' });
      await page.goto(`${url}#/me`);
      await register(page, 'blue key');
      const { token } = await unit.login('boss', goodPassword, undefined, from);
      const desk = await (await newScreen()).openIn({ url, cookie: `lookout-unit-1=${token}` });
      await desk.getByText('Live').waitFor();
      await desk.goto(`${url}#/people/ada`);
      await desk.getByText('1 security key').waitFor();
      await desk.getByRole('button', { name: 'Take back second factor and keys' }).click();
      await desk.getByRole('button', { name: 'Take it back' }).click();
      await desk.getByText('1 security key').waitFor({ state: 'detached' });
      await page.getByRole('heading', { name: 'Log in' }).waitFor();
      expect((await unit.login('ada', goodPassword)).session).toMatchObject({ keys: 0 });
    });

    test('CJIS AC-11: a session is renewed in place by the password and the code, or a key', async () => {
      const { console, url, page } = await openByName({
        alter: (policy) => {
          policy.accounts.reloginH = 0.2;
        },
      });
      const { gate, nowMs } = console.unit;
      const token = console.cookie.split('=')[1] ?? '';
      const ask = (operation: string, input: object) =>
        gate.perform({ token, from, operation, input });
      const offer = (await ask('second-factor.offer', {})) as { uri: string };
      const secret = new URL(offer.uri).searchParams.get('secret') ?? '';
      const code = (step: number) =>
        totpCode(Secret.fromBase32(secret).bytes, totpStep(nowMs) + step);
      await ask('second-factor.confirm', { code: code(-1) });
      await page.goto(`${url}#/me`);
      await page.reload();
      await register(page, 'blue key');
      await page.getByText(/Your session ends in/).waitFor();
      await page.getByLabel('Your password').fill(goodPassword);
      await page.getByLabel('Code of your second factor').fill('000000');
      await page.getByRole('button', { name: 'Stay logged in' }).click();
      await page.getByText('The username or password is wrong').waitFor();
      await page.getByLabel('Your password').fill(goodPassword);
      await page.getByLabel('Code of your second factor').fill(code(0));
      await page.getByRole('button', { name: 'Stay logged in' }).click();
      await page.getByText('You stay logged in.').waitFor();
      await page.getByRole('button', { name: 'Close' }).click();
      await page.getByLabel('Your password').fill(goodPassword);
      await page.getByRole('button', { name: 'With a security key' }).click();
      await page.getByText('You stay logged in.').waitFor();
    });
  },
);
