import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createRecent } from '../../src/platform/quantiles.ts';
import { createHeadquartersProcess } from './fleet/headquarters-process.ts';
import { createMosquitto } from './fleet/mosquitto-process.ts';
import { processorS, residentMiB } from './fleet/process-figures.ts';
import type { UnitsCount, UnitsOrder } from './fleet/simulated-units.ts';
import { ask, sharePictures, startUnits } from './fleet/units-process.ts';

// A fleet on one computer: units with the uplink's own code and without cameras, a broker, and headquarters with a
// dispatcher who watches its board. They drive; headquarters is killed; the broker is killed, so that all units
// come back at once. Every detection and hit is counted at both ends.
// `scripts/node node scripts/bench/fleet.ts [--units 10000] [--per-s 500] [--minutes 10] [--hit-every 500]`
const { values } = parseArgs({
  options: {
    units: { type: 'string', default: '10000' },
    'per-s': { type: 'string', default: '500' },
    minutes: { type: 'string', default: '10' },
    'hit-every': { type: 'string', default: '500' },
    'connect-per-s': { type: 'string', default: '200' },
    processes: { type: 'string', default: '4' },
  },
});
const [units, perS, minutes] = [
  Number(values.units),
  Number(values['per-s']),
  Number(values.minutes),
];
const [hitEvery, processes] = [Number(values['hit-every']), Number(values.processes)];
const connectPerS = Number(values['connect-per-s']);
const agency = 'bench-pd';
const folder = mkdtempSync(join(tmpdir(), 'lookout-fleet-'));

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const broker = await createMosquitto(folder);
const children: ChildProcess[] = [];
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  void broker.kill();
});
try {
  const unitsDir = join(folder, 'units');
  const shared = await sharePictures(unitsDir);
  await broker.start();
  const headquarters = await createHeadquartersProcess(folder, broker.urls[0] ?? '', agency);
  process.once('exit', () => void headquarters.kill());
  await headquarters.start();

  /** When each alert came to the board for the first time, and how often each came. */
  const seen = new Map<string, number>();
  let toBoardMs = createRecent(100_000);
  const onAlert = (detectionId: string) => {
    const before = seen.get(detectionId) ?? 0;
    seen.set(detectionId, before + 1);
    // The first 48 bits of a uuid v7 are its time.
    if (before === 0) {
      toBoardMs.add(Date.now() - Number.parseInt(detectionId.replaceAll('-', '').slice(0, 12), 16));
    }
  };
  await headquarters.watch(onAlert, stopping.signal);

  const share = (index: number) => Math.round((units * index) / processes);
  for (let at = 0; at < processes; at += 1) {
    children.push(
      await startUnits({
        ...{ agency, from: share(at), to: share(at + 1), brokers: broker.urls },
        ...{ dataDir: unitsDir, inFlight: 64, ...shared },
      }),
    );
  }
  const all = async (order: (share: number) => UnitsOrder): Promise<UnitsCount> => {
    const counts = await Promise.all(children.map((child) => ask(child, order(1 / processes))));
    const sum = (of: (count: UnitsCount) => number) =>
      counts.reduce((total, each) => total + of(each), 0);
    const most = (of: (count: UnitsCount) => number) => Math.max(...counts.map(of));
    return {
      connected: sum((each) => each.connected),
      connections: sum((each) => each.connections),
      detections: sum((each) => each.detections),
      hits: sum((each) => each.hits),
      acknowledged: sum((each) => each.acknowledged),
      waiting: sum((each) => each.waiting),
      refused: sum((each) => each.refused),
      ackMs: { p50: most((each) => each.ackMs.p50), p99: most((each) => each.ackMs.p99) },
      residentMiB: sum((each) => each.residentMiB),
    };
  };
  const count = () => all(() => ({ do: 'count' }));
  const until = async (is: (now: UnitsCount) => boolean, mostS: number): Promise<number> => {
    const startedAtMs = performance.now();
    const tookS = () => (performance.now() - startedAtMs) / 1000;
    while (!is(await count())) {
      if (tookS() > mostS) return Number.POSITIVE_INFINITY;
      await delay(250);
    }
    return tookS();
  };

  say(
    `| phase | connected | detections | acknowledged/s | waiting | ack p50, p99 ms | hit to board p50, p99 ms | headquarters MiB, CPU | broker MiB, CPU | units MiB |`,
  );
  say('|---|---|---|---|---|---|---|---|---|---|');
  /** Runs a phase, and prints a line of what it was like. */
  const phase = async (name: string, run: () => Promise<unknown>): Promise<void> => {
    const before = await count();
    toBoardMs = createRecent(100_000);
    const [hq, [mq = 0]] = [headquarters.pid, broker.pids()];
    const [hqCpu, mqCpu] = [processorS(hq), processorS(mq)];
    const startedAtMs = performance.now();
    const note = await run();
    const seconds = (performance.now() - startedAtMs) / 1000;
    const now = await count();
    const usage = (pid: number, then: number) =>
      pid === 0 || processorS(pid) === 0
        ? '-'
        : `${(((processorS(pid) - then) / seconds) * 100).toFixed(0)} %`;
    const ms = (q: number) => toBoardMs.quantile(q)?.toFixed(0) ?? '-';
    say(
      `| ${name}, ${seconds.toFixed(0)} s${typeof note === 'string' ? `: ${note}` : ''} | ${now.connected} | ${now.detections - before.detections} | ` +
        `${((now.acknowledged - before.acknowledged) / seconds).toFixed(0)} | ${now.waiting} | ` +
        `${now.ackMs.p50}, ${now.ackMs.p99} | ${ms(0.5)}, ${ms(0.99)} | ` +
        `${residentMiB(headquarters.pid).toFixed(0)}, ${usage(hq, hqCpu)} | ` +
        `${residentMiB(broker.pids()[0] ?? 0).toFixed(0)}, ${usage(mq, mqCpu)} | ${now.residentMiB.toFixed(0)} |`,
    );
  };
  const driveAll = (rate: number) =>
    all((share) => ({ do: 'drive', perS: rate * share, hitEvery }));

  await phase('all connect', async () => {
    await all((share) => ({ do: 'connect', perS: connectPerS * share }));
    await until(({ connected }) => connected === units, 300);
  });
  await driveAll(perS);
  const quarters = 4;
  for (let at = 1; at <= quarters; at += 1) {
    await phase(`they drive, ${at} of ${quarters}`, () => delay((minutes * 60_000) / quarters));
  }
  await phase('headquarters killed for 5 s', async () => {
    await headquarters.kill();
    await delay(5000);
    await headquarters.start();
    return `caught up in ${(await until(({ waiting }) => waiting < perS, 300)).toFixed(1)} s`;
  });
  await phase('the broker killed, all units come back', async () => {
    await broker.kill();
    await delay(1000);
    await broker.start();
    const backS = await until(({ connected }) => connected === units, 300);
    const caughtS = await until(({ waiting }) => waiting < perS, 300);
    return `all back in ${backS.toFixed(1)} s, caught up ${caughtS.toFixed(1)} s later`;
  });
  await phase('they drive again', () => delay(20_000));
  await driveAll(0);
  await phase('all is sent', async () => {
    await until(({ waiting, refused }) => waiting + refused === 0, 300);
  });

  const sent = { detections: new Set<string>(), hits: new Set<string>() };
  for (const [at, child] of children.entries()) {
    const file = join(folder, `sent-${at}.txt`);
    await ask(child, { do: 'write', file });
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line.startsWith('hit ')) sent.hits.add(line.slice(4));
      else if (line !== '') sent.detections.add(line);
    }
  }
  const { intake } = await headquarters.status();
  await headquarters.kill('SIGTERM');
  const stored = headquarters.stored();
  const lost = [...sent.detections].filter((id) => !stored.detections.has(id)).length;
  const lostHits = [...sent.hits].filter((id) => !stored.hits.has(id)).length;
  say(
    `\nsent ${sent.detections.size} detections, ${sent.hits.size} hits; lost ${lost}, ${lostHits}; ` +
      `stored beyond what was sent ${stored.detections.size - sent.detections.size + lost}, ${stored.hits.size - sent.hits.size + lostHits}; ` +
      `pictures ${stored.images}; repeats taken once ${intake.repeats} (since its last start); on the board ${seen.size}`,
  );
  process.exitCode = lost + lostHits === 0 ? 0 : 1;
} finally {
  stopping.abort();
  for (const child of children) child.kill('SIGKILL');
  await broker.kill();
  rmSync(folder, { recursive: true, force: true });
}
