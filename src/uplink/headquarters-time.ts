import type { Clock } from '../platform/clock.ts';
import type { Ack } from './messages.ts';

/** Longer than an answer takes on the slowest usable link; what is answered later may have waited at the broker. */
const answerWithinMs = 60_000;

/** The time that headquarters tells in its answers. */
export interface HeadquartersTime {
  /** A message that headquarters answers, with an id of its own, is being sent. */
  asked(id: string): void;
  heard(ack: Ack): void;
  /** Headquarters' time minus this clock's, ms; null until headquarters has told it. */
  offsetMs(): number | null;
}

/**
 * Only the answer to a message that was just sent tells the time: any other may have waited at the broker for hours. Its
 * time is that of half-way between question and answer; from there on it is counted by `sinceBootMs`, so that a clock
 * that is set later is found out without a link, too.
 */
export function createHeadquartersTime(clock: Clock, sinceBootMs: Clock): HeadquartersTime {
  const questions = new Map<string, number>();
  let told: { timeMs: number; sinceBootMs: number } | null = null;
  return {
    asked(id) {
      const nowMs = sinceBootMs();
      for (const [old, askedMs] of questions) {
        if (nowMs - askedMs > answerWithinMs) questions.delete(old);
      }
      questions.set(id, nowMs);
    },
    heard({ ids, at }) {
      for (const id of ids) {
        const askedMs = questions.get(id);
        questions.delete(id);
        const nowMs = sinceBootMs();
        if (at === undefined || askedMs === undefined || nowMs - askedMs > answerWithinMs) continue;
        told = { timeMs: Date.parse(at), sinceBootMs: (askedMs + nowMs) / 2 };
      }
    },
    offsetMs: () =>
      told === null ? null : told.timeMs + (sinceBootMs() - told.sinceBootMs) - clock(),
  };
}
