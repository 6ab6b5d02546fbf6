import { uuidv7 } from 'uuidv7';
import { isoTime } from '../../platform/clock.ts';
import type { ListSource } from '../gate/operation.ts';
import type { Role } from '../gate/permissions.ts';
import type { Training } from './login-api.ts';

/** pending: waiting for approval; deactivated: can be reactivated; closed: permanently, because the person has left. */
export const accountStates = ['pending', 'active', 'deactivated', 'closed'] as const;
export type AccountState = (typeof accountStates)[number];

/** A person's account. Days are texts such as `2027-01-31`. */
export interface Account {
  id: string;
  username: string;
  name: string;
  role: Role;
  organisation: string;
  state: AccountState;
  stateSinceMs: number;
  stateReason: string | null;
  /** Who requested the account, in words, and the accounts that created and approved it (USR-10). */
  requestedBy: string;
  createdBy: string;
  createdAtMs: number;
  approvedBy: string | null;
  approvedAtMs: number | null;
  trainingCourse: string | null;
  trainingCompletedOn: string | null;
  trainingExpiresOn: string | null;
  /** Why retraining is required after a breach of the policy; blocks the login (USR-12). */
  retraining: string | null;
  cletsUntil: string | null;
  /** Sources of the lists that this person may browse (USR-9). */
  listSources: ListSource[];
  password: string | null;
  /** The password's hash before it was bound to this unit, sealed with the unit's key: other units can take that. */
  sharedPassword: Buffer | null;
  /** Set for a temporary password: when it expires. It must be changed at the first login. */
  passwordTemporaryUntilMs: number | null;
  /** Sealed with the unit's key. */
  secondFactor: Buffer | null;
  secondFactorConfirmed: boolean;
  secondFactorStep: number;
  /** On this unit. */
  lastLoginAtMs: number | null;
  /** UTC day of the last login on another unit, if it was later than that on this one when the unit heard of it. */
  lastUsedElsewhereOn: string | null;
  lockedOutAtMs: number | null;
  /** How often people have changed these parts, on any unit of the agency: see `shared-account.ts`. */
  standingRevision: number;
  rightsRevision: number;
  secretsRevision: number;
  /** The secrets as they travel, sealed by the agency's secret; null if they do not, or are not sealed yet. */
  sealedSecrets: string | null;
  /** The id of the message about the latest change; null once it waits in the outbox. */
  unsentId: string | null;
}

/** What is known about a person when their account is created. */
export interface NewPerson {
  username: string;
  name: string;
  role: Role;
  organisation: string;
  requestedBy: string;
  training: Training | null;
  cletsUntil: string | null;
  listSources: ListSource[];
}

/** What closing an account changes in it: nothing by which its person could log in stays. */
export function closedFields(reason: string, nowMs: number): Partial<Account> {
  return {
    state: 'closed',
    stateSinceMs: nowMs,
    stateReason: reason,
    password: null,
    sharedPassword: null,
    secondFactor: null,
    secondFactorConfirmed: false,
  };
}

/** The UTC day of the last login on any unit; null before the first. */
export function lastUsedOn({
  lastLoginAtMs,
  lastUsedElsewhereOn,
}: Pick<Account, 'lastLoginAtMs' | 'lastUsedElsewhereOn'>): string | null {
  const here = lastLoginAtMs === null ? null : isoTime(lastLoginAtMs).slice(0, 10);
  return (here ?? '') >= (lastUsedElsewhereOn ?? '') ? here : lastUsedElsewhereOn;
}

/** An account that is waiting for approval and has no password yet. */
export function newAccount(
  person: NewPerson,
  { createdBy, nowMs }: { createdBy: string; nowMs: number },
): Account {
  const { training, ...rest } = person;
  return {
    ...rest,
    ...trainingFields(training),
    id: uuidv7(),
    state: 'pending',
    stateSinceMs: nowMs,
    stateReason: null,
    createdBy,
    createdAtMs: nowMs,
    approvedBy: null,
    approvedAtMs: null,
    retraining: null,
    password: null,
    passwordTemporaryUntilMs: null,
    secondFactor: null,
    secondFactorConfirmed: false,
    secondFactorStep: 0,
    lastLoginAtMs: null,
    lastUsedElsewhereOn: null,
    lockedOutAtMs: null,
    sharedPassword: null,
    standingRevision: 1,
    rightsRevision: 1,
    secretsRevision: 1,
    sealedSecrets: null,
    unsentId: uuidv7(),
  };
}

/** Training as the account holds it. */
export function trainingFields(
  training: Training | null,
): Pick<Account, 'trainingCourse' | 'trainingCompletedOn' | 'trainingExpiresOn'> {
  return {
    trainingCourse: training?.course ?? null,
    trainingCompletedOn: training?.completedOn ?? null,
    trainingExpiresOn: training?.expiresOn ?? null,
  };
}
