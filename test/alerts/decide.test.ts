import { describe, expect, test } from 'vitest';
import { createDecider, type Decision } from '../../src/alerts/decide.ts';
import type { HitMatch } from '../../src/hotlist/hit-match.ts';
import type { Fix } from '../../src/position/fix.ts';
import type { TrackReport } from '../../src/vision/tracking/track-report.ts';
import {
  exampleConsensus,
  exampleDirection,
  exampleFix,
  exampleHit,
  exampleMatch,
  exampleReport,
  startMs,
} from './sample-alerts.ts';

/** A decider with readable ids, and a way to give it what a vehicle does. */
function desk(open: ReadonlySet<string> = new Set()) {
  let ids = 0;
  const decider = createDecider({
    agency: 'example-pd',
    unit: 'unit-1',
    rearm: { rearmAfterS: 600, rearmAfterM: 300, stateCertainAt: 0.9 },
    newId: () => {
      ids += 1;
      return `hit-${ids}`;
    },
    isOpen: (id) => open.has(id),
  });
  const see = (
    matches: HitMatch[],
    report: Partial<TrackReport> = {},
    fix: Partial<Fix> = {},
  ): Decision => {
    const full = exampleReport(report);
    return decider.decide(
      {
        report: full,
        matches,
        fix: exampleFix(fix),
        direction: exampleDirection,
        matchedAtMs: full.times.readAtMs + 1,
      },
      full.lastSeenMs + 100,
    );
  };
  return { decider, see };
}

const passing = (s: number, id: string, over: Partial<TrackReport> = {}): Partial<TrackReport> => ({
  id,
  firstSeenMs: startMs + s * 1000 - 200,
  lastSeenMs: startMs + s * 1000,
  ...over,
});

const outcome = ({ hits, alert }: Decision) => ({
  stored: hits.map((hit) => `${hit.id} ${hit.state} ${hit.revision}`),
  told: alert?.event ?? null,
});

describe('one vehicle', () => {
  test('is raised once, and further words on the same read say nothing new', () => {
    const { see } = desk();
    expect(outcome(see([exampleMatch()]))).toEqual({ stored: ['hit-1 raised 1'], told: 'raised' });
    expect(outcome(see([exampleMatch()], { sequence: 2 }))).toEqual({ stored: [], told: null });
    const surer = exampleConsensus('7ABC123', { confidence: 0.99, readCount: 9 });
    const older = exampleMatch({ list: { ageS: 99_999 } });
    expect(outcome(see([older], { consensus: surer }))).toEqual({ stored: [], told: null });
  });

  test('without a match raises nothing', () => {
    const { see } = desk();
    expect(outcome(see([]))).toEqual({ stored: [], told: null });
  });

  test('keeps its id and its times of raising while it is amended', () => {
    const { see } = desk();
    const [raised] = see([exampleMatch()]).hits;
    const changed = see([exampleMatch({ tier: 'near' })], {
      consensus: exampleConsensus('7A8C123'),
      times: { capturedAtMs: startMs + 900, foundAtMs: startMs + 950, readAtMs: startMs + 980 },
    });
    expect(outcome(changed)).toEqual({ stored: ['hit-1 amended 2'], told: 'amended' });
    expect(changed.hits[0]?.read.plate).toBe('7A8C123');
    expect(changed.hits[0]?.times).toEqual(raised?.times);
  });

  test('is amended when its entry changes', () => {
    const { see } = desk();
    see([exampleMatch()]);
    const entry = { reason: 'Now with a plate taken in an armed robbery' };
    expect(outcome(see([exampleMatch({ entry })]))).toEqual({
      stored: ['hit-1 amended 2'],
      told: 'amended',
    });
  });

  test('is withdrawn when it matches no more, and comes back under its own id', () => {
    const { see } = desk();
    see([exampleMatch()]);
    const gone = see([], { consensus: exampleConsensus('7ABC128') });
    expect(outcome(gone)).toEqual({ stored: ['hit-1 withdrawn 2'], told: 'withdrawn' });
    expect(gone.hits[0]?.read.plate).toBe('7ABC128');
    expect(outcome(see([]))).toEqual({ stored: [], told: null });
    expect(outcome(see([exampleMatch()]))).toEqual({ stored: ['hit-1 amended 3'], told: 'raised' });
  });

  test('is withdrawn when nothing is believed of it any more', () => {
    const { see } = desk();
    see([exampleMatch()]);
    const gone = see([], { phase: 'ended', consensus: null, unread: 'low_confidence' });
    expect(outcome(gone)).toEqual({ stored: ['hit-1 withdrawn 2'], told: 'withdrawn' });
    expect(gone.hits[0]?.read.plate).toBe('7ABC123');
  });

  test('of which nothing counted as read is read once it is, also where it matches no more', () => {
    const { see } = desk();
    const possible = exampleConsensus('2ABC123', {
      alternatives: [{ plate: '7ABC123', p: 0.3 }],
    });
    const near = exampleMatch({ tier: 'near', stateAgreement: 'unconfirmed' });
    const [raised] = see([near], { consensus: null, possible }).hits;
    expect(raised).toMatchObject({ unread: true, read: { plate: '2ABC123' } });
    const [amended] = see([exampleMatch()], { sequence: 2 }).hits;
    expect(amended).toMatchObject({ state: 'amended', read: { plate: '7ABC123' } });
    expect(amended).not.toHaveProperty('unread');

    const other = desk();
    other.see([near], { consensus: null, possible });
    const [gone] = other.see([], { consensus: exampleConsensus('2ABC123') }).hits;
    expect(gone).toMatchObject({ state: 'withdrawn', read: { plate: '2ABC123' } });
    expect(gone).not.toHaveProperty('unread');
  });

  test('on several lists makes a hit on each and one alert for the best', () => {
    const { see } = desk();
    const local = exampleMatch({ list: { id: 'bolo', name: 'Agency BOLO', type: 'specific' } });
    const both = see([exampleMatch(), local]);
    expect(outcome(both)).toEqual({
      stored: ['hit-1 raised 1', 'hit-2 raised 1'],
      told: 'raised',
    });
    expect(both.alert?.hit.id).toBe('hit-1');
    expect(both.alert?.others.map((hit) => hit.id)).toEqual(['hit-2']);

    const one = see([local], { sequence: 2 });
    expect(outcome(one)).toEqual({ stored: ['hit-1 withdrawn 2'], told: 'amended' });
    expect(one.alert?.hit.id).toBe('hit-2');
    expect(outcome(see([], { sequence: 3 })).told).toBe('withdrawn');
  });
});

