import { describe, expect, test } from 'vitest';
import type { StepProbabilities } from '../../../src/vision/reading/ctc.ts';
import { decodePlate } from '../../../src/vision/reading/decode-plate.ts';
import { sureness } from '../../../src/vision/reading/plate-read.ts';
import { formatWeight } from '../../../src/vision/reading/region-formats.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A crop that says `text`, a blank after each character; `also` shares some steps with another character. */
function cropOf(text: string, also: Record<number, [string, number]> = {}): StepProbabilities {
  const classes = alphabet.length + 1;
  const values = new Float32Array(text.length * 2 * classes);
  [...text].forEach((char, i) => {
    const [other, share] = also[i] ?? ['', 0];
    const row = i * 2 * classes;
    values[row + 1 + alphabet.indexOf(char)] = 1 - share;
    if (other !== '') values[row + 1 + alphabet.indexOf(other)] = share;
    values[row + classes] = 1;
  });
  return { values, steps: text.length * 2, classes };
}

test('the confidence is the probability of the whole plate, the characters have their own', () => {
  const read = decodePlate([cropOf('7ABC123', { 2: ['8', 0.2], 6: ['8', 0.1] })], alphabet, null);
  expect(read.plate).toBe('7ABC123');
  expect(read.confidence).toBeCloseTo(0.72);
  expect(read.characters.map(({ p }) => p)).toEqual([1, 1, 0.8, 1, 1, 1, 0.9]);
  expect(read.alternatives[0]).toEqual({ plate: '7A8C123', p: 0.18 });
  expect(read.state).toBeNull();
});

test('a doubt between O and 0 alone leaves a plate as sure as it is; between D and 0 it does not', () => {
  const twins = decodePlate([cropOf('HYOFICR', { 2: ['0', 0.45], 4: ['1', 0.1] })], alphabet, null);
  expect([twins.plate, twins.confidence]).toEqual(['HYOFICR', 0.495]);
  expect(twins.alternatives[0]).toEqual({ plate: 'HY0FICR', p: 0.405 });
  expect(sureness(twins)).toBeCloseTo(0.9);
  const others = decodePlate([cropOf('HYDFICR', { 2: ['0', 0.45] })], alphabet, null);
  expect(sureness(others)).toBeCloseTo(0.55);
});

test('crops decide together: one that cuts the first character off does not', () => {
  const whole = cropOf('7ABC123', { 0: ['1', 0.1] });
  const read = decodePlate([whole, cropOf('ABC123'), whole, whole], alphabet, null);
  expect(read.plate).toBe('7ABC123');
  // Roots of .9, 0, .9, .9 averaged and squared, as a share of those of all texts.
  expect(read.confidence).toBeCloseTo(0.81);
  expect(read.alternatives.map(({ plate }) => plate)).toEqual(['ABC123', '1ABC123']);
});

test('a text that every crop finds possible ranks before one that a single crop is sure of', () => {
  const crops = [
    cropOf('1ABC123', { 0: ['7', 0.08] }),
    cropOf('8ABC123', { 0: ['7', 0.4] }),
    cropOf('9ABC123', { 0: ['7', 0.4] }),
  ];
  const read = decodePlate(crops, alphabet, null);
  expect(read.plate).toBe('7ABC123');
  expect(read.confidence).toBeLessThan(0.6);
});

test('a usual serial ranks before a slightly likelier odd one, but never before what was read', () => {
  // Read: 7A8C123, no Californian serial. Behind it 7A8CI23 (odd, .25) and 7ABC123 (usual, .14).
  const crop = cropOf('7A8C123', { 2: ['B', 0.2] });
  const odd = cropOf('7A8CI23', { 2: ['B', 0.2] });
  const read = decodePlate([crop, crop, crop, odd, odd], alphabet, null);
  expect(read.plate).toBe('7A8C123');
  expect(read.alternatives.slice(0, 2)).toEqual([
    { plate: '7ABC123', p: 0.1385 },
    { plate: '7A8CI23', p: 0.2462 },
  ]);
});

test.each([
  ['the series of 2026', '100ABC1', '100A8C1', '100A8CI'],
  ['trailers', '4TB5581', '4T85581', '4T855B1'],
  ['motorcycles', '21B4567', '2184567', '2184S67'],
])("California's %s are usual serials", (_what, serial, read, odd) => {
  const at = [...serial].findIndex((char, index) => char !== read[index]);
  const crop = cropOf(read, { [at]: [serial.charAt(at), 0.2] });
  const oddCrop = cropOf(odd, { [at]: [serial.charAt(at), 0.2] });
  const decoded = decodePlate([crop, crop, crop, oddCrop, oddCrop], alphabet, null);
  expect([decoded.plate, decoded.alternatives[0]?.plate]).toEqual([read, serial]);
});

describe('with regions', () => {
  /** What crops are read as on a road where most plates are Brazilian. */
  const inBrazil = (...crops: StepProbabilities[]) =>
    decodePlate(crops, alphabet, null, formatWeight(['br']));

  test('of two texts that the crops hold possible the one with a format of the region is read', () => {
    const crop = cropOf('ABCI234', { 3: ['1', 0.4] });
    expect(decodePlate([crop], alphabet, null).plate).toBe('ABCI234');
    const read = inBrazil(crop);
    expect(read.plate).toBe('ABC1234');
    expect(read.characters.map(({ char, p }) => [char, p])[3]).toEqual(['1', 0.4]);
    // .4 against .6 × .15.
    expect(read.confidence).toBeCloseTo(0.8163);
    expect(read.alternatives).toEqual([{ plate: 'ABCI234', p: 0.1837 }]);
  });

  test('a text of no format is read where it is sure', () => {
    const read = inBrazil(cropOf('ABCI234', { 3: ['1', 0.05] }));
    expect(read.plate).toBe('ABCI234');
    expect(read.confidence).toBeGreaterThan(0.7);
  });

  test('no text is invented: what no crop holds possible is not among the candidates', () => {
    const read = inBrazil(cropOf('ABCI2S4'));
    expect([read.plate, read.confidence, read.alternatives]).toEqual(['ABCI2S4', 1, []]);
  });

  test('several regions together weigh what fits any of them', () => {
    const crop = cropOf('7A8C123', { 2: ['B', 0.3] });
    const read = decodePlate([crop], alphabet, null, formatWeight(['br', 'us-ca']));
    expect(read.plate).toBe('7ABC123');
    expect(inBrazil(crop).plate).toBe('7A8C123');
  });
});

test('a state is reported with its probability, and not at all if the model cannot decide or is unsure (CAP-9)', () => {
  const labels = ['CA', 'NV', 'unknown'];
  const crop = [cropOf('7ABC123')];
  expect(
    decodePlate(crop, alphabet, { labels, values: [0.7, 0.2, 0.1], least: 0.6 }).state,
  ).toEqual({
    code: 'CA',
    p: 0.7,
  });
  for (const values of [
    [0.3, 0.2, 0.5],
    [0.5, 0.4, 0.1],
  ]) {
    expect(decodePlate(crop, alphabet, { labels, values, least: 0.6 }).state).toBeNull();
  }
});
