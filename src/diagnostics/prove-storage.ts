import { accessSync, constants, existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadPolicy } from '../accountability/policy/load-policy.ts';
import { isCredentialFile, isPathKey } from '../config/path-keys.ts';
import type { Config } from '../config/schema.ts';
import { entriesOf, type Tree } from '../config/tree.ts';
import type { ListStatus } from '../hotlist/hit-match.ts';
import { createHotlist } from '../hotlist/hotlist.ts';
import { counted } from '../platform/counted.ts';
import { localTime } from '../platform/local-time.ts';
import { createLog } from '../platform/log.ts';
import { fileFault, messageOf } from '../platform/problem.ts';
import type { ServiceUser } from '../platform/service-user.ts';
import { about, type Finding, saidAndAdvised } from './check.ts';

const writes = 40;
/** A hit that is not stored within this time is told all the same (rule 3). */
const slowMs = 50;

/** Writes and syncs small blocks in the data folder, as a hit is stored, and takes the file away again. */
export async function proveDisk({ unit: { dataDir } }: Config): Promise<Finding> {
  const found = about('data-folder', 'disk');
  if (!existsSync(dataDir)) return found.untried('the data folder does not exist yet');
  const path = join(dataDir, `.doctor-${process.pid}`);
  try {
    await using file = await open(path, 'w', 0o600);
    const block = Buffer.alloc(4096);
    const ms: number[] = [];
    for (let write = 0; write < writes; write += 1) {
      const startedMs = performance.now();
      await file.write(block);
      await file.sync();
      ms.push(performance.now() - startedMs);
    }
    const sorted = ms.toSorted((a, b) => a - b);
    const [median = 0, longest = 0] = [sorted[Math.floor(writes / 2)], sorted.at(-1)];
    const says = `${writes} writes synced, ${median.toFixed(1)} ms each, the longest ${longest.toFixed(0)} ms`;
    return longest > slowMs
      ? found.warning(
          `${says}; a hit must be stored within ${slowMs} ms`,
          'Use a disk made for many writes (industrial SSD), and see what else writes to it.',
        )
      : found.ok(says);
  } catch (error) {
    return found.failure(
      `cannot be written: ${fileFault(error)}`,
      'Look at the disk (dmesg, df) and at the owner of the data folder.',
    );
  } finally {
    await rm(path, { force: true });
  }
}

/** Each configured hot list: entries, age, and when its source made it. */
export async function proveLists(config: Config): Promise<Finding[]> {
  const none = about('hot-lists', 'hot lists');
  if (config.hotlist.lists.length === 0) {
    return [none.warning('none is configured', 'Add one under hotlist.lists.')];
  }
  const path = join(config.unit.dataDir, 'hotlist.db');
  if (!existsSync(path)) {
    return config.hotlist.lists.map(({ id }) =>
      about('hot-lists', `hot list ${id}`).warning(
        'never imported',
        `Let headquarters send it, or import it. Run: lookout hotlist import ${id} FILE --as-of TIME`,
      ),
    );
  }
  try {
    const { policy } = loadPolicy(config.policy);
    const log = createLog({ level: 'silent' });
    await using hotlist = createHotlist({
      path,
      config: config.hotlist,
      policy,
      log,
      maintain: false,
    });
    return hotlist.status().map(listFinding);
  } catch (error) {
    return [
      none.failure(
        `cannot be read: ${messageOf(error)}`,
        'See the database in the findings above.',
      ),
    ];
  }
}

function listFinding({ id, entries, asOf, problem }: ListStatus): Finding {
  const found = about('hot-lists', `hot list ${id}`);
  if (asOf === null) {
    if (problem === null) return found.untried('it is off');
    const [what, advice] = saidAndAdvised(problem.replace(': lookout ', '; lookout '));
    return found.warning(what, advice || 'Import it, or let headquarters send it.');
  }
  const says = `${entries} ${entries === 1 ? 'entry' : 'entries'}, made ${localTime(asOf)}`;
  if (problem === null) return entries > 0 ? found.ok(says) : found.untried(`${says}; it is off`);
  const [what, advice] = saidAndAdvised(problem);
  return found.warning(`${says}; ${what}`, advice || 'Import a newer file.');
}

/**
 * Whether the files and folders that the configuration names are open to the user of the service. To be called with that
 * user's rights; the files of the link and of the page over HTTPS have findings of their own.
 */
export function proveRights(
  config: Config,
  as: { user: ServiceUser | null; service: ServiceUser | null; file: string | null },
): Finding[] {
  const { user, service, file } = as;
  const found = about('data-folder', 'rights');
  const uid = process.getuid?.();
  if (service !== null && user === null && uid !== service.uid) {
    return [
      found.warning(
        `this user is not ${service.name}, the user of the service, whose rights were not tried`,
        'Run the command with sudo.',
      ),
    ];
  }
  const named = [...entriesOf(config as unknown as Tree)]
    .filter(([path]) => isPathKey(path) && !isCredentialFile(path) && path[1] !== 'dataDir')
    .map(([path, value]) => ({ name: path.join('.'), path: String(value) }));
  if (file !== null) named.unshift({ name: 'the configuration', path: file });
  const closed = named.flatMap(({ name, path }) => {
    const fault = faultOf(path);
    if (fault === null) return [];
    return [
      found.failure(`${name}, ${path}: ${fault}`, adviceOn(service, path === file ? path : null)),
    ];
  });
  if (closed.length > 0) return closed;
  const who = service === null ? 'this user' : service.name;
  return [
    found.ok(`${who} may read what the configuration names (${counted(named.length, 'path')})`),
  ];
}

/** @param file the configuration, where that is what is closed */
function adviceOn(service: ServiceUser | null, file: string | null): string {
  if (file !== null && service !== null) {
    return `Run: sudo chgrp ${service.name} ${file} && sudo chmod 640 ${file}`;
  }
  return `Let ${service?.name ?? 'this user'} read it: see its owner and group, and those of the folders above.`;
}

function faultOf(path: string): string | null {
  try {
    accessSync(path, constants.R_OK);
    return null;
  } catch (error) {
    return fileFault(error);
  }
}
