import { describe, expect, it } from 'vitest';
import type { HitMatch, MatchQuery } from '../../src/hotlist/hit-match.ts';
import { hitMatchSchema } from '../../src/hotlist/hit-match.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { hotlistAt, hoursAgo, listFile, noon, readAs, sharedHotlist } from './hotlist-at.ts';

const header = 'plate,state,category,reason,entry_id,expires';

const told = (matches: HitMatch[]) => matches.map(({ tier, entry }) => `${tier} ${entry.plate}`);

describe('exact and near (PRA-2)', () => {
  const hotlist = sharedHotlist({
    svs: {
      header,
      rows: [
        '7abc-123,ca,stolen_vehicle,"Stolen, 2 Nov",N1,2026-11-30',
        '7QA,CA,warrant,x,N2,',
        '5KLM808,CA,warrant,x,N3,',
      ],
    },
    exact: { header, rows: ['9XYZ808,CA,stolen_vehicle,x,N1,'], input: { near: false } },
  });

  /** What was read, with the reader's doubts, against one listed plate. */
  const table: [string, MatchQuery, string, HitMatch['tier'] | null][] = [
    ['the same text', readAs('7ABC123'), '7ABC123', 'exact'],
    ['separators in the read', readAs('7ABC-123'), '7ABC123', 'exact'],
    [
      'one confusable that the reader holds possible',
      readAs('7A8C123', { alternatives: [{ plate: '7ABC123', p: 0.2 }] }),
      '7ABC123',
      'near',
    ],
    [
      'one confusable that an alternative with another doubt holds possible',
      readAs('7A8C123', { alternatives: [{ plate: '7ABC128', p: 0.2 }] }),
      '7ABC123',
      'near',
    ],
    [
      'one confusable below the least probability',
      readAs('7A8C123', { alternatives: [{ plate: '7ABC123', p: 0.019 }] }),
      '7ABC123',
      null,
    ],
    ['a confusable that a sure reader rules out', readAs('7A8C123'), '7ABC123', null],
    [
      'a confusable where the reader is unsure and names no other text',
      readAs('7A8C123', { ps: { 2: 0.6 } }),
      '7ABC123',
      'near',
    ],
    [
      'a confusable where the reader is unsure but thinks of another character',
      readAs('7A8C123', { ps: { 2: 0.6 }, alternatives: [{ plate: '7A3C123', p: 0.3 }] }),
      '7ABC123',
      null,
    ],
    [
      'two confusables that the reader holds possible',
      readAs('7A8C1Z3', { alternatives: [{ plate: '7ABC123', p: 0.4 }] }),
      '7ABC123',
      'near',
    ],
    [
      'two confusables that no text of the reader has',
      readAs('7A8C1Z3', { ps: { 2: 0.5, 5: 0.5 } }),
      '7ABC123',
      null,
    ],
    [
      'a character that is no confusable, and that the reader holds possible',
      readAs('7AEC123', { alternatives: [{ plate: '7ABC123', p: 0.4 }] }),
      '7ABC123',
      'near',
    ],
    [
      'a character that is no confusable, below the least probability',
      readAs('7AEC123', { alternatives: [{ plate: '7ABC123', p: 0.019 }] }),
      '7ABC123',
      null,
    ],
    [
      'a missing character that the reader holds possible',
      readAs('7ABC12', { alternatives: [{ plate: '7ABC123', p: 0.4 }] }),
      '7ABC123',
      'near',
    ],
    ['a missing character', readAs('7ABC12'), '7ABC123', null],
    [
      'the sum over texts that differ by O and 0',
      readAs('7XYZ80', {
        alternatives: [
          { plate: '5KLM808', p: 0.011 },
          { plate: '5KLM8O8', p: 0.011 },
        ],
      }),
      '5KLM808',
      'near',
    ],
    [
      'a read without any figure',
      { plate: '7A8C123', characters: [], alternatives: [], state: null },
      '7ABC123',
      null,
    ],
    [
      'Q on the list, 0 in the read',
      readAs('70A', { alternatives: [{ plate: '7QA', p: 0.05 }] }),
      '7QA',
      'near',
    ],
    ['nothing read', readAs(''), '7ABC123', null],
  ];

  it.each(table)('%s', (_name, query, listed, tier) => {
    expect(told(hotlist().match(query))).toEqual(tier === null ? [] : [`${tier} ${listed}`]);
  });

  it('returns where a near match differs and how probable it is', () => {
    const alternatives = [
      { plate: '7ABC123', p: 0.2 },
      { plate: '7ABC128', p: 0.05 },
      { plate: '7A8C128', p: 0.1 },
    ];
    const [match] = hotlist().match(readAs('7A8C123', { alternatives }));
    expect(match?.differences).toEqual([
      { position: 2, read: '8', listed: 'B', p: expect.closeTo(0.25) },
    ]);
  });

  it('gives what the shared shape promises', () => {
    const [match] = hotlist().match(readAs('7ABC123'));
    expect(hitMatchSchema.parse(match)).toMatchObject({
      entry: { id: 'N1', plate: '7ABC123', state: 'CA', category: 'stolen_vehicle', make: null },
      list: { id: 'svs', type: 'general', priority: 50, asOf: hoursAgo(2), ageS: 7200, old: false },
      differences: [],
    });
  });

  it('orders near matches by what the reader gives them, and says nothing of places where the lengths differ', () => {
    const alternatives = [
      { plate: '7QA', p: 0.1 },
      { plate: '7ABC123', p: 0.3 },
    ];
    const matches = hotlist().match(readAs('7ABC12', { alternatives }));
    expect(told(matches)).toEqual(['near 7ABC123', 'near 7QA']);
    expect(matches.map(({ differences }) => differences)).toEqual([[], []]);
  });

  it('only matches exactly where a list says near: false', () => {
    const alternatives = [{ plate: '9XYZ808', p: 0.4 }];
    expect(hotlist().match(readAs('9XYZB08', { alternatives }))).toEqual([]);
    expect(hotlist().match(readAs('9XYZ808'))).toHaveLength(1);
  });
});

