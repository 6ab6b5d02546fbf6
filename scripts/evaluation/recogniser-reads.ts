/**
 * Reads whole pictures as plates with the daemon's own reader, for the calibration of the recogniser.
 * recogniser-reads.ts MODELS < one path a line > one JSON object a line: {"plate", "sureness", "state", "p"}.
 * The state is reported however uncertain it is.
 */
import { text } from 'node:stream/consumers';
import { configSchema } from '../../src/config/schema.ts';
import { loadPicture } from '../../src/vision/reading/load-picture.ts';
import { openDetector, openRecogniser } from '../../src/vision/reading/models.ts';
import { sureness } from '../../src/vision/reading/plate-read.ts';
import { createFrameReader } from '../../src/vision/reading/read-frame.ts';

const [modelsDir = 'models'] = process.argv.slice(2);
const config = configSchema.parse({ reading: { modelsDir } }).reading;
const detector = await openDetector(modelsDir, config.detector, 1);
const opened = await openRecogniser(modelsDir, config.recogniser, 1);
const thresholds = { ...opened.manifest.thresholds, stateAt: 0 };
const recogniser = { ...opened, manifest: { ...opened.manifest, thresholds } };
const reader = createFrameReader(detector, recogniser, config);

for (const path of (await text(process.stdin)).split('\n').filter(Boolean)) {
  const { read } = await reader.readPlate(await loadPicture(path));
  const { plate, state } = read;
  const line = { plate, sureness: sureness(read), state: state?.code ?? null, p: state?.p ?? 0 };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
