/**
 * Measures the models, real sets (LOOKOUT_DATA, else ../shared/data) before rendered ones:
 *
 *     scripts/evaluate [--models DIR] [--sets NAME,…] [--fold report|choose] [--crops 1|2|4] [--threads N]
 *                      [--limit N] [--worst FILE.html] [--strict]
 *     scripts/evaluate --part alerts|regions [--models DIR] [--crops 1|2|4] [--threads N]
 *
 * Prints the tables, writes a page with the worst failures of each set (`--worst`), and, after a whole run over the
 * models of this checkout, puts the tables into models/README.md. `--strict` ends with 1 when a floor is missed.
 *
 * Sets of the wild are parted by the names of their pictures (evaluation/folds.ts). `--fold choose` measures the other
 * fold, and half of every other real set: choose between models by that, and report the rest.
 *
 * `--part alerts` measures nothing but alerts: how many listed vehicles alert and how many others do, by the least
 * probability that a candidate must have (evaluation/alerts). It reads both folds of every real set with texts.
 *
 * `--part regions` measures nothing but what `reading.regions` does (evaluation/regions), on both folds too.
 *
 * Rules: texts are compared in capitals without anything but A-Z and 0-9. `exact` is any read of the picture that
 * equals the label, however sure; `O=0` the same with the letter O taken as the digit, and so is all that follows:
 * `best one` the surest read of the picture, those given before the others, `in ten` among ten candidates, `given` the
 * share of plates of which a text counts as read, `wrong of given` those of them that are wrong. `found` is a box that overlaps the label's by
 * half (IoU 0.5), `covered` one that holds its centre. `false/picture` are texts given that touch no label; they count
 * as wrong where a set labels every plate. 95 % intervals are Wilson's; ms is the median a picture on this machine.
 */
import { writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { configSchema } from '../src/config/schema.ts';
import { openDetector, openRecogniser } from '../src/vision/reading/models.ts';
import { createFrameReader } from '../src/vision/reading/read-frame.ts';
import { alertPart, readAlertCases } from './evaluation/alerts/alert-part.ts';
import { withoutTemperature } from './evaluation/calibration.ts';
import {
  type CalibrationPanel,
  calibrationPanels,
  calibrationTable,
  reliabilityPlot,
} from './evaluation/calibration-report.ts';
import { writeFailures } from './evaluation/failures.ts';
import type { Fold } from './evaluation/folds.ts';
import { outcomes } from './evaluation/goals.ts';
import { madeSet } from './evaluation/made-sets.ts';
import { type Measured, measure } from './evaluation/measure.ts';
import { writeGenerated } from './evaluation/readme-figures.ts';
import { regionPart } from './evaluation/regions/region-part.ts';
import { breakdownTable, goalsTable, setsTable } from './evaluation/tables.ts';
import { allYardsticks, type Sample, samplesOf, type Yardstick } from './evaluation/yardsticks.ts';

const root = resolve(import.meta.dirname, '..');
const shippedModels = join(root, 'models');
const dataDir = process.env.LOOKOUT_DATA ?? resolve(root, '../shared/data');
const cacheDir = join(root, '.cache', 'evaluate');
const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: shippedModels },
    sets: { type: 'string' },
    fold: { type: 'string', default: 'report' },
    crops: { type: 'string', default: '4' },
    threads: { type: 'string', default: '1' },
    limit: { type: 'string' },
    worst: { type: 'string', default: join(cacheDir, 'worst.html') },
    strict: { type: 'boolean', default: false },
    part: { type: 'string', default: 'reading' },
  },
});

const fold = measuredFold(options.fold);
const part = measuredPart(options.part);
const config = configSchema.parse({
  reading: {
    modelsDir: resolve(options.models),
    crops: Number(options.crops),
    threads: Number(options.threads),
  },
}).reading;
const detector = await openDetector(config.modelsDir, config.detector, config.threads);
const recogniser = await openRecogniser(config.modelsDir, config.recogniser, config.threads);
const reader = createFrameReader(detector, recogniser, config);
const print = (text: string) => process.stderr.write(`${text}\n`);

const star =
  '\\* not real: drawn by models/training/render, inverted, or with texts that a machine read';

function measuredFold(name: string): Fold {
  if (name === 'report' || name === 'choose') return name;
  throw new Error(`--fold takes report or choose, not '${name}'`);
}

function measuredPart(name: string): 'reading' | 'alerts' | 'regions' {
  if (name === 'reading' || name === 'alerts' || name === 'regions') return name;
  throw new Error(`--part takes reading, alerts or regions, not '${name}'`);
}

