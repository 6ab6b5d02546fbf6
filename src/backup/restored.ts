import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Name of the note in the data folder. */
export const restoredFile = 'restored.json';

const restoredSchema = z.object({
  /** The id of the backup, and the moment that it shows. */
  backup: z.uuid(),
  madeAt: z.iso.datetime(),
  madeOn: z.string(),
  restoredAt: z.iso.datetime(),
  restoredOn: z.string(),
  /** The name of the backup's folder. */
  from: z.string(),
  /** The last record of the audit log in the backup. */
  head: z.int(),
});

/** Which backup a data folder was made of. */
export type Restored = z.infer<typeof restoredSchema>;

/** Null if the data folder was never restored, or the note cannot be read. */
export function restoredOf(dataDir: string): Restored | null {
  try {
    return restoredSchema.parse(JSON.parse(readFileSync(join(dataDir, restoredFile), 'utf8')));
  } catch {
    return null;
  }
}
