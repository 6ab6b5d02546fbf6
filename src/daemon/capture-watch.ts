import { placeOf, type Suspension } from '../accountability/suspension/suspension.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Position } from '../position/fix.ts';
import type { CameraHeads } from './camera-heads.ts';

const checkEveryMs = 250;

/** Tells the camera heads when the unit enters and leaves a zone in which nothing is captured (CAP-13). */
export interface CaptureWatch extends AsyncDisposable {
  /** Looks at once, so that heads that start afterwards know it. */
  start(): Promise<void>;
}

export function createCaptureWatch(deps: {
  suspension: Pick<Suspension, 'check'>;
  position: Pick<Position, 'fixAt'>;
  heads: Pick<CameraHeads, 'suspend'>;
  clock?: Clock;
}): CaptureWatch {
  const { suspension, position, heads, clock = systemClock } = deps;
  const check = (): void => heads.suspend(suspension.check(placeOf(position.fixAt(clock()))));
  let timer: NodeJS.Timeout | null = null;
  return {
    async start() {
      check();
      timer = setInterval(check, checkEveryMs);
    },
    async [Symbol.asyncDispose]() {
      if (timer !== null) clearInterval(timer);
    },
  };
}
