import { Problem } from '../platform/problem.ts';
import type { Position } from './fix.ts';
import { createFixKeeper } from './fix-keeper.ts';
import { createNmeaLines } from './nmea-lines.ts';
import { readNmeaLog } from './replay-log.ts';

/** One receiver sends tens of lines per second at most; this only orders the lines of one moment. */
const lineMs = 1;

/**
 * The positions of a recorded drive, loaded at once: `fixAt` answers for any time of the log, by the log's own times.
 * Throws a Problem if the file cannot be read or has no dated fix.
 */
export async function loadDrive(path: string, options: { staleAfterS: number }): Promise<Position> {
  const text = await readNmeaLog(path);
  const keeper = createFixKeeper({
    source: 'replay',
    staleAfterMs: options.staleAfterS * 1000,
    timeBy: 'fixed',
    kept: { count: text.length + 1, ageMs: Number.MAX_SAFE_INTEGER },
  });
  const lines = createNmeaLines();
  let receivedAtMs = 0;
  for (const line of text) {
    receivedAtMs += lineMs;
    lines.take(line, receivedAtMs, keeper.add);
  }
  if (keeper.goodAtMs === null) {
    throw new Problem(
      `${path}: no fix with a date in ${lines.sentences} sentences (${lines.rejected} refused); is it an NMEA log with RMC or ZDA?`,
    );
  }
  return {
    start: async () => {},
    fixAt: keeper.fixAt,
    health: () => ({
      ...keeper.findings(),
      source: 'replay',
      state: 'fixed',
      problem: null,
      clockOffsetMs: null,
      sentences: lines.sentences,
      rejected: lines.rejected,
      jumps: keeper.jumps,
      baud: null,
    }),
    [Symbol.asyncDispose]: async () => {},
  };
}
