import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { mosquittoRules } from '../../src/headquarters/enrolment/broker-files.ts';
import { freePort } from '../support/free-port.ts';
import { isListening } from '../support/is-listening.ts';
import { type TestAuthority, testAuthority } from '../support/test-authority.ts';
import { waitFor } from '../support/wait-for.ts';

/** Where mosquitto is; undefined where it is not installed. */
export const mosquittoProgram = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto'].find(existsSync);

/** Says why tests with a real broker are skipped; null where they run. */
export const missingMosquitto = mosquittoProgram ? null : 'mosquitto is not installed';

/** Files of one party: its certificate, its key, and the authority that both ends trust. */
export interface Credentials {
  ca: string;
  cert: string;
  key: string;
}

/** At these names and addresses a broker under test is reached. */
const brokerNames = 'IP:127.0.0.1,DNS:localhost';

/** The broker's certificate, and one of each of these (the name becomes its MQTT user); of `expired` such as ended yesterday. */
function issueAll(authority: TestAuthority, names: readonly string[], expired: readonly string[]) {
  const issued = new Map(
    ['broker', ...names].map((name) => {
      const between: [number, number] = expired.includes(name) ? [-2, -1] : [-1, 300];
      return [name, authority.issue(name, { names: brokerNames, between })];
    }),
  );
  return (name: string): Credentials => {
    const { certificate: cert, key } = issued.get(name) ?? authority.issue(name);
    return { ca: authority.certificate, cert, key };
  };
}

/**
 * A real mosquitto on a free loopback port with mutual TLS, where a unit may write below its own topics only and
 * read its acknowledgements and the agency's hot lists.
 */
export async function openMosquitto(
  folder: string,
  options: {
    persistent?: boolean;
    units?: readonly string[];
    start?: boolean;
    /** Whether it answers at every address of loopback. */
    anyAddress?: boolean;
    /** Lines for its access rules. */
    rules?: readonly string[];
    /** Lines for its configuration. */
    settings?: readonly string[];
    /** Those whose certificate expired yesterday: units, or `broker`. */
    expired?: readonly string[];
  } = {},
) {
  const program = mosquittoProgram;
  if (!program) throw new Error('mosquitto is not installed');
  const { persistent = false, units = ['unit-7'], start: startNow = true } = options;
  const { rules = [], settings = [], expired = [] } = options;
  const home = join(folder, 'mosquitto');
  const credentials = issueAll(testAuthority(home), ['headquarters', ...units], expired);
  const port = await freePort();
  const { ca, cert, key } = credentials('broker');
  writeFileSync(
    join(home, 'acl'),
    [
      // As headquarters writes them.
      mosquittoRules('test-pd'),
      ...rules,
    ].join('\n'),
    { mode: 0o600 },
  );
  const config = join(home, 'mosquitto.conf');
  writeFileSync(
    config,
    [
      // As root it would change to a user that cannot read this test's folder.
      ...(process.getuid?.() === 0 ? ['user root'] : []),
      options.anyAddress === true ? `listener ${port}` : `listener ${port} 127.0.0.1`,
      `cafile ${ca}`,
      `certfile ${cert}`,
      `keyfile ${key}`,
      'require_certificate true',
      'use_identity_as_username true',
      `acl_file ${join(home, 'acl')}`,
      ...(persistent ? ['persistence true', `persistence_location ${home}/`] : []),
      'autosave_interval 1',
      'autosave_on_changes true',
      ...settings,
    ].join('\n'),
  );
  let child: ChildProcess | null = null;

  const start = async (): Promise<void> => {
    const started = spawn(program, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    let said = '';
    started.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (process.env.LOOKOUT_TEST_LOG) process.stderr.write(chunk);
    });
    await waitFor(
      async () => {
        if (started.exitCode !== null) throw new Error(`mosquitto ended: ${said}`);
        return isListening(port);
      },
      { what: 'mosquitto' },
    );
  };
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    const running = child;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const exit = once(running, 'exit');
    running.kill(signal);
    // A SIGTERM that meets mosquitto just before its main loop is forgotten.
    const again = setInterval(() => running.kill(signal), 500);
    await exit;
    clearInterval(again);
  };
  onTestFinished(() => stop('SIGKILL'));
  if (startNow) await start();
  const signal = (name: NodeJS.Signals): void => void child?.kill(name);
  return { broker: `mqtts://127.0.0.1:${port}`, credentials, start, stop, signal };
}
