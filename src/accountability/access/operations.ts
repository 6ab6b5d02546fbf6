import { z } from 'zod';
import type { Inquiry } from '../audit/audit-record.ts';
import { listOf, record } from '../gate/answer.ts';
import { change, look } from '../gate/definition.ts';
import { nothing, wholeDay } from '../gate/input-fields.ts';
import type { OperationFacts } from '../gate/operation.ts';
import { listSources } from '../gate/operation.ts';
import { roles } from '../gate/permissions.ts';
import type { AccountReview, AccountView } from './account-view.ts';
import { statedSchema } from './inquiry-desk.ts';
import { passwordSchema, pinSchema, trainingSchema, usernameSchema } from './login-api.ts';
import type { KeyView } from './own-keys.ts';
import type { SecondFactorOffer } from './second-factors.ts';
import type { TemporaryPassword } from './temporary-password.ts';
import type { TrainingEntry } from './trainings.ts';

// What people do with accounts and with their own session. Logging in and out does not go through the gate.

const text = (max: number) => z.string().trim().min(1).max(max);
const sources = z.array(z.enum(listSources)).transform((all) => [...new Set(all)]);
const byUsername = z.strictObject({ username: usernameSchema });
const reasoned = byUsername.extend({ reason: text(300) });
const count = (accounts: readonly unknown[]) => accounts.length;

export const listAccounts = look({
  name: 'users.list',
  http: { method: 'GET', path: '/users' },
  permission: 'accounts.read',
  category: 'Account Change',
  input: nothing,
  answer: listOf<AccountView>(),
  results: count,
});

export const reviewAccounts = look({
  name: 'users.review',
  http: { method: 'GET', path: '/users/review' },
  permission: 'accounts.read',
  category: 'Account Change',
  input: nothing,
  answer: listOf<AccountReview>(),
  results: count,
});

/** An operation that changes an account and is recorded under its username. */
function administer<Input, Parsed extends { username: string }, Answer>(
  facts: Pick<OperationFacts, 'name' | 'http' | 'permission'> & {
    input: z.ZodType<Parsed, Input>;
    answer: z.ZodType<Answer>;
  },
) {
  return change({
    category: 'Account Change',
    object: ({ username }) => `account ${username}`,
    ...facts,
  });
}

export const createAccount = administer({
  name: 'users.create',
  http: { method: 'POST', path: '/users' },
  permission: 'accounts.create',
  input: z.strictObject({
    username: usernameSchema,
    name: text(120),
    role: z.enum(roles),
    organisation: text(120),
    requestedBy: text(200),
    training: trainingSchema.nullable().default(null),
    cletsUntil: wholeDay.nullable().default(null),
    listSources: sources.default([]),
  }),
  answer: record<AccountView>(),
});

export const approveAccount = administer({
  name: 'users.approve',
  http: { method: 'POST', path: '/users/:username/approve' },
  permission: 'accounts.approve',
  input: byUsername,
  answer: record<TemporaryPassword>(),
});

/** For an account that its maker approved alone, when nobody else could (USR-10). */
export const confirmAccount = administer({
  name: 'users.confirm',
  http: { method: 'POST', path: '/users/:username/confirm' },
  permission: 'accounts.approve',
  input: byUsername,
  answer: record<AccountView>(),
});

export const changeAccount = administer({
  name: 'users.change',
  http: { method: 'POST', path: '/users/:username' },
  permission: 'accounts.change',
  input: z.strictObject({
    username: usernameSchema,
    name: text(120).optional(),
    organisation: text(120).optional(),
    role: z.enum(roles).optional(),
    training: trainingSchema.nullable().optional(),
    retraining: text(300).nullable().optional(),
    cletsUntil: wholeDay.nullable().optional(),
    listSources: sources.optional(),
  }),
  answer: record<AccountView>(),
});

/** A person's training: what is on file, what is due, and everything that was entered. */
export interface PersonTraining {
  username: string;
  name: string;
  role: string;
  training: AccountView['training'];
  due: string | null;
  history: TrainingEntry[];
}

/** For those who keep the trainings and may do nothing else with accounts (V 426.10, B 466.8). */
export const listTrainings = look({
  name: 'trainings.list',
  http: { method: 'GET', path: '/trainings' },
  permission: 'training.record',
  category: 'Account Change',
  input: nothing,
  answer: listOf<PersonTraining>(),
  results: count,
});

export const recordTraining = administer({
  name: 'trainings.record',
  http: { method: 'POST', path: '/trainings' },
  permission: 'training.record',
  input: trainingSchema.extend({
    username: usernameSchema,
    retrained: z.boolean().default(false).describe('It is the retraining that was asked for'),
  }),
  answer: record<PersonTraining>(),
});

export const releaseAccount = administer({
  name: 'users.release',
  http: { method: 'POST', path: '/users/:username/release' },
  permission: 'accounts.change',
  input: byUsername,
  answer: record<AccountView>(),
});

