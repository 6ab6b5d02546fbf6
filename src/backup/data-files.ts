import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileFault } from '../platform/problem.ts';

/** What a data folder holds beside its databases and pictures. Paths are relative to it. */
export interface DataFiles {
  databases: string[];
  files: string[];
  /** Files with private keys. */
  keys: string[];
  leftOut: { file: string; why: string }[];
}

/** Folders that have a part of their own in a backup, or are made again by themselves. */
const otherFolders = new Set([
  'images',
  'incoming',
  'hotlist-refresh',
  'list-fetch',
  'sounds',
  'lost+found',
]);
/** Files of a process that runs, or that keep room for one. */
const ofProcess = /^(?:lookout\.(?:lock|pid)|disk\.reserve|lock|last-backup\.json)$/;
const ofDatabase = /\.db-(?:wal|shm|journal)$/;
const keyBytes = 65_536;

/** Looks through a data folder. What cannot be read is named in `leftOut`. */
export function dataFilesIn(dataDir: string): DataFiles {
  const found: DataFiles = { databases: [], files: [], keys: [], leftOut: [] };
  const look = (below: string): void => {
    for (const entry of entriesOf(join(dataDir, below), below, found)) {
      const file = join(below, entry.name);
      if (entry.isDirectory()) {
        if (below !== '' || !otherFolders.has(entry.name)) look(file);
      } else if (entry.isFile()) place(file, entry.name);
    }
  };
  const place = (file: string, name: string): void => {
    if (ofProcess.test(name) || ofDatabase.test(name) || /\.part$|^\./.test(name)) return;
    if (/^\w+\.db$/.test(file)) found.databases.push(file);
    else if (/\.db\.damaged-/.test(name)) {
      found.leftOut.push({ file, why: 'a damaged database that was set aside' });
    } else {
      try {
        (isKey(join(dataDir, file)) ? found.keys : found.files).push(file);
      } catch (error) {
        found.leftOut.push({ file, why: fileFault(error) });
      }
    }
  };
  look('');
  return found;
}

/** Whether a file holds a private key. Throws the system's error if it cannot be read. */
export function isKey(path: string): boolean {
  if (/\.key(?:\.|$)/.test(path)) return true;
  const { size } = statSync(path);
  return size <= keyBytes && readFileSync(path, 'latin1').includes('PRIVATE KEY-----');
}

function entriesOf(folder: string, below: string, found: DataFiles): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    found.leftOut.push({ file: below, why: fileFault(error) });
    return [];
  }
}
