import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileDurably } from '../platform/write-file-durably.ts';

const schema = z.object({
  /** The moment that the backup shows. */
  madeAt: z.iso.datetime(),
  folder: z.string(),
  withKeys: z.boolean(),
});

/** The newest backup of a data folder. */
export type LastBackup = z.infer<typeof schema>;

const file = 'last-backup.json';

/** Null if none was made. A note that cannot be read counts as none. */
export function lastBackupOf(dataDir: string): LastBackup | null {
  try {
    return schema.parse(JSON.parse(readFileSync(join(dataDir, file), 'utf8')));
  } catch {
    return null;
  }
}

/** Notes in the data folder that a backup was made. */
export async function noteBackup(dataDir: string, made: LastBackup): Promise<void> {
  await writeFileDurably(join(dataDir, file), `${JSON.stringify(made)}\n`);
}
