import type { UnitMode } from '../../config/sections/unit.ts';
import type { SourceMode } from '../../records/source-mode.ts';
import type { Policy } from '../policy/policy.ts';

/** Kinds of data for which a profile sets separate times. */
export const kinds = ['reads', 'hits', 'images'] as const;
export type Kind = (typeof kinds)[number];

/** How long one kind is kept, and the row of the policy that says so. */
export interface Span {
  minDays: number;
  maxDays: number | null;
  /** `retention.reads`, `retention.sources.flock.reads`. */
  from: string;
}

/** Where data is from: the cameras of one name, of a unit or, at headquarters, of all units of one mode. */
export interface Source {
  head: string;
  mode: SourceMode;
}

/** Whether a source is one of those that are asked for; what is not set is of any. */
export function isOneOf(
  asked: { head?: string | undefined; mode?: SourceMode | undefined },
  { head, mode }: Source,
): boolean {
  return head === (asked.head ?? head) && (asked.mode === undefined || asked.mode === mode);
}

/** What the unit of a record is: noted with the record at headquarters, and on a unit what that is itself. */
export function modeOfRecord(unitMode: SourceMode, here: UnitMode): SourceMode {
  return here === 'headquarters' ? unitMode : here;
}

/**
 * The time that the policy sets for one kind of data of one source: the row of that head, else of the mode of its unit
 * (`mobile`, `fixed`), else the common one.
 */
export function spanOf(retention: Policy['retention'], kind: Kind, { head, mode }: Source): Span {
  for (const name of [head, mode]) {
    const span = name === null ? undefined : retention.sources[name]?.[kind];
    if (span !== undefined) return { ...span, from: `retention.sources.${name}.${kind}` };
  }
  return { ...retention[kind], from: `retention.${kind}` };
}

/**
 * The rows without a longest time, as `reads` or `sources.flock.reads`: data that is never deleted for its age until the
 * agency sets one. None on a unit that keeps nothing: there headquarters' acknowledgement ends it.
 */
export function endlessRows(retention: Policy['retention']): string[] {
  if (retention.edgeStore === 'transient') return [];
  const of = (spans: Partial<Pick<Policy['retention'], Kind>>, under: string) =>
    kinds.filter((kind) => spans[kind]?.maxDays === null).map((kind) => `${under}${kind}`);
  return [
    ...of(retention, ''),
    ...Object.entries(retention.sources).flatMap(([source, spans]) =>
      of(spans as Partial<Pick<Policy['retention'], Kind>>, `sources.${source}.`),
    ),
  ];
}
