import type { Config } from '../../config/schema.ts';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { messageOf } from '../../platform/problem.ts';
import type { AuditWriter } from '../audit/audit-record.ts';
import { createAuditTrail } from '../gate/audit-trail.ts';
import type { InquiryDesk, SessionReader } from '../gate/gate.ts';
import type { Actor, Operation } from '../gate/operation.ts';
import type { Permission } from '../gate/permissions.ts';
import type { Person } from '../gate/person.ts';
import { Refusal } from '../gate/refusal.ts';
import type { NoticeSource } from '../notices/notices.ts';
import type { Policy } from '../policy/policy.ts';
import { type Account, closedFields } from './account.ts';
import { createAccountDesk } from './account-desk.ts';
import { entryAbout } from './account-entry.ts';
import { type AccountSharing, createAccountSharing } from './account-sharing.ts';
import { type Accounts, createAccounts } from './accounts.ts';
import { accountOperations } from './bind-operations.ts';
import { createFailedLogins } from './failed-logins.ts';
import { createFirstStart } from './first-start.ts';
import { createInquiryDesk } from './inquiry-desk.ts';
import { createAccountsTold, type KnownAccount } from './known-accounts.ts';
import type { FirstAdministrator, Login, LoginForm, SessionView, SignedIn } from './login-api.ts';
import { createLoginDesk, type LoginDesk } from './login-desk.ts';
import { createOwnKeys, type OwnKeys } from './own-keys.ts';
import { createPasskeyDesk, type PasskeySite } from './passkey-desk.ts';
import { createPasskeys } from './passkeys.ts';
import { checkPassword } from './password-rules.ts';
import { createPasswords, type ScryptCost } from './passwords.ts';
import { createRecoveryCodes } from './recovery-codes.ts';
import { createRescue } from './rescue.ts';
import { createSecondFactors } from './second-factors.ts';
import { createSessionDesk } from './session-desk.ts';
import { createSessionPins } from './session-pins.ts';
import { createSteadyTime } from './steady-time.ts';
import { openPeopleDatabase } from './tables.ts';
import type { TemporaryPassword } from './temporary-password.ts';
import { createTrainings } from './trainings.ts';
import { createWrongTimes } from './wrong-times.ts';

/** The time of the last contact with headquarters is saved at most this often, because each save writes to disk. */
const heardEveryMs = 10 * 60_000;

/**
 * Everyone who may work on this unit: accounts, sessions and stated purposes. `from` says where a request comes from
 * and begins with the kind of client: `page 127.0.0.1`, `command line pts/3`, `https page 192.0.2.7`, `certified https page
 * 192.0.2.7 CN=moss-laptop`.
 */
