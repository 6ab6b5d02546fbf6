import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { csvRows, utf8Mark } from '../platform/csv.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import type { ListRow } from './list-row.ts';
import type { Rejection } from './row-entry.ts';

/** The rows that an import could not use, as CSV for a spreadsheet: row, column, reason, raw row. */
export interface RejectsFile {
  add(row: ListRow, rejection: Rejection): void;
  /** Puts the complete file in place. Throws a Problem if it could not be written. */
  close(): Promise<void>;
  /** Deletes the unfinished file. */
  discard(): Promise<void>;
}

/** Starts a rejects file, readable by its owner only: it holds plates. */
export function createRejectsFile(path: string): RejectsFile {
  const temporary = `${path}.part`;
  let fault: unknown;
  const stream: WriteStream = createWriteStream(temporary, { mode: 0o600 });
  stream.on('error', (error) => {
    fault ??= error;
  });
  stream.write(utf8Mark + csvRows([['row', 'column', 'reason', 'raw']]));
  return {
    add(row, { column, reason }) {
      stream.write(csvRows([[row.row, column, reason, row.raw]]));
    },
    async close() {
      stream.end();
      await finished(stream).catch(() => undefined);
      if (fault !== undefined) {
        throw new Problem(`${path}: the rejected rows cannot be written (${messageOf(fault)})`);
      }
      await rename(temporary, path);
    },
    async discard() {
      // The file may not be open yet.
      const closed = once(stream, 'close').catch(() => undefined);
      stream.destroy();
      if (!stream.closed) await closed;
      await rm(temporary, { force: true });
    },
  };
}
