import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { textOf } from './text-of.ts';

/** A process that has a device or a port open. */
export interface Holder {
  pid: number;
  /** Its program, such as `gpsd`. */
  program: string;
}

/** Other processes that have a device open; a user sees those of others only as root. */
export function holdersOfDevice(path: string): Holder[] {
  const device = statSync(path, { throwIfNoEntry: false });
  // /dev/null and the like are open in every process.
  if (device === undefined || device.rdev === 0 || majorOf(device.rdev) === memory) return [];
  // The pseudo terminals of another container have the same numbers.
  const isPty = majorOf(device.rdev) >= firstPty && majorOf(device.rdev) <= lastPty;
  return processesWith((file) => {
    const opened = statSync(file, { throwIfNoEntry: false });
    return opened?.rdev === device.rdev && (!isPty || opened.dev === device.dev);
  });
}

/** The processes that listen on a TCP port; a user sees those of others only as root. */
export function listenersOn(port: number): Holder[] {
  const sockets = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listening(file, port)),
  );
  if (sockets.size === 0) return [];
  return processesWith((file) => sockets.has(readlinkSync(file)));
}

/** Major number of `/dev/null`, `/dev/zero` and the like (makedev(3)). */
const memory = 1;
/** Major numbers of the ends of pseudo terminals that programs open. */
const [firstPty, lastPty] = [136, 143];
const majorOf = (device: number): number => (device >> 8) & 0xfff;

/** "gpsd (process 412)", or several of them. */
export function holderNames(holders: readonly Holder[]): string {
  const named = holders.slice(0, 3).map(({ program, pid }) => `${program} (process ${pid})`);
  const more = holders.length - named.length;
  return `${named.join(' and ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The sockets of `/proc/net/tcp` that listen on a port, as links in `/proc/PID/fd` name them (proc(5)). */
function listening(file: string, port: number): string[] {
  const listens = '0A';
  const local = port.toString(16).toUpperCase().padStart(4, '0');
  return textOf(file)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(`:${local}`) && fields[3] === listens)
    .map((fields) => `socket:[${fields[9]}]`);
}

function processesWith(isIt: (openFile: string) => boolean): Holder[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids
    .filter((pid) => pid !== process.pid && openFilesOf(pid).some((file) => quietly(isIt, file)))
    .map((pid) => ({ pid, program: programOf(pid) }));
}

/** Node calls its own threads otherwise, so its command line says what it runs. */
function programOf(pid: number): string {
  const [first = '', ...others] = textOf(`/proc/${pid}/cmdline`).split('\0');
  if (others.some((argument) => /src\/main\.[jt]s$/.test(argument))) return 'lookout';
  const command = textOf(`/proc/${pid}/comm`).trim();
  return command === 'MainThread' ? basename(first) : command || 'a program';
}

/** None of a process that has ended, or is another user's. */
function openFilesOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((name) => `/proc/${pid}/fd/${name}`);
  } catch {
    return [];
  }
}

/** A file may be closed in the meantime. */
function quietly(isIt: (file: string) => boolean, file: string): boolean {
  try {
    return isIt(file);
  } catch {
    return false;
  }
}
