import { existsSync } from 'node:fs';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

/**
 * Debian's Chromium: its shell without windows, else the whole browser. The engine is the same; the whole one draws tabs and
 * menus for each profile that a test opens, which costs two thirds of the processor time of the tests.
 */
const chromiumPath = ['/usr/lib/chromium/chromium-headless-shell', '/usr/bin/chromium'].find(
  existsSync,
);

/** Whether this machine has Debian's Chromium; tests that need it skip without. */
export const hasChromium = chromiumPath !== undefined;

let browser: Browser | undefined;

/** Starts one Chromium for the tests of this file. `more`: what else it is started with. */
export function useChromium(more: () => readonly string[] = () => []): void {
  beforeAll(async () => {
    if (chromiumPath === undefined) return;
    browser = await chromium.launch({
      executablePath: chromiumPath,
      // A person's browser has scroll bars, which take their width from the page.
      ignoreDefaultArgs: ['--hide-scrollbars'],
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        ...more(),
      ],
    });
  });
  afterAll(() => browser?.close());
}

/** A fresh browser profile, and all that its pages asked for and complained of. */
export interface Screen {
  context: BrowserContext;
  requests: string[];
  complaints: string[];
  open(url: string): Promise<Page>;
  /** Opens a console's page as its administrator, who has logged in before. */
  openIn(console: { url: string; cookie: string }): Promise<Page>;
}

/** `options`: what else the profile has. */
export async function newScreen(options: BrowserContextOptions = {}): Promise<Screen> {
  if (browser === undefined) throw new Error('call useChromium() first');
  const viewport = { width: 1280, height: 800 };
  const context = await browser.newContext({ viewport, ...options });
  onTestFinished(() => context.close());
  const requests: string[] = [];
  const complaints: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  context.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  const open = async (url: string): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(url);
    return page;
  };
  return {
    context,
    requests,
    complaints,
    open,
    async openIn({ url, cookie }) {
      const [name = '', value = ''] = cookie.split('=');
      await context.addCookies([{ name, value, url, httpOnly: true, sameSite: 'Strict' }]);
      return open(url);
    },
  };
}

/** The page as it is drawn now, as PNG: without Playwright's waiting, and packed in half the time. */
export async function quickPicture(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { optimizeForSpeed: true });
  await session.detach();
  return Buffer.from(data, 'base64');
}
