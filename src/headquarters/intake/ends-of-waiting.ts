import type { Clock } from '../../platform/clock.ts';
import { counted } from '../../platform/counted.ts';
import type { Database } from '../../platform/database.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';
import type { ReceivedRecords } from '../../records/received-records.ts';
import type { GivenUp, HeadquartersRows } from './headquarters-rows.ts';

/** Ends what waits for something that never comes. */
export interface EndsOfWaiting extends Disposable {
  start(): void;
  /** What was given up in the last week, in sentences. */
  problems(): string[];
}

const dayMs = 86_400_000;
/** Longer than a unit is in a garage: until then what was done there may still find its hit or its detection. */
const waitsMs = 90 * dayMs;
const shownMs = 7 * dayMs;
const lookEveryMs = 3_600_000;
const atOnce = 500;

const waitedFor: Record<GivenUp, string> = {
  'alert steps': 'the alert that it is about',
  pictures: 'the read that it is of',
};

/**
 * Once an hour drops what has waited for 90 days: steps whose hit and pictures whose detection never came, which is counted and
 * told; and forgets the ids of what took effect that long ago, as no unit sends it again.
 */
export function createEndsOfWaiting(deps: {
  /** `headquarters.db`. */
  own: Database;
  rows: HeadquartersRows;
  records: Pick<ReceivedRecords, 'removeFile' | 'hasImage'>;
  clock: Clock;
  log: Log;
}): EndsOfWaiting {
  const { own, rows, records, clock, log } = deps;
  let timer: NodeJS.Timeout | undefined;

  const drop = own.transaction((beforeMs: number) => {
    const forgotten = rows.forgetNotices(beforeMs, atOnce);
    const steps = rows.dropWaiting(beforeMs, atOnce);
    const pictures = rows.dropOldImages(beforeMs, atOnce);
    const gone: [GivenUp, number][] = [
      ['alert steps', steps],
      ['pictures', pictures.length],
    ];
    for (const [kind, count] of gone) {
      if (count === 0) continue;
      rows.noteGivenUp(kind, count, clock());
      log.warn({ kind, count }, 'given up: what it waited for has not come for 90 days');
    }
    return { pictures, isMore: Math.max(forgotten, steps, pictures.length) === atOnce };
  });

  async function look(): Promise<void> {
    try {
      for (;;) {
        const { pictures, isMore } = drop.immediate(clock() - waitsMs);
        for (const { ref } of pictures) {
          if (!records.hasImage(ref.id)) await records.removeFile(ref);
        }
        if (!isMore) return;
      }
    } catch (error) {
      log.error({ problem: messageOf(error) }, 'what waits too long was not dropped');
    }
  }

  return {
    start() {
      timer = setInterval(() => void look(), lookEveryMs).unref();
      void look();
    },
    problems: () =>
      rows
        .givenUp()
        .filter(({ lastMs }) => clock() - lastMs < shownMs)
        .map(
          ({ kind, count, lastMs }) =>
            `${counted(count, kind === 'pictures' ? 'picture' : 'alert step')} given up, the last at ${localTime(lastMs)}: ${waitedFor[kind]} has not come for 90 days. Is a unit lost?`,
        ),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
