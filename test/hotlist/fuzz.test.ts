import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveLists, rowRules } from '../../src/hotlist/list-rules.ts';
import { stageFile } from '../../src/hotlist/stage-file.ts';
import { Problem } from '../../src/platform/problem.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { configOf, type ListInput } from './list-config.ts';

/** Another seed by LOOKOUT_FUZZ_SEED, more files by LOOKOUT_FUZZ_RUNS. */
const options = {
  seed: Number(process.env.LOOKOUT_FUZZ_SEED ?? 20261129),
  numRuns: Number(process.env.LOOKOUT_FUZZ_RUNS ?? 400),
};

const word = fc.constantFrom('stolen', 'seen at the pier', 'two men', 'red hood', 'do not stop');
const letters = (length: number) =>
  fc.array(fc.constantFrom(...'ABCEFGHJKLMNPRSTUVWXYZ'), { minLength: length, maxLength: length });
const plate = fc
  .tuple(fc.integer({ min: 1, max: 9 }), letters(3), fc.integer({ min: 100, max: 999 }))
  .map(([first, three, last]) => `${first}${three.join('')}${last}`);
const vehicle = fc.record({
  plate,
  state: fc.constantFrom('CA', 'NV', 'OR', ''),
  category: fc.constantFrom('stolen_vehicle', 'bolo', 'felony_vehicle'),
  reason: word,
});
const vehicles = fc.uniqueArray(vehicle, {
  minLength: 3,
  maxLength: 8,
  selector: (each) => each.plate,
});

/** What gets into files: quotes, delimiters, line ends, end marks, bytes of other encodings. */
const strange = fc.constantFrom(
  ...['"', '""', ',', ',,', ';', '\t', '\n', '\r\n', '\r', '\u001A', '\0', '\u00A0', "'", '\\'],
  ...['\u00FF', 'é', '\uFEFF', '\u2028', '=', '#REF!', '-', ' ', '   ', '0', 'x'],
);
interface Damage {
  /** Which vehicle, which of its cells behind the plate, and where in it, as shares. */
  row: number;
  cell: number;
  at: number;
  text: string;
}
const share = fc.double({ min: 0, max: 0.999, noNaN: true });
const damage = fc.record({ row: share, cell: share, at: share, text: strange });

type Vehicle = { plate: string; state: string; category: string; reason: string };

/** Puts strange text into cells that are no plates. */
function damaged(list: readonly Vehicle[], damages: readonly Damage[]): string[][] {
  const rows = list.map(({ plate, state, category, reason }) => [plate, state, category, reason]);
  for (const { row, cell, at, text } of damages) {
    const cells = rows[Math.floor(row * rows.length)];
    if (cells === undefined) continue;
    const index = 1 + Math.floor(cell * 3);
    const old = cells[index] ?? '';
    const place = Math.floor(at * (old.length + 1));
    cells[index] = old.slice(0, place) + text + old.slice(place);
  }
  return rows;
}

const folder = () => {
  const path = temporaryFolder();
  const db = new SQLite(':memory:');
  return async (content: string, input: ListInput) => {
    const file = join(path, 'list.txt');
    writeFileSync(file, content, 'latin1');
    const [list] = resolveLists(configOf([input]).lists, undefined);
    if (list === undefined) throw new Error('no list');
    const staged = await stageFile(db, list, rowRules(undefined), file, Date.now(), null);
    const plates = db.prepare('SELECT plate FROM temp.ordered').pluck().all() as string[];
    return { staged, plates };
  };
};

/** Without a header the first row says how many columns there are: one without the mapped ones refuses the file. */
function refusedWhole(error: unknown): null {
  if (error instanceof Problem) return null;
  throw error;
}

/** Delimited files as lists come: the columns of a vehicle, and what stands above and between them. */
const delimited: [
  string,
  { head: string[]; between: string; quoted?: boolean; list: ListInput },
][] = [
  ['commas', { head: ['plate,state,category,reason'], between: ',', list: {} }],
  ['quotes', { head: ['plate,state,category,reason'], between: ',', quoted: true, list: {} }],
  [
    'tabs',
    {
      head: ['plate\tstate\tcategory\treason'],
      between: '\t',
      list: { layout: { delimiter: '\t' } },
    },
  ],
  [
    'semicolons without a header',
    {
      head: [],
      between: ';',
      list: {
        layout: {
          delimiter: ';',
          header: false,
          columns: {
            plate: { index: 0 },
            state: { index: 1 },
            category: { index: 2 },
            reason: { index: 3 },
          },
        },
      },
    },
  ],
];