describe('the same vehicle again (PRA-4)', () => {
  test('is stored as a repeat but does not alert within the time and the distance', () => {
    const { see } = desk();
    see([exampleMatch()]);
    const again = see([exampleMatch()], passing(60, 'second'));
    expect(outcome(again)).toEqual({ stored: ['hit-2 raised 1'], told: null });
    expect(again.alert).toBeNull();
    expect(again.hits[0]?.repeatOf).toBe('hit-1');
  });

  test('alerts again when the time is over', () => {
    const { see } = desk();
    see([exampleMatch()]);
    expect(see([exampleMatch()], passing(599, 'second')).alert).toBeNull();
    const later = see([exampleMatch()], passing(601, 'third'));
    expect(outcome(later).told).toBe('raised');
    expect(later.hits[0]).not.toHaveProperty('repeatOf');
  });

  test('counts the time from when the alerting vehicle was last in view, as for one parked', () => {
    const { see } = desk();
    see([exampleMatch()]);
    see([exampleMatch()], passing(0, exampleReport().id, { lastSeenMs: startMs + 900_000 }));
    expect(see([exampleMatch()], passing(1000, 'second')).alert).toBeNull();
    expect(outcome(see([exampleMatch()], passing(1501, 'third'))).told).toBe('raised');
  });

  test('alerts again far enough away', () => {
    const { see } = desk();
    see([exampleMatch()]);
    const near = { latitude: 34.89581 + 0.0024 };
    const far = { latitude: 34.89581 + 0.003 };
    expect(see([exampleMatch()], passing(60, 'at-267-m'), near).alert).toBeNull();
    expect(outcome(see([exampleMatch()], passing(60, 'at-334-m'), far)).told).toBe('raised');
  });

  test('counts distance over the date line', () => {
    const { see } = desk();
    const here = { latitude: 0, longitude: 179.9999 };
    see([exampleMatch()], {}, here);
    const over = { latitude: 0, longitude: -179.9999 };
    expect(see([exampleMatch()], passing(60, 'second'), over).alert).toBeNull();
  });

  test('stays silent where the distance cannot be known', () => {
    const { see } = desk();
    see([exampleMatch()]);
    const lost = { quality: 'none', latitude: null, longitude: null } as const;
    expect(see([exampleMatch()], passing(60, 'second'), lost).alert).toBeNull();
  });

  test('alerts again when its plate is surely of another state', () => {
    const { see } = desk();
    see([exampleMatch()]);
    const unsure = exampleConsensus('7ABC123', { state: { code: 'NV', p: 0.6 } });
    expect(see([exampleMatch()], passing(30, 'second', { consensus: unsure })).alert).toBeNull();
    const nevada = exampleConsensus('7ABC123', { state: { code: 'NV', p: 0.97 } });
    const other = see(
      [exampleMatch({ stateAgreement: 'differs' })],
      passing(60, 'third', { consensus: nevada }),
    );
    expect(outcome(other).told).toBe('raised');
  });

  test('alerts again when an exact read follows a near one, not the other way round', () => {
    const near = exampleMatch({ tier: 'near' });
    const up = desk();
    up.see([near]);
    expect(outcome(up.see([exampleMatch()], passing(5, 'second'))).told).toBe('raised');
    const down = desk();
    down.see([exampleMatch()]);
    expect(down.see([near], passing(5, 'second')).alert).toBeNull();
  });

  test('finds its voice when a repeat becomes more urgent', () => {
    const { see } = desk();
    const near = exampleMatch({ tier: 'near' });
    see([near]);
    const repeat = see([near], passing(5, 'second'));
    expect(repeat.alert).toBeNull();
    const exact = see([exampleMatch()], passing(6, 'second'));
    expect(outcome(exact)).toEqual({ stored: ['hit-2 amended 2'], told: 'raised' });
    expect(exact.hits[0]).not.toHaveProperty('repeatOf');
  });

  test('alerts again after a withdrawn alert, which was none', () => {
    const { see } = desk();
    see([exampleMatch()]);
    see([]);
    expect(outcome(see([exampleMatch()], passing(60, 'second'))).told).toBe('raised');
  });

  test('finds its voice when the alert that kept it silent is withdrawn', () => {
    const { see } = desk();
    see([exampleMatch()], passing(0, 'misread'));
    expect(outcome(see([exampleMatch()], passing(1, 'wanted'))).told).toBeNull();
    see([], passing(2, 'misread', { consensus: exampleConsensus('7ABC128') }));
    const wanted = see([exampleMatch()], passing(3, 'wanted'));
    expect(outcome(wanted)).toEqual({ stored: ['hit-2 amended 2'], told: 'raised' });
    expect(wanted.hits[0]).not.toHaveProperty('repeatOf');
  });

  test('distinguishes vehicles that match one wildcard entry', () => {
    const { see } = desk();
    const partial = exampleMatch({ tier: 'partial', entry: { plate: '7ABC*' } });
    see([partial]);
    const other = passing(5, 'second', { consensus: exampleConsensus('7ABC999') });
    expect(outcome(see([partial], other)).told).toBe('raised');
    expect(see([partial], passing(9, 'third')).alert).toBeNull();
  });

  test('stays silent over a restart', () => {
    const { decider, see } = desk();
    const soon = new Date(startMs).toISOString();
    decider.seed([exampleHit({ id: 'before', raisedAt: soon, changedAt: soon })], []);
    const again = see([exampleMatch()], passing(60, 'second'));
    expect(again.alert).toBeNull();
    expect(again.hits[0]?.repeatOf).toBe('before');
  });

  test('is not kept silent by a withdrawn hit or a silent repeat from before a restart', () => {
    const { decider, see } = desk();
    const hits = [exampleHit({ state: 'withdrawn' }), exampleHit({ repeatOf: 'some' })];
    decider.seed(hits, hits);
    expect(outcome(see([exampleMatch()])).told).toBe('raised');
  });
});

