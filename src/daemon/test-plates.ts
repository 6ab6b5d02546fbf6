import { randomUUID } from 'node:crypto';
import type { TestPlateState } from '../console/aim-line.ts';
import { withOAs0 } from '../vision/reading/plate-read.ts';
import type { TrackReport } from '../vision/tracking/track-report.ts';
import type { CameraHeads } from './camera-heads.ts';

/** Tests with a plate that a technician holds before a camera. */
export interface TestPlates {
  /** Begins a test, which takes the place of another before this camera. `plate`: 0-9A-Z. */
  begin(head: string, plate: string): void;
  end(head: string): void;
  /** Null before the first test of a head. */
  of(head: string): TestPlateState | null;
  /**
   * Whether a report is of a test plate and no record of it is to be made. `isListed`: it matches an entry; then it is an
   * alert like any other, so that no test hides a wanted vehicle.
   */
  covers(
    report: Pick<TrackReport, 'id' | 'head' | 'sequence' | 'consensus'>,
    isListed: boolean,
  ): boolean;
}

/** Long enough to walk to the plate and back. */
export const testLastsMs = 120_000;
/** Vehicles whose later reports are still those of a test. */
const mostRemembered = 64;

interface Test {
  id: string;
  plate: string;
  endsAtMs: number;
  timer: NodeJS.Timeout;
}

/** `now`: a monotonic clock, ms. */
export function createTestPlates(
  heads: () => Pick<CameraHeads, 'head'>,
  now: () => number = () => performance.now(),
): TestPlates {
  const tests = new Map<string, Test>();
  const passedBy = new Set<string>();

  const end = (head: string): void => {
    const test = tests.get(head);
    if (test === undefined) return;
    clearTimeout(test.timer);
    test.endsAtMs = Math.min(test.endsAtMs, now());
    heads().head(head)?.test(null);
  };

  return {
    begin(head, plate) {
      end(head);
      const id = randomUUID();
      const timer = setTimeout(end, testLastsMs, head);
      timer.unref();
      tests.set(head, { id, plate, endsAtMs: now() + testLastsMs, timer });
      heads().head(head)?.test({ id, plate });
    },
    end,
    of(head) {
      const test = tests.get(head);
      if (test === undefined) return null;
      const verdict = heads().head(head)?.testVerdict() ?? null;
      const own = verdict?.id === test.id ? verdict : null;
      return {
        leftS: Math.max(0, (test.endsAtMs - now()) / 1000),
        found: own?.found ?? 0,
        right: own?.right ?? 0,
        medianConfidence: own?.medianConfidence ?? null,
        medianWidthPx: own?.medianWidthPx ?? null,
      };
    },
    covers({ id, head, sequence, consensus }, isListed) {
      const test = tests.get(head);
      const isOfTest =
        test !== undefined &&
        !isListed &&
        consensus !== null &&
        withOAs0(consensus.plate) === withOAs0(test.plate) &&
        // What was recorded before the test began is recorded to its end.
        (passedBy.has(id) || (sequence === 1 && test.endsAtMs > now()));
      if (!isOfTest) {
        passedBy.delete(id);
        return false;
      }
      passedBy.add(id);
      const [oldest] = passedBy;
      if (passedBy.size > mostRemembered && oldest !== undefined) passedBy.delete(oldest);
      return true;
    },
  };
}
