import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Bidi, connectBidi, resultOf } from './bidi.ts';
import { type FirefoxPage, firefoxPage } from './firefox-page.ts';

const firefoxPath = '/usr/bin/firefox-esr';

/** Whether this machine has Debian's Firefox; tests that need it skip without. */
export const hasFirefox = existsSync(firefoxPath);

/** Beside what Firefox sets by itself for whoever drives it. */
const preferences = {
  'security.webauth.webauthn_enable_softtoken': true,
  'security.webauth.webauthn_enable_usbtoken': false,
};

interface Running {
  bidi: Bidi;
  child: ChildProcess;
  profile: string;
}

let running: Running | undefined;
/** What comes of a page goes to the screen that it belongs to, by its browsing context. */
const screens = new Map<string, Pick<FirefoxScreen, 'requests' | 'complaints'>>();

/** Starts one Firefox for the tests of this file. */
export function useFirefox(): void {
  beforeAll(async () => {
    if (hasFirefox) running = await start();
  });
  afterAll(async () => {
    if (running === undefined) return;
    const { bidi, child, profile } = running;
    const ended = once(child, 'exit');
    await bidi.send('browser.close', {}).catch(() => child.kill());
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  });
}

async function start(): Promise<Running> {
  const profile = mkdtempSync(join(tmpdir(), 'lookout-firefox-'));
  const lines = Object.entries(preferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  const child = spawn(
    firefoxPath,
    [
      ...['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'],
      // For its own security key, which the standard of the protocol has no command for.
      '--remote-allow-system-access',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const url = await new Promise<string>((resolve, reject) => {
    const said: string[] = [];
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`Firefox ended with ${code}: ${said.join('\n')}`)));
    createInterface({ input: child.stderr }).on('line', (line) => {
      said.push(line);
      const found = /WebDriver BiDi listening on (ws:\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const bidi = await connectBidi(url, (event, params) => {
    if (event === 'network.beforeRequestSent') {
      screens.get(params.context)?.requests.push(params.request.url);
    } else if (params.level === 'error') {
      screens.get(params.source.context)?.complaints.push(params.text);
    }
  });
  await bidi.send('session.new', { capabilities: {} });
  await bidi.send('session.subscribe', { events: ['log.entryAdded', 'network.beforeRequestSent'] });
  return { bidi, child, profile };
}

/** A fresh user of the browser, with cookies of their own, and all that their pages asked for and complained of. */
export interface FirefoxScreen {
  /** The folder of what they save. */
  downloads: string;
  requests: string[];
  complaints: string[];
  /** Each page is a window, which is not hidden behind others. */
  open(url: string): Promise<FirefoxPage>;
  /** Opens a console's page as who has logged in before. */
  openIn(console: { url: string; cookie: string }): Promise<FirefoxPage>;
}

/** Goes with the test, its pages, too. */
export async function newFirefoxScreen(): Promise<FirefoxScreen> {
  if (running === undefined) throw new Error('call useFirefox() first');
  const { bidi } = running;
  const { userContext } = await bidi.send('browser.createUserContext', {});
  onTestFinished(async () => {
    await bidi.send('browser.removeUserContext', { userContext });
  });
  const downloads = temporaryFolder();
  await bidi.send('browser.setDownloadBehavior', {
    downloadBehavior: { type: 'allowed', destinationFolder: downloads },
    userContexts: [userContext],
  });
  const heard = { requests: [] as string[], complaints: [] as string[] };
  const open = async (url: string): Promise<FirefoxPage> => {
    const created = await bidi.send('browsingContext.create', { type: 'window', userContext });
    const page = firefoxPage(bidi, created.context);
    screens.set(created.context, heard);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(url);
    return page;
  };
  return {
    ...{ ...heard, downloads, open },
    async openIn({ url, cookie }) {
      const [name = '', value = ''] = cookie.split('=');
      await bidi.send('storage.setCookie', {
        cookie: {
          ...{ name, value: { type: 'string', value }, domain: new URL(url).hostname },
          ...{ httpOnly: true, sameSite: 'strict' },
        },
        partition: { type: 'storageKey', userContext },
      });
      return open(url);
    },
  };
}

const keys = `Components.classes['@mozilla.org/webauthn/service;1']
  .getService(Components.interfaces.nsIWebAuthnService)`;

/** Plugs in Firefox's own security key, which touches itself and knows its owner; it goes with the test. */
export async function plugInKey(): Promise<void> {
  if (running === undefined) throw new Error('call useFirefox() first');
  const { bidi } = running;
  const tree = await bidi.send('browsingContext.getTree', { 'moz:scope': 'chrome', maxDepth: 0 });
  const [browser] = tree.contexts;
  const target = { context: browser?.context ?? '' };
  const run = async (expression: string) =>
    resultOf(await bidi.send('script.evaluate', { expression, target, awaitPromise: true }));
  const id = await run(`${keys}.addVirtualAuthenticator('ctap2', 'usb', true, true, true, true)`);
  onTestFinished(async () => void (await run(`${keys}.removeVirtualAuthenticator('${id}')`)));
}