describe('the least probability of a near match', () => {
  const hotlist = sharedHotlist({
    strict: { header, rows: ['7ABC123,CA,warrant,x,strict,'], input: { nearMinP: 0.3 } },
    free: { header, rows: ['7ABC123,CA,warrant,x,free,'], input: { nearMinP: 0.01 } },
    usual: { header, rows: ['7ABC123,CA,warrant,x,usual,'] },
  });

  it.each([
    [0.4, ['strict', 'free', 'usual']],
    [0.1, ['free', 'usual']],
    [0.015, ['free']],
    [0.005, []],
  ])('%s alerts on the lists that take it', (p, ids) => {
    const matches = hotlist().match(readAs('2AEC123', { alternatives: [{ plate: '7ABC123', p }] }));
    expect(matches.map(({ entry }) => entry.id).sort()).toEqual([...ids].sort());
  });
});

describe('the least probability by category', () => {
  const hotlist = sharedHotlist({
    svs: {
      header,
      rows: [
        '7ABC123,CA,amber,x,urgent,',
        '7ABC123,CA,warrant,x,usual,',
        '7ABC123,CA,gang,x,told,',
      ],
    },
    own: { header, rows: ['7ABC123,CA,gang,x,own,'], input: { nearMinP: 0.02 } },
  });

  it.each([
    [0.2, ['own', 'told', 'urgent', 'usual']],
    [0.05, ['own', 'urgent', 'usual']],
    [0.015, []],
  ])('%s alerts on the entries whose category takes it, unless the list has its own', (p, ids) => {
    const matches = hotlist().match(readAs('2AEC123', { alternatives: [{ plate: '7ABC123', p }] }));
    expect(matches.map(({ entry }) => entry.id).sort()).toEqual(ids);
  });
});

