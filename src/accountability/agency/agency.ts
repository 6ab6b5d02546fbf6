import type { KeyObject } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { OutboxWriter } from '../../outbox/outbox.ts';
import type { Clock } from '../../platform/clock.ts';
import { counted } from '../../platform/counted.ts';
import type { Database } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';
import type { AccountSharing } from '../access/account-sharing.ts';
import { accountKey, type SharedAccount } from '../access/shared-account.ts';
import type { AuditEntry, AuditWriter } from '../audit/audit-record.ts';
import type { Deed } from '../audit/deeds.ts';
import { headquartersEntry } from '../audit/unattended-entry.ts';
import type { Canvasses } from '../canvass/canvasses.ts';
import type { HotPlates } from '../hotplates/hot-plates.ts';
import type { Officials } from '../officials/officials.ts';
import { type AgencyMessage, agencyMessageSchema, isSignedBy } from './agency-message.ts';
import { type AgencySecret, readAgencySecret } from './agency-secret.ts';
import { type KeysRead, keysOf } from './public-keys.ts';
import { createKnownRows, createTakenRows } from './tables.ts';

/** How the unit stands with what the agency shares. */
export interface AgencyHealth {
  /** Messages since the start that changed something here. */
  taken: number;
  /** Messages since the start that were refused: not signed by headquarters, of another agency, or overtaken. */
  refused: number;
  /** What is wrong and what to do; null if nothing is wrong. */
  problem: string | null;
}

/** An entry or account of which this unit has not had the latest message. */
export interface Lacking {
  kind: string;
  id: string;
}

/** What the units of an agency share: hot plates, accounts, canvasses and offices, as headquarters tells each of them. */
export interface Agency extends Disposable {
  /** For the daemon: from now on sends changes of accounts, those that other processes make too. */
  start(): void;
  /**
   * Takes a message of headquarters to all units. One that is not valid is refused, counted and audited; the same may
   * come again and changes nothing. Throws if the database or the audit log cannot be written; it then changed nothing.
   * Of an index it returns what this unit lacks; else nothing.
   */
  take(payload: Uint8Array): Lacking[];
  /** To be called when headquarters has closed accounts by a revocation, which is no message to take. */
  noteClosed(): void;
  health(): AgencyHealth;
}

/** Why a message is refused; each is audited at most once in this time, with the number of the others. */
const auditEveryMs = 60_000;
/** How soon a change that another process made is sent. */
const forwardEveryMs = 500;
/** The problem goes when nothing was refused for this long. */
const refusalShownMs = 3_600_000;

const refusals = {
  unreadable: 'it is not in a form that this version knows',
  'other-agency': 'it is for another agency',
  unsigned: "it is not signed by headquarters' key",
  overtaken: 'a later message about the same was taken before',
} as const;
type Refused = keyof typeof refusals;

