import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';
import type { AuditEntry, AuditWriter } from '../audit/audit-record.ts';
import { ownEntry } from '../audit/chain.ts';
import type { HotPlates } from '../hotplates/hot-plates.ts';
import { type AgencyMessage, agencyMessageSchema, isSignedBy } from './agency-message.ts';
import { readPublicKeys } from './public-keys.ts';
import { createTakenRows } from './tables.ts';

/** How the unit stands with what the agency shares. */
export interface AgencyHealth {
  /** Messages since the start that changed something here. */
  taken: number;
  /** Messages since the start that were refused: not signed by headquarters, of another agency, or overtaken. */
  refused: number;
  /** What is wrong and what to do; null if nothing is wrong. */
  problem: string | null;
}

/** What the units of an agency share: hot plates, as headquarters tells each of them. */
export interface Agency {
  /**
   * Takes a message of headquarters to all units. One that is not valid is refused, counted and audited; the same may
   * come again and changes nothing. Throws if the database or the audit log cannot be written; it then changed nothing.
   */
  take(payload: Uint8Array): void;
  health(): AgencyHealth;
}

/** Why a message is refused; each is audited at most once in this time, with the number of the others. */
const auditEveryMs = 60_000;
/** The problem goes when nothing was refused for this long. */
const refusalShownMs = 3_600_000;

const refusals = {
  unreadable: 'it is not in a form that this version knows',
  'other-agency': 'it is for another agency',
  unsigned: "it is not signed by headquarters' key",
  overtaken: 'a later message about the same was taken before',
} as const;
type Refused = keyof typeof refusals;

/** `keyFile`: headquarters' public keys, PEM; read at the first message, and again after a failure. */
export function createAgency(deps: {
  db: Database;
  unit: { agency: string; id: string };
  keyFile: string;
  hotPlates: Pick<HotPlates, 'take'>;
  audit: AuditWriter;
  clock: Clock;
  log: Log;
}): Agency {
  const { db, unit, keyFile, hotPlates, audit, clock, log } = deps;
  const rows = createTakenRows(db);
  let keys: KeyObject[] | null = null;
  let keyProblem: string | null = null;
  let taken = 0;
  let refused = 0;
  let last: { why: Refused; atMs: number } | null = null;
  const audited = new Map<Refused, { atMs: number; since: number }>();

  const fromHeadquarters = (
    operation: string,
    rest: Pick<AuditEntry, 'category'> & Partial<AuditEntry>,
  ): AuditEntry => ({
    ...ownEntry(operation, unit, rest),
    who: {
      account: null,
      username: 'headquarters',
      name: 'headquarters',
      role: null,
      organisation: unit.agency,
    },
    from: 'headquarters',
  });

  function refuse(why: Refused, object: string | null): void {
    refused += 1;
    const nowMs = performance.now();
    last = { why, atMs: nowMs };
    log.warn({ why }, 'a message of headquarters to all units was refused');
    const before = audited.get(why);
    if (before !== undefined && nowMs - before.atMs < auditEveryMs) {
      before.since += 1;
      return;
    }
    const others = before?.since ?? 0;
    audited.set(why, { atMs: nowMs, since: 0 });
    const note = `${refusals[why]}${others === 0 ? '' : `; ${others} more of this kind before it`}`;
    audit.append(
      fromHeadquarters('agency.take', { category: 'System', outcome: 'refused', object, note }),
    );
  }

  /** Parses a message and checks whom it is for and whose it is; null if it is refused. */
  function checked(payload: Uint8Array, trusted: readonly KeyObject[]): AgencyMessage | null {
    let message: AgencyMessage;
    try {
      message = agencyMessageSchema.parse(JSON.parse(Buffer.from(payload).toString()));
    } catch {
      refuse('unreadable', null);
      return null;
    }
    const object = `${message.kind} ${message.id}`;
    const { kind, id, sequence } = message;
    if (message.agency !== unit.agency) refuse('other-agency', object);
    else if (!isSignedBy(message, trusted)) refuse('unsigned', object);
    else if (sequence < rows.sequenceOf(kind, id)) refuse('overtaken', object);
    else return message;
    return null;
  }

  const apply = db.transaction((message: AgencyMessage): void => {
    const { kind, id, sequence, unit: from, body } = message;
    const nowMs = clock();
    if (hotPlates.take(body, from, nowMs) === 'taken') {
      taken += 1;
      const isOver = body.state === 'removed';
      audit.append(
        fromHeadquarters('hotplates.take', {
          category: isOver ? 'Hot Plate Delete' : 'Hot Plate Upload',
          object: `hotplate ${id}`,
          note: `${body.state} on unit ${from}`,
        }),
      );
    }
    rows.taken(kind, id, sequence);
  });

  return {
    take(payload) {
      try {
        keys ??= readPublicKeys(keyFile);
        keyProblem = null;
      } catch (error) {
        keyProblem = messageOf(error);
        throw error;
      }
      const message = checked(payload, keys);
      if (message === null) return;
      if (message.sequence === rows.sequenceOf(message.kind, message.id)) return;
      apply.immediate(message);
    },
    health() {
      const isShown = last !== null && performance.now() - last.atMs < refusalShownMs;
      const words =
        last !== null && isShown
          ? `${refused} messages of headquarters to all units were refused; of the last, ${refusals[last.why]}. Check uplink.agency.key, and who may publish on the broker.`
          : null;
      return { taken, refused, problem: keyProblem ?? words };
    },
  };
}