export const deactivateAccount = administer({
  name: 'users.deactivate',
  http: { method: 'POST', path: '/users/:username/deactivate' },
  permission: 'accounts.change',
  input: reasoned,
  answer: record<AccountView>(),
});

export const reactivateAccount = administer({
  name: 'users.reactivate',
  http: { method: 'POST', path: '/users/:username/reactivate' },
  permission: 'accounts.change',
  input: byUsername,
  answer: record<AccountView>(),
});

export const closeAccount = administer({
  name: 'users.close',
  http: { method: 'POST', path: '/users/:username/close' },
  permission: 'accounts.change',
  input: reasoned,
  answer: record<AccountView>(),
});

export const resetPassword = administer({
  name: 'users.reset-password',
  http: { method: 'POST', path: '/users/:username/reset-password' },
  permission: 'accounts.change',
  input: byUsername,
  answer: record<TemporaryPassword>(),
});

export const resetSecondFactor = administer({
  name: 'users.reset-second-factor',
  http: { method: 'POST', path: '/users/:username/reset-second-factor' },
  permission: 'accounts.change',
  input: byUsername,
  answer: record<AccountView>(),
});

export const lockSession = change({
  name: 'session.lock',
  http: { method: 'POST', path: '/session/lock' },
  permission: 'signed-in',
  category: 'User Login',
  input: nothing,
  answer: z.object({ locked: z.literal(true) }),
});

/** A PIN that unlocks this session alone; the password is needed when the login is older than five minutes. */
export const setPin = change({
  name: 'session.set-pin',
  http: { method: 'POST', path: '/session/pin' },
  permission: 'signed-in',
  category: 'User Login',
  input: z.strictObject({ pin: pinSchema, password: passwordSchema.optional() }),
  answer: z.object({ set: z.literal(true) }),
  query: () => ({}),
});

export const removePin = change({
  name: 'session.remove-pin',
  http: { method: 'POST', path: '/session/pin/remove' },
  permission: 'signed-in',
  category: 'User Login',
  input: nothing,
  answer: z.object({ set: z.literal(false) }),
});

/** The security keys of the person who asks; they are registered on the page. */
export const listKeys = look({
  name: 'passkeys.list',
  http: { method: 'GET', path: '/passkeys' },
  permission: 'signed-in',
  category: 'Account Change',
  input: nothing,
  answer: listOf<KeyView>(),
  results: count,
});

/** The password is needed when the login is older than five minutes. */
export const removeKey = change({
  name: 'passkeys.remove',
  http: { method: 'POST', path: '/passkeys/remove' },
  permission: 'signed-in',
  category: 'Account Change',
  input: z.strictObject({ id: z.string().max(1024), password: passwordSchema.optional() }),
  answer: z.object({ removed: z.literal(true) }),
  query: ({ id }) => ({ id }),
});

export const changePassword = change({
  name: 'password.change',
  http: { method: 'POST', path: '/password' },
  permission: 'signed-in',
  category: 'Account Change',
  input: z.strictObject({ current: passwordSchema, next: passwordSchema }),
  answer: z.object({ changed: z.literal(true) }),
  query: () => ({}),
});

/**
 * For an app that takes the place of another one: a code of that one, unless a security key is registered, and the password
 * when the login is older than five minutes.
 */
export const offerSecondFactor = change({
  name: 'second-factor.offer',
  http: { method: 'POST', path: '/second-factor' },
  permission: 'signed-in',
  category: 'Account Change',
  input: z.strictObject({
    code: z.string().max(16).optional(),
    password: passwordSchema.optional(),
  }),
  answer: record<SecondFactorOffer>(),
  query: () => ({}),
});

/**
 * A new set of recovery codes, told this once; those of before are good no more. With a code of the app, unless a security key is
 * registered as well, and with the password when the login is older than five minutes.
 */
export const makeRecoveryCodes = change({
  name: 'second-factor.recovery-codes',
  http: { method: 'POST', path: '/second-factor/recovery-codes' },
  permission: 'signed-in',
  category: 'Account Change',
  input: z.strictObject({
    code: z.string().max(16).optional(),
    password: passwordSchema.optional(),
  }),
  answer: record<{ codes: string[] }>(),
  query: () => ({}),
});

export const confirmSecondFactor = change({
  name: 'second-factor.confirm',
  http: { method: 'POST', path: '/second-factor/confirm' },
  permission: 'signed-in',
  category: 'Account Change',
  input: z.strictObject({ code: z.string().max(16) }),
  answer: z.object({ enrolled: z.literal(true) }),
  query: () => ({}),
});

export const beginInquiry = change({
  name: 'inquiries.begin',
  http: { method: 'POST', path: '/inquiries' },
  permission: 'signed-in',
  category: 'System',
  input: statedSchema,
  answer: record<Inquiry & { until: string }>(),
});
