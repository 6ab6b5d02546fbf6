import { closeSync, existsSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { z } from 'zod';
import { fileFault, Problem } from '../../platform/problem.ts';
import { readRegularFile } from '../../platform/regular-file.ts';

const order = z.strictObject({
  at: z.iso.datetime(),
  by: z.string(),
  reason: z.string(),
});

/**
 * The orders for a lost or stolen unit. In a file beside the databases, because it is needed after they are erased. No
 * plates.
 */
const lostUnitStateSchema = z.strictObject({
  locked: order.nullable(),
  wipe: order
    .extend({
      /** Counts of the data on the unit, by kind. */
      figures: z.record(z.string(), z.number()),
      /** Created with the order, so that the report has the same id after a power cut. */
      reportId: z.uuid().default(() => uuidv7()),
      reported: z.boolean(),
      keysDestroyedAt: z.iso.datetime().nullable(),
      erasedAt: z.iso.datetime().nullable(),
    })
    .nullable(),
  /** Commands of headquarters that were carried out; a retained command arrives again with each connection. */
  obeyed: z.array(z.uuid()).max(1000),
});
export type LostUnitState = z.infer<typeof lostUnitStateSchema>;

/** Name of the file in the data folder. */
export const lostUnitFile = 'breach.json';

const nothing: LostUnitState = { locked: null, wipe: null, obeyed: [] };

/**
 * Reads the state again on each call, because another process may have changed it. An unreadable file counts as locked.
 */
export function readLostUnit(dataDir: string): LostUnitState {
  const path = join(dataDir, lostUnitFile);
  if (!existsSync(path)) return nothing;
  try {
    return lostUnitStateSchema.parse(JSON.parse(readRegularFile(path).toString('utf8')));
  } catch (error) {
    throw new Problem(
      `${path} cannot be read (${fileFault(error)}), so Lookout does not know whether this unit is locked. Restore the ` +
        'file, or remove it if you are sure that the unit was never lost.',
    );
  }
}

/** Writes the state; returns once it is on the disk. */
export function writeLostUnit(dataDir: string, state: LostUnitState): void {
  const path = join(dataDir, lostUnitFile);
  const temporary = `${path}.part`;
  const file = openSync(temporary, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(state, null, 1)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
