import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { programRoot } from '../../../src/config/load.ts';
import { readingSection } from '../../../src/config/sections/reading.ts';
import { createReader } from '../../../src/vision/reading/reader.ts';
import { cpuShareHere } from '../../support/cpu-time.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type DrawnPlate, greyScene } from './scene.ts';

const modelsDir = join(programRoot, 'models');
const config = readingSection.parse({ modelsDir });
const street: DrawnPlate[] = [
  { text: '7ABC123', x: 300, y: 400, width: 150 },
  { text: '3XYZ789', x: 850, y: 450, width: 110 },
];

describe('the models of this release', () => {
  test('read every plate of a frame, with place, characters and times', async () => {
    await using reader = await createReader(config);
    expect(reader.models.map(({ name }) => name)).toEqual(['detector', 'recogniser']);
    const before = Date.now();
    const { plates, ms, foundAtMs, readAtMs } = await reader.read(
      await greyScene(1280, 720, street),
    );
    const read = plates.filter(({ unread }) => unread === null);
    expect(read.map((plate) => plate.read.plate).sort()).toEqual(['3XYZ789', '7ABC123']);
    for (const { read: plate } of read) {
      const drawn = street.find(({ text }) => text === plate.plate);
      expect(Math.abs(plate.box[0] - (drawn?.x ?? 0))).toBeLessThan(20);
      expect(Math.abs(plate.box[2] - (drawn?.width ?? 0))).toBeLessThan(30);
      expect(plate.characters.map(({ char }) => char).join('')).toBe(plate.plate);
      expect(plate.corners[0][0]).toBeLessThan(plate.corners[1][0]);
      expect(plate.corners[0][1]).toBeLessThan(plate.corners[3][1]);
    }
    expect(ms.detect).toBeGreaterThan(0);
    expect(foundAtMs).toBeGreaterThan(before - 5);
    expect(readAtMs).toBeGreaterThanOrEqual(foundAtMs);
  });

  test('a plate without contrast and one too small are unread, not guessed (CAP-8)', async () => {
    await using reader = await createReader(config);
    const scene = await greyScene(1280, 720, [
      { text: '', x: 300, y: 400, width: 150 },
      { text: '7ABC123', x: 900, y: 450, width: 24 },
    ]);
    const { plates } = await reader.read(scene);
    const near = (x: number) => plates.find(({ read }) => Math.abs(read.box[0] - x) < 15);
    expect(near(300)?.unread).toBe('no_contrast');
    const small = near(900);
    if (small) expect(small.unread).not.toBeNull();
    const [tooSmall] = (
      await createReader({ ...config, minPlateWidthPx: 200 }).then(async (strict) => {
        const reading = await strict.read(await greyScene(1280, 720, street));
        await strict[Symbol.asyncDispose]();
        return reading;
      })
    ).plates;
    expect(tooSmall?.unread).toBe('too_small');
  });

  test('a plate that ends at the edge of the picture is read; one that runs out of its side is unread', async () => {
    await using reader = await createReader(config);
    const readAt = async (x: number, y: number) => {
      const { plates } = await reader.read(
        await greyScene(640, 360, [{ text: '7ABC123', x, y, width: 200 }]),
      );
      const nearest = plates.find(({ read }) => Math.abs(read.box[0] - Math.max(0, x)) < 15);
      return nearest && { text: nearest.read.plate, unread: nearest.unread };
    };
    for (const [x, y] of [
      [4, 200],
      [436, 200],
      [220, 259],
    ] as const) {
      expect(await readAt(x, y)).toEqual({ text: '7ABC123', unread: null });
    }
    for (const beyond of [30, 60]) {
      expect((await readAt(-beyond, 200))?.unread ?? 'not found').not.toBeNull();
    }
  });

  test('an empty street gives no read', async () => {
    await using reader = await createReader(config);
    const { plates } = await reader.read(await greyScene(1280, 720, []));
    expect(plates.filter(({ unread }) => unread === null)).toEqual([]);
  });

  test.each([
    [1, 1],
    [16, 16],
  ])('a picture of %i×%i holds no plate', async (width, height) => {
    await using reader = await createReader(config);
    const picture = { grey: new Uint8Array(width * height), width, height };
    expect((await reader.read(picture, { thorough: true })).plates).toEqual([]);
  });

  test('a thorough look finds the small plates of a large photo', async () => {
    await using reader = await createReader(config);
    const photo = await greyScene(3840, 2160, [
      { text: '7ABC123', x: 600, y: 900, width: 90 },
      { text: '3XYZ789', x: 2900, y: 1500, width: 110 },
    ]);
    const { plates } = await reader.read(photo, { thorough: true });
    const texts = plates.filter(({ unread }) => unread === null).map(({ read }) => read.plate);
    expect(texts.sort()).toEqual(['3XYZ789', '7ABC123']);
  });

  test('a crop is read whole, and one crop agrees with four', async () => {
    const crop = await greyScene(300, 150, [{ text: '7ABC123', x: 0, y: 0, width: 300 }]);
    for (const crops of [1, 2, 4] as const) {
      await using reader = await createReader({ ...config, crops });
      expect((await reader.readPlate(crop)).read.plate).toBe('7ABC123');
    }
  });

  const { rows } = JSON.parse(readFileSync(join(modelsDir, 'recogniser.json'), 'utf8')).outputs;
  test.skipIf(!rows)(
    `a plate of two rows is read from the upper to the lower${rows ? '' : ' (skipped: this model does not tell rows)'}`,
    async () => {
      await using reader = await createReader(config);
      const plate = await greyScene(300, 150, [{ text: 'QDY3830', x: 0, y: 0, width: 300 }]);
      const { read } = await reader.readPlate(plate);
      expect(read.plate).toBe('QDY3830');
      expect(read.characters.map(({ char }) => char).join('')).toBe('QDY3830');
      expect(read.confidence).toBeGreaterThan(0.5);
    },
  );

  test('light on dark is read like dark on light', async () => {
    await using reader = await createReader(config);
    const plate = await greyScene(300, 150, [{ text: '7ABC123', x: 0, y: 0, width: 300 }]);
    const inverted = { ...plate, grey: plate.grey.map((value) => 255 - value) };
    const [dark, light] = [await reader.readPlate(plate), await reader.readPlate(inverted)];
    expect(light.read.plate).toBe(dark.read.plate);
    expect(light.read.confidence).toBeGreaterThan(0.8 * dark.read.confidence);
    expect(light.unread).toBeNull();
  });

  test('the thread that asks stays free while the models run, and keeps its pixels', async () => {
    await using reader = await createReader(config);
    const frame = await greyScene(1280, 720, street);
    await reader.read(frame);
    const share = cpuShareHere();
    const reading = reader.read(frame);
    expect(reader.busySinceMs).not.toBeNull();
    await expect(reader.read(frame)).rejects.toThrow(/still busy/);
    const { plates } = await reading;
    expect(share()).toBeLessThan(1 / 2);
    expect(reader.busySinceMs).toBeNull();
    expect(frame.grey).toHaveLength(1280 * 720);
    const [plate] = plates;
    if (!plate) throw new Error('no plate found');
    const cut = reader.rectify(frame, plate);
    expect(cut.grey).toHaveLength(cut.width * cut.height);
    expect(cut.width / cut.height).toBeGreaterThan(1.5);
  });

  test('a picture whose bytes do not fit its size is refused', async () => {
    await using reader = await createReader(config);
    await expect(
      reader.read({ grey: new Uint8Array(10), width: 1280, height: 720 }),
    ).rejects.toThrow(/not 1280×720 grey/);
  });

  test('a reader that was closed refuses instead of waiting for ever', async () => {
    const reader = await createReader(config);
    const reading = reader.read(await greyScene(1280, 720, street));
    const refused = expect(reading).rejects.toThrow(/ended/);
    await reader[Symbol.asyncDispose]();
    await refused;
    await expect(reader.read(await greyScene(64, 64, []))).rejects.toThrow(/ended/);
  });
});

