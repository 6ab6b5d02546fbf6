import type { OutboxWriter } from '../outbox/outbox.ts';
import type { Log } from '../platform/log.ts';
import type { createDurableCommit } from './durable-commit.ts';
import type { ImageFiles } from './image-files.ts';
import type { ImageFile, ImageRows } from './image-rows.ts';

/** Acknowledgements come in flocks. */
const clearAfterMs = 1000;

/**
 * Removes files that no row needs any more. Those of rows that an acknowledgement removed go after the next commit:
 * until then a power cut may bring the rows back.
 */
export function createUnneededFiles(deps: {
  outbox: OutboxWriter;
  rows: ImageRows;
  files: ImageFiles;
  durable: ReturnType<typeof createDurableCommit>;
  log: Log;
}) {
  const { outbox, rows, files, durable, log } = deps;
  let delivered: ImageFile[] = [];
  let clearing: NodeJS.Timeout | null = null;

  const remove = async (gone: readonly ImageFile[]): Promise<void> => {
    for (const image of gone) {
      // A transaction that failed half-way has left the row, and a row's file stays whatever happened.
      if (rows.has(image.id)) continue;
      try {
        await files.remove(image.id, image.takenAtMs);
      } catch (error) {
        // It has no row any more, so the next start sweeps it.
        log.warn({ err: error, image: image.id }, 'image file could not be removed');
      }
    }
  };
  const removeDelivered = (): Promise<void> => {
    const gone = delivered;
    delivered = [];
    return remove(gone);
  };
  const clearDelivered = async (): Promise<void> => {
    if (delivered.length === 0) return;
    // Nothing to write: it waits for the log to be on the disk.
    await durable.run(() => {});
    await removeDelivered();
  };

  outbox.onAcknowledged((ids) => {
    delivered.push(...rows.delivered(ids));
    if (delivered.length === 0) return;
    clearing ??= setTimeout(() => {
      clearing = null;
      clearDelivered().catch((error: unknown) => {
        log.warn({ err: error }, 'image files of delivered detections could not be removed yet');
      });
    }, clearAfterMs).unref();
  });

  return {
    /** Those whose rows went with a commit that is on the disk, or that never had one. */
    remove,
    /** Those of delivered images; call it after a commit that is on the disk. */
    removeDelivered,
    /** Removes what is left; call it before the database closes. */
    async close(): Promise<void> {
      if (clearing !== null) clearTimeout(clearing);
      await clearDelivered();
    },
  };
}
