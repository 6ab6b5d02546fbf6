import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { createRecent } from '../../src/platform/quantiles.ts';
import { importsOf } from '../../test/console/page-imports.ts';
import { openPageUnit } from './page-unit.ts';

// What the car's screen costs, in Debian's Chromium at 1024×600: what the first load of Drive and what each other screen
// brings, the processor's time of Drive while nothing happens, and what an alert costs from its event to the painted card,
// for a processor four times as slow. Times are of processes and threads, so that a busy machine counts little.
const idleS = Number(process.argv[2] ?? 60);
const alerts = 100;
const slowdown = 4;
const viewport = { width: 1024, height: 600 };
const unit = await openPageUnit();

/** What a page of its own loads until nothing is under way, by address below the unit's. */
async function loadedAt(hash: string): Promise<Map<string, Buffer>> {
  const context = await unit.newContext(viewport);
  const page = await context.newPage();
  const loading: Promise<[string, Buffer] | null>[] = [];
  page.on('response', (response) => {
    const path = new URL(response.url()).pathname;
    const body = response.body().then(
      (bytes): [string, Buffer] => [path, bytes],
      () => null,
    );
    if (!path.startsWith('/api/')) loading.push(body);
  });
  await page.goto(`${unit.url}${hash}`);
  await page.locator('.link[data-live="true"]').waitFor({ state: 'attached' });
  let count = -1;
  while (count < loading.length) {
    count = loading.length;
    await sleep(500);
  }
  const loaded = (await Promise.all(loading)).filter((each) => each !== null);
  await context.close();
  return new Map(loaded);
}

/** The addresses of the page's screens. */
async function placesOf(): Promise<string[]> {
  const context = await unit.newContext(viewport);
  const page = await context.newPage();
  await page.goto(unit.url);
  const found = await page.evaluate<string[]>(
    `import('/page/places.js').then(({ places }) => places.map(({ path }) => path))`,
  );
  await context.close();
  return found;
}

const kb = (bytes: number) => (bytes / 1000).toFixed(1).padStart(7);

/** Files, kB and kB compressed of some files. */
function weight(files: readonly Buffer[]): string {
  const all = files.reduce((sum, each) => sum + each.length, 0);
  const packed = files.reduce((sum, each) => sum + gzipSync(each).length, 0);
  return `${String(files.length).padStart(3)} files ${kb(all)} kB, compressed ${kb(packed)} kB`;
}

const print = (line: string) => process.stdout.write(`${line}\n`);

const first = await loadedAt('#/drive');
const of = (wanted: (path: string) => boolean) =>
  [...first].filter(([path]) => wanted(path)).map(([, bytes]) => bytes);
const needed = await importsOf(unit.url, '/page/main.js', '/page/screens/drive.js');
const isLate = (path: string) => path.endsWith('.js') && !needed.has(path);
const isLibrary = (path: string) => path.includes('lit-html');
print('First load of Drive');
print(`  ${'all'.padEnd(14)} ${weight(of((path) => !isLate(path)))}`);
print(
  `  ${'own script'.padEnd(14)} ${weight(of((path) => path.endsWith('.js') && !isLibrary(path) && !isLate(path)))}`,
);
print(`  ${'lit-html'.padEnd(14)} ${weight(of(isLibrary))}`);
print(`  ${'styles'.padEnd(14)} ${weight(of((path) => path.endsWith('.css')))}`);
print(`  ${'once it stands'.padEnd(14)} ${weight(of(isLate))}`);
if (process.argv.includes('--files')) {
  for (const [path, bytes] of [...first].sort(([, one], [, other]) => other.length - one.length)) {
    print(`    ${kb(bytes.length)} ${path}`);
  }
}
print('What another screen brings beside it');
for (const path of await placesOf()) {
  if (path === 'drive') continue;
  const more = [...(await loadedAt(`#/${path}`))].filter(([name]) => !first.has(name));
  const none = more.length === 0 ? ' (not open to this person)' : '';
  print(`  ${path.padEnd(14)} ${weight(more.map(([, bytes]) => bytes))}${none}`);
}

const context = await unit.newContext(viewport);
const page = await context.newPage();
await page.goto(`${unit.url}#/drive`);
await page.locator('.link[data-live="true"]').waitFor({ state: 'attached' });
const devtools = await context.newCDPSession(page);
const whole = await unit.browser.newBrowserCDPSession();

/** The processor's time of the browser's processes so far, s; `id`: of one of them alone. */
async function cpuS(id?: number): Promise<number> {
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo');
  const wanted = processInfo.filter((each) => id === undefined || each.id === id);
  return wanted.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** The process of the page that is open. */
async function rendererOf(open: Page): Promise<number> {
  const before = await whole.send('SystemInfo.getProcessInfo');
  await open.evaluate('for (const until = performance.now() + 700; performance.now() < until; );');
  const after = await whole.send('SystemInfo.getProcessInfo');
  const spent = after.processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id, cpuTime }) => ({
      id,
      s: cpuTime - (before.processInfo.find((each) => each.id === id)?.cpuTime ?? 0),
    }));
  return spent.sort((one, other) => other.s - one.s)[0]?.id ?? 0;
}

const renderer = await rendererOf(page);
await sleep(3000);
const [fromMs, pageFrom, allFrom] = [performance.now(), await cpuS(renderer), await cpuS()];
await sleep(idleS * 1000);
const tookS = (performance.now() - fromMs) / 1000;
const share = (s: number) => `${((s / tookS) * 100).toFixed(2)} %`;
print(
  `Drive, nothing happens, ${tookS.toFixed(0)} s: the page ${share((await cpuS(renderer)) - pageFrom)} of one processor, the whole browser ${share((await cpuS()) - allFrom)}`,
);

await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });

/** The time of the page's own thread so far, ms: what others do on the machine is not in it. */
async function threadMs(): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
}

const paintMs = createRecent(alerts);
for (let n = 0; n < alerts; n += 1) {
  const id = `vehicle-${n}`;
  const painted = page.evaluate(`new Promise((done) => {
    const look = () => {
      if (document.querySelector('.card[data-alert="${id}"]') === null) return;
      observer.disconnect();
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => done();
        port2.postMessage(0);
      });
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, attributes: true });
  })`);
  const before = await threadMs();
  unit.announce(id);
  await painted;
  paintMs.add((await threadMs()) - before);
  // The next one comes to an empty screen again.
  await page.locator('.card [name="seen"]:not([aria-disabled="true"])').click();
  await page.locator('.card').waitFor({ state: 'detached' });
}
const ms = (q: number, times: number) => `${((paintMs.quantile(q) ?? 0) * times).toFixed(0)} ms`;
print(
  `${alerts} alerts, from the event to the painted card, time of the page's thread: p50 ${ms(0.5, 1)}, p99 ${ms(0.99, 1)}; on a processor ${slowdown} times as slow p50 ${ms(0.5, slowdown)}, p99 ${ms(0.99, slowdown)}`,
);
print(`The machine's load was ${loadavg()[0]?.toFixed(1)}.`);
await unit.close();
