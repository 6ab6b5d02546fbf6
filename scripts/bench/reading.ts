/**
 * How long reading one 1280×720 frame takes, stage by stage, and how many frames a second that makes:
 *
 *     scripts/node node scripts/bench/reading.ts [--frames N] [--video FILE] [--models DIR]
 *
 * The frames are spread over the rendered drive in fixtures/ and decoded beforehand. Detector and recogniser
 * run in this thread, as they do in the reading worker. Shared machines vary: the best tenth (p10) is near the
 * machine's own speed, the median is what it gave here.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cv } from '../../src/capture/opencv.ts';
import { configSchema } from '../../src/platform/config/schema.ts';
import type { GreyPicture } from '../../src/reading/grey-picture.ts';
import { openDetector, openRecogniser } from '../../src/reading/models.ts';
import { createFrameReader, type StageTimes } from '../../src/reading/read-frame.ts';

const { values: options } = parseArgs({
  options: {
    frames: { type: 'string', default: '90' },
    video: { type: 'string', default: resolve(import.meta.dirname, '../../fixtures/drive/ir.mp4') },
    models: { type: 'string', default: resolve(import.meta.dirname, '../../models') },
  },
});

/** Grey frames, evenly spread over the video. */
function framesOf(path: string, count: number): GreyPicture[] {
  const capture = new cv.VideoCapture(path);
  const total = capture.get(cv.CAP_PROP_FRAME_COUNT);
  const step = Math.max(1, Math.floor(total / count));
  const frames: GreyPicture[] = [];
  for (let i = 0; i < total && frames.length < count; i++) {
    const picture = capture.read();
    if (picture.empty) break;
    if (i % step !== 0) continue;
    const grey = picture.cvtColor(cv.COLOR_BGR2GRAY);
    frames.push({ grey: new Uint8Array(grey.getData()), width: grey.cols, height: grey.rows });
  }
  return frames;
}

const quantile = (values: number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.floor(q * values.length)] ?? 0;

const frames = framesOf(options.video, Number(options.frames));
const [first] = frames;
if (!first) throw new Error(`${options.video}: no frames`);
process.stdout.write(`${frames.length} frames of ${first.width}×${first.height}\n`);
const stageNames: (keyof StageTimes)[] = ['letterbox', 'detect', 'rectify', 'recognise', 'decode'];
for (const threads of [1, 2]) {
  const config = configSchema.parse({ reading: { threads, modelsDir: options.models } }).reading;
  const reader = createFrameReader(
    await openDetector(config.modelsDir, config.detector, threads),
    await openRecogniser(config.modelsDir, config.recogniser, threads),
    config,
  );
  for (let i = 0; i < 5; i++) await reader.readFrame(first);
  const totals: number[] = [];
  const stages: StageTimes[] = [];
  let found = 0;
  for (const frame of frames) {
    const begun = performance.now();
    const result = await reader.readFrame(frame);
    totals.push(performance.now() - begun);
    stages.push(result.stages);
    found += result.reading.plates.filter(({ unread }) => unread === null).length;
  }
  const table = stageNames.map((name) => {
    const times = stages.map((stage) => stage[name]);
    return `${name} ${quantile(times, 0.1).toFixed(1)} / ${quantile(times, 0.5).toFixed(1)}`;
  });
  const [best, median] = [quantile(totals, 0.1), quantile(totals, 0.5)];
  process.stdout.write(
    `${threads} thread${threads > 1 ? 's' : ''}, ${found} plates read; ms p10 / median: ${table.join(', ')}; ` +
      `whole frame ${best.toFixed(1)} / ${median.toFixed(1)} = ${(1000 / best).toFixed(1)} / ${(1000 / median).toFixed(1)} frames/s\n`,
  );
}
