import { expect, test } from 'vitest';
import { framedAround, plateInMiddle } from '../../scripts/evaluation/framing.ts';
import type { GreyPicture } from '../../src/vision/reading/grey-picture.ts';
import type { FoundPlate } from '../../src/vision/reading/plate-read.ts';
import type { FrameReader } from '../../src/vision/reading/read-frame.ts';

type Box = [number, number, number, number];

function plateAt(box: Box, plate: string, detectorScore: number): FoundPlate {
  const [x, y, width, height] = box;
  return {
    read: {
      plate,
      confidence: 0.9,
      characters: [],
      alternatives: [],
      state: null,
      box,
      corners: [
        [x, y],
        [x + width, y],
        [x + width, y + height],
        [x, y + height],
      ],
    },
    unread: null,
    detectorScore,
    sure: true,
    sharpness: 1000,
  };
}

/** A reader that finds these plates in whatever it is shown; keeps what that was. */
function readerOf(...plates: FoundPlate[]): FrameReader & { shown: GreyPicture[] } {
  const shown: GreyPicture[] = [];
  return {
    shown,
    readFrame: async (frame) => {
      shown.push(frame);
      const ms = { detect: 0, recognise: 0 };
      const stages = { letterbox: 0, detect: 0, rectify: 0, recognise: 0, decode: 0 };
      return { reading: { plates, ms, foundAtMs: 0, readAtMs: 0 }, stages };
    },
    readPlate: async () => {
      throw new Error('not asked for');
    },
  };
}

const crop: GreyPicture = { grey: new Uint8Array(100 * 50).fill(200), width: 100, height: 50 };

test('a crop is read in a larger frame, and its plate is reported in pixels of the crop', async () => {
  const beside = plateAt([0, 0, 20, 10], 'SIGN', 0.99);
  const weaker = plateAt([40, 20, 80, 40], '8ABC123', 0.5);
  const reader = readerOf(beside, weaker, plateAt([50, 25, 60, 30], '7ABC123', 0.8));
  const found = await plateInMiddle(reader, crop);
  expect(reader.shown[0]).toMatchObject({ width: 160, height: 80 });
  expect(reader.shown[0]?.grey[0]).toBe(120);
  expect(reader.shown[0]?.grey[40 * 160 + 80]).toBe(200);
  expect(found?.read.plate).toBe('7ABC123');
  expect(found?.read.box).toEqual([20, 10, 60, 30]);
  expect(found?.read.corners[2]).toEqual([80, 40]);
});

test('a crop in whose middle the detector finds nothing shows no plate', async () => {
  expect(await plateInMiddle(readerOf(plateAt([0, 0, 20, 10], 'SIGN', 0.99)), crop)).toBeNull();
});

test('a piece around a plate at the edge of a picture is grey beyond it', () => {
  const grey = Uint8Array.from({ length: 100 * 50 }, (_, i) => i % 100);
  const piece = framedAround({ grey, width: 100, height: 50 }, [80, 20, 20, 10], 3);
  expect([piece.width, piece.height]).toEqual([60, 30]);
  const row = piece.grey.subarray(15 * 60, 16 * 60);
  expect(row[0]).toBe(60);
  expect(row[39]).toBe(99);
  expect(row[40]).toBe(29);
});
