import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import exifr from 'exifr';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { DetectionDraft } from '../../src/records/draft-detection.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openRecords, waitingOf } from './open-records.ts';
import { noFix, noImages, sampleDetection, sampleFix, sampleImage } from './samples.ts';

const parseOptions = {
  tiff: true,
  exif: true,
  gps: true,
  userComment: true,
  reviveValues: false,
  translateKeys: true,
};

/** Stores one plate picture and reads its file back with another program's eyes. */
async function storedExif(detection: DetectionDraft, cameraBearingDeg: number | null = null) {
  const dataDir = temporaryFolder();
  const { records, outbox } = openRecords(dataDir);
  const plate = await sampleImage(1);
  await records.storeDetection({
    detection,
    images: { ...noImages, plate },
    publish: true,
    cameraBearingDeg,
  });
  const message = waitingOf(outbox).find((each) => each.lane === 'image');
  if (!message?.file) throw new Error('no image was queued');
  const path = join(dataDir, message.file);
  const jpeg = readFileSync(path);
  const exif = await exifr.parse(jpeg, parseOptions);
  return { exif, jpeg, path, plate, ref: JSON.parse(message.json) };
}

test('EXIF of a stored image equals its row: position, UTC times, ids (CAP-7)', async () => {
  const detection = sampleDetection();
  const { exif, jpeg, ref, plate, path } = await storedExif(detection, 178.25);

  expect(exif.latitude).toBeCloseTo(sampleFix.latitude ?? 0, 6);
  expect(exif.longitude).toBeCloseTo(sampleFix.longitude ?? 0, 6);
  expect(exif.GPSStatus).toBe('A');
  expect(exif.GPSAltitude).toBeCloseTo(571.25, 2);
  expect(exif.GPSDateStamp).toBe('2026:03:04');
  expect([...exif.GPSTimeStamp]).toEqual([23, 59, 59.25]);
  expect(exif.GPSTrack).toBeCloseTo(271.3, 2);
  expect(exif.GPSSpeed).toBeCloseTo(45, 3);
  expect(exif.GPSImgDirection).toBeCloseTo(178.25, 2);
  expect(exif.GPSMapDatum).toBe('WGS-84');

  const taken = new Date(plate.takenAtMs).toISOString();
  expect(ref.takenAt).toBe(taken);
  const [date, time] = exif.DateTimeOriginal.split(' ');
  expect(`${date.replaceAll(':', '-')}T${time}.${exif.SubSecTimeOriginal}Z`).toBe(taken);
  expect(exif.OffsetTimeOriginal).toBe('+00:00');

  expect(exif.ImageUniqueID).toBe(ref.id.replaceAll('-', ''));
  expect(exif.Make).toBe('Lookout');
  expect(exif.Model).toBe('unit-7/front');
  expect(exif.ImageDescription).toBe('test-pd/unit-7/front plate');
  const comment = JSON.parse(Buffer.from(exif.userComment).toString('latin1', 8));
  expect(comment.detection).toBe(detection.id);
  expect(comment.jpegSha256).toBe(createHash('sha256').update(plate.jpeg).digest('hex'));

  expect(ref.bytes).toBe(jpeg.length);
  expect(ref.sha256).toBe(createHash('sha256').update(jpeg).digest('hex'));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('the picture itself is untouched: taking the EXIF segment out gives the camera’s JPEG', async () => {
  const { jpeg, plate } = await storedExif(sampleDetection());
  const segmentLength = jpeg.readUInt16BE(4);
  const without = Buffer.concat([jpeg.subarray(0, 2), jpeg.subarray(4 + segmentLength)]);
  expect(without.equals(plate.jpeg)).toBe(true);
  const { width } = await sharp(jpeg).metadata();
  expect(width).toBe(plate.width);
});

test('without a fix EXIF says status V and holds no position (CAP-11)', async () => {
  const { exif } = await storedExif(sampleDetection({ fix: noFix }));
  expect(exif.GPSStatus).toBe('V');
  expect(exif.latitude).toBeUndefined();
  expect(exif.GPSLatitude).toBeUndefined();
  expect(exif.GPSDateStamp).toBeUndefined();
  expect(exif.DateTimeOriginal).toBe('2026:03:04 23:59:59');
});

test('a surveyed pole writes its position, marked as not from a receiver', async () => {
  const { exif } = await storedExif(
    sampleDetection({
      fix: { ...sampleFix, quality: 'surveyed', fixedAtMs: null, source: 'fixed' },
    }),
  );
  expect(exif.latitude).toBeCloseTo(sampleFix.latitude ?? 0, 6);
  expect(Buffer.from(exif.GPSProcessingMethod).toString('latin1')).toContain('MANUAL');
});
