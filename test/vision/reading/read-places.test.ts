import { join } from 'node:path';
import { expect, test } from 'vitest';
import { programRoot } from '../../../src/config/load.ts';
import { readingSection } from '../../../src/config/sections/reading.ts';
import { reportedRead } from '../../../src/vision/reading/file-report.ts';
import { isPlate } from '../../../src/vision/reading/find-plates.ts';
import { boxAround, type Corners } from '../../../src/vision/reading/grey-picture.ts';
import { openRecogniser } from '../../../src/vision/reading/models.ts';
import type { FoundPlate } from '../../../src/vision/reading/plate-read.ts';
import { createPlaceReader } from '../../../src/vision/reading/read-places.ts';
import { greyScene } from './scene.ts';

const config = readingSection.parse({ modelsDir: join(programRoot, 'models') });
const sureFrom = 0.55;

/** A plate with this text at a place to which the detector gave `score`. */
async function plateAt(text: string, score: number, isWhole = true): Promise<FoundPlate> {
  const recogniser = await openRecogniser(config.modelsDir, config.recogniser, 1);
  const readPlaces = createPlaceReader(recogniser, config, sureFrom);
  const corners: Corners = [
    [100, 100],
    [300, 100],
    [300, 200],
    [100, 200],
  ];
  const picture = await greyScene(400, 300, [{ text, x: 100, y: 100, width: 200 }]);
  const place = { score, corners, box: boxAround(corners) };
  const [plate] = (await readPlaces(picture, [place], () => isWhole)).plates;
  if (!plate) throw new Error('one place in, no plate out');
  return plate;
}

/** The text that counts as read there; null where the plate is unread. */
async function readAt(text: string, score: number, isWhole = true): Promise<string | null> {
  const { unread, read } = await plateAt(text, score, isWhole);
  return unread === null ? read.plate : null;
}

test('a text with a digit confirms what the detector is unsure of; letters alone, as on signs, do not', async () => {
  expect(await readAt('7ABC123', 0.3)).toBe('7ABC123');
  expect(await readAt('CHAPEL', 0.6)).toBe('CHAPEL');
  expect(await readAt('CHAPEL', 0.3)).toBeNull();
});

test.each(['SPEEDLIMIT25', '2HOURPARKING', '7075550142', '18005550142'])(
  'CAP-16: the sign %s, with more characters or digits than any plate has, is no plate, read or unread',
  async (text) => {
    const found = await plateAt(text, 0.9);
    expect(found.read.plate).toBe(text);
    expect(found.unread).toBe('low_confidence');
    expect(isPlate(found)).toBe(false);
  },
);

test('the report of an unread plate claims no text; the guess is among the alternatives', async () => {
  const unread = await plateAt('CHAPEL', 0.3);
  const { plate, confidence, alternatives } = reportedRead(unread);
  expect({ plate, confidence }).toEqual({ plate: '', confidence: 0 });
  expect(alternatives[0]?.plate).toBe('CHAPEL');
  expect(alternatives[0]?.p).toBeGreaterThan(0.5);
  expect(reportedRead(await plateAt('CHAPEL', 0.6)).confidence).toBeGreaterThan(0.5);
});

test('a plate that runs out of the picture is unread, however sure its text', async () => {
  expect(await readAt('7ABC123', 0.9, false)).toBeNull();
});
