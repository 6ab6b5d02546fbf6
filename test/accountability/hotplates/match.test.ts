import { describe, expect, it } from 'vitest';
import {
  listHotPlates,
  lookUpPastReads,
  previewWildcards,
  removeHotPlate,
  renewHotPlate,
} from '../../../src/accountability/hotplates/operations.ts';
import { createSearch } from '../../../src/accountability/search/search.ts';
import { openUnitDatabase } from '../../../src/accountability/unit-database.ts';
import { hitMatchSchema, type MatchQuery } from '../../../src/hotlist/hit-match.ts';
import { createHotlist } from '../../../src/hotlist/hotlist.ts';
import { createLog } from '../../../src/platform/log.ts';
import { hoursAgo, listFile } from '../../hotlist/hotlist-at.ts';
import { configOf } from '../../hotlist/list-config.ts';
import { insertPassings } from '../search/open-search.ts';
import {
  administrator,
  dayMs,
  noon,
  officer,
  openHotPlates,
  read,
  whole,
} from './open-hot-plates.ts';

const plated = (plate: string) => ({ ...whole, plate, plateAgain: plate });
const { plate: _, plateAgain: __, ...plateless } = whole;

/** A desk that counts past reads in its own database, in which these were read. */
function deskWithReads(plates: readonly string[], profile = 'vallejo') {
  const search: { count?: ReturnType<typeof createSearch> } = {};
  const desk = openHotPlates({
    profile,
    countPastReads: (query) => {
      search.count ??= createSearch({ dataDir: desk.folder });
      return search.count.countPastReads(query);
    },
  });
  const at = (index: number) => new Date(noon - (index + 1) * dayMs).toISOString();
  insertPassings(
    desk.db,
    plates.map((plate, index) => ({ plate, at: at(index) })),
  );
  return { ...desk, close: () => search.count?.[Symbol.asyncDispose]() };
}

