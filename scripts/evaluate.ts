/**
 * Measures the models on the real yardsticks, where those exist (LOOKOUT_DATA, else ../shared/data):
 *
 *     scripts/evaluate [--models DIR] [--sets NAME,…] [--crops 1|2|4] [--threads N] [--limit N] [--failures DIR]
 *
 * Rules: texts are compared in capitals without anything but A-Z and 0-9. `exact` is any read of the picture
 * that equals the label, `O=0` the same with the letter O taken as the digit. `read` is the share that also
 * counts as read (confidence high enough to report). `found` is a box that overlaps the label's by half (IoU
 * 0.5), `covered` one that holds the centre of the label. `false` is texts reported as read a picture that
 * touch no label. 95 % intervals are Wilson's.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { configSchema } from '../src/platform/config/schema.ts';
import { annotate } from '../src/reading/annotate.ts';
import { overlap } from '../src/reading/find-plates.ts';
import { loadPicture } from '../src/reading/load-picture.ts';
import type { FoundPlate } from '../src/reading/plate-read.ts';
import { createReader, type Reader } from '../src/reading/reader.ts';

type Box = [number, number, number, number];
interface Label {
  text: string | null;
  box: Box;
}
interface Item {
  file: string;
  plates: Label[];
  unlabelled?: boolean;
}

const root = resolve(import.meta.dirname, '..');
const dataDir = process.env.LOOKOUT_DATA ?? resolve(root, '../shared/data');
/** Sets in the order of the table; crops are read whole, scenes end to end. */
const SETS = [
  { name: 'openalpr-us-plates', kind: 'crops', floor: 'O=0 ≥ 80 %' },
  { name: 'but-hdr-cz', kind: 'crops', floor: '' },
  { name: 'openalpr-crops-br', kind: 'crops', floor: '' },
  { name: 'ucsd-calit2-ca', kind: 'scenes', floor: 'O=0 ≥ 70 %' },
  { name: 'french-fr', kind: 'scenes', floor: '' },
  { name: 'cars433-kaggle', kind: 'scenes', floor: 'found ≥ 75 %' },
  { name: 'openalpr-negatives', kind: 'scenes', floor: '' },
] as const;

const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: join(root, 'models') },
    sets: { type: 'string' },
    crops: { type: 'string', default: '4' },
    threads: { type: 'string', default: '1' },
    limit: { type: 'string' },
    failures: { type: 'string' },
  },
});

const clean = (text: string) => text.toUpperCase().replace(/[^A-Z0-9]/g, '');
const folded = (text: string) => clean(text).replaceAll('O', '0');
const touches = (a: Box, b: Box) => overlap(a, b) > 0;
const covers = (box: Box, label: Box) => {
  const x = label[0] + label[2] / 2;
  const y = label[1] + label[3] / 2;
  return box[0] <= x && x <= box[0] + box[2] && box[1] <= y && y <= box[1] + box[3];
};

/** Wilson's 95 % interval of k of n, in per cent. */
function interval(k: number, n: number): string {
  const z = 1.96;
  const p = k / n;
  const d = 1 + (z * z) / n;
  const centre = (p + (z * z) / (2 * n)) / d;
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / d;
  return `${(100 * (centre - half)).toFixed(1)}–${(100 * (centre + half)).toFixed(1)}`;
}

interface Counts {
  pictures: number;
  texts: number;
  exact: number;
  folded: number;
  foldedTopTen: number;
  readRight: number;
  reported: number;
  reportedRight: number;
  boxes: number;
  found: number;
  covered: number;
  falseReads: number;
  ms: number[];
}

