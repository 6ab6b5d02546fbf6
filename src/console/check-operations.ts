import { listOf } from '../accountability/gate/answer.ts';
import { look } from '../accountability/gate/definition.ts';
import { nothing } from '../accountability/gate/input-fields.ts';
import type { Operation } from '../accountability/gate/operation.ts';

/** What a check of the unit found, as `lookout doctor` words it. `advice` says what to do; it is empty if nothing is wrong. */
export interface UnitFinding {
  subject: string;
  result: 'ok' | 'untried' | 'warning' | 'failure';
  says: string;
  advice: string;
}

/** Runs the checks of the unit that cost little. */
export type UnitChecks = () => Promise<UnitFinding[]>;

export const listChecks = look({
  name: 'unit.checks',
  http: { method: 'GET', path: '/unit/checks' },
  permission: 'diagnostics.read',
  category: 'System',
  input: nothing,
  answer: listOf<UnitFinding>(),
});

/** Several screens are open for hours: the disk and the certificates are looked at this often at most. */
const freshMs = 60_000;

/** The checks of the unit, for people. */
export function checkOperations(checks: UnitChecks): Operation[] {
  let last: { atMs: number; findings: Promise<UnitFinding[]> } | null = null;
  return [
    listChecks.does(() => {
      const nowMs = performance.now();
      if (last === null || nowMs - last.atMs > freshMs) {
        last = { atMs: nowMs, findings: checks() };
        last.findings.catch(() => {
          last = null;
        });
      }
      return last.findings;
    }),
  ];
}
