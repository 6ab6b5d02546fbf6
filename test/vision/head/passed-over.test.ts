import { describe, expect, test } from 'vitest';
import { createPassedOver, passedOverProblem } from '../../../src/vision/head/passed-over.ts';

describe('frames that were passed over (PRA-11)', () => {
  test('are those of the last minute', () => {
    const lastMinute = createPassedOver();
    // 15 frames/s, half of them passed over in the first two minutes, none in the third.
    const at = (second: number) =>
      lastMinute(second * 1000, { frames: Math.min(second, 120) * 7, of: second * 15 });
    const seen = Array.from({ length: 181 }, (_, second) => at(second));
    expect(seen[30]).toEqual({ frames: 210, of: 450 });
    expect(seen[100]).toEqual({ frames: 420, of: 900 });
    expect(seen[150]).toEqual({ frames: 210, of: 900 });
    expect(seen[180]).toEqual({ frames: 0, of: 900 });
  });

  test.each([
    { frames: 436, of: 930, is: true },
    { frames: 60, of: 930, is: true },
    { frames: 30, of: 930, is: false },
    { frames: 12, of: 20, is: false },
    { frames: 0, of: 0, is: false },
  ])('are a problem with its numbers: $frames of $of, $is', ({ frames, of, is }) => {
    const problem = passedOverProblem({ frames, of });
    if (is) expect(problem).toContain(`${frames} of ${of} frames`);
    else expect(problem).toBeNull();
  });
});