export interface People extends Disposable {
  readonly sessions: SessionReader;
  /**
   * For requests that an open page makes on its own. They do not count as use, so the session can still lock itself.
   */
  readonly onlookers: SessionReader;
  readonly inquiries: InquiryDesk;
  /** For the gate. */
  readonly operations: readonly Operation[];
  form(): LoginForm;
  /** Throws the same Refusal for an unknown name and a wrong password. */
  login(login: Login, from: string, site?: PasskeySite | null): Promise<SignedIn>;
  /** What the browser needs to ask the security keys of a person who knows the password. */
  keyQuestion: LoginDesk['keyQuestion'];
  /** Security keys of the person of a session. */
  readonly keys: Pick<OwnKeys, 'offer' | 'add' | 'question'>;
  logout(token: string, from: string): void;
  /** Calls this once the last session of a person has ended, however it did. */
  whenOut(listener: (person: Person & { organisation: string }, from: string) => void): void;
  /** A session as its owner may see it; does not count as use. Throws a Refusal (401) if it has ended. */
  session(token: string, from: string): SessionView & { id: string };
  /** Whether a session has not ended, by its id; a locked one has not. */
  isHeld(session: string): boolean;
  /** Counts as use of the session. Throws like `sessions.actorOf`. */
  use(token: string, from: string): void;
  /** Throws a Refusal: 401 for a wrong password, 403 for a wrong PIN. */
  unlock: LoginDesk['unlock'];
  /** Starts a new period of a session by its owner's password. Throws a Refusal (403) if it is wrong. */
  renew: LoginDesk['renew'];
  /** A new one-time code for the first administrator while no account exists, else null. */
  firstStartCode(): string | null;
  makeFirstAdministrator(first: FirstAdministrator, from: string): Promise<{ username: string }>;
  /**
   * Closes the account of someone who has left, by order of headquarters, and ends its sessions. False if there is no
   * such account.
   */
  revoke(revocation: { username: string; reason: string }): boolean;
  /** Applies headquarters' full list of revoked accounts. Accounts created after their entry are not affected. */
  obeyRevocations(revoke: Revocations): void;
  /** What the units of the agency know of accounts. */
  readonly sharing: AccountSharing;
  /** Ends every session: the unit is locked. */
  endEverySession(note: string): void;
  /** Records contact with headquarters; without it, accounts become unusable after a time (USR-4). */
  heardHeadquarters(): void;
  /** Lets an administrator in again when no other administrator can; for people who may write the data folder. */
  rescue(username: string, from: string): Promise<TemporaryPassword>;
  /** Locks every session; each opens again with its owner's password. */
  lockSessions(note: string): void;
  /**
   * To be called each minute: locks unused sessions, ends old ones, deactivates unused accounts; and while the clock is
   * confirmed, undoes what a wrong one has left.
   */
  sweep(): void;
  /** Why nobody can log in: the database is damaged; null if it can be read. */
  problem(): string | null;
  /** Tells of retrainings that are asked for. */
  readonly trainingNotices: NoticeSource;
  /** The person with this username; null if there is none. */
  find(username: string): Named | null;
  /** The name of the person with this account. */
  nameOf(account: string): string;
  /** Active people whose role has a permission, by name. */
  withPermission(permission: Permission): Named[];
  /** How many accounts wait that this person may approve. */
  waitingFor(by: Actor): number;
  /** How often a password was checked or hashed since the start. */
  readonly passwordRuns: number;
}

/** A person, as others name them. */
type Named = Pick<Account, 'username' | 'name'> & { account: string };

/** One for all units, one for this one, and those that these replace. */
const listsKept = 8;

/** Accounts that headquarters closed, each with the time; `everyone`: all accounts that existed at `at`. */
export interface Revocations {
  at: string;
  everyone: boolean;
  accounts: readonly { username: string; at: string; reason: string }[];
}

