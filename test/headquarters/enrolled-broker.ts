import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { onTestFinished } from 'vitest';
import {
  type AuthorityPlace,
  authorityFiles,
  makeAuthority,
} from '../../src/headquarters/enrolment/authority.ts';
import {
  brokerConfiguration,
  writeBrokerFiles,
} from '../../src/headquarters/enrolment/broker-files.ts';
import { enrolUnit } from '../../src/headquarters/enrolment/unit-folder.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { freePort } from '../support/free-port.ts';
import { isListening } from '../support/is-listening.ts';
import { waitFor } from '../support/wait-for.ts';
import { mosquittoProgram } from '../uplink/mosquitto.ts';

/** Certificate and key of a client, as PEM; none for one without. */
export interface ClientFiles {
  cert?: string;
  key?: string;
}

/** An agency's authority in a folder, with units that are enrolled; each unit's files are in a folder of its id. */
export async function openAuthority(folder: string, units: readonly string[] = []) {
  const place: AuthorityPlace = {
    folder: join(folder, 'authority'),
    agency: 'test-pd',
    clock: systemClock,
  };
  await makeAuthority(place, ['broker.example.org']);
  const enrol = async (unit: string, options: { again?: boolean; out?: string } = {}) => {
    const out = options.out ?? join(folder, unit);
    await enrolUnit(place, {
      unit,
      out,
      broker: 'mqtts://broker.example.org:8883',
      again: options.again ?? false,
      secretFile: undefined,
      keyFolder: folder,
    });
    return filesOf(out);
  };
  for (const unit of units) await enrol(unit);
  return { place, enrol, filesOf: (unit: string) => filesOf(join(folder, unit)) };
}

function filesOf(out: string): ClientFiles {
  return {
    cert: readFileSync(join(out, 'unit.pem'), 'utf8'),
    key: readFileSync(join(out, 'unit.key'), 'utf8'),
  };
}

/** mosquitto, as `lookout headquarters broker` configures it, with an authority and units that are enrolled. */
export async function openEnrolledBroker(folder: string, units: readonly string[]) {
  const authority = await openAuthority(folder, units);
  const { place } = authority;
  const port = await freePort();
  const home = join(folder, 'broker');
  const state = join(folder, 'broker-state');
  mkdirSync(state);
  const write = async () => {
    const listen = { address: '127.0.0.1', port };
    await writeBrokerFiles(place, { folder: home, stateFolder: state, listen });
    // As root it would change to a user that cannot read this test's folder.
    const user = process.getuid?.() === 0 ? 'user root\n' : '';
    appendFileSync(join(home, brokerConfiguration), `${user}log_type information\n`);
  };
  await write();
  let child: ChildProcess | null = null;
  let said = '';
  const start = async () => {
    const started = spawn(String(mosquittoProgram), ['-c', join(home, brokerConfiguration)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child = started;
    started.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await waitFor(
      async () => {
        if (started.exitCode !== null) throw new Error(`mosquitto ended: ${said}`);
        return isListening(port);
      },
      { what: 'mosquitto' },
    );
  };
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    const running = child;
    if (running === null || running.exitCode !== null || running.signalCode !== null) return;
    const exit = once(running, 'exit');
    running.kill(signal);
    // A SIGTERM that meets mosquitto just before its main loop is forgotten.
    const again = setInterval(() => running.kill(signal), 500);
    await exit;
    clearInterval(again);
  };
  onTestFinished(() => stop('SIGKILL'));
  await start();

  const pem = readFileSync(join(place.folder, authorityFiles.headquarters), 'utf8');
  const ca = readFileSync(join(place.folder, authorityFiles.certificate), 'utf8');
  /** Connects; rejects if the broker refuses. It ends with the test. */
  const connect = async (files: ClientFiles, options: IClientOptions = {}): Promise<MqttClient> => {
    const client = await connectAsync(`mqtts://127.0.0.1:${port}`, {
      ...{ ca, ...files, protocolVersion: 5, reconnectPeriod: 0, connectTimeout: 10_000 },
      ...options,
    });
    client.on('error', () => undefined);
    onTestFinished(() => void client.end(true));
    return client;
  };
  return {
    ...authority,
    folder: home,
    port,
    ca,
    connect,
    headquarters: { cert: pem, key: pem } satisfies ClientFiles,
    /** Reads its files again, as `systemctl reload` has it do. */
    reload: async () => {
      const before = said.length;
      child?.kill('SIGHUP');
      await waitFor(() => said.slice(before).includes('Reloading config'), { what: 'the reload' });
    },
    restart: async () => {
      await stop();
      await start();
    },
  };
}
