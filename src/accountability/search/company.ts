import { distanceM } from '../../position/distance.ts';
import type { DetectionIndex, FoundRow } from '../../records/detection-index.ts';
import type { CompanyQuery } from './query.ts';
import type { Companion, Company, Meeting } from './results.ts';

/** A read of the plate that is asked about, or of another one near it. */
interface Seen {
  id: string;
  unit: string;
  /** The unit that sent it, at headquarters; null on a unit, whose reads are all its own. */
  sender: string | null;
  atMs: number;
  latitude: number | null;
  longitude: number | null;
}

/** One time that a unit saw the vehicle; reads of the same stay are one. */
interface Occasion extends Seen {
  /** Number of its place: reads less than `samePlaceM` apart are at one. */
  place: number;
}

/** A meeting whose other read is not named yet. */
type Met = Omit<Meeting, 'other'> & { row: FoundRow };

/** Reads of one unit with less than this between them are one occasion. */
const oneStayMs = 600_000;
const samePlaceM = 300;
/** Most reads of the plate, of others near one of them, and of companions whose other reads are counted. */
const mostReads = 500;
const mostNear = 2000;
const mostCompanions = 200;
const mostCounted = 5000;
const shownCompanions = 50;
const shownMeetings = 12;

/**
 * Which vehicles one unit saw within some seconds of a plate, at several times: a convoy, or whoever follows or scouts. A vehicle
 * that is seen everywhere is with everyone now and then: `expected` says how often it would be by chance, from how often it
 * was read at all, and who was not clearly more often together than that is left out and counted.
 */
export async function companyOf(
  { plate, withinS, times, from, to }: CompanyQuery,
  asked: readonly FoundRow[],
  { index, deadlineMs, more }: { index: DetectionIndex; deadlineMs: number; more: boolean },
): Promise<Company> {
  const reads = await seenOf(index, asked.slice(0, mostReads));
  const [newest, oldest] = [reads[0], reads.at(-1)];
  const spanMs = Math.max(
    1,
    (to ?? newest?.atMs ?? 0) - (from ?? oldest?.atMs ?? 0),
    (newest?.atMs ?? 0) - (oldest?.atMs ?? 0),
  );
  const occasions = occasionsOf(reads);
  const occasionCount = new Set(occasions.values()).size;
  const own = new Set(asked.map((row) => row.plate));
  const met = new Map<string, Map<Occasion, Met>>();
  let isCut = more || asked.length > mostReads;
  for (const read of reads) {
    if (performance.now() > deadlineMs) {
      isCut = true;
      break;
    }
    const occasion = occasions.get(read);
    if (occasion === undefined) continue;
    let near = 0;
    const span = { firstMs: read.atMs - withinS * 1000, lastMs: read.atMs + withinS * 1000 };
    const { sender } = read;
    const ofUnit =
      sender === null
        ? index.find({ read: true }, { by: 'time' }, span, mostNear)
        : index.find({ read: true, unit: sender }, { by: 'unit' }, span, mostNear);
    for await (const row of singly(ofUnit)) {
      near += 1;
      if (near > mostNear) {
        isCut = true;
        break;
      }
      if (row.plate === null || row.plate === plate || own.has(row.plate)) continue;
      const meetings = met.get(row.plate) ?? new Map<Occasion, Met>();
      met.set(row.plate, meetings);
      const apartMs = Math.abs(row.lastSeenMs - read.atMs);
      const known = meetings.get(occasion);
      if (known !== undefined && known.apartS * 1000 <= apartMs) continue;
      meetings.set(occasion, meeting(read, row, apartMs));
    }
  }
  const often = [...met]
    .filter(([, meetings]) => meetings.size >= times)
    .sort(([, one], [, other]) => other.size - one.size);
  const companions: Companion[] = [];
  for (const [other, meetings] of often.slice(0, mostCompanions)) {
    const timesRead = await countOf(index, other, { from, to });
    // The chance that it is read within the seconds around one occasion, if its reads lay anywhere in the time.
    const chance = 1 - Math.exp((-timesRead * 2 * withinS * 1000) / spanMs);
    const expected = occasionCount * chance;
    if (meetings.size <= expected + 2 * Math.sqrt(expected)) continue;
    companions.push(await companionOf(index, other, { meetings, timesRead, expected }));
  }
  return {
    occasions: occasionCount,
    companions: companions.sort(byWeight).slice(0, shownCompanions),
    common: Math.min(often.length, mostCompanions) - companions.length,
    more: isCut || companions.length > shownCompanions || often.length > mostCompanions,
  };
}

