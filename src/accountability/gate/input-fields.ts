import { z } from 'zod';
import { isoTime } from '../../platform/clock.ts';
import { localDay, notATime, readTime, type WrittenTime } from '../../platform/local-time.ts';

/** The input of an operation that takes nothing. */
export const nothing = z.strictObject({});

/** The id of what an operation is about. */
export const byId = z.strictObject({ id: z.uuid() });

/** Of a later year the ISO text would be sorted before all others; 9999-12-31 stands for "for ever". */
const latestMs = Date.UTC(10_000, 0, 1) - 1;

const timeField = (take: (written: WrittenTime) => number | string) =>
  z
    .string({ error: ({ input }) => (input === undefined ? undefined : notATime()) })
    .max(60)
    .transform((text, context) => {
      const written = readTime(text);
      const taken = 'unclear' in written ? written.unclear : take(written);
      if (typeof taken === 'number') return isoTime(Math.min(taken, latestMs));
      context.addIssue({ code: 'custom', message: taken });
      return z.NEVER;
    });

// Times of an input come out as ISO times in UTC. Each says what becomes of a day, in the unit's zone.

/** From when: a day from its first moment. */
export const fromTime = timeField(({ startMs }) => startMs);

/** Before when: a day to its end, which is the first moment that no longer counts. */
export const beforeTime = timeField(({ endMs }) => endMs);

/** Up to and with when: a day to its last millisecond. */
export const throughTime = timeField(({ endMs, isDay }) => (isDay ? endMs - 1 : endMs));

/** A moment; a day alone is refused. */
export const moment = timeField(({ startMs, isDay }) =>
  isDay ? 'is a whole day; write the time of day too, like 2026-11-28 14:03' : startMs,
);

/** A day as people write it; it comes out as `2026-01-31`. */
export const wholeDay = z
  .string({ error: ({ input }) => (input === undefined ? undefined : notATime()) })
  .max(60)
  .transform((text, context) => {
    const written = readTime(text);
    if (!('unclear' in written) && written.isDay) return localDay(written.startMs);
    const message =
      'unclear' in written ? written.unclear : 'is a time; write the day alone, like 2026-01-31';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/** Yes or no, also as an address carries it. */
export const flag = z.stringbool().or(z.boolean());

/** A whole number within bounds, also as an address carries it. */
export const wholeNumber = (min: number, max: number) =>
  z.coerce.number<number | string>().int().min(min).max(max);

/** The id of a hot list, as the configuration gives it. */
export const listId = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,31}$/,
    'is not the id of a hot list; "lookout hotlist status" shows them',
  );

/** From when until when; `periodMs` gives what is left out. `earliest` says what `since` is then. */
export const sinceUntil = (earliest: string) => ({
  since: fromTime.optional().describe(`Default: ${earliest}`),
  until: beforeTime.optional().describe('Default: now'),
});

/**
 * The times of `sinceUntil`. Without `until` up to now; without `since` as long before that as `defaultMs` says, or
 * from the beginning.
 */
export function periodMs(
  { since, until }: { since?: string | undefined; until?: string | undefined },
  nowMs: number,
  defaultMs?: number,
): { sinceMs: number; untilMs: number } {
  // What is recorded in this very millisecond belongs to it.
  const untilMs = until === undefined ? nowMs + 1 : Date.parse(until);
  const earliestMs = defaultMs === undefined ? 0 : untilMs - defaultMs;
  return { sinceMs: since === undefined ? earliestMs : Date.parse(since), untilMs };
}
