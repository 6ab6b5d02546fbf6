import type { Detection } from '../../records/detection.ts';
import type { DetectionIndex } from '../../records/detection-index.ts';
import { type ImpossibleWay, impossibleWay, isComparable, mayBeImpossible } from './two-places.ts';

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

type Ids = Pick<FoundPair, 'earlier' | 'later'>;

/** Rows that are looked at before and after a read, and how far from it: further apart nothing is too fast. */
const mostLooked = 200;
const windowMs = 86_400_000;

/**
 * Compares each of these reads with those of the same plate by other units, before and after it, and gives the nearest pair on
 * either side that no car makes; and of the pairs that were known those that are none any more, as a read was corrected.
 */
export function pairsAround(
  { ids, known }: { ids: readonly string[]; known: readonly Ids[] },
  index: DetectionIndex,
): { pairs: FoundPair[]; ended: Ids[] } {
  const recordOf = (id: string): Detection | undefined => {
    const rowid = index.rowidOf(id);
    return rowid === undefined ? undefined : index.record(rowid)?.detection;
  };
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

function pairsOf(read: Detection, index: DetectionIndex): FoundPair[] {
  const { unit, fix } = read;
  const { latitude, longitude } = fix;
  const plate = read.read?.plate;
  if (plate === undefined || latitude === null || longitude === null) return [];
  const lastSeenMs = Date.parse(read.lastSeen);
  const here = { latitude, longitude, lastSeenMs };
  const around = { plate, unit, atMs: lastSeenMs, windowMs, limit: mostLooked };
  return (['before', 'after'] as const).flatMap((side) => {
    for (const { rowid, ...there } of index.nextTo(around, side)) {
      if (!mayBeImpossible(here, there)) continue;
      const other = index.record(rowid)?.detection;
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