describe('PRA-9: small stacked characters, which readers leave out or read along', () => {
  const hotlist = sharedHotlist({
    svs: {
      header,
      rows: [
        'DV12345,TX,stolen_vehicle,x,N1,',
        '98765,LA,stolen_vehicle,x,N2,',
        '123MA45,LA,stolen_vehicle,x,N3,',
        '5551234,CA,stolen_vehicle,x,N4,',
        'DV24680,OH,stolen_vehicle,x,N5,',
        'NG777,,stolen_vehicle,x,N6,',
        'DV0O123,TX,stolen_vehicle,x,N7,',
      ],
    },
    exact: { header, rows: ['DV33333,TX,stolen_vehicle,x,N8,'], input: { near: false } },
  });
  const of = (plate: string, code: string | null, p = 0.95) =>
    hotlist()
      .match(readAs(plate, code === null ? {} : { state: { code, p } }))
      .map(({ tier, entry, stacked }) => [tier, entry.plate, stacked]);
  const near = (plate: string, text: string, where: 'listed' | 'read') => [
    ['near', plate, { text, in: where }],
  ];

  it.each([
    ['listed with, read without', '12345', 'TX', near('DV12345', 'DV', 'listed')],
    ['listed without, read with', 'AR98765', 'LA', near('98765', 'AR', 'read')],
    ['between the characters', '12345', 'LA', near('123MA45', 'MA', 'listed')],
    ["California's E of exempt vehicles", 'E5551234', 'CA', near('5551234', 'E', 'read')],
    ['a state that is not read', '12345', null, near('DV12345', 'DV', 'listed')],
    ['a state that is not sure', 'DV12345', 'CA', [['exact', 'DV12345', undefined]]],
    ['no state on the list', 'NG777', null, [['exact', 'NG777', undefined]]],
    ['O and 0 as well', '00123', 'TX', near('DV0O123', 'DV', 'listed')],
    ['characters that this state does not have', '24680', 'OH', []],
    ['characters that another state has', '12345', 'NV', []],
    ['one letter where the state is not read', 'E5551234', null, []],
    ['too few characters beside them', '777', 'NJ', []],
    ['a list that says near: false', '33333', 'TX', []],
    ['letters that are no such characters', 'AB98765', 'LA', []],
  ])('%s', (_name, plate, state, expected) => {
    expect(of(plate, state)).toEqual(expected);
  });

  it('is a near match by the shared shape', () => {
    const [match] = hotlist().match(readAs('12345', { state: { code: 'TX', p: 0.95 } }));
    expect(hitMatchSchema.parse(match)).toMatchObject({ tier: 'near', differences: [] });
  });
});

describe('states (PRA-3)', () => {
  const hotlist = sharedHotlist({
    svs: { header, rows: ['7ABC123,CA,warrant,x,N1,', '8XYZ999,,warrant,x,N2,'] },
  });

  it.each([
    ['7ABC123', { code: 'CA', p: 0.95 }, 'agrees'],
    ['7ABC123', { code: 'us-ca', p: 0.95 }, 'agrees'],
    ['7ABC123', { code: 'CA', p: 0.6 }, 'unconfirmed'],
    ['7ABC123', { code: 'NV', p: 0.95 }, 'differs'],
    ['7ABC123', { code: 'NV', p: 0.6 }, 'unconfirmed'],
    ['7ABC123', null, 'unconfirmed'],
    ['8XYZ999', { code: 'NV', p: 0.95 }, 'unconfirmed'],
  ] as const)('%s read as of %o: %s', (plate, state, agreement) => {
    const [match] = hotlist().match(readAs(plate, { state }));
    expect(match?.stateAgreement).toBe(agreement);
  });
});

