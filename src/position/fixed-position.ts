import type { PositionConfig } from '../config/sections/position.ts';
import type { Fix, Position, PositionHealth } from './fix.ts';
import { noFix } from './fix-keeper.ts';

type Fixed = Extract<PositionConfig['source'], { kind: 'fixed' }>;

/** A pole: always the surveyed place (CAP-4). */
export function createFixedPosition(source: Fixed): Position {
  const { latitude, longitude, altitudeM } = source;
  const fix: Fix = {
    ...noFix,
    quality: 'surveyed',
    latitude,
    longitude,
    altitudeM,
    speedMps: 0,
    ageMs: 0,
    source: 'fixed',
  };
  return still(fix, 'fixed');
}

/** No source of position: every fix is empty. */
export function createNoPosition(): Position {
  return still({ ...noFix, source: 'none' }, 'off');
}

function still(fix: Fix, state: PositionHealth['state']): Position {
  return {
    start: async () => {},
    fixAt: () => fix,
    health: () => ({
      source: fix.source,
      state,
      problem: null,
      clockOffsetMs: null,
      sentences: 0,
      rejected: 0,
      jumps: 0,
      refusedFixes: 0,
      omittedValues: 0,
      weekCycles: 0,
      baud: null,
    }),
    [Symbol.asyncDispose]: async () => {},
  };
}
