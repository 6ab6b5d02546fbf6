import { isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { SourceMode } from '../../records/source-mode.ts';
import type { StatusBody } from '../../uplink/messages.ts';
import type { ReportedList } from '../lists/unit-lists.ts';
import type { createHeadquartersRows, KnownUnit } from './headquarters-rows.ts';

/** A unit as people at headquarters see it. */
export interface UnitState {
  unit: string;
  /** silent: it says that it is online, and nothing has come for longer than its health messages take. */
  state: 'online' | 'silent' | 'offline';
  /** Since when, and when it was last heard, ISO time in UTC. */
  since: string;
  lastHeard: string;
  /** Why it is offline: stopped, or its connection was lost. */
  reason: string | null;
  mode: string | null;
  version: string | null;
  /** Degrees, WGS 84, of its last fix. */
  latitude: number | null;
  longitude: number | null;
  /** What does not work there, in sentences. */
  problems: string[];
  /** Its hot lists, as it says. */
  lists: ReportedList[];
}

/** Presence and health of the units. */
export interface Units {
  onStatus(unit: string, status: StatusBody): void;
  onHealth(unit: string, figures: Record<string, unknown>): void;
  all(): UnitState[];
  /** What a unit said that it is; null where it did not. */
  modeOf(unit: string): SourceMode;
  /** Ids of every unit that was ever heard. */
  ids(): string[];
}

/** A unit sends its health every half minute; three that are missing are silence. */
const silentAfterMs = 100_000;

export function createUnits(deps: {
  db: Database;
  rows: ReturnType<typeof createHeadquartersRows>;
  clock: () => number;
}): Units {
  const { db, rows, clock } = deps;
  /** What is shown of the last health of each unit: read from the database once, then as it comes. */
  const shown = new Map<string, ShownFigures>();
  const figuresOf = (id: string): ShownFigures => {
    const known = shown.get(id) ?? shapeOf(rows.healthOf(id));
    shown.set(id, known);
    return known;
  };
  return {
    onStatus: db.transaction((unit: string, { state, reason, since }: StatusBody) => {
      rows.hear(unit, clock());
      // A last will has the time of the connection that it ends.
      const atMs = state === 'online' ? Math.min(Date.parse(since), clock()) : clock();
      rows.setState(unit, state, reason, atMs);
    }),
    onHealth: db.transaction((unit: string, figures: Record<string, unknown>) => {
      const nowMs = clock();
      rows.hear(unit, nowMs);
      rows.setState(unit, 'online', 'heard', nowMs);
      // A trial of `lookout doctor` has none.
      if (figures.trial === true) return;
      rows.setHealth(unit, figures, nowMs);
      shown.set(unit, shapeOf({ figures, atMs: nowMs }));
    }),
    all: () => rows.units().map((unit) => stateOf(unit, figuresOf(unit.id), clock())),
    modeOf(id) {
      const { mode } = figuresOf(id);
      return mode === 'mobile' || mode === 'fixed' ? mode : null;
    },
    ids: rows.unitIds,
  };
}

/** What a unit's health says that people are shown. */
type ShownFigures = Pick<
  UnitState,
  'mode' | 'version' | 'latitude' | 'longitude' | 'problems' | 'lists'
>;

function stateOf(known: KnownUnit, figures: ShownFigures, nowMs: number): UnitState {
  const { id, state, reason, stateSinceMs, lastHeardMs } = known;
  const isSilent = state === 'online' && nowMs - lastHeardMs > silentAfterMs;
  return {
    unit: id,
    state: isSilent ? 'silent' : state,
    since: isoTime(isSilent ? lastHeardMs : stateSinceMs),
    lastHeard: isoTime(lastHeardMs),
    reason: state === 'offline' ? reason : null,
    ...figures,
  };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** What is shown of a unit's figures, which may be of another version. */
function shapeOf(health: { figures: Record<string, unknown>; atMs: number } | null): ShownFigures {
  const { mode, version, position, problems, hotlists } = health?.figures ?? {};
  const { latitude, longitude } = recordOf(position);
  return {
    mode: textOf(mode),
    version: textOf(version),
    latitude: numberOf(latitude),
    longitude: numberOf(longitude),
    problems: listOf(problems).flatMap((each) => textOf(each) ?? []),
    lists: listOf(hotlists).map((each) => {
      const {
        id,
        state,
        entries,
        ageS,
        version: sha256,
        asOf,
        importedAt,
        problem,
      } = recordOf(each);
      return {
        id: textOf(id) ?? '',
        state: textOf(state) ?? '',
        entries: numberOf(entries),
        ageS: numberOf(ageS),
        sha256: textOf(sha256),
        asOf: textOf(asOf),
        since: textOf(importedAt),
        problem: textOf(problem),
        toldAtMs: health?.atMs ?? 0,
      };
    }),
  };
}
