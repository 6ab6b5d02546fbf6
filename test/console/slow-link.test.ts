import { once } from 'node:events';
import { connect } from 'node:net';
import type { Page } from 'playwright-core';
import { uuidv7 } from 'uuidv7';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AlertView } from '../../src/console/alert-view.ts';
import { exampleAlert, exampleHit, exampleMatch } from '../alerts/sample-alerts.ts';
import { waitFor } from '../support/wait-for.ts';
import { ask, watch } from './ask.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { type RunningConsole, runConsole } from './running-console.ts';

useChromium();

/** With words enough that no link holds all of them on its way. */
const reason = 'Taken at gunpoint. '.repeat(100);
const urgent = exampleMatch({ entry: { category: 'felony_vehicle', reason } });
const standard = exampleMatch();

/** Raises alerts of vehicles of their own; gives their ids. */
async function raise(console: RunningConsole, count: number, match = urgent): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const hit = exampleHit({ id: uuidv7(), detectionId: uuidv7(), match });
    ids.push(hit.detectionId);
    await console.output.present('raised', exampleAlert(hit));
  }
  return ids;
}

/** The whole events of a stream in what was heard of it. */
function eventsIn(heard: string): { event: string; data: { alerts?: AlertView[] } }[] {
  // The last one is not whole yet.
  const whole = heard.split('\n\n').slice(0, -1);
  return whole.flatMap((each) => {
    const event = /^event: (.+)$/m.exec(each)?.[1];
    const data = /^data: (.+)$/m.exec(each)?.[1];
    return event === undefined || data === undefined ? [] : { event, data: JSON.parse(data) };
  });
}

const alertsIn = (heard: string): AlertView[] =>
  eventsIn(heard).flatMap(({ data }) => data.alerts ?? []);
const beatsIn = (heard: string): number => heard.split('event: beat\n').length - 1;

/** A page whose link takes what it is sent only when the test lets it. */
async function openSlowPage({ url, cookie }: RunningConsole) {
  const { host, hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  onTestFinished(() => void socket.destroy());
  let text = '';
  let isClosed = false;
  socket.on('close', () => {
    isClosed = true;
  });
  await once(socket, 'connect');
  socket.pause();
  socket.write(`GET /api/events HTTP/1.0\r\nHost: ${host}\r\nCookie: ${cookie}\r\n\r\n`);
  return {
    /** What it took of the stream. */
    get heard() {
      return text.slice(text.indexOf('\r\n\r\n') + 4);
    },
    get isClosed() {
      return isClosed;
    },
    /** Takes so much more, bytes, or what there is. */
    async take(bytes: number): Promise<void> {
      for (let left = bytes; left > 0; ) {
        const piece = socket.read() as Buffer | null;
        if (piece === null) {
          const isMore = await Promise.race([
            once(socket, 'readable').then(() => true),
            new Promise<false>((resolve) => setTimeout(resolve, 200, false)),
          ]);
          if (!isMore || isClosed) return;
        } else {
          text += piece.toString('latin1');
          left -= piece.length;
        }
      }
    },
  };
}

/**
 * Notes each different thing that the page says of its alerts, at every moment at which anything on it has changed: what a
 * person sees is what was there at one moment, not tiles of now beside a count of later.
 */
const noteMoments = `
  globalThis.moments = [];
  const textOf = (selector) => document.querySelector(selector)?.textContent ?? '';
  const seen = () => {
    if (document.querySelector('.card') === null) return textOf('.drive h1') || 'nothing';
    const tiles = document.querySelectorAll('.card, .tile-alert').length;
    const more = Number(/\\d+/.exec(textOf('.not-shown'))?.[0] ?? 0);
    return tiles + more + ' shown or counted, heading ' + textOf('.waiting h2');
  };
  new MutationObserver(() => {
    const moment = seen();
    if (moments.at(-1) !== moment) moments.push(moment);
  }).observe(document, { subtree: true, childList: true, characterData: true });
`;

/** A page in Chromium that loads over a slow link, and notes what it says of its alerts from its first moment on. */
async function openBehindSlowLink(console: RunningConsole): Promise<Page> {
  const screen = await newScreen();
  // A stream of its own, which the throttle of the page holds for.
  await screen.context.addInitScript('delete globalThis.SharedWorker');
  const page = await screen.openIn(console);
  const link = await screen.context.newCDPSession(page);
  await link.send('Network.enable');
  await link.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: 100, downloadThroughput: 600_000, uploadThroughput: 60_000 },
  });
  await page.addInitScript(noteMoments);
  await page.reload();
  return page;
}

