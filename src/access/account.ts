import { z } from 'zod';
import type { Role } from '../policy/permissions.ts';
import type { ListSource } from './operation.ts';

/** pending: waits for approval; deactivated: may be reactivated; closed: for good (the person has left). */
export type AccountState = 'pending' | 'active' | 'deactivated' | 'closed';

/** A person's account, as a row of `people.db`. Days are `2027-01-31`. */
export interface Account {
  id: string;
  username: string;
  name: string;
  role: Role;
  organisation: string;
  state: AccountState;
  stateSinceMs: number;
  stateReason: string | null;
  /** Who asked for the account, in words, and the accounts that made and approved it (USR-10). */
  requestedBy: string;
  createdBy: string;
  createdAtMs: number;
  approvedBy: string | null;
  approvedAtMs: number | null;
  trainingCourse: string | null;
  trainingCompletedOn: string | null;
  trainingExpiresOn: string | null;
  /** Why retraining is due since a breach of the policy; blocks the login (USR-12). */
  retrainingSince: string | null;
  cletsUntil: string | null;
  /** Lists that this person may browse, by whose they are (USR-9). */
  listSources: ListSource[];
  password: string | null;
  passwordTemporaryUntilMs: number | null;
  secondFactor: Buffer | null;
  secondFactorConfirmed: boolean;
  secondFactorStep: number;
  lastLoginAtMs: number | null;
  lockedOutAtMs: number | null;
}

/** A row as SQLite holds it. */
export const accountRow = z
  .object({
    listSources: z.string().transform((text) => JSON.parse(text) as ListSource[]),
    secondFactorConfirmed: z.number().transform((flag) => flag === 1),
  })
  .loose();
