/**
 * How long reading one 1280×720 frame takes, stage by stage, and how many frames a second that makes:
 *
 *     scripts/node node scripts/bench/reading.ts [--frames N] [--models DIR]
 *
 * The frame is drawn: three cars with plates before a street, the rest grey. Detector and recogniser run in
 * this thread, as they do in the reading worker. Shared machines vary: the best tenth (p10) is the machine's
 * own speed, the median is what it gave here.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { configSchema } from '../../src/platform/config/schema.ts';
import type { GreyPicture } from '../../src/reading/grey-picture.ts';
import { openDetector, openRecogniser } from '../../src/reading/models.ts';
import { createFrameReader, type StageTimes } from '../../src/reading/read-frame.ts';

const { values: options } = parseArgs({
  options: {
    frames: { type: 'string', default: '60' },
    models: { type: 'string', default: resolve(import.meta.dirname, '../../models') },
  },
});

const WIDTH = 1280;
const HEIGHT = 720;

async function street(): Promise<GreyPicture> {
  const plates = [
    { text: '7ABC123', x: 180, y: 420 },
    { text: '3XYZ789', x: 620, y: 380 },
    { text: '5KRD418', x: 1020, y: 450 },
  ].map(
    ({ text, x, y }) =>
      `<rect x="${x - 120}" y="${y - 200}" width="380" height="330" rx="40" fill="#3c4654"/>
       <rect x="${x}" y="${y}" width="140" height="70" rx="5" fill="#e9e9e4" stroke="#222" stroke-width="3"/>
       <text x="${x + 70}" y="${y + 47}" text-anchor="middle" font-family="monospace" font-weight="bold"
         font-size="32" textLength="120" lengthAdjust="spacingAndGlyphs" fill="#1a2240">${text}</text>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">
    <rect width="100%" height="100%" fill="#8d9298"/>${plates.join('')}</svg>`;
  const data = await sharp(Buffer.from(svg)).greyscale().toColourspace('b-w').raw().toBuffer();
  return { grey: new Uint8Array(data), width: WIDTH, height: HEIGHT };
}

const quantile = (values: number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.floor(q * values.length)] ?? 0;

const frame = await street();
const stageNames: (keyof StageTimes)[] = ['letterbox', 'detect', 'rectify', 'recognise', 'decode'];
for (const threads of [1, 2]) {
  const config = configSchema.parse({ reading: { threads, modelsDir: options.models } }).reading;
  const reader = createFrameReader(
    await openDetector(config.modelsDir, config.detector, threads),
    await openRecogniser(config.modelsDir, config.recogniser, threads),
    config,
  );
  for (let i = 0; i < 5; i++) await reader.readFrame(frame);
  const totals: number[] = [];
  const stages: StageTimes[] = [];
  let found = 0;
  for (let i = 0; i < Number(options.frames); i++) {
    const begun = performance.now();
    const result = await reader.readFrame(frame);
    totals.push(performance.now() - begun);
    stages.push(result.stages);
    found = result.reading.plates.filter(({ unread }) => unread === null).length;
  }
  const table = stageNames.map((name) => {
    const times = stages.map((stage) => stage[name]);
    return `${name} ${quantile(times, 0.1).toFixed(1)} / ${quantile(times, 0.5).toFixed(1)}`;
  });
  const [best, median] = [quantile(totals, 0.1), quantile(totals, 0.5)];
  process.stdout.write(
    `${threads} thread${threads > 1 ? 's' : ''}, ${found} plates read, ms p10 / median: ${table.join(', ')}; ` +
      `whole frame ${best.toFixed(1)} / ${median.toFixed(1)} = ${(1000 / best).toFixed(1)} / ${(1000 / median).toFixed(1)} frames/s\n`,
  );
}