/** Opens `people.db`; throws a Problem if it belongs to another unit. */
export function openPeople(deps: {
  unit: Config['unit'];
  policy: Policy;
  audit: AuditWriter;
  /** Whether a link to headquarters is configured. */
  hasHeadquarters: boolean;
  onAuditFailure: (problem: string) => void;
  /** For the daemon: a damaged `people.db` refuses logins, and nothing else. */
  mayBeDamaged?: boolean;
  /** The time, as far as it is believed. */
  clock?: Clock;
  /** The computer's clock, for one-time codes, which a phone makes by its own. Default: `clock`. */
  deviceClock?: Clock;
  /** Whether accounts may be deactivated by the clock. Default: they may. */
  believesClock?: () => boolean;
  /** Whether another source confirms the clock. Default: none does. */
  isClockConfirmed?: () => boolean;
  /**
   * How far an account of the agency had come by what the unit keeps beside `people.db`, by `accountKey`. Default: nothing
   * is known.
   */
  knownOf?: (key: string) => KnownAccount | null;
  /** A person who may change the databases says that the computer's clock is right. */
  acceptClock?: () => void;
  passwordCost?: ScryptCost | undefined;
}): People {
  const { unit, policy, clock = systemClock, deviceClock = clock } = deps;
  const { believesClock = () => true, isClockConfirmed = () => false } = deps;
  using open = new DisposableStack();
  const people = openPeopleDatabase(unit, { mayBeDamaged: deps.mayBeDamaged ?? false });
  const { db, facts } = people;
  open.defer(() => void db.close());
  const now = createSteadyTime(facts, clock, isClockConfirmed);
  const trail = createAuditTrail(deps.audit, deps.onAuditFailure);
  if (typeof facts.read('headquartersHeardAtMs') !== 'number') {
    facts.write('headquartersHeardAtMs', now());
  }
  const heardAtMs = () =>
    deps.hasHeadquarters ? Number(facts.read('headquartersHeardAtMs')) : null;

  const accounts: Accounts = createAccounts(db);
  const told = createAccountsTold(db, deps.knownOf ?? (() => null));
  const passwords = createPasswords(people.key, deps.passwordCost);
  const failures = createFailedLogins(people, now);
  const secondFactors = createSecondFactors({
    people,
    accounts,
    unitId: unit.id,
    now: deviceClock,
  });
  const recoveryCodes = createRecoveryCodes({ people, passwords, now });
  const pins = createSessionPins({ passwords, policy });
  const passkeys = createPasskeys(people);
  const keyDesk = createPasskeyDesk({ passkeys, unitId: unit.id, now });
  const outListeners: Parameters<People['whenOut']>[0][] = [];
  const sessions = createSessionDesk({
    people,
    pins,
    passkeys,
    recoveryCodes,
    accounts,
    policy,
    unit,
    now,
    heardAtMs,
    isBehind: told.isBehind,
    believesClock,
    trail,
    onOut: ({ id, username, name, role, organisation }, from) => {
      for (const tell of outListeners)
        tell({ account: id, username, name, role, organisation }, from);
    },
  });
  const inquiries = createInquiryDesk({
    db,
    policy: policy.inquiry,
    immigration: policy.immigration,
    now,
  });
  const hashFor = (owner: { username: string; name: string }, password: string) => {
    checkPassword(password, {
      minLength: policy.accounts.passwordMinLength,
      words: [owner.username, ...owner.name.split(/\s+/), unit.agency, unit.id],
    });
    return passwords.hash(password);
  };
  const { accept } = told;
  const desks = { accounts, sessions, failures, passwords, passkeys, policy, now, trail };
  const logins = createLoginDesk({
    ...desks,
    people,
    secondFactors,
    recoveryCodes,
    pins,
    keyDesk,
    hashFor,
  });
  const keys = createOwnKeys({ accounts, passkeys, desk: keyDesk, sessions, logins, trail });
  const firstStart = createFirstStart({ ...desks, people, accept, hashFor });
  const trainings = createTrainings(db, {
    nameOf: (id) => accounts.byId(id)?.name ?? 'an account that is gone',
    usernameOf: (id) => accounts.byId(id)?.username ?? id,
  });
  const desk = createAccountDesk({ ...desks, trainings });
  const wrongTimes = createWrongTimes({
    people,
    accounts,
    policy,
    endSession: (id, note) => sessions.end(id, 'unit', note),
    trail,
  });

  const revoke: People['revoke'] = ({ username, reason }) => {
    const account = accounts.byName(username.trim().toLowerCase());
    if (account === null) return false;
    if (account.state === 'closed') return true;
    // Headquarters tells the other units itself, if it means them: one in the wrong hands closes nothing elsewhere.
    const standingRevision = account.standingRevision + 1;
    const closed = { ...closedFields(reason, now()), standingRevision, unsentId: null };
    accounts.update(account.id, closed, 'local');
    try {
      sessions.endAll(account.id, 'headquarters', 'ended: the account was revoked');
      trail(
        entryAbout(null, {
          category: 'Account Change',
          operation: 'users.revoke',
          from: 'headquarters',
          object: `account ${account.username}`,
          note: reason,
        }),
      );
    } catch (error) {
      // End the session even if the log cannot be written; the health of the log reports that.
      if (!(error instanceof Refusal)) throw error;
    }
    return true;
  };

  const problem = (): string | null => {
    try {
      accounts.isEmpty();
      return null;
    } catch (error) {
      return messageOf(error);
    }
  };

  const obey = ({ at, everyone, accounts: revoked }: Revocations): void => {
    const before = (username: string, closedAt: string) => {
      const account = accounts.byName(username.trim().toLowerCase());
      return account !== null && account.createdAtMs <= Date.parse(closedAt);
    };
    for (const { username, at: closedAt, reason } of revoked) {
      if (before(username, closedAt)) revoke({ username, reason });
    }
    if (!everyone) return;
    for (const { username } of accounts.all()) {
      if (before(username, at)) revoke({ username, reason: 'every account was closed' });
    }
  };
  /** The latest lists of revoked accounts; they come again with each connection. */
  const revocations: Revocations[] = [];

  const sharing = createAccountSharing({
    transaction: (work) => db.transaction(work).immediate(),
    accounts,
    told,
    passwords,
    secondFactors,
    sessions,
    policy,
    now,
  });

  const opened = open.move();
  return {
    sharing: {
      ...sharing,
      take(...message) {
        const isTaken = sharing.take(...message);
        // A revocation may have come before the account that it closes.
        if (isTaken) for (const list of revocations) obey(list);
        return isTaken;
      },
    },
    sessions,
    onlookers: { actorOf: sessions.onlooker },
    inquiries,
    operations: accountOperations({
      accounts,
      desk,
      trainings,
      now,
      logins,
      sessions,
      pins,
      passkeys,
      keys,
      secondFactors,
      recoveryCodes,
      inquiries,
      policy,
    }),
    form: () => ({
      agency: unit.agency,
      unit: unit.id,
      notice: policy.accounts.banner,
      firstStart: accounts.isEmpty(),
    }),
    login: logins.login,
    logout(token, from) {
      sessions.end(sessions.held(token, from).id, from, 'by the person logged in');
    },
    whenOut: (listener) => void outListeners.push(listener),
    session(token, from) {
      const { id, view } = sessions.held(token, from);
      return { id, ...view };
    },
    isHeld(session) {
      try {
        return sessions.isHeld(session);
      } catch {
        return false;
      }
    },
    use: (token, from) => void sessions.actorOf(token, from),
    keyQuestion: logins.keyQuestion,
    keys,
    unlock: logins.unlock,
    renew: logins.renew,
    firstStartCode: firstStart.newCode,
    problem,
    makeFirstAdministrator: firstStart.make,
    revoke,
    obeyRevocations(list) {
      if (!revocations.some(({ at }) => at === list.at)) revocations.push(list);
      revocations.splice(0, revocations.length - listsKept);
      obey(list);
    },
    endEverySession(note) {
      for (const { id } of accounts.all()) sessions.endAll(id, 'unit', `ended: ${note}`);
    },
    heardHeadquarters() {
      const nowMs = now();
      if (nowMs - Number(facts.read('headquartersHeardAtMs')) > heardEveryMs) {
        facts.write('headquartersHeardAtMs', nowMs);
      }
    },
    rescue: createRescue({
      ...desks,
      facts,
      clock,
      accept,
      acceptClock: deps.acceptClock ?? (() => {}),
    }),
    lockSessions: sessions.lockAll,
    sweep() {
      if (isClockConfirmed()) wrongTimes.putRight(now());
      sessions.sweep();
    },
    trainingNotices: trainings.notices,
    find(username) {
      const account = accounts.byName(username.trim().toLowerCase());
      return account === null ? null : namedOf(account);
    },
    nameOf: (id) => accounts.byId(id)?.name ?? 'an account that is gone',
    waitingFor: desk.waitingFor,
    withPermission: (permission) =>
      accounts
        .all()
        .filter(
          ({ state, role }) =>
            state === 'active' && policy.roles[role]?.includes(permission) === true,
        )
        .map(namedOf),
    get passwordRuns() {
      return passwords.runs;
    },
    [Symbol.dispose]: () => opened.dispose(),
  };
}

function namedOf({ id, username, name }: Account): Named {
  return { account: id, username, name };
}
