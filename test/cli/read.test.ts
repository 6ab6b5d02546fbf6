import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { programRoot } from '../../src/config/load.ts';
import { fileReportSchema } from '../../src/vision/reading/file-report.ts';
import { lookout } from '../support/lookout-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { drawScene } from '../vision/reading/scene.ts';

async function sceneFile(folder: string, name = 'street.png'): Promise<string> {
  const path = join(folder, name);
  const png = await drawScene(1280, 720, [{ text: '7ABC123', x: 300, y: 400, width: 150 }]);
  writeFileSync(path, png);
  return path;
}

test('photos are read, other files get one line each, and the exit code shows failures', async () => {
  const folder = temporaryFolder();
  const broken = join(folder, 'broken.jpg');
  writeFileSync(broken, 'this is no picture');
  const missing = join(folder, 'missing.png');
  const good = await sceneFile(folder);
  const { code, stdout, stderr } = await lookout('read', broken, missing, good);
  expect(code).toBe(1);
  expect(stdout).toContain('7ABC123');
  expect(stdout).toContain('1280×720  1 plate');
  const lines = stderr.trim().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain(broken);
  expect(lines[1]).toContain(missing);
});

test('a folder full of names on the command line is read to its end', async () => {
  const folder = temporaryFolder();
  const absent = Array.from({ length: 600 }, (_, index) => join(folder, `not-there-${index}.jpg`));
  const good = await sceneFile(folder);
  const { code, stdout, stderr } = await lookout('read', ...absent, good);
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toHaveLength(600);
  expect(stdout).toContain('7ABC123');
});

test('--json prints one line a file in the promised shape', async () => {
  const folder = temporaryFolder();
  const file = await sceneFile(folder);
  const { code, stdout } = await lookout('read', '--json', file, file);
  expect(code).toBe(0);
  const lines = stdout.trim().split('\n');
  expect(lines).toHaveLength(2);
  const report = fileReportSchema.parse(JSON.parse(lines[0] ?? ''));
  expect(report).toMatchObject({ file, width: 1280, height: 720 });
  expect(report.reads.map(({ plate }) => plate)).toContain('7ABC123');
  expect(report.ms.total).toBeGreaterThanOrEqual(report.ms.detect);
});

test('--annotate writes the picture with the plate drawn in', async () => {
  const folder = temporaryFolder();
  const file = await sceneFile(folder);
  const drawn = join(folder, 'drawn', 'deeper');
  expect((await lookout('read', file, '--annotate', drawn)).code).toBe(0);
  expect(readdirSync(drawn)).toEqual(['street.jpg']);
  const { data, info } = await sharp(join(drawn, 'street.jpg'))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([1280, 720]);
  let green = 0;
  for (let i = 0; i < data.length; i += 3) {
    const [r = 0, g = 0, b = 0] = data.subarray(i, i + 3);
    if (g > 180 && r < 110 && b < 160) green += 1;
  }
  expect(green).toBeGreaterThan(300);
});

test('--annotate overwrites nothing: a photo that lies in its folder stays as it was', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'street.jpg');
  await sharp(await sceneFile(folder)).toFile(file);
  const before = readFileSync(file);
  const { code, stdout, stderr } = await lookout('read', file, '--annotate', folder);
  expect(code).toBe(1);
  expect(stdout).toContain('7ABC123');
  expect(stderr).toMatch(/street\.jpg is there already and is not overwritten/);
  expect(readFileSync(file).equals(before)).toBe(true);
});

test('a photo with a few stray bytes is drawn as it is read', async () => {
  const folder = temporaryFolder();
  const jpeg = await sharp(await sceneFile(folder))
    .jpeg()
    .toBuffer();
  const file = join(folder, 'stray.jpg');
  writeFileSync(file, Buffer.concat([jpeg.subarray(0, 2), Buffer.alloc(4), jpeg.subarray(2)]));
  const { code, stdout } = await lookout('read', file, '--annotate', join(folder, 'drawn'));
  expect(code).toBe(0);
  expect(stdout).toContain('7ABC123');
});

test('a photo turned by its EXIF orientation is read upright', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'turned.jpg');
  const png = await drawScene(1280, 720, [{ text: '7ABC123', x: 300, y: 400, width: 150 }]);
  // Orientation 6: the viewer turns it by 90° clockwise, so the pixels lie 90° the other way.
  await sharp(png).rotate(270).jpeg({ quality: 95 }).withMetadata({ orientation: 6 }).toFile(file);
  const { stdout } = await lookout('read', '--json', file);
  const report = fileReportSchema.parse(JSON.parse(stdout));
  expect([report.width, report.height]).toEqual([1280, 720]);
  expect(report.reads.map(({ plate }) => plate)).toContain('7ABC123');
});

test('the plate of a rendered drive is read from its video, once', {
  timeout: 120_000,
}, async () => {
  const { stdout, stderr, code } = await lookout(
    'read',
    '--json',
    join(programRoot, 'fixtures/short/ir.mp4'),
  );
  expect([code, stderr]).toEqual([0, '']);
  const report = fileReportSchema.parse(JSON.parse(stdout));
  expect(report.reads.filter(({ plate }) => plate !== '').map(({ plate }) => plate)).toEqual([
    '8LVN362',
  ]);
});

test('a video cut off in the middle is read as far as it goes, and says so', {
  timeout: 60_000,
}, async () => {
  const file = join(temporaryFolder(), 'cut.mp4');
  const whole = readFileSync(join(programRoot, 'fixtures/short/ir.mp4'));
  writeFileSync(file, whole.subarray(0, 30_000));
  const { code, stdout, stderr } = await lookout('read', file);
  expect(code).toBe(0);
  expect(stdout).toContain('8LVN362');
  expect(stderr).toMatch(/cut\.mp4: gave pictures for 1\.\d s of 3\.0 s; the rest is cut off/);
});

test('a video cut off before its first picture says so', async () => {
  const file = join(temporaryFolder(), 'cut.mp4');
  writeFileSync(file, readFileSync(join(programRoot, 'fixtures/short/ir.mp4')).subarray(0, 2500));
  const { code, stdout, stderr } = await lookout('read', file);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(`${file}: contains no picture that can be read`);
});

const clip = join(
  process.env.LOOKOUT_DATA ?? resolve(programRoot, '../shared/data'),
  'video/uk-plate-LS15EBC.mp4',
);
test.skipIf(!existsSync(clip))(
  `LS15EBC is read from the real clip (${existsSync(clip) ? clip : `skipped: no ${clip}`})`,
  { timeout: 120_000 },
  async () => {
    const { stdout } = await lookout('read', '--json', clip);
    const { reads } = fileReportSchema.parse(JSON.parse(stdout));
    expect(reads.map(({ plate }) => plate)).toContain('LS15EBC');
  },
);