describe('an active hot plate', () => {
  it('alerts like a specific list, with who entered and approved it and its own age (ALT-6, ALT-7)', async () => {
    const desk = openHotPlates({ overrides: { hotplates: { refreshHours: null } } });
    const { id } = await desk.list(whole);
    desk.time.nowMs += 3_600_000;
    const [match] = desk.matcher().match(read('7ABC123', { state: { code: 'CA', p: 0.95 } }));
    expect(hitMatchSchema.parse(match)).toMatchObject({
      tier: 'exact',
      stateAgreement: 'agrees',
      entry: { id, plate: '7ABC123', enteredBy: 'Test alvarez', caseNumber: '26-004211' },
      list: { id: 'hot-plates', type: 'specific', asOf: '2026-11-22T12:00:00.000Z', ageS: 3600 },
    });
    desk.time.nowMs = noon + 15 * dayMs;
    expect(desk.matcher().match(read('7ABC123'))[0]?.list.old).toBe(true);
  });

  it('is found by one confusable character that the reader doubts', async () => {
    const desk = openHotPlates();
    await desk.list(whole);
    const alternatives = [{ plate: '7ABC123', p: 0.2 }];
    expect(desk.matcher().match(read('7A8C123', { alternatives }))).toMatchObject([
      { tier: 'near', differences: [{ position: 2, read: '8', listed: 'B' }] },
    ]);
    expect(desk.matcher().match(read('7A8C123'))).toEqual([]);
  });

  it('is found by what the reader holds possible, also where nothing counts as read', async () => {
    const desk = openHotPlates();
    await desk.list(whole);
    await desk.list({ ...plated('5KR?418'), caseNumber: '26-004212' });
    const possible = [
      { plate: '2ABC123', p: 0.5 },
      { plate: '7ABC123', p: 0.2 },
      { plate: '5KRT418', p: 0.05 },
    ];
    const tiers = (plate: string, alternatives = possible) =>
      desk
        .matcher()
        .match(read(plate, { alternatives }))
        .map(({ tier, entry }) => `${tier} ${entry.plate}`);
    expect(tiers('')).toEqual(['near 7ABC123', 'partial 5KR?418']);
    expect(tiers('', [{ plate: '7ABC123', p: 0.01 }])).toEqual([]);
  });

  it('PRA-9: is found with and without the small stacked letters of its state', async () => {
    const desk = openHotPlates();
    await desk.list({ ...whole, plate: 'DV12345', plateAgain: 'DV12345', state: 'TX' });
    const state = { code: 'TX', p: 0.95 };
    expect(desk.matcher().match(read('12345', { state }))).toMatchObject([
      { tier: 'near', entry: { plate: 'DV12345' }, stacked: { text: 'DV', in: 'listed' } },
    ]);
    expect(desk.matcher().match(read('12346', { state }))).toEqual([]);
  });

  it('counts at once in a daemon that has the same database open', async () => {
    const desk = openHotPlates();
    const daemon = openUnitDatabase(desk.folder);
    const matcher = desk.matcher(daemon);
    expect(matcher.match(read('7ABC123'))).toEqual([]);
    const { id } = await desk.list(whole);
    expect(matcher.match(read('7ABC123'))).toHaveLength(1);
    await desk.perform(officer, removeHotPlate, { id, outcome: 'located' });
    expect(matcher.match(read('7ABC123'))).toEqual([]);
    daemon.close();
  });

  it('alerts beside the lists, after one that also has the plate', async () => {
    const desk = openHotPlates();
    await desk.list(whole);
    const local = desk.matcher();
    const path = `${desk.folder}/hotlist.db`;
    const clock = () => noon;
    const log = createLog({ level: 'silent' });
    await using hotlist = createHotlist({ path, config: configOf([{}]), local, log, clock });
    const file = listFile(desk.folder, 'plate\n7ABC123\n');
    await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(2) });
    expect(hotlist.match(read('7ABC123')).map(({ list }) => list.id)).toEqual([
      'svs',
      'hot-plates',
    ]);
    expect(hotlist.match(read('8XYZ999'))).toEqual([]);
  });

  it('lists go on alerting when the hot plates cannot be read', async () => {
    const desk = openHotPlates();
    const broken = openUnitDatabase(desk.folder);
    const local = desk.matcher(broken);
    broken.close();
    const log = createLog({ level: 'silent' });
    const path = `${desk.folder}/hotlist.db`;
    await using hotlist = createHotlist({
      path,
      config: configOf([{}]),
      local,
      log,
      clock: () => noon,
    });
    const file = listFile(desk.folder, 'plate\n7ABC123\n');
    await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(2) });
    expect(hotlist.match(read('7ABC123'))).toHaveLength(1);
  });

  it('is matched in less than 0.1 ms beside 2000 others and 100 with wildcards', async () => {
    const desk = openHotPlates();
    const template = await desk.list(whole);
    const insert = desk.db.prepare(
      "INSERT INTO hot_plate (id, state, owner, expires_ms, json) VALUES (?, 'active', 'x', NULL, ?)",
    );
    desk.db.transaction(() => {
      for (let at = 0; at < 2100; at += 1) {
        const number = String(at).padStart(4, '0');
        const plate = at < 2000 ? `7XY${number}` : `9${number.slice(1)}?*`;
        const content = { ...template.content, plate };
        const id = `00000000-0000-7000-8000-00000000${number}`;
        insert.run(id, JSON.stringify({ ...template, id, content }));
      }
    })();
    const matcher = desk.matcher();
    matcher.match(read('7ABC123'));
    const times = Array.from({ length: 2000 }, (_, at) => {
      const query = read(at % 2 === 0 ? `7XY${String(at).padStart(4, '0')}` : '5KLM456');
      const startedMs = performance.now();
      matcher.match(query);
      return performance.now() - startedMs;
    }).sort((a, b) => a - b);
    expect(times[1000]).toBeLessThan(0.1);
  });
});

