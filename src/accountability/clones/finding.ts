import type { TwoPlaces } from '../search/results.ts';

/** What a person found a plate in two places to be. */
export const cloneVerdicts = ['clone', 'misread', 'clock_or_position', 'other'] as const;
export type CloneVerdict = (typeof cloneVerdicts)[number];

/** A person's verdict on a finding. */
export interface JudgedClone {
  verdict: CloneVerdict;
  /** Why; null where the verdict says it all. */
  note: string | null;
  at: string;
  by: string;
}

/** A plate that was read in two places between which no car drives, without the plate. */
export interface CloneFinding {
  id: string;
  foundAt: string;
  /** How often its reads showed it. */
  times: number;
  /** The newest of them: when its later read was, the shortest way in metres, the longest time in seconds, metres a second. */
  latestAt: string;
  leastM: number;
  mostS: number;
  leastMps: number;
  /** Which units read it, in order of their names. */
  units: string[];
  judged: JudgedClone | null;
}

/** A finding that was judged to be a misread; it outlives its reads. */
export interface ClonedMisread extends Pick<CloneFinding, 'id' | 'units' | 'leastM' | 'mostS'> {
  at: string;
  by: string;
  note: string | null;
}

/** The findings, the newest first. */
export interface CloneFindings {
  findings: CloneFinding[];
  /** How many nobody has judged, also beyond those listed. */
  open: number;
  /** There are more than listed. */
  more: boolean;
}

/** A finding with its plate, and the reads that showed it, the newest pair first. */
export interface OpenedClone extends CloneFinding {
  plate: string;
  state: string | null;
  pairs: TwoPlaces[];
}
