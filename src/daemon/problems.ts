import type { DaemonStatus } from './daemon-status.ts';

/** The part of the unit that has a problem. Each is a heading of src/diagnostics/TROUBLESHOOTING.md. */
export const problemAreas = [
  'cameras',
  'position',
  'capture',
  'clock',
  'hot-lists',
  'alerts',
  'records',
  'storage',
  'headquarters',
  'accounts',
  'audit-log',
  'retention',
  'https',
  'metrics',
  'unit',
] as const;
export type ProblemArea = (typeof problemAreas)[number];

/** A problem of the running unit, in a sentence that names the part. */
export interface UnitProblem {
  area: ProblemArea;
  text: string;
}

/** The parts of a status that may have a problem. */
type Parts = Pick<
  DaemonStatus,
  | 'heads'
  | 'hotlists'
  | 'outputs'
  | 'records'
  | 'uplink'
  | 'audit'
  | 'retention'
  | 'clock'
  | 'locked'
> & {
  position: Pick<DaemonStatus['position'], 'problem'>;
  /** Unknown to a daemon of an earlier version. */
  storage?: DaemonStatus['storage'];
  people?: DaemonStatus['people'];
  sharing?: DaemonStatus['sharing'];
  capture?: DaemonStatus['capture'];
  https?: { problem: string | null } | null;
  /** Why the status is not available on loopback; unknown to a client that got the status from there. */
  metricsProblem?: string | null;
};

/** Everything that does not work normally, in the order of the data. */
export function problemsOf(parts: Parts): UnitProblem[] {
  const named = (area: ProblemArea, part: string, problem: string | null): UnitProblem[] =>
    problem === null ? [] : [{ area, text: `${part}: ${problem}` }];
  const { heads, hotlists, outputs, records, storage, uplink, audit, retention, clock } = parts;
  return [
    ...heads.flatMap((head) => named('cameras', `camera head ${head.id}`, head.problem)),
    ...named('position', 'position', parts.position.problem),
    ...named('capture', 'capture', parts.capture?.problem ?? null),
    ...named('clock', 'clock', clock.problem),
    ...hotlists.flatMap((list) => named('hot-lists', `hot list ${list.id}`, list.problem)),
    ...outputs.flatMap((output) => named('alerts', `alert ${output.name}`, output.problem)),
    ...named('records', 'records', records.problem),
    ...named('records', 'records', records.images.problem),
    ...named('storage', 'storage', storage?.problem ?? null),
    ...named('headquarters', 'headquarters', uplink?.problem ?? null),
    ...named('headquarters', 'sharing', parts.sharing?.problem ?? null),
    ...named('accounts', 'accounts', parts.people?.problem ?? null),
    ...named('audit-log', 'audit log', audit.problem),
    ...named('retention', 'retention', retention.problem),
    ...named('https', 'page over HTTPS', parts.https?.problem ?? null),
    ...named('metrics', 'metrics', parts.metricsProblem ?? null),
    ...named('unit', 'unit', parts.locked),
  ];
}
