import { expect, test } from 'vitest';
import type { DaemonStatus } from '../../src/daemon/daemon-status.ts';
import { camerasSaid } from '../../src/diagnostics/running-daemon.ts';

/** The status of a running unit with one camera head, of whose last minute `frames` were passed over. */
function statusOf(frames: number): DaemonStatus {
  const ir = { width: 1280, height: 720, fps: 15, framesTaken: 930, problem: null };
  const passedOver = { frames, of: 930 };
  const health = { ir, colour: null, quality: null, qualityWarning: null, passedOver };
  const head = { id: 'front', state: 'running', problem: null, health };
  return { heads: [head] } as unknown as DaemonStatus;
}

test('doctor tells of the frames that the running unit passes over (PRA-11)', () => {
  const [finding] = camerasSaid(statusOf(436));
  expect(finding?.result).toBe('failure');
  expect(finding?.says).toContain('436 of 930 frames of the last minute were passed over');
  expect(finding?.advice).toContain('frame rate');
  expect(camerasSaid(statusOf(2))[0]?.result).toBe('ok');
});
