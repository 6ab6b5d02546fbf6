import { setImmediate as nextTurn } from 'node:timers/promises';
import type { UnitMode } from '../../config/sections/unit.ts';
import { dayMs, isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { createOldestFirst, type RecordSource } from '../../records/oldest-first.ts';
import type { SourceMode } from '../../records/source-mode.ts';
import type { Policy } from '../policy/policy.ts';
import { type Kind, kinds, modeOfRecord, type Span, spanOf } from './keep-times.ts';
import { sourceWords } from './source-words.ts';

/** What of one kind a source has on the unit, how long it is kept, and what of it goes next. */
export interface KindHeld extends Span {
  kind: Kind;
  /** How many are here; null for pictures, which are counted for the whole unit. */
  count: number | null;
  /** True if there are more than counted. */
  more: boolean;
  /** When the oldest of them was seen; null if there is none. */
  oldestAt: string | null;
  /**
   * What ends the oldest that no hold covers: its time, at `goesAt`; headquarters' acknowledgement, at `goesAt` at the
   * latest; only an order, because no longest time is set; nothing, because all of the oldest are held or none is here.
   */
  goesBy: 'time' | 'headquarters' | 'order' | 'nothing';
  goesAt: string | null;
}

/**
 * A source of data: a camera head that is set up, one that was, or a vendor whose data the policy names. At headquarters
 * the heads of one name of all cars, and of all poles.
 */
export interface DataSource {
  source: string;
  /** Of cars or of poles; null at headquarters where their units have not said what they are. */
  mode: SourceMode;
  /** In words: "front", and at headquarters "front of cars". */
  name: string;
  is: 'camera' | 'former' | 'vendor';
  kinds: KindHeld[];
}

/** Of one kind and source; a car reads that many in years. */
const mostCounted = 2_000_000;
/** Held ones before the first that goes. */
const mostHeld = 64;
const oldestImages = 5000;
const sliceMs = 3;
/** Rows of the policy that are for the unit's mode, and no sources of their own. */
const modes = new Set(['mobile', 'fixed']);

/** Every source of data with its times, what of it is here, and what goes next (RET-5). */
export async function dataSources(deps: {
  db: Database;
  retention: Policy['retention'];
  mode: UnitMode;
  /** The camera heads that are set up. */
  cameras: readonly string[];
  isHeld: (detectionId: string) => boolean;
}): Promise<DataSource[]> {
  const { db, retention, mode, cameras, isHeld } = deps;
  const records = createOldestFirst(db);
  const isTransient = retention.edgeStore === 'transient';

  const goes = (span: Span, next: { lastSeenMs: number } | undefined) => {
    if (next === undefined) return { goesBy: 'nothing', goesAt: null } as const;
    const { maxDays } = span;
    const goesAt = maxDays === null ? null : isoTime(next.lastSeenMs + maxDays * dayMs);
    if (isTransient) return { goesBy: 'headquarters', goesAt } as const;
    return { goesBy: goesAt === null ? 'order' : 'time', goesAt } as const;
  };
  const spanFor = (kind: Kind, { head, unitMode }: RecordSource): Span =>
    spanOf(retention, kind, { head, mode: modeOfRecord(unitMode, mode) });
  const detections = async (source: RecordSource, kind: 'reads' | 'hits'): Promise<KindHeld> => {
    const span = spanFor(kind, source);
    const of = { ...source, hit: kind === 'hits' };
    const counting = records.countDetections(of);
    let turnMs = performance.now();
    let count = 0;
    let more = false;
    for (let some = counting(); some > 0; some = counting()) {
      count += some;
      more = count >= mostCounted;
      if (more) break;
      if (performance.now() - turnMs > sliceMs) {
        await nextTurn();
        turnMs = performance.now();
      }
    }
    const beforeMs = Number.MAX_SAFE_INTEGER;
    const oldest = records.closedDetections({ ...of, beforeMs, atATime: mostHeld })();
    const next = oldest.find(({ id }) => !isHeld(id));
    const oldestMs = oldest[0]?.lastSeenMs;
    const oldestAt = oldestMs === undefined ? null : isoTime(oldestMs);
    return { ...span, kind, count, more, oldestAt, ...goes(span, next) };
  };
  const images = (source: RecordSource): KindHeld => {
    const span = spanFor('images', source);
    const oldest = records.oldestImages(source, oldestImages, mostHeld);
    const next = oldest.find(({ detectionId }) => !isHeld(detectionId));
    const first = oldest[0]?.takenAtMs;
    return {
      ...{ ...span, kind: 'images', count: null, more: false },
      oldestAt: first === undefined ? null : isoTime(first),
      ...goes(span, next && { lastSeenMs: next.takenAtMs }),
    };
  };

  const here = records.sources();
  const named = Object.keys(retention.sources).filter((name) => !modes.has(name));
  const heads = new Set([...cameras, ...here.map(({ head }) => head), ...named]);
  const all = [...heads].flatMap((head): RecordSource[] => {
    const found = here.filter((source) => source.head === head);
    return found.length > 0 ? found : [{ head, unitMode: null }];
  });
  /** Headquarters has no cameras of its own, and is not told which ones its units have. */
  const isCamera = (source: string) =>
    cameras.includes(source) || (mode === 'headquarters' && !named.includes(source));
  const sources: DataSource[] = [];
  for (const source of all) {
    const { head } = source;
    const from = { head, mode: modeOfRecord(source.unitMode, mode) };
    const is = isCamera(head) ? 'camera' : named.includes(head) ? 'vendor' : 'former';
    const held = [
      await detections(source, 'reads'),
      await detections(source, 'hits'),
      images(source),
    ];
    sources.push({
      source: head,
      mode: from.mode,
      name: here.includes(source) ? sourceWords(from, mode) : head,
      is,
      kinds: kinds.flatMap((kind) => held.filter((each) => each.kind === kind)),
    });
  }
  return sources;
}