describe('order', () => {
  const hotlist = sharedHotlist({
    low: {
      header,
      rows: ['7ABC123,CA,warrant,x,low-agrees,', '7A8C123,CA,warrant,x,low-near,'],
      input: { priority: 90 },
    },
    high: {
      header,
      rows: [
        '7ABC123,NV,warrant,x,high-differs,',
        '7ABC123,,warrant,x,high-unknown,',
        '7ABC123,CA,warrant,x,high-agrees,',
        '7AB?*,CA,warrant,x,high-partial,',
      ],
      input: { priority: 10 },
    },
  });

  it('is tier, then state, then priority of the list (HOT-1)', () => {
    const alternatives = [{ plate: '7A8C123', p: 0.3 }];
    const matches = hotlist().match(
      readAs('7ABC123', { alternatives, state: { code: 'CA', p: 1 } }),
    );
    expect(matches.map(({ entry }) => entry.id)).toEqual([
      ...['high-agrees', 'low-agrees', 'high-unknown', 'high-differs', 'low-near', 'high-partial'],
    ]);
  });
});

describe('wildcards (HOT-13)', () => {
  const hotlist = sharedHotlist({
    bolo: { header: 'plate', rows: ['7AB?23', '8AB*', '*XY12*'] },
    exact: { header: 'plate', rows: ['6AB?23'], input: { near: false } },
  });

  it.each([
    ['7ABX23', '7AB?23'],
    ['7AB23', null],
    ['7AB8823', null],
    ['8AB', '8AB*'],
    ['8AB1234', '8AB*'],
    ['18AB', null],
    ['XY12', '*XY12*'],
    ['9XY129', '*XY12*'],
    ['9XYI29', null],
  ])('%s is found by %s', (read, listed) => {
    expect(told(hotlist().match(readAs(read)))).toEqual(
      listed === null ? [] : [`partial ${listed}`],
    );
  });

  it.each([
    [
      'a part that covers what the reader together holds as probable',
      '2ABX23',
      [0.012, 0.012],
      '7AB?23',
    ],
    ['a part that covers less', '2ABX23', [0.012, 0.006], null],
    ['a part of an unread plate', '', [0.4, 0.1], '7AB?23'],
  ])('%s', (_name, read, [first = 0, second = 0], listed) => {
    const alternatives = [
      { plate: '7ABX23', p: first },
      { plate: '7ABY23', p: second },
      { plate: '2ABY23', p: 0.3 },
    ];
    expect(told(hotlist().match(readAs(read, { alternatives })))).toEqual(
      listed === null ? [] : [`partial ${listed}`],
    );
  });

  it('of a list that says near: false cover what was read only', () => {
    const alternatives = [{ plate: '6ABX23', p: 0.4 }];
    expect(hotlist().match(readAs('5ABX23', { alternatives }))).toEqual([]);
    expect(told(hotlist().match(readAs('6ABX23')))).toEqual(['partial 6AB?23']);
  });

  it('are taken up when another list is put in force', async () => {
    const folder = temporaryFolder();
    const other = hotlistAt(folder);
    const importRows = (rows: string) =>
      other.importFile({ listId: 'svs', file: listFile(folder, rows), asOf: hoursAgo(1) });
    await importRows('plate\n7AB*\n');
    expect(other.match(readAs('7AB1'))).toHaveLength(1);
    await importRows('plate\n9XY*\n');
    expect(other.match(readAs('7AB1'))).toEqual([]);
    expect(other.match(readAs('9XY1'))).toHaveLength(1);
  });
});

