import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { loadConfig, programRoot } from '../../src/config/load.ts';
import { createDaemon } from '../../src/daemon/daemon.ts';
import { createHeadquarters } from '../../src/headquarters/headquarters.ts';
import { namedAddress } from '../../src/platform/local-server.ts';
import { createLog } from '../../src/platform/log.ts';
import { messageOf } from '../../src/platform/problem.ts';
import { createEmbeddedBroker } from '../reference-headquarters/embedded-broker.ts';
import { createOperator } from './operator.ts';

// An agency on one computer: headquarters with its page, two cars and a pole, each with the recorded drive in place of its
// cameras; they begin one after the other.
const { values: options } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });

/** How long after the unit before one begins, ms. */
const apartMs = 8_000;
const began = performance.now();
const say = (line: string) => process.stdout.write(`${line}\n`);
const tell = (who: string, what: string) =>
  say(
    `${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${who.padEnd(13)} ${what}`,
  );

const silent = ['alerts.sound.enabled=false', 'alerts.voice.enabled=false'];
const units = [
  { id: 'car-1', file: 'demo.yaml', settings: [] },
  { id: 'car-2', file: 'demo.yaml', settings: silent },
  { id: 'pole-3', file: 'demo-pole.yaml', settings: [] },
];

const folder = await mkdtemp(join(tmpdir(), 'lookout-demo-'));
try {
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const broker = cleanup.use(await createEmbeddedBroker());
  const secret = join(folder, 'agency.secret');
  writeFileSync(secret, randomBytes(32).toString('base64'), { mode: 0o600 });
  const home = join(folder, 'headquarters');
  const shared = [
    'unit.agency=demo-pd',
    `uplink.broker=${broker.url}`,
    `uplink.agency.key=${join(home, 'headquarters.pub')}`,
    `uplink.agency.secret=${secret}`,
    'console.port=0',
    'metrics.port=0',
    'log.level=error',
  ];
  const configOf = (file: string, settings: readonly string[]) =>
    loadConfig({
      file: join(programRoot, 'config', file),
      environment: process.env,
      flags: [...shared, ...settings],
    }).config;

  const central = configOf('headquarters.yaml', [`unit.dataDir=${home}`]);
  const headquarters = cleanup.use(await createHeadquarters(central, createLog(central.log)));
  await headquarters.start();
  const { username, password } = await createOperator(headquarters.accountability);
  const addressOf = (url: string | undefined) => namedAddress(url ?? '');
  say(`Headquarters  ${addressOf(headquarters.console?.url)}`);
  say(
    `              username ${username}, password ${password}; the same on each unit, seconds later`,
  );
  while (!headquarters.status().broker.connected) await delay(50);
  await headquarters.publishList({
    list: 'demo',
    file: join(programRoot, 'fixtures/drive/hotlist.csv'),
    asOf: new Date().toISOString(),
  });

  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => interrupted.abort());
  }
  const drives: Promise<unknown>[] = [];
  for (const { id, file, settings } of units) {
    if (interrupted.signal.aborted) break;
    if (drives.length > 0)
      await delay(apartMs, null, { signal: interrupted.signal }).catch(() => {});
    const config = configOf(file, [
      ...[`unit.id=${id}`, `unit.dataDir=${join(folder, id)}`],
      ...settings,
    ]);
    const daemon = cleanup.use(await createDaemon(config, createLog(config.log)));
    daemon.events.on('hit', ({ read, match, state, repeatOf }) => {
      if (repeatOf === undefined)
        tell(id, `ALERT ${read.plate}, listed ${match.entry.plate} (${state})`);
    });
    drives.push(once(daemon.events, 'finished', { signal: interrupted.signal }).catch(() => {}));
    await daemon.start();
    tell(id, `on the air, its own page ${addressOf(daemon.console?.url)}`);
  }
  let told = 0;
  const watching = setInterval(() => {
    const { detections } = headquarters.status().intake;
    if (detections === told) return;
    told = detections;
    tell(
      'headquarters',
      `has ${detections} detections, ${headquarters.status().undisposed} open alerts`,
    );
  }, 1000);
  await Promise.all(drives);
  clearInterval(watching);
  const { intake, undisposed, units: known } = headquarters.status();
  say('');
  say('Summary');
  say(`  units         ${known.map(({ unit, state }) => `${unit} ${state}`).join(', ')}`);
  say(
    `  headquarters  has ${intake.detections} detections, ${intake.hits} versions of hits, ${intake.images} pictures; ` +
      `${intake.repeats} repeats, ${intake.refused} refused`,
  );
  say(`  board         ${undisposed} open alerts of all units`);
  if (options.keep && !interrupted.signal.aborted) {
    say('\nThe drives are over; headquarters stays. Ctrl-C ends it.');
    await once(interrupted.signal, 'abort');
  }
} catch (error) {
  process.stderr.write(`demo: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
