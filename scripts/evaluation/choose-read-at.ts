/**
 * Chooses `readAt`, the confidence from which a plate counts as read, for a new recogniser:
 *
 *     scripts/node node scripts/evaluation/choose-read-at.ts [--models DIR] [--wrong PER_CENT] [--write]
 *
 * The least confidence at which no more than `--wrong` (3) in a hundred texts given are wrong, by the reader as the
 * daemon uses it, on rendered plates of all conditions that are neither trained on nor part of the yardsticks.
 * `--write` puts it into the manifest.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { configSchema } from '../../src/platform/config/schema.ts';
import { openDetector, openRecogniser } from '../../src/reading/models.ts';
import { createFrameReader } from '../../src/reading/read-frame.ts';
import { claimsOf } from './calibration.ts';
import { madeSet } from './made-sets.ts';
import { measure } from './measure.ts';
import { leastConfidence } from './read-at.ts';
import { samplesOf, YARDSTICKS } from './yardsticks.ts';

const root = resolve(import.meta.dirname, '../..');
const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: join(root, 'models') },
    wrong: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});
const yardstick = YARDSTICKS.find(({ name }) => name === 'rendered conditions');
if (!yardstick?.madeBy) throw new Error('no yardstick of rendered conditions');
const { code } = yardstick.madeBy;
// Other plates than those of the yardstick.
const command = ['conditions', '--n', '2100', '--seed', '2'];
const folder = madeSet('conditions to choose by', { command, code }, join(root, '.cache/evaluate'));
const samples = folder && (await samplesOf(yardstick, folder));
if (!samples) throw new Error('the rendered plates could not be made: scripts/train/setup');

const config = configSchema.parse({ reading: { modelsDir: resolve(options.models) } }).reading;
const detector = await openDetector(config.modelsDir, config.detector, config.threads);
const recogniser = await openRecogniser(config.modelsDir, config.recogniser, config.threads);
const { verdicts } = await measure(
  createFrameReader(detector, recogniser, config),
  yardstick,
  samples,
);
const { readAt, given, wrong } = leastConfidence(
  claimsOf(verdicts).plates,
  Number(options.wrong) / 100,
);
process.stdout.write(
  `readAt ${readAt} (was ${recogniser.manifest.thresholds.readAt}): ${given} of ${samples.length} rendered plates given, ${wrong} wrong\n`,
);
if (options.write) {
  const path = join(config.modelsDir, `${config.recogniser}.json`);
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  manifest.thresholds.readAt = readAt;
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}
