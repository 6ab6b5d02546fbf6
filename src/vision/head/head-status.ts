import type { HeadHealth } from './messages.ts';
import { passedOverProblem } from './passed-over.ts';

/**
 * What a head is doing.
 * - `restarting`: it ended by itself or was ended, and starts again in a moment;
 * - `slowed`: that has happened too often; it is tried at the longest pause until it comes up;
 * - `finished`: its recording is over; `failed`: it refused its configuration or models and is not tried again.
 */
export type HeadState = 'starting' | 'running' | 'restarting' | 'slowed' | 'finished' | 'failed';

export interface HeadStatus {
  id: string;
  state: HeadState;
  pid: number | null;
  restarts: number;
  /** What is wrong with the process, a camera or its pictures, and what to do; or null. */
  problem: string | null;
  /** Host time of the head's last message, ms since the epoch; of its start before the first. */
  lastProgressAtMs: number;
  health: HeadHealth | null;
}

/** The most serious problem in a head's figures. */
export function problemOf(health: HeadHealth | null): string | null {
  if (health === null) return null;
  if (health.ir.problem !== null) return `infra-red: ${health.ir.problem}`;
  const passedOver = passedOverProblem(health.passedOver);
  if (passedOver !== null) return passedOver;
  if (health.colour !== null && health.colour.problem !== null) {
    return `colour: ${health.colour.problem}`;
  }
  return health.qualityWarning === null ? null : `infra-red: ${health.qualityWarning}`;
}