async function seenOf(index: DetectionIndex, rows: readonly FoundRow[]): Promise<Seen[]> {
  const records = await index.records(rows);
  return rows.flatMap(({ lastSeenMs }, at): Seen[] => {
    const row = records[at];
    if (row === undefined) return [];
    const { id, unit, fix } = row.detection;
    const { latitude, longitude } = fix;
    return [{ id, unit, sender: row.sender, atMs: lastSeenMs, latitude, longitude }];
  });
}

/** What an index finds, row by row. */
async function* singly(found: ReturnType<DetectionIndex['find']>): AsyncGenerator<FoundRow> {
  for await (const rows of found) yield* rows;
}

/** To which occasion each read belongs; `reads` are newest first. */
function occasionsOf(reads: readonly Seen[]): Map<Seen, Occasion> {
  const found = new Map<Seen, Occasion>();
  const last = new Map<string, { read: Seen; occasion: Occasion }>();
  const places: Seen[] = [];
  for (const read of reads) {
    const before = last.get(read.unit);
    const isSame =
      before !== undefined &&
      before.read.atMs - read.atMs < oneStayMs &&
      isNear(before.occasion, read);
    const known = places.findIndex((each) => isNear(each, read));
    const place = known === -1 ? places.push(read) - 1 : known;
    const occasion = isSame ? before.occasion : { ...read, place };
    found.set(read, occasion);
    last.set(read.unit, { read, occasion });
  }
  return found;
}

/** Two reads without a place are at the same one, as far as anybody can say. */
function isNear(one: Seen, other: Seen): boolean {
  const [from, to] = [placeOf(one), placeOf(other)];
  if (from === null || to === null) return from === to;
  return distanceM(from, to) < samePlaceM;
}

const placeOf = ({ latitude, longitude }: Seen) =>
  latitude === null || longitude === null ? null : { latitude, longitude };

function meeting(read: Seen, row: FoundRow, apartMs: number): Met {
  return {
    ...{ at: new Date(read.atMs).toISOString(), apartS: apartMs / 1000, unit: read.unit },
    ...{ latitude: read.latitude, longitude: read.longitude, read: read.id },
    row,
  };
}

async function companionOf(
  index: DetectionIndex,
  plate: string,
  found: { meetings: Map<Occasion, Met>; timesRead: number; expected: number },
): Promise<Companion> {
  const { meetings, timesRead, expected } = found;
  const places = new Set([...meetings.keys()].map(({ place }) => place)).size;
  const shown = [...meetings.values()].sort((one, other) => (one.at < other.at ? 1 : -1));
  const told = shown.slice(0, shownMeetings);
  const [latest] = await index.records(told.slice(0, 1).map(({ row }) => row));
  const others = await index.sightings(told.map(({ row }) => row));
  return {
    ...{ plate, state: latest?.detection.read?.state?.code ?? null },
    ...{ times: meetings.size, places, timesRead, expected: Math.round(expected * 100) / 100 },
    hit: latest?.hit ?? false,
    meetings: told.map(({ row: _row, ...each }, at) => ({
      ...each,
      other: others[at]?.id ?? null,
    })),
  };
}

/** How often a plate was read in the time. */
async function countOf(
  index: DetectionIndex,
  plate: string,
  { from, to }: { from?: number | undefined; to?: number | undefined },
): Promise<number> {
  const span = { firstMs: from ?? 0, lastMs: to ?? Number.MAX_SAFE_INTEGER };
  let count = 0;
  for await (const rows of index.find({}, { by: 'plates', plates: [plate] }, span, mostCounted)) {
    count += rows.length;
    if (count >= mostCounted) break;
  }
  return Math.min(count, mostCounted);
}

/** At several places counts before often at one: whoever is parked beside it is met there each time. */
function byWeight(one: Companion, other: Companion): number {
  return (
    Math.min(other.places, 2) - Math.min(one.places, 2) ||
    other.times / (other.expected + 0.5) - one.times / (one.expected + 0.5)
  );
}