describe('a page behind a slow link', () => {
  test('PRA-6: gets every one of 2,000 open alerts, however long they wait for it, and is not taken for dead', {
    timeout: 180_000,
  }, async () => {
    const console = await runConsole();
    const ids = await raise(console, 2000);
    const other = await watch(console);
    const slow = await openSlowPage(console);
    const afterBeats = async (count: number) => {
      const before = beatsIn(other.heard);
      await waitFor(() => beatsIn(other.heard) >= before + count, { timeoutMs: 60_000 });
    };
    await afterBeats(2);
    while (new Set(alertsIn(slow.heard).map(({ id }) => id)).size < 2000) {
      expect(slow.isClosed).toBe(false);
      await slow.take(1_500_000);
      await afterBeats(1);
    }
    expect(new Set(alertsIn(slow.heard).map(({ id }) => id))).toEqual(new Set(ids));
    const before = beatsIn(slow.heard);
    await afterBeats(1);
    await slow.take(100_000);
    expect(beatsIn(slow.heard)).toBeGreaterThan(before);
    expect(slow.isClosed).toBe(false);
  });

  test('PRA-6: is told what is urgent first, the newest before the others, in parts that any link takes', async () => {
    const console = await runConsole();
    const old = await raise(console, 30, standard);
    const grave = await raise(console, 30, urgent);
    const page = await watch(console);
    await waitFor(() => alertsIn(page.heard).length === 60);
    const [first, ...rest] = eventsIn(page.heard).filter(({ data }) => data.alerts !== undefined);
    expect(first?.data).toMatchObject({ ids: [...old, ...grave] });
    expect(rest.length).toBeGreaterThan(1);
    expect(alertsIn(page.heard).map(({ id }) => id)).toEqual([
      ...grave.toReversed(),
      ...old.toReversed(),
    ]);
  });

  test.skipIf(!hasChromium)(
    'PRA-6: in Chromium every one of them is shown or counted, at every moment from the first',
    {
      timeout: 180_000,
    },
    async () => {
      const console = await runConsole();
      await raise(console, 2000);
      const page = await openBehindSlowLink(console);
      await page.locator('.card').waitFor();
      const held = () =>
        page.evaluate("import('/page/state.js').then(({ page }) => page.alerts.size)");
      await waitFor(async () => (await held()) === 2000, { timeoutMs: 120_000 });
      const moments = await page.evaluate<string[]>('moments');
      // Before the unit has told of them nothing is said of the alerts, and from then on all are counted.
      const said = moments.filter((moment) => !/^nothing$|has not told/.test(moment));
      expect(new Set(said)).toEqual(new Set(['2000 shown or counted, heading 1999 more']));
      expect(await page.evaluate("import('/page/state.js').then(({ page }) => page.isLive)")).toBe(
        true,
      );
    },
  );

  test.skipIf(!hasChromium)(
    'PRA-6: in Chromium no page says that there is no new alert while some have not come',
    async () => {
      const console = await runConsole();
      const old = await raise(console, 40);
      // The newest come first, and take the link for a while.
      const newest = new Set(await raise(console, 20));
      const other = await watch(console);
      await waitFor(() => alertsIn(other.heard).length === 60);
      for (const { id, revision } of alertsIn(other.heard).filter(({ id }) => newest.has(id))) {
        const address = `${console.url}api/live/${id}/seen`;
        const { cookie } = console;
        const { status } = await ask('POST', address, { cookie }, { input: { revision } });
        expect(status).toBe(200);
      }
      const page = await openBehindSlowLink(console);
      await page.locator('.card').waitFor();
      const moments = await page.evaluate<string[]>('moments');
      expect(moments).toContain(`${old.length} alerts are not here yet`);
      expect(moments.filter((moment) => /No (new )?alerts/.test(moment))).toEqual([]);
    },
  );
});