describe('lists and entries that may not alert', () => {
  const hotlist = sharedHotlist({
    off: { header, rows: ['7ABC123,CA,warrant,x,off,'], input: { enabled: false } },
    on: { header, rows: ['7ABC123,CA,warrant,x,good,2026-12-01'] },
  });

  it('a disabled list does not', () => {
    expect(
      hotlist()
        .match(readAs('7ABC123'))
        .map(({ entry }) => entry.id),
    ).toEqual(['good']);
    expect(
      hotlist()
        .status()
        .map(({ id, state }) => [id, state]),
    ).toEqual([
      ['off', 'off'],
      ['on', 'current'],
    ]);
  });

  it('an entry stops alerting when its expiry comes', async () => {
    const folder = temporaryFolder();
    let nowMs = noon;
    const hotlist = hotlistAt(folder, [{}], { clock: () => nowMs });
    const file = listFile(
      folder,
      'plate,expires\n7ABC123,2026-11-22T13:00:00Z\n7AB*,2026-11-22T13:00:00Z\n',
    );
    await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(1) });
    nowMs = noon + 3_599_999;
    expect(hotlist.match(readAs('7ABC123'))).toHaveLength(2);
    nowMs = noon + 3_600_000;
    expect(hotlist.match(readAs('7ABC123'))).toEqual([]);
  });
});

describe('against a naive reference', () => {
  const alphabet = '0ODQ1I28B7A';
  let seed = 7;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const pick = () => alphabet.charAt(random(alphabet.length));
  const randomPlate = () => Array.from({ length: 3 + random(2) }, pick).join('');
  const classOf = (char: string) =>
    ['0ODQ', '1I', '2Z', '5S', '8B', '6G'].find((each) => each.includes(char)) ?? char;

  /** Straight from the words of the rule, over every entry. */
  function reference(query: MatchQuery, listed: readonly string[]): string[] {
    return listed.flatMap((plate) => {
      if (plate === query.plate) return [`exact ${plate}`];
      const folded = (text: string) => text.replaceAll('O', '0');
      // No reader distinguishes O and 0: the officer who sees the vehicle decides.
      if (folded(plate) === folded(query.plate)) return [`near ${plate}`];
      const candidates = query.alternatives.filter((each) => folded(each.plate) === folded(plate));
      if (candidates.reduce((sum, each) => sum + each.p, 0) >= 0.02) return [`near ${plate}`];
      if (plate.length !== query.plate.length) return [];
      const differing = [...[...plate].keys()].filter((at) => plate[at] !== query.plate[at]);
      const at = differing[0];
      if (differing.length !== 1 || at === undefined) return [];
      if (classOf(plate.charAt(at)) !== classOf(query.plate.charAt(at))) return [];
      const speaking = query.alternatives.filter(
        (each) => each.plate.length === plate.length && each.plate[at] !== query.plate[at],
      );
      const agreeing = speaking.filter((each) => each.plate[at] === plate[at]);
      const p =
        speaking.length > 0
          ? agreeing.reduce((sum, each) => sum + each.p, 0)
          : 1 - (query.characters[at]?.p ?? 1);
      return p >= 0.02 ? [`near ${plate}`] : [];
    });
  }

  const listed = [...new Set(Array.from({ length: 600 }, randomPlate))];
  const hotlist = sharedHotlist({ svs: { header: 'plate', rows: listed } });

  it('finds the same entries for 3000 reads', () => {
    let near = 0;
    for (let round = 0; round < 3000; round += 1) {
      const plate = random(2) === 0 ? (listed[random(listed.length)] ?? '') : randomPlate();
      const ps = Object.fromEntries([...plate].map((_, at) => [at, 0.97 + random(3) / 100]));
      const alternatives = Array.from({ length: random(5) }, () => {
        const at = random(plate.length);
        const rest = plate.slice(at + random(2));
        return { plate: plate.slice(0, at) + pick() + rest, p: random(5) / 100 };
      }).filter((each) => each.plate !== plate);
      const query = readAs(plate, { ps, alternatives });
      const expected = reference(query, listed).sort();
      near += expected.filter((each) => each.startsWith('near')).length;
      expect(told(hotlist().match(query)).sort()).toEqual(expected);
    }
    expect(near).toBeGreaterThan(300);
  });
});
