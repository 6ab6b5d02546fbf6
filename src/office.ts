import { createGate, type Gate } from './access/gate.ts';
import { openPeople, type People } from './access/people.ts';
import { type AuditLog, openAuditLog } from './audit/audit-log.ts';
import type { Hotlist } from './hotlist/hotlist.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import type { Config } from './platform/config/schema.ts';
import type { Database } from './platform/database.ts';
import type { Log } from './platform/log.ts';
import { loadPolicy, type PolicyInForce } from './policy/load-policy.ts';
import type { Outbox } from './uplink/outbox.ts';

/** What a daemon shares with its office; a command on the command line opens its own. */
export interface SharedParts {
  db: Database;
  outbox: Outbox;
  hotlist: Hotlist;
}

/** The side of the unit that answers to people: who they are, what they may do, and what is kept of it. */
export interface Office extends AsyncDisposable {
  readonly policy: PolicyInForce;
  readonly audit: AuditLog;
  readonly people: People;
  /** Through here goes everything that a person does (rule 8). */
  readonly gate: Gate;
  /** Why the audit log could not be written when it was last tried; null while it can. */
  auditProblem(): string | null;
}

/**
 * Joins the rooms that people work in. The daemon has one for its page and the local API; each command makes its
 * own on the same databases.
 */
export function openOffice(deps: {
  config: Config;
  log: Log;
  clock?: Clock;
  shared?: SharedParts;
}): Office {
  const { config, log, clock = systemClock } = deps;
  const { unit } = config;
  const open = new AsyncDisposableStack();
  const inForce = loadPolicy(config.policy);
  const { policy } = inForce;

  const audit = openAuditLog({ dataDir: unit.dataDir, unit, clock, log });
  open.defer(() => audit.close());
  let auditProblem: string | null = null;
  const onAuditFailure = (problem: string) => {
    auditProblem = problem;
    log.error({ code: 'audit.fail', problem }, 'the audit log cannot be written');
  };

  const people = open.use(
    openPeople({
      ...{ unit, policy, audit, onAuditFailure, clock },
      hasHeadquarters: config.uplink.enabled,
    }),
  );

  const gate = createGate({
    operations: [...people.operations],
    sessions: people.sessions,
    inquiries: people.inquiries,
    audit,
    clock,
    onAuditFailure,
  });

  return {
    policy: inForce,
    audit,
    people,
    gate,
    auditProblem: () => audit.health().problem ?? auditProblem,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
