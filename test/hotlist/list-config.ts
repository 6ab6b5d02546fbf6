import type { z } from 'zod';
import {
  type HotlistConfig,
  hotlistSection,
  type listSchema,
} from '../../src/config/sections/hotlist.ts';

/** A list as a configuration file would write it. */
export type ListInput = Partial<z.input<typeof listSchema>>;

export function configOf(lists: ListInput[], rest: Partial<HotlistConfig> = {}): HotlistConfig {
  return hotlistSection.parse({
    ...rest,
    lists: lists.map((list) => ({ id: 'svs', name: 'Stolen vehicles', ...list })),
  });
}
