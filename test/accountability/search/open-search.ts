import { uuidv7 } from 'uuidv7';
import { onTestFinished } from 'vitest';
import { hitRights } from '../../../src/accountability/gate/list-rights.ts';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';
import { searchOperations } from '../../../src/accountability/search/bind-operations.ts';
import { createSearch, type Search } from '../../../src/accountability/search/search.ts';
import type { Database } from '../../../src/platform/database.ts';
import type { Detection } from '../../../src/records/detection.ts';
import { sampleDetection, sampleFix } from '../../records/samples.ts';
import { openGate } from '../../support/gate.ts';

export const unit = { agency: 'test-pd', id: 'unit-7' };
const administrator = { title: 'ALPR Administrator', name: 'P. Poe' };
/** The list of the sample hit, and one of the department's own. */
const lists = () => [
  { id: 'svs', source: 'federal' as const },
  { id: 'bolo', source: 'department' as const },
];

type Ask = Pick<Search, 'ask' | 'countPastReads'>;

const fromOwnFiles = (dataDir: string, limitMs?: number): Ask & AsyncDisposable =>
  createSearch({ dataDir, ...(limitMs === undefined ? {} : { limitMs }) });

/** Where searches look things up: every test of a search runs with each store, see `test/archive/look-ups.test.ts`. */
let openStore = fromOwnFiles;

/** From now on, searches look things up in another store; null: in the own files. */
export function searchIn(store: typeof fromOwnFiles | null): void {
  openStore = store ?? fromOwnFiles;
}

/** Search of a data folder, closed when the test ends. */
export function searchOf(dataDir: string, limitMs?: number): Search {
  const search = openStore(dataDir, limitMs);
  onTestFinished(() => search[Symbol.asyncDispose]());
  return { ...search, answered: { byArchive: 0, byOwnFiles: 0 } };
}

/** Search of a data folder behind the gate, closed when the test ends. */
export function openSearch(
  dataDir: string,
  limitMs?: number,
  profile = 'vallejo',
  place: 'unit' | 'headquarters' = 'unit',
) {
  const search = searchOf(dataDir, limitMs);
  const { retention } = loadPolicy({ profile, overrides: {} }).policy;
  const overseer = () => administrator;
  const keeping = { profile, retention, overseer, hasHeadquarters: place === 'unit', place };
  return {
    search,
    ...openGate(
      searchOperations({
        ...{ search, dataDir, unit, keeping, overseerOn: overseer },
        hitRights: hitRights(lists, false),
      }),
    ),
  };
}

/** The fields that differ between detections of a test. */
export interface Passing {
  plate?: string | null;
  at: string;
  place?: [latitude: number, longitude: number] | null;
  head?: string;
  state?: string;
  hit?: boolean;
  make?: string;
  /** At headquarters: which unit sent it; not given: of the unit itself. */
  unit?: string;
  /** How sure the read is, of the whole. */
  confidence?: number;
  /** Other texts of the read, or what an unread plate may be. */
  possible?: { plate: string; p: number }[];
}

/** Puts detections into the table as the records do; returns their ids. */
export function insertPassings(db: Database, passings: readonly Passing[]): string[] {
  const insert = db.prepare(
    `INSERT INTO detection (id, head, first_seen_ms, last_seen_ms, plate, state, latitude, longitude, closed, hit, unit, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)`,
  );
  return db.transaction(() =>
    passings.map((passing) => {
      const detection = detectionOf(passing);
      const { id, head, read, fix } = detection;
      const atMs = Date.parse(passing.at);
      const { latitude, longitude } = fix;
      const hit = passing.hit ? 1 : 0;
      const plate = read?.plate ?? null;
      const state = read?.state?.code ?? null;
      const values = [id, head, atMs - 500, atMs, plate, state, latitude, longitude, hit];
      insert.run(...values, passing.unit ?? null, JSON.stringify(detection));
      return id;
    }),
  )();
}

function detectionOf(passing: Passing): Detection {
  const { plate = '8ABC123', at, place = [38.1, -122.25], head = 'front', state = 'CA' } = passing;
  const { unit: of = 'unit-7', confidence = 0.97, possible } = passing;
  const base = sampleDetection();
  const [latitude, longitude] = place ?? [null, null];
  return {
    ...base,
    id: uuidv7(),
    revision: 1,
    images: [],
    head,
    unit: of,
    firstSeen: new Date(Date.parse(at) - 500).toISOString(),
    lastSeen: new Date(at).toISOString(),
    read:
      plate === null || !base.read
        ? null
        : {
            ...base.read,
            ...{ plate, confidence, state: { code: state, p: 0.9 } },
            ...(possible !== undefined && { alternatives: possible }),
          },
    unread: plate === null ? 'low_confidence' : null,
    ...(plate === null && possible !== undefined && { possible }),
    fix: { ...sampleFix, latitude, longitude, fixedAtMs: Date.parse(at) - 120 },
    vehicle: {
      ...base.vehicle,
      make: passing.make === undefined ? null : { value: passing.make, p: 0.8 },
    },
    closed: true,
  };
}
