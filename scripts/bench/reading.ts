/**
 * How long reading a frame takes, stage by stage, and how many frames a second that makes:
 *
 *     scripts/node node scripts/bench/reading.ts [--frames N] [--video FILE] [--models DIR]
 *
 * The frames are spread over the rendered drive in fixtures/ and decoded beforehand; those of 1920×1080 and 3840×2160
 * are the same, enlarged. `one plate` are the frames that gave exactly one read. Detector and recogniser run in this
 * thread, as they do in the reading worker. CPU is that of the whole process, its helper threads included. Shared
 * machines vary: the best tenth (p10) is near the machine's own speed, the median is what it gave here.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { configSchema } from '../../src/config/schema.ts';
import { cv } from '../../src/vision/capture/opencv.ts';
import type { GreyPicture } from '../../src/vision/reading/grey-picture.ts';
import { openDetector, openRecogniser } from '../../src/vision/reading/models.ts';
import { createFrameReader, type StageTimes } from '../../src/vision/reading/read-frame.ts';

const { values: options } = parseArgs({
  options: {
    frames: { type: 'string', default: '90' },
    video: { type: 'string', default: resolve(import.meta.dirname, '../../fixtures/drive/ir.mp4') },
    models: { type: 'string', default: resolve(import.meta.dirname, '../../models') },
  },
});
const widths = [1280, 1920, 3840];
const stageNames: readonly (keyof StageTimes)[] = [
  ...(['letterbox', 'detect', 'rectify', 'recognise', 'decode'] as const),
];
const batches = [1, 4];
const batchRounds = 100;

/** Grey frames `width` pixels wide, evenly spread over the video. */
function framesOf(path: string, count: number, width: number): GreyPicture[] {
  const capture = new cv.VideoCapture(path);
  const total = capture.get(cv.CAP_PROP_FRAME_COUNT);
  const step = Math.max(1, Math.floor(total / count));
  const frames: GreyPicture[] = [];
  for (let i = 0; i < total && frames.length < count; i++) {
    const picture = capture.read();
    if (picture.empty) break;
    if (i % step !== 0) continue;
    const height = Math.round((picture.rows * width) / picture.cols);
    const grey = picture.cvtColor(cv.COLOR_BGR2GRAY).resize(height, width);
    frames.push({ grey: new Uint8Array(grey.getData()), width, height });
  }
  return frames;
}

const quantile = (values: readonly number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.floor(q * values.length)] ?? 0;
const both = (values: readonly number[], digits = 1) =>
  `${quantile(values, 0.1).toFixed(digits)} / ${quantile(values, 0.5).toFixed(digits)}`;
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const print = (line: string) => process.stdout.write(`${line}\n`);

for (const threads of [1, 2]) {
  const config = configSchema.parse({ reading: { threads, modelsDir: options.models } }).reading;
  const detector = await openDetector(config.modelsDir, config.detector, threads);
  const recogniser = await openRecogniser(config.modelsDir, config.recogniser, threads);
  const reader = createFrameReader(detector, recogniser, config);
  print(`${threads} thread${threads > 1 ? 's' : ''}; ms p10 / median`);
  for (const batch of batches) {
    const plates = new Uint8Array(batch * recogniser.width * recogniser.height).map((_, i) => i);
    const times: number[] = [];
    for (let round = 0; round < batchRounds; round++) {
      const begun = performance.now();
      await recogniser.run(plates, batch);
      times.push(performance.now() - begun);
    }
    const each = times.map((ms) => ms / batch);
    print(`  recogniser, ${batch} crops at once: ${both(times, 2)}; each ${both(each, 2)}`);
  }
  for (const width of widths) {
    const frames = framesOf(options.video, Number(options.frames), width);
    const [first] = frames;
    if (!first) throw new Error(`${options.video}: no frames`);
    for (let i = 0; i < 5; i++) await reader.readFrame(first);
    const runs: { wall: number; cpu: number; stages: StageTimes; reads: number }[] = [];
    for (const frame of frames) {
      const [begun, cpu] = [performance.now(), cpuMs()];
      const { reading, stages } = await reader.readFrame(frame);
      runs.push({
        wall: performance.now() - begun,
        cpu: cpuMs() - cpu,
        stages,
        reads: reading.plates.filter(({ unread }) => unread === null).length,
      });
    }
    const report = (title: string, of: typeof runs) => {
      const walls = of.map(({ wall }) => wall);
      const parts = stageNames.map(
        (name) => `${name} ${both(of.map(({ stages }) => stages[name]))}`,
      );
      print(
        `  ${first.width}×${first.height}, ${title} (${of.length} frames): ${both(walls)}, CPU ${both(of.map(({ cpu }) => cpu))}; ` +
          `${(1000 / quantile(walls, 0.5)).toFixed(1)} frames/s; ${parts.join(', ')}`,
      );
    };
    report('all', runs);
    report(
      'one plate',
      runs.filter(({ reads }) => reads === 1),
    );
  }
}
