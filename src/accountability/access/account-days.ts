import { boundsOfDay } from '../../platform/local-time.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Training } from './login-api.ts';

/**
 * Refuses days with which a new account could never be used: a training or clearance that has ended, and a training
 * that nobody has completed yet. Days are the unit's; each end is the last day that counts.
 */
export function checkDays(
  {
    training,
    cletsUntil,
  }: { training?: Training | null | undefined; cletsUntil?: string | null | undefined },
  nowMs: number,
): void {
  const hasEnded = (day: string) => boundsOfDay(day).endMs <= nowMs;
  if (cletsUntil && hasEnded(cletsUntil)) {
    throw unusable(
      `The CLETS clearance (--clets) ended on ${cletsUntil}. Give the last day on which it holds, today or later, or leave it out.`,
    );
  }
  if (!training) return;
  const { completedOn, expiresOn } = training;
  if (boundsOfDay(completedOn).startMs > nowMs) {
    throw unusable(
      `The training cannot have been completed on ${completedOn}, which is yet to come (--completed). Give the day on which it was completed, today or earlier.`,
    );
  }
  if (expiresOn && hasEnded(expiresOn)) {
    throw unusable(
      `The training (--expires) ended on ${expiresOn}. Give the last day on which it holds, today or later, or leave it out if it has no end.`,
    );
  }
}

const unusable = (message: string) => new Refusal(400, 'day-unusable', message);