describe('partial plates', () => {
  it.each([
    ['7AB?123', '7ABX123'],
    ['7AB*', '7ABC123'],
    ['*C123', '7ABC123'],
  ])('HOT-13: %s is matched by %s and told as partial', async (plate, seen) => {
    const desk = openHotPlates({ profile: 'vallejo' });
    await desk.list(plated(plate));
    const matcher = desk.matcher();
    expect(matcher.match(read(seen))).toMatchObject([{ tier: 'partial', entry: { plate } }]);
    expect(matcher.match(read('5KLM456'))).toEqual([]);
  });

  it('HOT-13: the number of past reads that it would have matched is shown before it is approved', async () => {
    const desk = deskWithReads(['7ABC123', '7ABX999', '8XYZ111', '7ABC123']);
    const preview = await desk.perform(officer, previewWildcards, { plate: '7AB*' });
    expect(preview).toEqual({ last30Days: 3, ever: 3, more: false });
    expect(desk.records.at(-1)).toMatchObject({
      category: 'Detection Browsing',
      results: 3,
      query: { plate: '7AB*' },
      inquiry: { purpose: 'investigation' },
    });
    expect((await desk.enter(plated('7AB*'))).pastReads).toBe(3);
    const lookup = desk.perform(officer, previewWildcards, { plate: '7ABC123' });
    await expect(lookup).rejects.toThrow(/hotplates.past-reads/);
    await desk.close();
  });

  it('HOT-13: one that would alert all the time is refused', async () => {
    const often = async () => ({ detections: 301, vehicles: 200, more: false });
    const desk = openHotPlates({ profile: 'vallejo', countPastReads: often });
    await expect(desk.enter(plated('7A*'))).rejects.toThrow(
      /matched 301 reads of the last 30 days, more than 300. Find out more/,
    );
    expect(await desk.enter(whole)).toMatchObject({ state: 'awaiting', pastReads: null });
  });

  it('HOT-13: the policy says whether there are any, and how many characters may be open', async () => {
    const none = openHotPlates({ profile: 'vigilant-429' });
    await expect(none.enter(plated('7AB?123'))).rejects.toThrow(/does not allow partial plates/);
    const few = openHotPlates({
      profile: 'vallejo',
      overrides: { hotplates: { maxWildcards: 2 } },
    });
    await expect(few.enter(plated('7A?C1??'))).rejects.toThrow(
      /has 3 wildcards \(\? and \*\).*allows 2/,
    );
    expect((await few.enter(plated('7A?C12?'))).state).toBe('awaiting');
  });

  it('HOT-13: the unit holds a hundred of them at most', async () => {
    const desk = openHotPlates({ profile: 'vallejo' });
    const template = await desk.list(plated('7AB*'));
    const insert = desk.db.prepare(
      "INSERT INTO hot_plate (id, state, owner, expires_ms, json) VALUES (?, 'active', 'x', NULL, ?)",
    );
    for (let at = 1; at < 100; at += 1) insert.run(String(at), JSON.stringify(template));
    await expect(desk.enter(plated('8AB*'))).rejects.toThrow(/the limit is 100. Remove old ones/);
  });
});

