import type { Detection } from '../../records/detection.ts';
import type { createOwnStore } from '../../records/detection-store.ts';
import { shown } from './look-up.ts';
import type { TwoPlaces } from './results.ts';
import {
  comparedWithinMs,
  type ImpossibleWay,
  impossibleWay,
  isComparable,
  mayBeImpossible,
} from './two-places.ts';

/** Two reads of one plate that no car makes, by their ids. */
export interface FoundPair extends ImpossibleWay {
  plate: string;
  state: string | null;
  earlier: string;
  later: string;
  earlierUnit: string;
  laterUnit: string;
  /** When the later one was last seen, ms. */
  laterMs: number;
}

type OwnIndex = ReturnType<typeof createOwnStore>['index'];
type Ids = Pick<FoundPair, 'earlier' | 'later'>;

/** Rows that are looked at before and after a read. */
const mostLooked = 200;

/** The calls about pairs of reads that no car makes. They are answered from `lookout.db` alone, to which they look for each new read. */
export interface PairLookUps {
  /** Both reads of each pair, if they are still here. */
  pairs(input: { pairs: readonly (ImpossibleWay & Ids)[] }): TwoPlaces[];
  pairsAround(input: { ids: readonly string[]; known: readonly Ids[] }): {
    pairs: FoundPair[];
    ended: Ids[];
  };
}

export function createPairLookUps(index: OwnIndex): PairLookUps {
  return {
    pairs: ({ pairs }) =>
      pairs.flatMap(({ earlier, later, leastM, mostS, leastMps }) => {
        const [sooner, other] = [earlier, later].map((id) => filed(id, index));
        if (sooner === undefined || other === undefined) return [];
        const reads: TwoPlaces['reads'] = [
          shown(sooner.detection, sooner.hit),
          shown(other.detection, other.hit),
        ];
        return [{ leastM, mostS, leastMps, reads }];
      }),
    pairsAround: (input) => pairsAround(input, index),
  };
}

function filed(id: string, index: OwnIndex) {
  const rowid = index.rowidOf(id);
  return rowid === undefined ? undefined : index.records([{ rowid }])[0];
}

/**
 * Compares each of these reads with those of the same plate by other units, before and after it, and gives the nearest pair on
 * either side that no car makes; and of the pairs that were known those that are none any more, as a read was corrected.
 */
function pairsAround(
  { ids, known }: Parameters<PairLookUps['pairsAround']>[0],
  index: OwnIndex,
): ReturnType<PairLookUps['pairsAround']> {
  const recordOf = (id: string): Detection | undefined => filed(id, index)?.detection;
  const pairs = new Map<string, FoundPair>();
  for (const id of ids) {
    const read = recordOf(id);
    if (read === undefined || !isComparable(read)) continue;
    for (const pair of pairsOf(read, index)) pairs.set(`${pair.earlier} ${pair.later}`, pair);
  }
  const ended = known.filter(({ earlier, later }) => {
    const [one, other] = [recordOf(earlier), recordOf(later)];
    // What was removed takes its pairs along.
    if (one === undefined || other === undefined) return false;
    return one.read?.plate !== other.read?.plate || impossibleWay(one, other) === null;
  });
  return { pairs: [...pairs.values()], ended };
}

function pairsOf(read: Detection, index: OwnIndex): FoundPair[] {
  const { unit, fix } = read;
  const { latitude, longitude } = fix;
  const plate = read.read?.plate;
  if (plate === undefined || latitude === null || longitude === null) return [];
  const lastSeenMs = Date.parse(read.lastSeen);
  const here = { latitude, longitude, lastSeenMs };
  const around = { plate, unit, atMs: lastSeenMs, windowMs: comparedWithinMs, limit: mostLooked };
  return (['before', 'after'] as const).flatMap((side) => {
    for (const { rowid, ...there } of index.nextTo(around, side)) {
      if (!mayBeImpossible(here, there)) continue;
      const other = index.records([{ rowid }])[0]?.detection;
      const way = other && impossibleWay(read, other);
      if (other && way) return [pairOf(read, other, way)];
    }
    return [];
  });
}

function pairOf(one: Detection, other: Detection, way: ImpossibleWay): FoundPair {
  const isInOrder =
    one.lastSeen === other.lastSeen ? one.id < other.id : one.lastSeen < other.lastSeen;
  const [earlier, later] = isInOrder ? [one, other] : [other, one];
  return {
    ...way,
    plate: one.read?.plate ?? '',
    state: one.read?.state?.code ?? other.read?.state?.code ?? null,
    ...{ earlier: earlier.id, later: later.id },
    ...{ earlierUnit: earlier.unit, laterUnit: later.unit },
    laterMs: Date.parse(later.lastSeen),
  };
}