describe('a model that is not the one meant', () => {
  /** The release's models with their manifests changed. */
  function changedModels(name: string, change: (manifest: Record<string, never>) => void): string {
    const folder = join(temporaryFolder(), 'models');
    mkdirSync(folder);
    for (const model of ['detector', 'recogniser']) {
      copyFileSync(join(modelsDir, `${model}.onnx`), join(folder, `${model}.onnx`));
      copyFileSync(join(modelsDir, `${model}.json`), join(folder, `${model}.json`));
    }
    const path = join(folder, `${name}.json`);
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    change(manifest);
    writeFileSync(path, JSON.stringify(manifest));
    return folder;
  }
  // biome-ignore lint/suspicious/noExplicitAny: the manifest is broken on purpose
  type Loose = any;

  test.each<[string, string, (manifest: Loose) => void, RegExp]>([
    ['another hash', 'detector', (m) => (m.sha256 = '0'.repeat(64)), /detector\.onnx.*sha256/],
    [
      'another input name',
      'recogniser',
      (m) => (m.input.name = 'x'),
      /recogniser\.onnx: has no input 'x'/,
    ],
    [
      'another input shape',
      'recogniser',
      (m) => (m.input.shape = ['N', 1, 32, 128]),
      /recogniser\.onnx: input 'plates' has shape .*64,128.* not .*32,128/,
    ],
    [
      'another output shape',
      'detector',
      (m) => (m.outputs.corners.shape = [32, 8]),
      /detector\.onnx: output 'corners' has shape/,
    ],
    ['a shorter alphabet', 'recogniser', (m) => (m.alphabet = '0123456789'), /37 classes.*make 11/],
    ['an unknown key', 'detector', (m) => (m.speed = 1), /detector\.json.*speed/s],
    [
      'another task',
      'detector',
      (m) => (m.task = 'recogniser'),
      /detector\.json: is not the manifest of a detector/,
    ],
    [
      'no threshold',
      'recogniser',
      (m) => delete m.thresholds.readAt,
      /recogniser\.json.*thresholds\.readAt/,
    ],
  ])('is refused: %s', async (_, name, change, words) => {
    const folder = changedModels(name, change);
    await expect(createReader({ ...config, modelsDir: folder })).rejects.toThrow(words);
  });

  test('is refused: a model that is not there', async () => {
    await expect(createReader({ ...config, detector: 'finder' })).rejects.toThrow(
      /finder\.json: cannot be read.*reading\.modelsDir/,
    );
  });

  test('is refused: a file that is not a model, though its hash is the one named', async () => {
    const folder = changedModels('detector', (manifest: Loose) => {
      manifest.sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    });
    writeFileSync(join(folder, 'detector.onnx'), '');
    await expect(createReader({ ...config, modelsDir: folder })).rejects.toThrow(
      /detector\.onnx: the model cannot be loaded/,
    );
  });
});

const data = process.env.LOOKOUT_DATA ?? resolve(programRoot, '../shared/data');
const crops = join(data, 'openalpr-us-plates');
test.skipIf(!existsSync(crops))(
  `real US plates (${existsSync(crops) ? crops : `skipped: no ${crops}`}): 80 % of a sample exact, O taken as 0`,
  async () => {
    const { loadPicture } = await import('../../../src/vision/reading/load-picture.ts');
    await using reader = await createReader(config);
    const items = readFileSync(join(crops, 'index.jsonl'), 'utf8').trim().split('\n');
    const sample = items.filter((_, i) => i % 10 === 0).map((line) => JSON.parse(line));
    let right = 0;
    for (const { file, plates } of sample) {
      const { read } = await reader.readPlate(await loadPicture(join(crops, file)));
      right += Number(read.plate.replaceAll('O', '0') === plates[0].text.replaceAll('O', '0'));
    }
    expect(right / sample.length).toBeGreaterThanOrEqual(0.8);
  },
);
