import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fold, foldOf, measuringFoldOf } from './folds.ts';

export type Box = [number, number, number, number];

/** A labelled plate of a picture. `box` in pixels; `text` null if it is not labelled. */
export interface Label {
  text: string | null;
  /** What a person reads in the picture where the set's own text is wrong (label-errors.json); else null. */
  seen: string | null;
  box: Box;
  /** The issuing state's code, where it is known. */
  state: string | null;
  /** What a rendered plate is filed under. */
  tags: Tags;
}

/** How a plate was rendered; nothing of a real one. */
export interface Tags {
  /** One of CAP-5's six, or `daylight`. */
  condition?: string;
  /** `colour`, `ir`; of a scene `day`, `night`, `ir`. */
  look?: string;
  /** `us`, `wide`, `two-row`. */
  kind?: string;
  /** Width before foreshortening (crops) or as seen (scenes), in pixels; yaw in degrees. */
  width?: number;
  yaw?: number;
  /** Width of a US plate with characters as large: wide plates have theirs on more room. */
  size?: number;
  /** Whether every character can be made out, by a measure that asks no reader. */
  legible?: boolean;
  /** Where a plate of the world comes from. */
  from?: 'the United States' | 'Britain' | 'elsewhere';
}

/** One picture of a yardstick. */
export interface Sample {
  path: string;
  labels: Label[];
}

/** A set to measure on. */
export interface Yardstick {
  name: string;
  /**
   * `crops` are pictures of one plate and nothing else; `framed` are crops in which the detector looks for the plate
   * first, as in a photograph; `scenes` are searched for plates.
   */
  kind: 'crops' | 'framed' | 'scenes';
  /** Every plate of every picture is labelled, so that any other read is false. */
  complete: boolean;
  /** The texts were written by a machine that errs too; the states by people. */
  machineTexts?: boolean;
  /** Drawn by models/training/render: says little of what a real camera sees. */
  rendered: boolean;
  /** The folder, where the set has no own one. */
  folder?: string;
  /** Light and dark are swapped: light characters on dark plates. */
  inverted?: boolean;
  /** Crops with more room than the reader's own: shown beside the same ones framed, and in no total. */
  loose?: boolean;
  /** Only the reported fold is measured: of a set that is trained on, or of one that only measures. */
  parted?: 'trained' | 'measured';
  /** Its plates are sorted by where they come from. */
  world?: boolean;
  /**
   * How the set is made. program: the Python program of models/training that writes it into its first argument;
   * code: a pattern for the files there that decide what it writes.
   */
  madeBy?: { program: readonly string[]; options: readonly string[]; code: string };
}

const real = (name: string, kind: Yardstick['kind'], complete: boolean): Yardstick => ({
  name,
  kind,
  complete,
  rendered: false,
});
const scenes = (size: string, count: number): Yardstick => ({
  name: `rendered scenes ${size}`,
  kind: 'scenes',
  complete: false,
  rendered: true,
  madeBy: {
    program: ['-m', 'detector.scenes'],
    options: ['--n', String(count), '--size', size],
    code: '{render/*.py,detector/{scenes,paste,patches,crops,cache,distractors}.py}',
  },
});
const conditions = (name: string, ...options: string[]): Yardstick => ({
  name,
  kind: 'crops',
  complete: true,
  rendered: true,
  madeBy: {
    program: ['conditions'],
    options,
    code: '{render/*.py,conditions,augment.py,legibility.py,lighting.py}',
  },
});

/** A set of loose crops: framed again by the detector, as the daemon sees plates, and as they are. */
const looseCrops = (name: string, parted: 'trained' | 'measured', world = false): Yardstick[] => [
  {
    name: `${name} framed`,
    folder: name,
    kind: 'framed',
    complete: true,
    rendered: false,
    parted,
    world,
  },
  {
    name: `${name} as cut`,
    folder: name,
    kind: 'crops',
    complete: true,
    rendered: false,
    parted,
    world,
    loose: true,
  },
];

