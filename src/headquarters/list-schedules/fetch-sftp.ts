import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { ListSource } from '../../config/sections/lists.ts';
import { Problem } from '../../platform/problem.ts';
import { type Fetched, mostBytes } from './fetched.ts';

const patienceMs = 30 * 60_000;
const lookEveryMs = 1000;

/**
 * Fetches a file by SFTP with the system's client, `sftp -b`, which asks nothing: the host must have the key that is in the file of
 * known hosts. Null if the file is the one that was seen last. Throws a Problem with what the client said.
 */
export async function fetchBySftp(
  { host, port, user, file: path, identity, knownHosts }: ListSource<'sftp'>,
  { to, seen, signal }: { to: string; seen: string | null; signal: AbortSignal },
): Promise<Fetched | null> {
  await rm(to, { force: true });
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${knownHosts}`,
    'GlobalKnownHostsFile=/dev/null',
    'IdentitiesOnly=yes',
    'PasswordAuthentication=no',
    'ConnectTimeout=30',
    'ServerAliveInterval=15',
  ];
  const child = spawn(
    'sftp',
    [
      ...['-F', '/dev/null', '-b', '-', '-i', identity, '-P', String(port)],
      ...options.flatMap((option) => ['-o', option]),
      `${user}@${host}`,
    ],
    {
      stdio: ['pipe', 'ignore', 'pipe'],
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-2000);
  });
  // A client that is not there, or that ended, takes no batch.
  child.stdin.on('error', () => {});
  child.stdin.end(`get -p "${path}" "${to}"\n`);
  let isTooLong = false;
  const watching = setInterval(() => {
    if ((statSync(to, { throwIfNoEntry: false })?.size ?? 0) <= mostBytes) return;
    isTooLong = true;
    child.kill();
  }, lookEveryMs);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (isTooLong) throw new Problem(`${path} on ${host} is longer than ${mostBytes} bytes`);
    if (code !== 0) throw new Problem(`${path} was not fetched from ${host}: ${wordsOf(said)}`);
  } catch (error) {
    if (error instanceof Problem) throw error;
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Problem(
      isMissing
        ? 'sftp is not installed: sudo apt-get install -y openssh-client'
        : `${path} was not fetched from ${host}: it took too long`,
    );
  } finally {
    clearInterval(watching);
  }
  const { size, mtimeMs } = statSync(to);
  const now = `${size} ${Math.floor(mtimeMs)}`;
  if (now === seen) {
    await rm(to, { force: true });
    return null;
  }
  return { file: to, name: path, seen: now, settle: async () => {} };
}

/** The client's last lines that say something. */
function wordsOf(said: string): string {
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(?:sftp>|@+$|Connected to)/.test(line));
  return lines.slice(-3).join(' ').slice(0, 400) || 'the client said nothing';
}
