import type { OutboxWriter } from '../outbox/outbox.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import type { DurableCommit } from './durable-commit.ts';
import type { ImageFiles } from './image-files.ts';
import type { ImageFile, ImageRows } from './image-rows.ts';

/** Acknowledgements arrive in bursts. */
const clearAfterMs = 1000;

/**
 * Removes files that no row needs. Those of rows that an acknowledgement removed are deleted after the next commit:
 * until then a power cut can restore the rows.
 */
export function createUnneededFiles(deps: {
  outbox: OutboxWriter;
  rows: ImageRows;
  files: ImageFiles;
  durable: DurableCommit;
  log: Log;
}) {
  const { outbox, rows, files, durable, log } = deps;
  let delivered: ImageFile[] = [];
  let clearing: NodeJS.Timeout | null = null;
  /** The removals that are under way. */
  let removing: Promise<void> = Promise.resolve();

  const remove = async (gone: readonly ImageFile[]): Promise<void> => {
    for (const image of gone) {
      // A failed transaction left the row, and a row's file must be kept.
      if (rows.has(image.id)) continue;
      try {
        await files.remove(image.id, image.takenAtMs);
      } catch (error) {
        // It has no row, so the next start removes it.
        log.warn({ problem: messageOf(error), image: image.id }, 'image file could not be removed');
      }
    }
  };
  const removeDelivered = (): Promise<void> => {
    const gone = delivered;
    delivered = [];
    return remove(gone);
  };
  const clearDelivered = (): Promise<void> => {
    const cleared = removing.then(async () => {
      if (delivered.length === 0) return;
      // Nothing to write: this waits until the log is on the disk.
      await durable.run(() => {});
      await removeDelivered();
    });
    removing = cleared.catch(() => {});
    return cleared;
  };

  outbox.onAcknowledged((ids) => {
    delivered.push(...rows.delivered(ids));
    if (delivered.length === 0) return;
    clearing ??= setTimeout(() => {
      clearing = null;
      clearDelivered().catch((error: unknown) => {
        log.warn(
          { problem: messageOf(error) },
          'image files of delivered detections could not be removed yet',
        );
      });
    }, clearAfterMs).unref();
  });

  return {
    /** Removes files whose rows were removed by a commit that is on the disk, or that never had a row. */
    remove,
    /** Removes files of delivered images; call it after a commit that is on the disk. */
    removeDelivered,
    /** Removes the remaining ones; call it before the database closes. */
    async close(): Promise<void> {
      if (clearing !== null) clearTimeout(clearing);
      await clearDelivered();
    },
  };
}