/** The yardsticks in the order of the tables: pictures of the wild first. */
export const allYardsticks: readonly Yardstick[] = [
  ...looseCrops('openimages-text', 'trained', true),
  ...looseCrops('nyc-reported', 'measured'),
  ...looseCrops('openlpr-pk-crops', 'trained'),
  { ...real('openimages-det-a', 'scenes', false), parted: 'trained', world: true },
  { ...real('uk-academic', 'scenes', false), parted: 'measured' },
  // Boards, badges and signs where a plate would be: any text given there is false.
  { ...real('not-a-plate', 'framed', true), parted: 'trained' },
  real('openalpr-us-plates', 'crops', true),
  {
    ...real('openalpr-us-plates inverted', 'crops', true),
    folder: 'openalpr-us-plates',
    inverted: true,
  },
  real('but-hdr-cz', 'crops', true),
  real('openalpr-crops-br', 'crops', true),
  {
    ...real('us-state-crops held out', 'crops', true),
    machineTexts: true,
    madeBy: { program: ['held-out'], options: [], code: '{held-out,datasets.py}' },
  },
  real('ucsd-calit2-ca', 'scenes', false),
  real('french-fr', 'scenes', false),
  real('cars433-kaggle', 'scenes', false),
  real('openalpr-negatives', 'scenes', true),
  conditions('rendered conditions', '--n', '6300'),
  // A control: a reader that follows the formats of serials instead of the characters is found out here.
  conditions('rendered random texts', '--n', '1400', '--seed', '2', '--texts', 'any'),
  scenes('1280x720', 240),
  scenes('1920x1080', 120),
  scenes('3840x2160', 60),
];

/** One line of a set's index.jsonl, as far as it is used here. */
interface Line {
  file: string;
  region?: string;
  unlabelled?: boolean;
  condition?: string;
  look?: string;
  kind?: string;
  width_px?: number;
  size_px?: number;
  legible?: boolean;
  yaw_deg?: number;
  plates: {
    text: string | null;
    box: Box;
    pseudo?: { text?: string | null; min_conf?: number } | null;
    region?: string;
    width_px?: number;
    yaw_deg?: number;
  }[];
}

/** Texts by set and file: what the pictures show whose labels were found wrong, where reads contradicted them. */
const labelErrors: Record<string, Record<string, string>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'label-errors.json'), 'utf8'),
);

/** A machine's text counts as known from this confidence of its least sure character. */
const trustedFrom = 0.95;

/** Capitals and digits only: what texts are compared by. */
export function clean(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/**
 * Whether a picture is measured: `report` takes the reported fold of the sets that have one and all of the others,
 * `choose` the other fold of every real set.
 */
function isIn(fold: Fold, { parted, rendered }: Yardstick, file: string): boolean {
  if (parted === 'trained') return foldOf(file) === fold;
  if (parted === 'measured') return measuringFoldOf(file) === fold;
  return fold === 'report' || rendered || measuringFoldOf(file) === fold;
}

/** The pictures of a set in `folder`, without unlabelled ones; null if it is not available. */
export async function samplesOf(
  yardstick: Yardstick,
  folder: string,
  fold: Fold = 'report',
): Promise<Sample[] | null> {
  const { name, machineTexts = false, world = false } = yardstick;
  const index = join(folder, 'index.jsonl');
  if (!existsSync(index)) return null;
  const lines = (await readFile(index, 'utf8')).trim().split('\n');
  return lines
    .map((line) => JSON.parse(line) as Line)
    .filter(({ file, unlabelled }) => !unlabelled && isIn(fold, yardstick, file))
    .map((line) => ({
      path: line.file.startsWith('/') ? line.file : join(folder, line.file),
      labels: line.plates.map((plate) => ({
        text: textOf(plate, machineTexts),
        seen: labelErrors[name]?.[line.file] ?? null,
        box: plate.box,
        state: stateOf(plate.region ?? line.region),
        tags: world ? { from: originOf(plate.region ?? line.region) } : tagsOf(line, plate),
      })),
    }));
}

function textOf({ text, pseudo }: Line['plates'][number], machineTexts: boolean): string | null {
  const trusted = (pseudo?.min_conf ?? 0) >= trustedFrom ? pseudo?.text : null;
  return clean((machineTexts ? trusted : text) ?? '') || null;
}

/** `us-ca` is California's; regions of other countries have no state. */
function stateOf(region: string | undefined): string | null {
  return region && /^us-[a-z]{2}$/.test(region) ? region.slice(3).toUpperCase() : null;
}

function originOf(region = ''): NonNullable<Tags['from']> {
  if (region === 'gb') return 'Britain';
  return region.startsWith('us') ? 'the United States' : 'elsewhere';
}

function tagsOf(line: Line, plate: Line['plates'][number]): Tags {
  const { condition, look, kind, size_px: size, legible } = line;
  const width = plate.width_px ?? line.width_px;
  const yaw = plate.yaw_deg ?? line.yaw_deg;
  return {
    ...(condition !== undefined && { condition: condition || 'daylight' }),
    ...(look !== undefined && { look }),
    ...(kind !== undefined && { kind }),
    ...(width !== undefined && { width }),
    ...(size !== undefined && { size }),
    ...(legible !== undefined && { legible }),
    ...(yaw !== undefined && { yaw }),
  };
}
