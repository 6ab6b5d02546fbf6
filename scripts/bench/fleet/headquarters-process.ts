import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import SQLite from 'better-sqlite3';
import { stringify } from 'yaml';
import { openAccountability } from '../../../src/accountability/accountability.ts';
import { programRoot } from '../../../src/config/load.ts';
import { configSchema } from '../../../src/config/schema.ts';
import type { HeadquartersStatus } from '../../../src/headquarters/headquarters-status.ts';
import { createLog } from '../../../src/platform/log.ts';
import { freePort } from '../free-port.ts';

const password = 'four wet herons at noon';

/** The ids of what headquarters has stored. */
export interface Stored {
  detections: Set<string>;
  hits: Set<string>;
  images: number;
}

/** Headquarters as its service runs it, in a process of its own. */
export async function createHeadquartersProcess(folder: string, broker: string, agency: string) {
  const dataDir = join(folder, 'headquarters');
  const file = join(folder, 'headquarters.yaml');
  const [pagePort, statusPort] = [await freePort(), await freePort()];
  const settings = {
    unit: { agency, id: 'headquarters', mode: 'headquarters', dataDir },
    uplink: { broker, reconnectMaxS: 2 },
    policy: { profile: 'vallejo' },
    console: { port: pagePort },
    metrics: { port: statusPort },
    log: { level: 'warn' },
  };
  writeFileSync(file, stringify(settings));
  await makeAdministrator(configSchema.parse(settings), agency);
  const page = `http://127.0.0.1:${pagePort}`;
  let child: ChildProcess | null = null;

  return {
    get pid(): number {
      return child?.pid ?? 0;
    },
    async start(): Promise<void> {
      const main = join(programRoot, 'src/main.ts');
      child = spawn(process.execPath, [main, 'headquarters', 'run', '--config', file], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      while (!(await isConnected(statusPort))) await delay(100);
    },
    async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
      const running = child;
      if (running === null || running.exitCode !== null || running.signalCode !== null) return;
      const ended = once(running, 'exit');
      running.kill(signal);
      await ended;
    },
    status: (): Promise<HeadquartersStatus> => statusOf(statusPort),
    /** Watches the board as a dispatcher's page does: calls `onAlert` with the detection's id, until `signal`. Resolves once somebody is logged in. */
    async watch(onAlert: (detectionId: string) => void, signal: AbortSignal): Promise<void> {
      const cookie = await logIn(page);
      const again = async (): Promise<void> => {
        while (!signal.aborted) {
          await readEvents(page, cookie, onAlert, signal).catch(() => delay(200));
        }
      };
      void again();
    },
    /** What is on its disk. */
    stored(): Stored {
      const db = new SQLite(join(dataDir, 'lookout.db'), { readonly: true });
      try {
        const ids = (table: string) =>
          new Set(db.prepare<[], string>(`SELECT id FROM ${table}`).pluck().all());
        const images = Number(db.prepare('SELECT count(*) FROM image').pluck().get());
        return { detections: ids('detection'), hits: ids('hit'), images };
      } finally {
        db.close();
      }
    },
  };
}

async function makeAdministrator(config: ReturnType<typeof configSchema.parse>, agency: string) {
  await using accountability = await openAccountability({
    config,
    log: createLog({ level: 'error' }),
  });
  const { people } = accountability;
  await people.makeFirstAdministrator(
    {
      ...{ code: people.firstStartCode() ?? '', username: 'ada', name: 'Ada Cole', password },
      ...{ organisation: agency, cletsUntil: '2099-01-01' },
      training: { course: 'ALPR basics', completedOn: '2026-01-15', expiresOn: null },
    },
    'bench',
  );
}

async function statusOf(port: number): Promise<HeadquartersStatus> {
  const answer = await fetch(`http://127.0.0.1:${port}/status`);
  return (await answer.json()) as HeadquartersStatus;
}

async function isConnected(port: number): Promise<boolean> {
  try {
    return (await statusOf(port)).broker.connected;
  } catch {
    return false;
  }
}

async function logIn(page: string): Promise<string> {
  const answer = await fetch(`${page}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-lookout': 'page', origin: page },
    body: JSON.stringify({ username: 'ada', password, noticeAcknowledged: true }),
  });
  const [cookie] = answer.headers.getSetCookie();
  if (cookie === undefined) throw new Error(`no login: ${answer.status} ${await answer.text()}`);
  return cookie.split(';')[0] ?? '';
}

async function readEvents(
  page: string,
  cookie: string,
  onAlert: (detectionId: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const answer = await fetch(`${page}/api/events`, { headers: { cookie }, signal });
  if (!answer.ok || answer.body === null) throw new Error(`no events: ${answer.status}`);
  let rest = '';
  for await (const text of answer.body.pipeThrough(new TextDecoderStream())) {
    const events = (rest + text).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const name = /^event: (.*)$/m.exec(event)?.[1];
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data === undefined) continue;
      if (name === 'alert') onAlert((JSON.parse(data) as { id: string }).id);
      if (name === 'alerts' || name === 'more-alerts') {
        const { alerts } = JSON.parse(data) as { alerts: { id: string }[] };
        for (const { id } of alerts) onAlert(id);
      }
    }
  }
  throw new Error('the page has ended');
}
