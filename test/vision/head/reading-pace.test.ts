import { describe, expect, test } from 'vitest';
import { createReadingPace } from '../../../src/vision/head/reading-pace.ts';

/** The pace at 15 frames/s of a machine that needs so long for a frame and for each plate in it. */
function paceOf({ othersMs, plateMs }: { othersMs: number; plateMs: number }) {
  const pace = createReadingPace();
  for (let sequence = 1; sequence < 60; sequence += 2) {
    pace.frame({ sequence, takenAtMs: (sequence * 1000) / 15 });
    pace.took({ plates: 2, recogniseMs: 2 * plateMs, othersMs });
  }
  return pace.plates();
}

describe('how many plates are read in a frame (PRA-11)', () => {
  test('all, until it is known how long they take', () => {
    expect(createReadingPace().plates()).toEqual({ fit: Infinity, most: Infinity });
  });

  test('more than are ever in view on a machine that is fast enough', () => {
    expect(paceOf({ othersMs: 10, plateMs: 4 })).toEqual({ fit: 14, most: 14 });
  });

  test('no more than fit into the frames that are lost anyway', () => {
    expect(paceOf({ othersMs: 50, plateMs: 20 })).toEqual({ fit: 0, most: 4 });
    expect(paceOf({ othersMs: 100, plateMs: 40 })).toEqual({ fit: 0, most: 2 });
  });

  test('one at least, however slow it is', () => {
    expect(paceOf({ othersMs: 190, plateMs: 400 })).toEqual({ fit: 0, most: 1 });
  });
});