describe('a hit that nobody has closed', () => {
  const told = ({ sightings }: Decision) =>
    sightings.map(({ event, hit, others }) => [
      event,
      hit.id,
      hit.revision,
      ...others.map(({ id }) => id),
    ]);
  const place = { latitude: 34.8965, longitude: -117.0173 };

  test('is amended by each later sighting, with place, direction and time; it sounds by the re-arm rules (DSP-5, PRA-4)', () => {
    const { see } = desk(new Set(['hit-1']));
    see([exampleMatch()], passing(0, 'first'));
    const soon = see([exampleMatch()], passing(60, 'second'), place);
    expect(outcome(soon)).toEqual({ stored: ['hit-1 amended 2', 'hit-2 raised 1'], told: null });
    expect(soon.hits[1]?.repeatOf).toBe('hit-1');
    expect(soon.hits[0]).toMatchObject({
      detectionId: soon.sightings[0]?.hit.detectionId,
      fix: place,
    });
    expect(told(soon)).toEqual([[null, 'hit-1', 2]]);
    // The same pass says nothing more to headquarters, but keeps the card's time and pictures.
    const on = see([exampleMatch()], passing(61, 'second', { sequence: 2 }), place);
    expect(outcome(on).stored).toEqual([]);
    expect(told(on)).toEqual([[null, 'hit-1', 2]]);

    const later = see([exampleMatch()], passing(700, 'third'));
    expect(later.hits.map(({ id, revision, repeatOf }) => [id, revision, repeatOf])).toEqual([
      ['hit-1', 3, undefined],
      ['hit-3', 1, 'hit-1'],
    ]);
    expect(told(later)).toEqual([['raised', 'hit-1', 3]]);
    expect(told(see([exampleMatch()], passing(760, 'fourth')))).toEqual([[null, 'hit-1', 4]]);
  });

  test('sounds at once after a restart, and stays one hit (PRA-4)', () => {
    const { decider, see } = desk(new Set(['before']));
    const at = new Date(startMs).toISOString();
    const before = exampleHit({ id: 'before', raisedAt: at, changedAt: at });
    decider.seed([before], [before]);
    const again = see([exampleMatch()], passing(60, 'second'));
    expect(told(again)).toEqual([['raised', 'before', 2]]);
    expect(again.hits.map(({ repeatOf }) => repeatOf)).toEqual([undefined, 'before']);
    expect(told(see([exampleMatch()], passing(120, 'third')))).toEqual([[null, 'before', 3]]);
  });

  test('closed, it repeats as the rules say', () => {
    const open = new Set(['hit-1']);
    const { see } = desk(open);
    see([exampleMatch()], passing(0, 'first'));
    open.clear();
    const soon = see([exampleMatch()], passing(60, 'second'));
    expect(outcome(soon)).toEqual({ stored: ['hit-2 raised 1'], told: null });
    expect(soon.sightings).toEqual([]);
    expect(outcome(see([exampleMatch()], passing(700, 'third'))).told).toBe('raised');
  });

  test('goes back to where it was seen when the later read was another plate', () => {
    const { see } = desk(new Set(['hit-1']));
    const first = see([exampleMatch()], passing(0, 'first'));
    see([exampleMatch()], passing(60, 'second'), place);
    const back = see([], passing(61, 'second', { consensus: exampleConsensus('7ABC128') }));
    expect(outcome(back).stored).toEqual(['hit-2 withdrawn 2', 'hit-1 amended 3']);
    expect(back.hits[1]?.fix).toEqual(first.hits[0]?.fix);
    expect(told(back)).toEqual([[null, 'hit-1', 3]]);
  });

  test('takes along its hits on other lists, and is one version for both cameras that see it', () => {
    const other = exampleMatch({ entry: { id: 'other' } });
    const { see } = desk(new Set(['hit-1', 'hit-2']));
    see([exampleMatch(), other], passing(0, 'front'));
    const rear = see([exampleMatch(), other], passing(1, 'rear', { head: 'rear' }));
    expect(told(rear)).toEqual([[null, 'hit-1', 2, 'hit-2']]);
    const read = exampleConsensus('7ABC123', { state: { code: 'NV', p: 0.97 } });
    const differs = exampleMatch({ stateAgreement: 'differs' });
    const front = see([differs, other], passing(2, 'front', { sequence: 2, consensus: read }));
    expect(outcome(front).stored).toContain('hit-1 amended 3');
  });

  test('twelve hours later it is an alert of its own: what was verified then says nothing now', () => {
    const { see } = desk(new Set(['hit-1']));
    see([exampleMatch()], passing(0, 'first'));
    const next = see([exampleMatch()], passing(12 * 3600, 'second'));
    expect(outcome(next)).toEqual({ stored: ['hit-2 raised 1'], told: 'raised' });
  });
});

test('ten thousand hot vehicles leave the desk working and its oldest memory dropped', () => {
  const { see } = desk();
  const nth = (n: number) => exampleMatch({ entry: { id: `entry-${n}` } });
  for (let n = 0; n < 10_000; n += 1) see([nth(n)], passing(1, `track-${n}`));
  expect(see([nth(9999)], passing(2, 'newest')).alert).toBeNull();
  expect(outcome(see([nth(0)], passing(2, 'oldest'))).told).toBe('raised');
});
