import { median } from '../../src/platform/statistics.ts';
import { exactFolded, type Outcome, statesRight, texts, wrongOfGiven } from './goals.ts';
import type { PlateVerdict } from './judge.ts';
import type { Measured } from './measure.ts';
import { percent, percentWithInterval, type Share, shareOf } from './statistics.ts';

/** A table as Markdown that is also readable as plain text. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, i) => (row[i] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(head), rule, ...rows.slice(1).map(line)].join('\n');
}

/** The name of a set, with a star where it is not all real. */
const titleOf = ({ yardstick: { name, rendered, machineTexts, inverted } }: Measured) =>
  `${name}${rendered || machineTexts || inverted ? ' *' : ''}`;

const platesOf = ({ verdicts }: Measured) => verdicts.flatMap(({ plates }) => plates);

/** One row a set: everything that is measured on it. */
export function setsTable(measured: readonly Measured[]): string {
  const rows = measured.map((each) => {
    const labelled = platesOf(each);
    const known = texts([each]);
    const boxes = each.yardstick.kind === 'scenes' ? labelled : [];
    const falseReads = each.verdicts.reduce((sum, verdict) => sum + verdict.falseReads, 0);
    const isSearched = each.yardstick.kind === 'scenes' || labelled.length === 0;
    const share = (has: (plate: PlateVerdict) => boolean) => percent(shareOf(known, has));
    return [
      titleOf(each),
      String(known.length || each.verdicts.length),
      share(({ exact }) => exact),
      percentWithInterval(exactFolded([each])),
      share(({ best }) => best),
      share(({ topTen }) => topTen),
      share((plate) => plate.given !== null),
      labelled.length === 0 ? '' : percentWithInterval(wrongOfGiven([each])),
      percentWithInterval(shareOf(boxes, ({ found }) => found)),
      percent(shareOf(boxes, ({ covered }) => covered)),
      isSearched ? (falseReads / each.verdicts.length).toFixed(3) : '',
      statesOf(each, labelled),
      median(each.verdicts.map(({ ms }) => ms)).toFixed(1),
    ];
  });
  const head = [
    ...['set', 'n', 'exact', 'O=0 (95 %)', 'best one', 'in ten', 'given', 'wrong of given (95 %)'],
    ...['found (95 %)', 'covered', 'false/picture', 'state right, told', 'ms'],
  ];
  return markdownTable([head, ...rows]);
}

/** States right of those reported, and how many were reported. */
function statesOf(each: Measured, labelled: readonly PlateVerdict[]): string {
  const told = statesRight([each]);
  const known = shareOf(labelled, ({ label }) => label.state !== null);
  if (told.n === 0 || known.k === 0) return '';
  return `${percent(told)}, ${percent({ k: told.n, n: known.k })}`;
}

/** The goals with what was measured. */
export function goalsTable(outcomes: readonly Outcome[]): string {
  const words = { goal: 'goal met', floor: 'floor met', neither: '**missed**' };
  return markdownTable([
    ['set', 'figure', 'measured (95 %)', 'floor', 'goal', ''],
    ...outcomes.map(({ set, figure, value, floor, goal, meets }) => [
      ...[set, figure, value, floor, goal, words[meets]],
    ]),
  ]);
}

/** Plates sorted into buckets by one property; plates without it are left out. */
interface Breakdown {
  title: string;
  of(plate: PlateVerdict): string | undefined;
}

const widthLimits = [0, 40, 60, 100, 200, 400, 600];
const yaws = [0, 1, 21, 36, 51];

/** The bucket of a number: from one edge up to the next. */
function bucket(
  value: number | undefined,
  edges: readonly number[],
  unit: string,
): string | undefined {
  if (value === undefined) return undefined;
  const i = edges.findLastIndex((edge) => value >= edge);
  const next = edges[i + 1];
  return next === undefined
    ? `${edges[i]} ${unit} and more`
    : `${edges[i]} to under ${next} ${unit}`;
}

const breakdowns: readonly Breakdown[] = [
  { title: 'condition', of: ({ label }) => label.tags.condition },
  { title: 'look', of: ({ label }) => label.tags.look },
  {
    title: 'condition and look',
    of: ({ label: { tags } }) =>
      tags.condition && tags.look ? `${tags.condition}, ${tags.look}` : undefined,
  },
  { title: 'kind', of: ({ label }) => label.tags.kind },
  { title: 'from', of: ({ label }) => label.tags.from },
  {
    title: 'legible',
    of: ({ label: { tags } }) =>
      tags.legible === undefined ? undefined : tags.legible ? 'yes' : 'no',
  },
  {
    title: 'width',
    of: ({ label }) => bucket(label.tags.width ?? label.box[2], widthLimits, 'px'),
  },
  {
    title: 'yaw',
    of: ({ label: { tags } }) => bucket(tags.yaw && Math.round(Math.abs(tags.yaw)), yaws, '°'),
  },
];

/** What some plates have in common, and how they were read; buckets in the order of their edges. Empty
 * where they have nothing to be sorted by. */
export function breakdownTable(measured: readonly Measured[]): string {
  const plates = measured.flatMap(platesOf);
  const scenes = measured.some(({ yardstick }) => yardstick.kind === 'scenes');
  const rows = breakdowns.flatMap(({ title, of }) => {
    const buckets = new Map<string, PlateVerdict[]>();
    for (const plate of plates) {
      const name = of(plate);
      if (name !== undefined) buckets.set(name, [...(buckets.get(name) ?? []), plate]);
    }
    if (buckets.size < 2) return [];
    return [...buckets]
      .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
      .map(([name, own]) => [`${title}: ${name}`, ...figuresOf(own, scenes)]);
  });
  if (rows.length === 0) return '';
  const found = scenes ? ['found'] : [];
  return markdownTable([
    ['', 'n', ...found, 'exact', 'O=0 (95 %)', 'given', 'wrong of given'],
    ...rows,
  ]);
}

function figuresOf(plates: readonly PlateVerdict[], scenes: boolean): string[] {
  const known = plates.filter(({ label }) => label.text !== null);
  const given: Share = shareOf(known, (plate) => plate.given !== null);
  const found = scenes ? [percent(shareOf(plates, (plate) => plate.found))] : [];
  return [
    ...[String(plates.length), ...found, percent(shareOf(known, ({ exact }) => exact))],
    percentWithInterval(shareOf(known, (plate) => plate.folded)),
    percent(given),
    percent({ k: known.filter((plate) => plate.given === 'wrong').length, n: given.k }),
  ];
}
