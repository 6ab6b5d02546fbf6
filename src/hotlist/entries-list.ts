import { fullLayoutSchema, type Layout } from '../config/sections/hotlist.ts';
import type { HotList } from './list-rules.ts';

/** Reads a file of entries: headquarters has judged each of its rows. */
const entriesLayout: Layout = fullLayoutSchema.parse({
  placeholders: 'keep',
  stateCodes: 'postal',
  dateFormats: ['iso'],
});

/** The most wildcards that any configuration allows; headquarters' own has limited them. */
const mostWildcards = 1000;

/** The list, as a file of entries is read into it. */
export function asOfEntries(list: HotList): HotList {
  return { ...list, layout: entriesLayout, maxWildcards: mostWildcards, maxRejects: 1 };
}
