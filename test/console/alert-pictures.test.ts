import { expect, test } from 'vitest';
import { createAlertPictures } from '../../src/console/alert-pictures.ts';
import { exampleAlert, exampleHit, noImages } from '../alerts/sample-alerts.ts';

const picture = (text: string, takenAtMs = 1000) => ({
  jpeg: new TextEncoder().encode(text),
  ...{ width: 4, height: 3, takenAtMs },
});
const alertOf = (id: string, images = {}) =>
  exampleAlert(exampleHit({ detectionId: id }), {
    images: { ...noImages, ...images },
    plateBox: { x: 0.1, y: 0.2, w: 0.1, h: 0.05 },
  });
const textOf = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);

test('the pictures of the newest forty alerts are in memory, those of older ones are read from the disk', () => {
  const read: string[] = [];
  const pictures = createAlertPictures((id, kind) => {
    read.push(`${id} ${kind}`);
    return new TextEncoder().encode('from the disk');
  });
  for (let n = 0; n < 41; n += 1) {
    pictures.keep(alertOf(`v-${n}`, { ir: picture(`ir ${n}`) }), undefined);
  }
  expect(textOf(pictures.of('v-1', 'ir'))).toBe('ir 1');
  expect(read).toEqual([]);
  expect(textOf(pictures.of('v-0', 'ir'))).toBe('from the disk');
  expect(read).toEqual(['v-0 ir']);
});

test('what a later report lacks of pictures stays, with the place of the plate in it', () => {
  const pictures = createAlertPictures(() => null);
  const first = pictures.keep(
    alertOf('v', { ir: picture('ir'), plate: picture('plate') }),
    undefined,
  );
  const { plateBox } = first;
  const later = pictures.keep(
    { ...alertOf('v', { plate: picture('better', 2000) }), plateBox: { x: 0, y: 0, w: 1, h: 1 } },
    first,
  );
  expect(later.images).toMatchObject({ ir: { takenAtMs: 1000 }, plate: { takenAtMs: 2000 } });
  expect(later.plateBox).toEqual(plateBox);
  expect(textOf(pictures.of('v', 'ir'))).toBe('ir');
  expect(textOf(pictures.of('v', 'plate'))).toBe('better');
});
