import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig, programRoot } from '../../src/config/load.ts';
import { createDaemon } from '../../src/daemon/daemon.ts';
import { namedAddress } from '../../src/platform/local-server.ts';
import { createLog } from '../../src/platform/log.ts';
import { messageOf } from '../../src/platform/problem.ts';
import { createEmbeddedBroker } from '../reference-headquarters/embedded-broker.ts';
import { createHeadquarters } from '../reference-headquarters/headquarters.ts';
import { narrate } from './narrate.ts';
import { createOperator } from './operator.ts';
import { listedIn, summarise } from './summarise.ts';

// The whole way of the data on one computer: a broker and a headquarters inside this process, the daemon as on a
// unit, and a recorded drive in place of cameras and GPS receiver.
const { values: options } = parseArgs({
  options: { keep: { type: 'boolean', default: false }, set: { type: 'string', multiple: true } },
});

const folder = await mkdtemp(join(tmpdir(), 'lookout-demo-'));
const say = (line: string) => process.stdout.write(`${line}\n`);
try {
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const broker = cleanup.use(await createEmbeddedBroker());
  const headquarters = cleanup.use(
    createHeadquarters({ broker: broker.url, folder: join(folder, 'headquarters') }),
  );
  const { config } = loadConfig({
    file: join(programRoot, 'config/demo.yaml'),
    environment: process.env,
    flags: [
      `uplink.broker=${broker.url}`,
      `unit.dataDir=${join(folder, 'unit')}`,
      ...(options.set ?? []),
    ],
  });
  const daemon = cleanup.use(await createDaemon(config, createLog(config.log)));

  narrate(daemon, headquarters, say);
  const alerted = new Set<string>();
  daemon.events.on('hit', ({ match, state }) => {
    if (state === 'withdrawn') alerted.delete(match.entry.plate);
    else alerted.add(match.entry.plate);
  });
  headquarters.start();
  const imported = Promise.withResolvers<void>();
  daemon.hotlist.on('changed', ([list]) => {
    if ((list?.entries ?? 0) > 0) imported.resolve();
  });
  const finished = once(daemon.events, 'finished');
  await headquarters.publishList({
    agency: config.unit.agency,
    list: 'demo',
    file: join(programRoot, 'fixtures/drive/hotlist.csv'),
    asOf: new Date().toISOString(),
  });
  await daemon.start();
  const { username, password } = await createOperator(daemon.accountability);
  say(`Alert page  ${namedAddress(daemon.console?.url ?? '')}`);
  say(
    `            open it in a browser on this computer; username ${username}, password ${password}`,
  );
  await imported.promise;
  const [list] = daemon.hotlist.status();
  say(`Hot list    ${list?.entries} entries from headquarters`);
  say('');

  const interrupted = Promise.withResolvers<void>();
  process.once('SIGINT', () => interrupted.resolve());
  process.once('SIGTERM', () => interrupted.resolve());
  await Promise.race([finished, interrupted.promise]);
  say('');
  const listed = listedIn(join(programRoot, 'fixtures/drive/truth.jsonl'));
  say(await summarise(daemon, headquarters, { listed, alerted }));
  if (options.keep) {
    say('\nThe drive is over; the alert page stays. Ctrl-C ends it.');
    await interrupted.promise;
  }
} catch (error) {
  process.stderr.write(`demo: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