function judge(item: Item, plates: FoundPlate[], crop: boolean, counts: Counts): boolean {
  let right = true;
  const texts = (match: (text: string) => string, wanted: string, among: FoundPlate[]) =>
    among.some(({ read }) => match(read.plate) === match(wanted));
  const reported = plates.filter(({ unread, read }) => unread === null && read.plate !== '');
  for (const label of item.plates) {
    counts.boxes += 1;
    if (plates.some(({ read }) => overlap(read.box, label.box) >= 0.5)) counts.found += 1;
    else if (!label.text) right = false;
    if (plates.some(({ read }) => covers(read.box, label.box))) counts.covered += 1;
    if (!label.text || clean(label.text) === '') continue;
    const { text } = label;
    counts.texts += 1;
    if (texts(clean, text, plates)) counts.exact += 1;
    if (texts(folded, text, plates)) counts.folded += 1;
    else right = false;
    const candidates = plates.flatMap(({ read }) => [
      read.plate,
      ...read.alternatives.slice(0, 9).map(({ plate }) => plate),
    ]);
    if (candidates.some((candidate) => folded(candidate) === folded(text)))
      counts.foldedTopTen += 1;
    if (texts(folded, text, reported)) counts.readRight += 1;
    const own = reported.filter(({ read }) => crop || covers(read.box, label.box));
    counts.reported += own.length > 0 ? 1 : 0;
    counts.reportedRight += texts(folded, text, own) ? 1 : 0;
  }
  if (!crop && !item.unlabelled) {
    const wrong = reported.filter(({ read }) =>
      item.plates.every(({ box }) => !touches(read.box, box)),
    );
    counts.falseReads += wrong.length;
    if (wrong.length > 0) right = false;
  }
  return right;
}

async function measure(reader: Reader, name: string, crop: boolean): Promise<Counts> {
  const folder = join(dataDir, name);
  const lines = (await readFile(join(folder, 'index.jsonl'), 'utf8')).trim().split('\n');
  const items = lines.map((line) => JSON.parse(line) as Item);
  const counts: Counts = {
    ...{ pictures: 0, texts: 0, exact: 0, folded: 0, foldedTopTen: 0, readRight: 0, reported: 0 },
    ...{ reportedRight: 0, boxes: 0, found: 0, covered: 0, falseReads: 0, ms: [] },
  };
  for (const item of items
    .filter((each) => !each.unlabelled)
    .slice(0, Number(options.limit ?? items.length))) {
    const path = join(folder, item.file);
    const picture = await loadPicture(path);
    const begun = performance.now();
    const plates = crop
      ? [await reader.readPlate(picture)]
      : (await reader.read(picture, { thorough: true })).plates;
    counts.ms.push(performance.now() - begun);
    counts.pictures += 1;
    const right = judge(item, plates, crop, counts);
    if (!right && options.failures) {
      const target = join(options.failures, name);
      mkdirSync(target, { recursive: true });
      const wanted = item.plates.map(({ text }) => text ?? '-').join('+') || 'none';
      writeFileSync(
        join(target, `${wanted.replace(/[^A-Z0-9+-]/gi, '')}-${basename(item.file)}`),
        await annotate(path, plates),
      );
    }
  }
  return counts;
}

const config = configSchema.parse({
  reading: {
    modelsDir: resolve(options.models),
    crops: Number(options.crops),
    threads: Number(options.threads),
  },
}).reading;
const share = (k: number, n: number) => (n === 0 ? '' : (100 * (k / n)).toFixed(1));
const columns = [
  ...['set', 'n', 'exact %', 'O=0 %', '95 %', 'top 10 %', 'read %', 'right of read %'],
  ...['found %', 'covered %', 'false/picture', 'ms', 'floor'],
];
const rows: string[][] = [];
await using reader = await createReader(config);
for (const { name, kind, floor } of SETS) {
  if (options.sets && !options.sets.split(',').includes(name)) continue;
  if (!existsSync(join(dataDir, name))) {
    process.stderr.write(`${name}: not in ${dataDir}, left out\n`);
    continue;
  }
  const c = await measure(reader, name, kind === 'crops');
  const boxes = kind === 'scenes' ? c.boxes : 0;
  const median = c.ms.sort((a, b) => a - b)[c.ms.length >> 1] ?? 0;
  rows.push([
    ...[name, String(c.texts || c.pictures), share(c.exact, c.texts), share(c.folded, c.texts)],
    c.texts > 0 ? interval(c.folded, c.texts) : '',
    ...[share(c.foldedTopTen, c.texts), share(c.readRight, c.texts)],
    share(c.reportedRight, c.reported),
    ...[share(c.found, boxes), share(c.covered, boxes)],
    kind === 'scenes' ? (c.falseReads / c.pictures).toFixed(3) : '',
    ...[median.toFixed(1), floor],
  ]);
  process.stderr.write(`${name}: done\n`);
}
const widths = columns.map((title, i) =>
  Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)),
);
for (const row of [columns, widths.map((width) => '-'.repeat(width)), ...rows]) {
  const cells = row.map((cell, i) => cell.padEnd(widths[i] ?? 0));
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
