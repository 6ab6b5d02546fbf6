import { randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { Config } from '../../config/schema.ts';
import type { Clock } from '../../platform/clock.ts';
import { isoTime } from '../../platform/clock.ts';
import { selectList } from '../../platform/columns.ts';
import type { Deed } from '../audit/deeds.ts';
import type { AuditTrail } from '../gate/audit-trail.ts';
import type { Actor } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import { numberRule } from '../policy/number-rule.ts';
import type { Policy } from '../policy/policy.ts';
import type { Account } from './account.ts';
import { entryAbout } from './account-entry.ts';
import { type AccountRights, isUnused, rightsOf, unusedReason } from './account-rights.ts';
import { laterElsewhere } from './account-view.ts';
import type { Accounts } from './accounts.ts';
import { type ClientKind, clientOf, isRemote, type SessionView } from './login-api.ts';
import type { Passkeys } from './passkeys.ts';
import type { RecoveryCodes } from './recovery-codes.ts';
import type { SessionPins } from './session-pins.ts';
import type { PeopleDatabase } from './tables.ts';

/** The time of last use is saved at most this often, because each save writes to disk. */
const touchEveryMs = 15_000;

/** Sessions that a person may have at a time; another login ends the oldest. */
const sessionsEach = 4;

interface SessionRow {
  id: string;
  tokenHash: Buffer;
  account: string;
  client: ClientKind;
  origin: string;
  openedAtMs: number;
  usedAtMs: number;
  endsAtMs: number;
  previousLoginAtMs: number | null;
  lockedAtMs: number | null;
}

/** A valid session and its account. */
export interface HeldSession {
  id: string;
  account: Account;
  standing: AccountRights;
  locked: boolean;
  view: SessionView;
}

/** Sessions: opened by a login, ended by logout, time, revocation or a change of role. */
export interface SessionDesk {
  /** Opens a session and gives its token, which is stored only as a hash. */
  open(account: Account, from: string): string;
  /** The session of a token; does not count as use. Throws a 401 Refusal if it is not valid. */
  held(token: string, from: string): HeldSession;
  /** The person of a token; counts as use. Throws 401, or 423 if the session is locked. */
  actorOf(token: string, from: string): Actor;
  /** The same for requests that an open page makes on its own; does not count as use. */
  onlooker(token: string, from: string): Actor;
  /** The rights of an account now; deactivates it first if it has not been used for too long. */
  standing(account: Account): AccountRights;
  end(id: string, from: string, note: string): void;
  /** Ends all sessions of an account but one. */
  endAll(account: string, from: string, note: string, but?: string): void;
  /** Locks a session at its owner's request, which the gate has recorded. */
  lock(id: string): void;
  /** `note`: by what, where it was not by the password. */
  unlock(id: string, from: string, note: string | null): void;
  /** When a session was opened, ms since the epoch; null if it has ended. */
  openedAtMs(id: string): number | null;
  /** Starts a new period of a session; its token stays. */
  renew(id: string): void;
  /** Whether a session is neither ended nor over; does not count as use. */
  isHeld(id: string): boolean;
  /** Locks every session, so that its owner must give the password again. */
  lockAll(note: string): void;
  /** Locks unused sessions, ends expired ones and deactivates unused accounts. */
  sweep(): void;
}

const columns = selectList([
  'id',
  'tokenHash',
  'account',
  'client',
  'origin',
  'openedAtMs',
  'usedAtMs',
  'endsAtMs',
  'previousLoginAtMs',
  'lockedAtMs',
] satisfies (keyof SessionRow)[]);

export function createSessionDesk(deps: {
  people: PeopleDatabase;
  accounts: Accounts;
  policy: Policy;
  unit: Config['unit'];
  now: Clock;
  heardAtMs: () => number | null;
  /** Whether the unit knew a later state of the account than the stored one. */
  isBehind: (account: Account) => boolean;
  /** Whether the clock may be used to deactivate an account. */
  believesClock: () => boolean;
  pins: SessionPins;
  passkeys: Passkeys;
  recoveryCodes: Pick<RecoveryCodes, 'left'>;
  trail: AuditTrail;
  /** Called when the last session of a person has ended. */
  onOut: (account: Account, from: string) => void;
}): SessionDesk {
  const { accounts, policy, now, passkeys, pins, trail } = deps;
  const { db, key } = deps.people;
  const byToken = db.prepare<[Buffer], SessionRow>(
    `SELECT ${columns} FROM session WHERE token_hash = ?`,
  );
  const byId = db.prepare<[string], SessionRow>(`SELECT ${columns} FROM session WHERE id = ?`);
  const byAccount = db.prepare<[string], SessionRow>(
    `SELECT ${columns} FROM session WHERE account = ? ORDER BY opened_at_ms`,
  );
  const all = db.prepare<[], SessionRow>(`SELECT ${columns} FROM session`);
  const insert = db.prepare(
    `INSERT INTO session VALUES (@id, @tokenHash, @account, @client, @origin, @openedAtMs, @usedAtMs,
       @endsAtMs, @previousLoginAtMs, @lockedAtMs)`,
  );
  const remove = db.prepare('DELETE FROM session WHERE id = ?');
  const touch = db.prepare('UPDATE session SET used_at_ms = ? WHERE id = ?');
  const setLock = db.prepare('UPDATE session SET locked_at_ms = ?, used_at_ms = ? WHERE id = ?');
  const setEnd = db.prepare('UPDATE session SET ends_at_ms = ?, used_at_ms = ? WHERE id = ?');

  const isExempt = policy.accounts.conveyanceExempt && deps.unit.mode === 'mobile';
  /**
   * A device in a patrol vehicle does not lock itself if the profile exempts it (CJIS AC-11); a computer that reaches it over
   * HTTPS may be anywhere.
   */
  const locksItself = ({ client }: SessionRow): boolean => !isExempt || isRemote(client);

  const lockAfterMs = policy.accounts.sessionLockMin * 60_000;
  const { purposes, required } = policy.inquiry;
  const { pattern: number } = numberRule(policy.inquiry);
  const ofPolicy = {
    purposes: [...purposes],
    inquiryAsks: required,
    numbers: { case: number, incident: number, cad: number, report: number },
  };
  const endAfter = (nowMs: number) => nowMs + policy.accounts.reloginH * 3_600_000;

  const record = (row: SessionRow, operation: Deed, from: string, note: string | null): void =>
    trail(entryAbout(accounts.byId(row.account), { operation, from, session: row.id, note }));

  const noteOut = (id: string, from: string): void => {
    const account = accounts.byId(id);
    if (account !== null && byAccount.get(id) === undefined) deps.onOut(account, from);
  };

  const end = (row: SessionRow, from: string, note: string): void => {
    // Remove the session first, so that it ends even if the log cannot be written.
    remove.run(row.id);
    pins.forget(row.id);
    record(row, 'session.logout', from, note);
    noteOut(row.account, from);
  };

  const lock = (row: SessionRow, from: string, note: string): void => {
    if (row.lockedAtMs !== null) return;
    row.lockedAtMs = now();
    setLock.run(row.lockedAtMs, row.usedAtMs, row.id);
    record(row, 'session.lock', from, note);
  };

  const deactivateUnused = (account: Account): Account => {
    const nowMs = now();
    if (!isUnused(account, policy, nowMs) || !deps.believesClock()) return account;
    const reason = unusedReason(policy.accounts.inactiveDays);
    // Each unit decides it for itself, by the last login on any.
    accounts.update(
      account.id,
      { state: 'deactivated', stateSinceMs: nowMs, stateReason: reason },
      'local',
    );
    trail(
      entryAbout(null, {
        category: 'Account Change',
        operation: 'users.deactivate',
        from: 'unit',
        object: `account ${account.username}`,
        note: reason,
      }),
    );
    return { ...account, state: 'deactivated', stateSinceMs: nowMs, stateReason: reason };
  };

  const standing = (account: Account): AccountRights =>
    rightsOf(deactivateUnused(account), {
      policy,
      nowMs: now(),
      heardAtMs: deps.heardAtMs(),
      isBehind: deps.isBehind(account),
      hasKey: passkeys.has(account.id),
    });

  /** Why a session is no longer valid; null if it is valid. */
  const fault = (row: SessionRow, judged: AccountRights | null) => {
    if (judged === null) return 'the account no longer exists';
    if (now() >= row.endsAtMs) return `a login ends after ${policy.accounts.reloginH} hours`;
    return judged.refusal?.message ?? null;
  };

  const hold = (row: SessionRow, from: string): HeldSession => {
    const account = accounts.byId(row.account);
    const judged = account && standing(account);
    const why = fault(row, judged);
    if (why !== null || account === null || judged === null) {
      end(row, from, `ended: ${why}`);
      throw new Refusal(401, 'session-over', `Log in again: ${why}.`.replace('..', '.'));
    }
    if (locksItself(row) && now() - row.usedAtMs >= lockAfterMs) {
      lock(row, from, `not used for ${policy.accounts.sessionLockMin} minutes`);
    }
    const locked = row.lockedAtMs !== null;
    const { username, name, role, organisation } = account;
    const { previousLoginAtMs } = row;
    return {
      id: row.id,
      account,
      standing: judged,
      locked,
      view: {
        username,
        name,
        role,
        organisation,
        locked,
        permissions: [...judged.permissions],
        listSources: account.listSources,
        must: judged.must,
        restrictions: judged.restrictions,
        secondFactor: account.secondFactorConfirmed,
        recoveryCodes: deps.recoveryCodes.left(account.id),
        keys: passkeys.of(account.id).length,
        pin: pins.state(row.id, from),
        loggedInAt: isoTime(row.openedAtMs),
        endsAt: isoTime(row.endsAtMs),
        lastLoginAt: previousLoginAtMs === null ? null : isoTime(previousLoginAtMs),
        lastLoginElsewhereOn: laterElsewhere(account, previousLoginAtMs),
        endsAtMs: row.endsAtMs,
        lockAfterS: locksItself(row) ? lockAfterMs / 1000 : null,
        ...ofPolicy,
      },
    };
  };

  const rowOf = (token: string, from: string): SessionRow => {
    const row = byToken.get(key.hash('session', token));
    if (row === undefined) throw new Refusal(401, 'not-logged-in', 'Log in first.');
    if (clientOf(from) !== row.client || certificateIn(from) !== certificateIn(row.origin)) {
      // A token used by another kind of client was stolen: end the session.
      end(row, from, 'ended: its token was used by another kind of client');
      throw new Refusal(401, 'not-logged-in', 'Log in first.');
    }
    return row;
  };

  const actorIn = (row: SessionRow, from: string): Actor => {
    const { account, standing: judged, locked } = hold(row, from);
    if (locked) {
      throw new Refusal(
        423,
        'session-locked',
        'This session is locked. Unlock it with your password.',
      );
    }
    const { username, name, role, organisation } = account;
    return {
      account: account.id,
      username,
      name,
      role,
      organisation,
      permissions: judged.permissions,
      restrictions: [...mustWords(judged.must), ...judged.restrictions],
      listSources: new Set(account.listSources),
      session: row.id,
      from,
    };
  };

  return {
    open(account, from) {
      const client = clientOf(from);
      if (client === null) throw new Error(`a session cannot be opened from ${from}`);
      const token = randomBytes(32).toString('base64url');
      const nowMs = now();
      for (const oldest of byAccount.all(account.id).slice(0, 1 - sessionsEach)) {
        end(oldest, from, 'ended: the person logged in elsewhere');
      }
      insert.run({
        id: uuidv7(),
        tokenHash: key.hash('session', token),
        account: account.id,
        client,
        origin: from,
        openedAtMs: nowMs,
        usedAtMs: nowMs,
        endsAtMs: endAfter(nowMs),
        previousLoginAtMs: account.lastLoginAtMs,
        lockedAtMs: null,
      });
      return token;
    },
    standing,
    held: (token, from) => hold(rowOf(token, from), from),
    actorOf(token, from) {
      const row = rowOf(token, from);
      const actor = actorIn(row, from);
      const nowMs = now();
      if (nowMs - row.usedAtMs > touchEveryMs) touch.run(nowMs, row.id);
      return actor;
    },
    onlooker: (token, from) => actorIn(rowOf(token, from), from),
    end(id, from, note) {
      const row = byId.get(id);
      if (row !== undefined) end(row, from, note);
    },
    endAll(account, from, note, but) {
      const rows = byAccount.all(account).filter((row) => row.id !== but);
      for (const { id } of rows) {
        remove.run(id);
        pins.forget(id);
      }
      for (const row of rows) record(row, 'session.logout', from, note);
      if (rows.length > 0) noteOut(account, from);
    },
    lock(id) {
      const nowMs = now();
      setLock.run(nowMs, nowMs, id);
    },
    unlock(id, from, note) {
      const row = byId.get(id);
      if (row === undefined || row.lockedAtMs === null) return;
      record(row, 'session.unlock', from, note);
      setLock.run(null, now(), id);
    },
    openedAtMs: (id) => byId.get(id)?.openedAtMs ?? null,
    renew(id) {
      const nowMs = now();
      setEnd.run(endAfter(nowMs), nowMs, id);
    },
    isHeld(id) {
      const row = byId.get(id);
      return row !== undefined && now() < row.endsAtMs;
    },
    lockAll(note) {
      pins.forgetAll();
      for (const row of all.all()) lock(row, 'unit', note);
    },
    sweep() {
      for (const account of accounts.all()) deactivateUnused(account);
      for (const row of all.all()) {
        try {
          hold(row, 'unit');
        } catch (error) {
          if (!(error instanceof Refusal) || error.status === 503) throw error;
        }
      }
    },
  };
}

/** Whose client certificate a request came with: what stands behind the address; empty for other clients. */
function certificateIn(from: string): string {
  return /^certified https page \S+ (.*)$/.exec(from)?.[1] ?? '';
}

/** What the person must do first, in words. */
function mustWords(must: SessionView['must']): string[] {
  if (must === 'change-password') return ['Change your password first.'];
  return must === 'enrol-second-factor' ? ['Set up your second factor first.'] : [];
}