/** The pictures of a set, evenly thinned to `--limit`; null where the set is absent or not asked for. */
async function wanted(yardstick: Yardstick): Promise<Sample[] | null> {
  const { name } = yardstick;
  if (options.sets && !options.sets.split(',').includes(name)) return null;
  const folder = yardstick.madeBy
    ? madeSet(name, yardstick.madeBy, cacheDir)
    : join(dataDir, yardstick.folder ?? name);
  const samples = folder && (await samplesOf(yardstick, folder, fold));
  if (!samples) {
    if (folder) print(`${name}: not in ${dataDir}, left out`);
    return null;
  }
  const step = samples.length / Math.min(samples.length, Number(options.limit ?? samples.length));
  return samples.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
}

/** What real crops with texts written by people are read as; what the reads claim, before and after. */
async function calibrate(measured: readonly Measured[]): Promise<CalibrationPanel[]> {
  const sets = measured.filter(
    ({ yardstick: { kind, rendered, machineTexts, inverted, loose } }) =>
      kind === 'crops' && !rendered && !machineTexts && !inverted && !loose,
  );
  if (sets.length === 0) return [];
  const { temperature } = recogniser.manifest;
  if (temperature === 1) return calibrationPanels(sets, sets, temperature);
  const raw = createFrameReader(detector, withoutTemperature(recogniser), config);
  const before: Measured[] = [];
  for (const { yardstick, verdicts } of sets) {
    before.push(
      await measure(
        raw,
        yardstick,
        verdicts.map(({ sample }) => sample),
      ),
    );
  }
  return calibrationPanels(before, sets, temperature);
}

const isShipped = resolve(options.models) === shippedModels && options.crops === '4';

async function measureAlerts(): Promise<void> {
  const cases = await readAlertCases(reader, dataDir, print);
  if (cases === null) {
    process.exitCode = 1;
    return;
  }
  const { tables, plot } = alertPart(cases);
  process.stdout.write(`${tables}\n`);
  if (!isShipped) return;
  writeFileSync(join(shippedModels, 'alerts.svg'), plot);
  writeGenerated(join(shippedModels, 'README.md'), { alerts: tables });
  print('models/README.md: its part on alerts is written, with models/alerts.svg');
}

async function measureRegions(): Promise<void> {
  const readerFor = (regions: typeof config.regions) =>
    createFrameReader(detector, recogniser, { ...config, regions });
  const regions = await regionPart(readerFor, { dataDir, cacheDir }, print);
  if (regions === null) {
    process.exitCode = 1;
    return;
  }
  process.stdout.write(`${regions}\n`);
  if (!isShipped) return;
  writeGenerated(join(shippedModels, 'README.md'), { regions });
  print('models/README.md: its part on regions is written');
}

async function measureReading(): Promise<void> {
  const measured: Measured[] = [];
  for (const yardstick of allYardsticks) {
    const samples = await wanted(yardstick);
    if (!samples) continue;
    measured.push(await measure(reader, yardstick, samples));
    print(`${yardstick.name}: done`);
  }
  const held = outcomes(measured);
  const sets = setsTable(measured);
  const goals = goalsTable(held);
  const groups = measured
    .filter(({ yardstick: { kind, rendered, world } }) => rendered || world || kind === 'scenes')
    .map((each) => ({ name: each.yardstick.name, table: breakdownTable([each]) }))
    .filter(({ table }) => table !== '');
  process.stdout.write(`${goals}\n\n${sets}\n\n${star}\n\n`);
  for (const { name, table } of groups) process.stdout.write(`${name}\n\n${table}\n\n`);

  const panels = await calibrate(measured);
  const calibration = panels.length > 0 ? calibrationTable(panels) : '';
  process.stdout.write(`${calibration}\n`);
  await writeFailures(measured, resolve(options.worst));
  print(`worst failures: ${resolve(options.worst)}`);

  const isWhole =
    !options.sets &&
    !options.limit &&
    fold === 'report' &&
    measured.length === allYardsticks.length;
  if (isWhole && isShipped) {
    const breakdowns = groups.map(({ name, table }) => `### ${name}\n\n${table}`).join('\n\n');
    const plot = join(shippedModels, 'reliability.svg');
    writeFileSync(plot, reliabilityPlot(panels));
    writeGenerated(join(shippedModels, 'README.md'), {
      goals,
      sets: `${sets}\n\n${star}`,
      breakdowns,
      calibration,
    });
    print(
      `${relative(root, join(shippedModels, 'README.md'))}: written, with ${relative(root, plot)}`,
    );
  } else {
    print(
      'models/README.md stays as it is: that takes a whole run over the models of this checkout',
    );
  }
  if (options.strict && held.some(({ meets }) => meets === 'neither')) process.exitCode = 1;
}

if (part === 'alerts') await measureAlerts();
else if (part === 'regions') await measureRegions();
else await measureReading();
