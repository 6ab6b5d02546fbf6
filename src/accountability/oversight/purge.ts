import { dayMs, isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { localTime } from '../../platform/local-time.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { AuditEntry, AuditUnit } from '../audit/audit-record.ts';
import { lastForwarded } from '../audit/forward.ts';
import { ownEntry } from '../audit/unattended-entry.ts';
import type { WholeLog } from '../audit/whole-log.ts';
import type { Operation } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { Memoranda } from './memoranda.ts';
import { purgeAudit } from './operations.ts';

/** No profile may set less than two years (A 429.6). */
const minDays = 730;

/**
 * The only way to remove audit records (AUD-5): never automatically, never before the profile's minimum, and only by a
 * decision in words, which stays in the log with the hash of the last record removed.
 */
export function purgeOperation(deps: {
  log: AuditLog;
  db: Database;
  policy: Policy['audit'];
  unit: AuditUnit;
  memoranda: Pick<Memoranda, 'purge'>;
  /** At headquarters: the records of the units, which go by the same decision; null on a unit. */
  units: WholeLog['unitPurge'];
}): Operation {
  const { log, db, policy, unit, memoranda, units } = deps;
  return purgeAudit.does(async ({ before, decision, decidedBy }, { actor, nowMs }) => {
    const days = Math.max(minDays, policy.retentionMinDays);
    const latest = isoTime(nowMs - days * dayMs);
    if (before > latest) {
      throw new Refusal(
        409,
        'audit-too-young',
        `Audit records are kept for at least ${days} days; nothing from ${localTime(latest)} on may be purged.`,
      );
    }
    const { upTo, records } = log.purgeable(before);
    const theirs = (await units?.purgeable(before)) ?? [];
    const ofUnits = theirs.reduce((sum, each) => sum + each.records, 0);
    if (records === 0 && ofUnits === 0) {
      throw new Refusal(
        409,
        'nothing-to-purge',
        `There is no audit record from before ${localTime(before)}.`,
      );
    }
    const sent = lastForwarded(db);
    if (sent !== null && sent.seq < upTo) {
      throw new Refusal(
        409,
        'audit-not-sent',
        `Records after ${sent.seq} have not been sent to headquarters yet.`,
      );
    }
    const { account, username, name, role, organisation } = actor;
    const entry: AuditEntry = {
      ...ownEntry('audit.purge.decision', unit),
      category: 'Purge',
      who: { account, username, name, role, organisation },
      from: actor.from,
      session: actor.session,
      query: { before, decision, decidedBy, ...(units !== null && { ofUnits }) },
      results: records + ofUnits,
    };
    const record = records === 0 ? log.append(entry) : await log.purge(upTo, entry);
    // Each time of every unit, so that a later purge of this log leaves it said.
    for (const { unit: id, seq, hash, records: some } of theirs) {
      const told = { ...{ object: `unit ${id}`, query: { seq, hash }, results: some } };
      log.append(ownEntry('units.purge-log', unit, { category: 'Purge', ...told }));
    }
    await units?.purge(theirs, before);
    memoranda.purge(Date.parse(before));
    const decidedIn = record.seq;
    return { removed: records, before, upTo, decidedIn, ofUnits: units && ofUnits };
  });
}
