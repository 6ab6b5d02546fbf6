import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';
import type { ReceivedRecords } from '../../records/received-records.ts';

/** Adds the plates of stored detections to the index of their parts; until then a search reads them one by one. */
export interface PlateIndexing extends Disposable {
  start(): void;
  /** So many records were stored and are acknowledged. */
  stored(records: number): void;
}

/** Plates of one commit: enough that a page of the index takes several, and few for the event loop. */
const plates = 2000;
const restMs = 1000;

/**
 * While units send much, whenever a commit's worth of plates waits; else a second after the last. What a crash left waiting
 * is added after the start, and nothing waits after disposal.
 */
export function createPlateIndexing(deps: {
  records: Pick<ReceivedRecords, 'indexPlates'>;
  log: Log;
}): PlateIndexing {
  const { records, log } = deps;
  let timer: NodeJS.Timeout | undefined;
  /** At most so many wait. */
  let waiting = 0;

  function add(): boolean {
    try {
      const isMore = records.indexPlates(plates) === plates;
      waiting = isMore ? Math.max(1, waiting - plates) : 0;
      return isMore;
    } catch (error) {
      // They wait on the disk, and a search finds them there.
      log.warn({ problem: messageOf(error) }, 'plates were not added to the index of their parts');
      return false;
    }
  }

  function later(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      if (add()) later();
    }, restMs).unref();
  }

  return {
    start: later,
    stored(count) {
      if (count === 0) return;
      waiting += count;
      if (waiting >= plates) add();
      if (waiting > 0) later();
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      while (add());
    },
  };
}
