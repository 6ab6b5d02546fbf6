import { expect, test } from 'vitest';
import { configSchema } from '../../../src/config/schema.ts';
import { createTracker } from '../../../src/vision/tracking/tracker.ts';
import { frameOf, nameOf, type Seen } from './drive-past.ts';

const { tracking } = configSchema.parse({});

/** A tracker, and frames whose pictures are counted: those encoded, and the frames whose pixels are held. */
function counted() {
  const tracker = createTracker({ head: 'front', config: tracking, inPlayFrom: 0.02 });
  const counts = { encoded: 0, held: 0 };
  return {
    tracker,
    counts,
    add(atMs: number, plates: Seen[]) {
      const frame = frameOf(atMs, plates);
      let holders = 1;
      const { pictures } = frame;
      counts.held += 1;
      const release = () => {
        holders -= 1;
        if (holders === 0) counts.held -= 1;
      };
      const reports = tracker.add({
        ...frame,
        pictures: {
          ...pictures,
          retain: () => {
            holders += 1;
          },
          release,
          ir() {
            if (holders === 0) throw new Error('the pixels are gone');
            counts.encoded += 1;
            return pictures.ir();
          },
        },
      });
      release();
      return reports;
    },
  };
}

test('a picture is encoded when it is reported, and it is that of the best frame', () => {
  const { tracker, counts, add } = counted();
  for (let at = 0; at < 20; at += 1) {
    add(at * 66, [{ text: '7ABC123', x: 300, width: 60 + at * 6, confidence: 0.99 }]);
  }
  // The first report, which believed the plate at once.
  expect(counts.encoded).toBe(1);
  const [ended] = tracker.endAll();
  expect(counts).toEqual({ encoded: 2, held: 0 });
  expect(nameOf(ended?.images.ir ?? null)).toMatch(/^ir@1[12]\d\d$/);
});

test('what is never reported is never encoded', () => {
  const { tracker, counts, add } = counted();
  for (let at = 0; at < 20; at += 1) {
    const flash = { text: '', confidence: 0, unread: 'low_confidence' as const, score: 0.3 };
    add(at * 264, [{ ...flash, x: (at * 211) % 1000, y: (at * 97) % 600, width: 40 }]);
  }
  tracker.endAll();
  expect(counts).toEqual({ encoded: 0, held: 0 });
});

test('the pixels of eight vehicles at most are held', () => {
  const { tracker, counts, add } = counted();
  let most = 0;
  for (let at = 0; at < 60; at += 1) {
    const plates = Array.from({ length: 30 }, (_, n) => ({
      text: `7ABC${100 + n}`,
      x: (n % 6) * 200,
      y: Math.floor(n / 6) * 130,
      width: 60 + ((at * 7 + n * 13) % 60),
    }));
    add(at * 66, plates);
    most = Math.max(most, counts.held);
  }
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(8);
  tracker.endAll();
  expect(counts.held).toBe(0);
});
