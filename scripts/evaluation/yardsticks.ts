import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { foldAlike, isHeldOut, machineText, type StateCrop } from './held-out.ts';

export type Box = [number, number, number, number];

/** A plate that a picture is known to show. `box` in pixels; `text` null where nobody wrote it down. */
export interface Label {
  text: string | null;
  box: Box;
  /** The issuing state's code, where it is known. */
  state: string | null;
  /** What a rendered plate is filed under: `condition`, `look`, `yaw`, `polarity`, `rows`, … */
  tags: Readonly<Record<string, string>>;
}

/** One picture of a yardstick. */
export interface Sample {
  path: string;
  labels: Label[];
}

/** A set to measure on. */
export interface Yardstick {
  name: string;
  /** `crops` are pictures of one plate and nothing else; `scenes` are searched for plates first. */
  kind: 'crops' | 'scenes';
  /** Drawn by scripts/render: says little of what a real camera sees. */
  rendered: boolean;
  /** Every plate of every picture is labelled, so that any other read is false. */
  complete: boolean;
  /** Who wrote the texts, where it was no person. */
  machineTexts?: boolean;
}

/** The yardsticks in the order of the tables. */
export const YARDSTICKS: readonly Yardstick[] = [
  { name: 'openalpr-us-plates', kind: 'crops', rendered: false, complete: true },
  { name: 'but-hdr-cz', kind: 'crops', rendered: false, complete: true },
  { name: 'openalpr-crops-br', kind: 'crops', rendered: false, complete: true },
  {
    ...{ name: 'us-state-crops', kind: 'crops', rendered: false, complete: true },
    machineTexts: true,
  },
  { name: 'ucsd-calit2-ca', kind: 'scenes', rendered: false, complete: false },
  { name: 'french-fr', kind: 'scenes', rendered: false, complete: false },
  { name: 'cars433-kaggle', kind: 'scenes', rendered: false, complete: false },
  { name: 'openalpr-negatives', kind: 'scenes', rendered: false, complete: true },
];

/** The sets whose texts are kept out of training. */
const BANNED_TEXTS = [
  ...['openalpr-us-plates', 'ucsd-calit2-ca', 'french-fr', 'but-hdr-cz', 'openalpr-crops-br'],
];

/** One line of a set's index.jsonl, as far as it is used here. */
interface Line extends StateCrop {
  file: string;
  region?: string;
  unlabelled?: boolean;
  plates: {
    text: string | null;
    box: Box;
    pseudo?: { text?: string | null } | null;
    tags?: Record<string, string>;
  }[];
}

/** Capitals and digits only: what texts are compared by. */
export function clean(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

async function linesOf(folder: string): Promise<Line[]> {
  const lines = (await readFile(join(folder, 'index.jsonl'), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Line);
}

/**
 * The pictures of a set in `folder`, without those whose plates nobody labelled; null where the set is not at
 * hand. Of us-state-crops only what training never sees.
 */
export async function samplesOf(
  { machineTexts }: Yardstick,
  folder: string,
): Promise<Sample[] | null> {
  if (!existsSync(join(folder, 'index.jsonl'))) return null;
  let lines = (await linesOf(folder)).filter(({ unlabelled }) => !unlabelled);
  if (machineTexts) {
    const banned = await bannedTexts(join(folder, '..'));
    lines = lines.filter((line) => isHeldOut(line) && !banned.has(foldAlike(machineText(line))));
  }
  return lines.map((line) => ({
    path: join(folder, line.file),
    labels: line.plates.map(({ text, box, tags = {} }) => ({
      text: clean((machineTexts ? machineText(line) : text) ?? '') || null,
      box,
      state: stateOf(line.region),
      tags,
    })),
  }));
}

/** `us-ca` is California's; regions of other countries have no state. */
function stateOf(region: string | undefined): string | null {
  return /^us-[a-z]{2}$/.test(region ?? '') ? (region?.slice(3).toUpperCase() ?? null) : null;
}

async function bannedTexts(dataDir: string): Promise<Set<string>> {
  const texts = new Set<string>();
  for (const name of BANNED_TEXTS) {
    const folder = join(dataDir, name);
    if (!existsSync(join(folder, 'index.jsonl'))) continue;
    for (const { plates } of await linesOf(folder)) {
      for (const { text } of plates) if (text) texts.add(foldAlike(text));
    }
  }
  return texts;
}