test.each(delimited)(
  'no damage beside the plates makes another plate, and no vehicle is lost uncounted: %s',
  async (_name, { head, between, quoted = false, list: input }) => {
    const stage = folder();
    const written = (cell: string) => (quoted ? `"${cell}"` : cell);
    await fc.assert(
      fc.asyncProperty(
        vehicles,
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        async (list, damages) => {
          const rows = damaged(list, damages).map((cells) => cells.map(written).join(between));
          const layout = { ...input.layout, encoding: 'windows-1252' } as ListInput['layout'];
          const done = await stage([...head, ...rows, ''].join('\n'), { ...input, layout }).catch(
            refusedWhole,
          );
          if (done === null) return;
          const { staged, plates } = done;
          const known = new Set(list.map((each) => each.plate));
          expect(plates.filter((each) => !known.has(each))).toEqual([]);
          const lost = list.length - plates.length;
          expect(staged.rejected).toBeGreaterThanOrEqual(lost);
        },
      ),
      options,
    );
  },
);

test.each(['', '\0\0\0\0', '\0\r\n'])(
  'no file that ends early leaves a part of a plate unnoticed: then %j',
  async (tail) => {
    const stage = folder();
    const columns = fc.constantFrom(['plate', 'state', 'reason'], ['state', 'plate'], ['plate']);
    await fc.assert(
      fc.asyncProperty(vehicles, columns, share, async (list, names, at) => {
        const row = (each: Vehicle) => names.map((name) => each[name as keyof Vehicle]).join(',');
        const content = [names.join(','), ...list.map(row), ''].join('\r\n');
        const begin = names.join(',').length + 2;
        const cut = begin + Math.floor(at * (content.length - begin));
        const layout = { encoding: 'windows-1252' } as const;
        const done = await stage(content.slice(0, cut) + tail, { layout }).catch(refusedWhole);
        if (done === null) return;
        const parts = done.plates.filter((each) => !list.some(({ plate }) => plate === each));
        const isNoticed =
          done.staged.cutShort || done.staged.repairs.some(({ column }) => column === 'plate');
        expect(parts.length === 0 || isNoticed, `${parts} of ${content.slice(0, cut)}`).toBe(true);
      }),
      options,
    );
  },
);

/** A line of the NCIC extract, cut where its plate begins and ends. */
function ncicLine({ plate, state }: Vehicle, index: number): [string, string, string] {
  const front = `V${String(index).padStart(9, '0')}CA036000020251103`;
  return [front, plate.padEnd(10), `${state.padEnd(2)}2026PC2014T0YTCAM4DGRY    `];
}

/** A line of California's DOJ. */
function caDojLine({ plate, state }: Vehicle): [string, string, string] {
  return ['', plate.padEnd(8), `${(state || 'CA').padEnd(2)}3620251103`];
}

/** A line of Ohio's LEADS. The blanks beside the plate are all that holds it, and belong to it. */
function ohioLine({ plate, state }: Vehicle, index: number): [string, string, string] {
  return [`${index + 1}`, ` ${plate} `, `${state || '0H'} 2027 11/02/2026 T0YT CAM 2014 GRY`];
}

/** A line of Washington. */
function washingtonLine({ plate, state }: Vehicle, index: number): [string, string, string] {
  const front = `21V${String(index).padStart(7, '0')}WA034000020251103`;
  return [front, plate.padEnd(10), `${state || 'WA'}2026PC`];
}

const fixed = [
  ['ncic', ncicLine],
  ['ca-doj-svs', caDojLine],
  ['oh', ohioLine],
  ['wa', washingtonLine],
] as const;

test.each(fixed)('nor does it in lines of the preset %s', async (preset, lineOf) => {
  const stage = folder();
  // One a line: a character too many and one too few leave no trace where the plate has moved.
  const cut = fc.record({
    row: fc.integer({ min: 0, max: 7 }),
    isFront: fc.boolean(),
    at: share,
    text: fc.option(strange),
  });
  const damages = fc.uniqueArray(cut, { minLength: 1, maxLength: 3, selector: ({ row }) => row });
  await fc.assert(
    fc.asyncProperty(vehicles, damages, async (list, cuts) => {
      const lines = list.map(lineOf);
      for (const { row, isFront, at, text } of cuts) {
        const line = lines[row];
        if (line === undefined) continue;
        const part = isFront ? 0 : 2;
        const place = Math.floor(at * line[part].length);
        const rest = text === null ? line[part].slice(place + 1) : text + line[part].slice(place);
        line[part] = line[part].slice(0, place) + rest;
      }
      const content = lines.map((line) => `${line.join('')}\r\n`).join('');
      const head = preset === 'ca-doj-svs' ? 'DATE11/28/2026 06:00' : 'HEADER';
      const { staged, plates } = await stage(`${head}\r\n${content}`, {
        layout: { preset, encoding: 'windows-1252' },
      });
      const known = new Set(list.map((each) => each.plate));
      expect(plates.filter((each) => !known.has(each))).toEqual([]);
      expect(staged.rejected).toBeGreaterThanOrEqual(list.length - plates.length);
    }),
    options,
  );
});
