import {
  accessSync,
  chownSync,
  constants,
  type Dirent,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Problem } from './problem.ts';

/** The user as whom the daemon runs, and who must own the data folder. */
export interface ServiceUser {
  name: string;
  uid: number;
  gid: number;
}

/** The user that `scripts/install` makes. */
const installedUser = 'lookout';

/** `SupplementaryGroups` of lookout.service: cameras, serial ports, sound. */
const deviceGroups = ['video', 'dialout', 'audio'];

/** Commands write no image; there may be hundreds of thousands. */
const imagesFolder = 'images';

/** Headquarters' authority, which is closed to its service: whoever signs certificates can pass as any unit. */
const authorityFolder = 'authority';

/**
 * The user of the service: the owner of the data folder or, while there is none, of the folder that it will be in; on an
 * installed unit always `lookout`. Null if that is root.
 */
export function serviceUserOf(dataDir: string, isInstalled: boolean): ServiceUser | null {
  const made = isInstalled ? users().find(({ name }) => name === installedUser) : undefined;
  if (made !== undefined) return made;
  let folder = resolve(dataDir);
  while (!existsSync(folder)) folder = dirname(folder);
  const { uid, gid } = statSync(folder);
  return uid === 0 ? null : { name: nameOf(uid), uid, gid };
}

/**
 * To be called before a command works on the data folder. If root runs it for a service that runs as another user, what
 * it makes is given to that user when the command ends, as the service could not start otherwise. Throws a Problem if
 * the folder already belongs to root.
 */
export function giveToServiceUser(dataDir: string, isInstalled: boolean): void {
  if (process.getuid?.() !== 0) return;
  const user = serviceUserOf(dataDir, isInstalled);
  if (user === null) return;
  if (!existsSync(dataDir)) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    chownSync(dataDir, user.uid, user.gid);
  } else if (statSync(dataDir).uid !== user.uid) {
    throw new Problem(foreignWords(dataDir, [dataDir], user));
  }
  process.once('exit', () => {
    for (const path of filesIn(dataDir)) {
      if (ownerOf(path) === 0) lchownSync(path, user.uid, user.gid);
    }
  });
}

/** Throws a Problem if root would run the daemon, whose files the service could not use later. */
export function refuseRoot(dataDir: string, isInstalled: boolean): void {
  if (process.getuid?.() !== 0) return;
  const user = serviceUserOf(dataDir, isInstalled);
  if (user === null) return;
  throw new Problem(
    `the daemon does not run as root here, as its data folder ${dataDir} is that of ${user.name}. Start the service ` +
      `(sudo systemctl start lookout), or run: sudo -u ${user.name} lookout run`,
  );
}

/** Throws a Problem if the data folder holds files that this user may not write: root made them. */
export function refuseForeignFiles(dataDir: string): void {
  const uid = process.getuid?.();
  if (uid === undefined || uid === 0 || !existsSync(dataDir)) return;
  const closed = [dataDir, ...filesIn(dataDir)].filter(
    (path) => !isWritable(path) && path !== join(dataDir, authorityFolder),
  );
  if (closed.length === 0) return;
  const user = { name: nameOf(uid), uid, gid: process.getgid?.() ?? uid };
  throw new Problem(foreignWords(dataDir, closed, user));
}

/** What in the data folder does not belong to the user of the service, in words with the command that mends it; null if all does. */
export function foreignFiles(dataDir: string, user: ServiceUser): string | null {
  const foreign = [dataDir, ...filesIn(dataDir)].filter((path) => {
    const owner = ownerOf(path);
    return owner !== undefined && owner !== user.uid;
  });
  if (foreign.length === 0) return null;
  return foreignWords(dataDir, foreign, user);
}

function foreignWords(dataDir: string, paths: readonly string[], user: ServiceUser): string {
  const [first, ...others] = paths;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return (
    `unit.dataDir: ${dataDir} has what does not belong to ${user.name}, the user of the service: ${first}${more}. ` +
    `Run: sudo chown -R ${user.name}: ${dataDir}`
  );
}

/** Takes on the user of the service, with its groups, for the rest of this process; root alone can. */
export function becomeServiceUser({ name, uid, gid }: ServiceUser): void {
  // Node has it; its types do not.
  (process as unknown as { initgroups(user: string, group: number): void }).initgroups(name, gid);
  process.setgid?.(gid);
  // systemd gives the service these beside the user's own.
  if (name === installedUser)
    process.setgroups?.([...(process.getgroups?.() ?? []), ...groupIds(deviceGroups)]);
  process.setuid?.(uid);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return !existsSync(path);
  }
}

function* filesIn(folder: string): Generator<string> {
  for (const entry of entriesOf(folder)) {
    // Each disk with ext4 has one, which is root's.
    if (entry.name === 'lost+found') continue;
    const path = join(folder, entry.name);
    yield path;
    if (entry.isDirectory() && entry.name !== imagesFolder) yield* filesIn(path);
  }
}

/** None if the folder is closed to this user, which its caller sees, or gone. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function ownerOf(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.uid;
}

function nameOf(uid: number): string {
  return users().find((user) => user.uid === uid)?.name ?? String(uid);
}

function groupIds(names: readonly string[]): number[] {
  return readFileSync('/etc/group', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([name = '']) => names.includes(name))
    .map(([, , gid]) => Number(gid));
}

function users(): ServiceUser[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .flatMap(([name, , uid, gid]) =>
      name === undefined || uid === undefined ? [] : { name, uid: Number(uid), gid: Number(gid) },
    );
}
