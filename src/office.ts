import type { Gate } from './access/gate.ts';
import type { People } from './access/people.ts';
import type { Config } from './platform/config/schema.ts';
import type { Log } from './platform/log.ts';
import { Problem } from './platform/problem.ts';

/** What people can do on this unit, and who they are. */
export interface Office extends AsyncDisposable {
  readonly gate: Gate;
  readonly people: People;
}

/** Opens the databases, makes the rooms and the gate in front of them. */
export function openOffice(deps: { config: Config; log: Log }): Promise<Office> {
  throw new Problem(`the rooms of ${deps.config.unit.id} are not joined yet`);
}
