import type { Layout, ListConfig } from '../config/sections/hotlist.ts';
import type { Category } from './hit-match.ts';
import { layoutOf } from './list-presets.ts';

/** The part of the agency's policy about lists; a policy in force is one. */
export interface HotlistPolicy {
  hotlist: {
    /** Hours after which a list is stale, and whether a stale one still alerts (HOT-4). */
    maxAgeH: number;
    stale: 'refuse' | 'flag';
    /** Hours after which a list is marked. */
    refreshH: number;
    deniedCategories: readonly Category[];
  };
  /** Personal or CLETS text in an entry (HOT-14). */
  hotplates: { lint: 'reject' | 'quarantine' | 'warn' };
}

/** A configured list with its computed limits. */
export interface HotList extends Omit<ListConfig, 'layout'> {
  layout: Layout;
  /** Hours after which the list may neither alert nor be kept; Infinity: it is only marked. */
  maxAgeH: number;
  /** Hours after which the policy calls the list stale; Infinity without a policy. */
  staleAgeH: number;
}

/** Rules for the rows of a file; plain data, because it is sent to the import's thread. */
export interface RowRules {
  deniedCategories: readonly Category[];
  /** Personal or CLETS text in a row: warn keeps and counts it, anything else removes the text. */
  lint: HotlistPolicy['hotplates']['lint'] | null;
}

/** The limit of a unit without a policy, as HOT-4 requires. */
const defaultMaxAgeH = 72;

/**
 * The limits of each list. If the policy refuses stale lists, its age limit caps the list's own (HOT-4); if it flags
 * them, only a limit of the configuration ends a list.
 */
export function resolveLists(
  lists: readonly ListConfig[],
  policy: HotlistPolicy | undefined,
): HotList[] {
  return lists.map((configured) => {
    const list = { ...configured, layout: layoutOf(configured.layout) };
    if (policy === undefined) {
      return { ...list, maxAgeH: list.maxAgeH ?? defaultMaxAgeH, staleAgeH: Infinity };
    }
    const { stale, maxAgeH: staleAgeH, refreshH } = policy.hotlist;
    const own = list.maxAgeH ?? Infinity;
    return {
      ...list,
      maxAgeH: stale === 'refuse' ? Math.min(own, staleAgeH) : own,
      warnAgeH: Math.min(list.warnAgeH, refreshH),
      staleAgeH,
    };
  });
}

/** The rules for the rows of a file. */
export function rowRules(policy: HotlistPolicy | undefined): RowRules {
  return {
    deniedCategories: policy?.hotlist.deniedCategories ?? [],
    lint: policy?.hotplates.lint ?? null,
  };
}