/** `keyFile`: headquarters' public keys, PEM; read again when the file has changed. */
export function createAgency(deps: {
  db: Database;
  unit: { agency: string; id: string };
  keyFile: string;
  /** The agency's secret; without it passwords and second factors do not travel. */
  secretFile: string | undefined;
  hotPlates: Pick<HotPlates, 'take'>;
  accounts: AccountSharing;
  canvasses: Pick<Canvasses, 'take'>;
  officials: Pick<Officials, 'take'>;
  outbox: OutboxWriter;
  audit: AuditWriter;
  clock: Clock;
  log: Log;
}): Agency {
  const {
    db,
    unit,
    keyFile,
    secretFile,
    hotPlates,
    accounts,
    canvasses,
    officials,
    outbox,
    audit,
    clock,
    log,
  } = deps;
  const rows = createTakenRows(db);
  const knownRows = createKnownRows(db);
  let keys: KeysRead | null = null;
  let keyProblem: string | null = null;
  let secret: AgencySecret | null = null;
  let secretProblem: string | null = null;
  let sendProblem: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let taken = 0;
  let refused = 0;
  let last: { why: Refused; atMs: number } | null = null;
  const audited = new Map<Refused, { atMs: number; since: number }>();

  const fromHeadquarters = (
    operation: Deed,
    rest: Pick<AuditEntry, 'category'> & Partial<AuditEntry>,
  ): AuditEntry => headquartersEntry(operation, unit.agency, rest);

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

  function takeHotPlate({ id, unit: from, body }: AgencyMessage & { kind: 'hot-plate' }): void {
    if (hotPlates.take(body, from, clock()) !== 'taken') return;
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

  function takeCanvass({ id, unit: from, body }: AgencyMessage & { kind: 'canvass' }): void {
    if (!canvasses.take(body)) return;
    taken += 1;
    audit.append(
      fromHeadquarters('canvass.take', {
        category: 'Stakeout Browsing',
        object: `canvass ${id}`,
        note: `${body.ended === null ? 'begun' : 'ended'} on unit ${from}`,
      }),
    );
  }

  function takeOffice({ unit: from, body }: AgencyMessage & { kind: 'official' }): void {
    if (!officials.take(body)) return;
    taken += 1;
    audit.append(
      fromHeadquarters('officials.take', {
        category: 'Configuration Change',
        object: `office ${body.office}`,
        note: `entered on unit ${from}`,
      }),
    );
  }

  /** The secret, if one is configured; read again after a failure, so that it can be put there later. */
  function secretNow(): AgencySecret | null {
    if (secretFile === undefined) return null;
    try {
      secret ??= readAgencySecret(secretFile);
      secretProblem = null;
    } catch (error) {
      secretProblem = messageOf(error);
    }
    return secret;
  }

  /** Returns whether all of it was taken: secrets that cannot be opened now may be later. */
  function takeAccount({
    unit: from,
    sequence,
    body,
  }: AgencyMessage & { kind: 'account' }): boolean {
    const { username } = body;
    const { sealed } = body.secrets;
    const opened = sealed === null ? null : (secretNow()?.open(username, sealed) ?? null);
    const isShut = sealed !== null && opened === null && secretFile !== undefined;
    if (isShut) {
      secretProblem ??=
        'the password of an account of another unit cannot be opened: uplink.agency.secret is not the same on all units.';
    }
    const isTaken = accounts.take({ sequence, account: body }, opened, ({ standing }) =>
      audit.append(
        fromHeadquarters('users.take', {
          category: 'Account Change',
          object: `account ${username}`,
          note: `${standing.state}, as known on unit ${from}`,
        }),
      ),
    );
    if (isTaken) taken += 1;
    keepKnown(username, sequence);
    return !isShut;
  }

  /**
   * Notes outside of people.db how far the account has come there. What a people.db that was put back lacks stays known
   * until headquarters has told it.
   */
  function keepKnown(username: string, sequence: number): void {
    const key = accountKey(username);
    const now = accounts.revisionsOf(username);
    if (now === null) return;
    const before = knownRows.of(key);
    if (before === null || accounts.toldOf(key) >= before.sequence) {
      const last = Math.max(sequence, before?.sequence ?? 0);
      const known = { sequence: last, ...now };
      if (!isDeepStrictEqual(known, before)) knownRows.keep(key, known);
      return;
    }
    knownRows.keep(key, {
      sequence: Math.max(sequence, before.sequence),
      standing: Math.max(now.standing, before.standing),
      rights: Math.max(now.rights, before.rights),
      secrets: Math.max(now.secrets, before.secrets),
    });
  }

  /** Puts every account that changed into the outbox. A crash in between sends the same message again, by its id. */
  function forwardAccounts(): void {
    for (const unsent of accounts.unsent()) {
      const { messageId, account, secrets } = unsent;
      const known = secretNow();
      if (known === null && secretFile !== undefined) return;
      const isOpen = account.standing.state !== 'closed';
      const hasSecrets = secrets.password !== null || secrets.secondFactor !== null;
      const sealed =
        known === null || !isOpen || !hasSecrets
          ? null
          : (account.secrets.sealed ?? known.seal(account.username, secrets));
      const body: SharedAccount = { ...account, secrets: { ...account.secrets, sealed } };
      outbox.add({ id: messageId, lane: 'audit', topic: 'account', json: JSON.stringify(body) });
      // The number of headquarters' answer is not known yet, but higher than that of its last message.
      keepKnown(account.username, accounts.toldOf(accountKey(account.username)) + 1);
      accounts.sent(unsent, sealed);
    }
  }

  function forward(): void {
    try {
      forwardAccounts();
      sendProblem = null;
    } catch (error) {
      const problem = messageOf(error);
      if (problem !== sendProblem)
        log.error({ problem }, 'accounts could not be queued for headquarters');
      sendProblem = problem;
    }
  }

  const apply = db.transaction((message: AgencyMessage): void => {
    if (message.kind === 'hot-plate') takeHotPlate(message);
    if (message.kind === 'canvass') takeCanvass(message);
    if (message.kind === 'official') takeOffice(message);
    if (message.kind === 'account' && !takeAccount(message)) return;
    if (message.sequence === rows.sequenceOf(message.kind, message.id)) return;
    rows.taken(message.kind, message.id, message.sequence);
  });

  function lackingOf({ entries }: AgencyMessage & { kind: 'index' }): Lacking[] {
    const hadOf = (kind: string, id: string) => {
      const had = rows.sequenceOf(kind, id);
      // people.db may be an older one, put back from a backup: then it lacks what this database had.
      return kind === 'account' ? Math.min(had, accounts.toldOf(id)) : had;
    };
    return entries
      .filter(([kind, id, sequence]) => sequence > hadOf(kind, id))
      .map(([kind, id]) => ({ kind, id }));
  }

  function behindProblem(): string | null {
    try {
      const count = accounts.behind().length;
      if (count === 0) return null;
      return `people.db was put back from a backup: ${counted(count, 'account')} changed since, and may not log in until headquarters has told this unit how.`;
    } catch {
      // That people.db cannot be read is a problem of its own.
      return null;
    }
  }

  return {
    start() {
      timer ??= setInterval(forward, forwardEveryMs).unref();
      forward();
    },
    [Symbol.dispose]: () => clearInterval(timer),
    take(payload) {
      try {
        keys = keysOf(keyFile, keys);
        keyProblem = null;
      } catch (error) {
        keyProblem = messageOf(error);
        // While the file is exchanged those of before go on.
        if (keys === null) throw error;
      }
      const message = checked(payload, keys.keys);
      if (message === null) return [];
      // An account is joined again each time, for the same reason as in `hadOf`.
      const isNew = message.sequence !== rows.sequenceOf(message.kind, message.id);
      if (isNew || message.kind === 'account') {
        // So that what people decided here has been sealed when both are compared.
        if (message.kind === 'account') forwardAccounts();
        apply.immediate(message);
      }
      return message.kind === 'index' ? lackingOf(message) : [];
    },
    noteClosed: db.transaction(() => {
      for (const username of accounts.usernames()) {
        const key = accountKey(username);
        const known = knownRows.of(key);
        const now = accounts.revisionsOf(username);
        if (known !== null && now !== null && now.standing <= known.standing) continue;
        keepKnown(username, accounts.toldOf(key) + 1);
      }
    }).immediate,
    health() {
      const isShown = last !== null && performance.now() - last.atMs < refusalShownMs;
      const words =
        last !== null && isShown
          ? `${refused} messages of headquarters to all units were refused; of the last, ${refusals[last.why]}. Check uplink.agency.key, and who may publish on the broker.`
          : null;
      return { taken, refused, problem: keyProblem ?? secretProblem ?? behindProblem() ?? words };
    },
  };
}
