import { z } from 'zod';

/** The input of an operation that takes nothing. */
export const nothing = z.strictObject({});

/** The id of what an operation is about. */
export const byId = z.strictObject({ id: z.uuid() });

/** A time such as 2026-11-21T06:00:00Z. */
export const time = z.iso.datetime({ offset: true });

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
  since: time.optional().describe(`Default: ${earliest}`),
  until: time.optional().describe('Default: now'),
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