describe('descriptions without a plate', () => {
  const vehicle = {
    make: 'Ford',
    model: 'Transit',
    colour: 'white',
    identifiers: ['ladder on roof'],
  };
  const seen = (rest: Partial<NonNullable<MatchQuery['vehicle']>> = {}): MatchQuery =>
    read('5KLM456', {
      vehicle: {
        make: { value: 'ford', p: 0.9 },
        model: { value: 'transit', p: 0.8 },
        colour: { value: 'White', p: 0.9 },
        body: null,
        identifiers: ['Ladder on roof', 'dent in left door'],
        ...rest,
      },
    });

  it('HOT-13: alert for a vehicle if a model reports every trait, and say so', async () => {
    const desk = openHotPlates({ profile: 'vallejo' });
    const { id } = await desk.list({ ...plateless, vehicle });
    const matcher = desk.matcher();
    expect(matcher.match(seen())).toMatchObject([
      {
        tier: 'partial',
        entry: { id, plate: '*', make: 'Ford', colour: 'white' },
        list: { type: 'specific' },
      },
    ]);
    expect(matcher.match(seen())[0]?.entry.reason).toContain('Vehicle: ladder on roof');
    expect(matcher.match(seen({ colour: { value: 'blue', p: 0.9 } }))).toEqual([]);
    expect(matcher.match(seen({ model: { value: 'transit', p: 0.4 } }))).toEqual([]);
    expect(matcher.match(seen({ identifiers: [] }))).toEqual([]);
    expect(matcher.match(read('5KLM456'))).toEqual([]);
  });

  it.each(['strict', 'barstow', 'walnut-creek'])(
    'HOT-13: are not taken under %s',
    async (profile) => {
      const desk = openHotPlates({ profile });
      await expect(desk.enter({ ...plateless, vehicle })).rejects.toThrow(
        /does not allow entries without a plate/,
      );
    },
  );

  it('HOT-13: say at entry that no unit tells these traits, so that nobody waits for an alert', async () => {
    const desk = openHotPlates({ profile: 'vallejo' });
    const { findings } = await desk.enter({ ...plateless, vehicle });
    expect(findings).toMatchObject([{ weight: 'advice', kind: 'untold' }]);
    expect(findings[0]?.message).toContain('make, model, colour, and marks of a vehicle');
    const plated = { ...plateless, plate: '7ABC123', plateAgain: '7ABC123', vehicle };
    expect((await desk.enter(plated)).findings).toEqual([]);
  });

  it('HOT-13: need two traits', async () => {
    const desk = openHotPlates({ profile: 'vallejo' });
    const vague = { ...plateless, vehicle: { colour: 'white' } };
    await expect(desk.enter(vague)).rejects.toThrow(/at least 2 of make/);
  });
});

describe('past reads', () => {
  it('are looked for as an operation of their own, audited as browsing with its purpose (HOT-14)', async () => {
    const desk = deskWithReads(['7ABC123', '8XYZ111', '7ABC123']);
    const found = await desk.perform(officer, lookUpPastReads, {
      plate: '7abc-123',
    });
    expect(found).toEqual({ last30Days: 2, ever: 2, more: false });
    expect(desk.records.at(-1)).toMatchObject({
      operation: 'hotplates.past-reads',
      category: 'Detection Browsing',
      results: 2,
      inquiry: { caseNumber: '26-0042' },
    });
    const noSearch = { ...officer, permissions: ['hotplates.enter'] as const };
    await expect(desk.perform(noSearch, lookUpPastReads, { plate: '7ABC123' })).rejects.toThrow(
      /detections.search/,
    );
    await desk.close();
  });
});

describe('looking at hot plates', () => {
  it('is browsing, with a purpose, and shows what awaits approval (AUD-4)', async () => {
    const desk = openHotPlates();
    const standing = await desk.list(whole);
    const waiting = await desk.enter(plated('8XYZ999'));
    const list = (input = {}) => desk.perform(administrator, listHotPlates, input);
    expect((await list()).map(({ id }) => id).sort()).toEqual([standing.id, waiting.id].sort());
    expect(desk.records.at(-1)).toMatchObject({
      category: 'Hot List Browsing',
      outcome: 'done',
      results: 2,
      inquiry: { purpose: 'investigation' },
    });
    expect((await list({ states: 'awaiting' })).map(({ id }) => id)).toEqual([waiting.id]);
    await desk.perform(officer, renewHotPlate, {
      id: standing.id,
      days: 30,
      reason: 'at large',
    });
    expect(await list({ states: ['awaiting'] })).toHaveLength(2);
  });
});
