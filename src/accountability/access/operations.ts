import { z } from 'zod';
import { isoTime } from '../../platform/clock.ts';
import type { InquiryDesk } from '../gate/gate.ts';
import { listSources, type Operation, operation, type Written } from '../gate/operation.ts';
import { roles } from '../gate/permissions.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { Account } from './account.ts';
import type { AccountDesk } from './account-desk.ts';
import { type AccountReview, findingsOf, viewAccount } from './account-view.ts';
import type { Accounts } from './accounts.ts';
import { INQUIRY_H, statedSchema } from './inquiry-desk.ts';
import { daySchema, passwordSchema, trainingSchema, usernameSchema } from './login-api.ts';
import type { LoginDesk } from './login-desk.ts';
import type { SecondFactors } from './second-factors.ts';
import type { SessionDesk } from './session-desk.ts';

const text = (max: number) => z.string().trim().min(1).max(max);
const sources = z.array(z.enum(listSources)).transform((given) => [...new Set(given)]);
const username = z.strictObject({ username: usernameSchema });
const reasoned = z.strictObject({ username: usernameSchema, reason: text(300) });

const newPersonSchema = z.strictObject({
  username: usernameSchema,
  name: text(120),
  role: z.enum(roles),
  organisation: text(120),
  requestedBy: text(200),
  training: trainingSchema.nullable().default(null),
  cletsUntil: daySchema.nullable().default(null),
  listSources: sources.default([]),
});

const changesSchema = z.strictObject({
  username: usernameSchema,
  name: text(120).optional(),
  organisation: text(120).optional(),
  role: z.enum(roles).optional(),
  training: trainingSchema.nullable().optional(),
  retraining: text(300).nullable().optional(),
  cletsUntil: daySchema.nullable().optional(),
  listSources: sources.optional(),
});

/** What people do with accounts and with their own session. Logging in and out does not go through the gate. */
export function accountOperations(deps: {
  accounts: Accounts;
  desk: AccountDesk;
  logins: LoginDesk;
  sessions: SessionDesk;
  secondFactors: SecondFactors;
  inquiries: InquiryDesk;
  policy: Policy;
}): Operation[] {
  const { accounts, desk, sessions, secondFactors } = deps;
  const nameOf = (id: string) => accounts.byId(id)?.username ?? id;
  const view = (account: Account) => viewAccount(account, nameOf);
  const own = (id: string): Account => {
    const account = accounts.byId(id);
    if (account === null)
      throw new Refusal(404, 'no-such-account', 'Your account no longer exists.');
    return account;
  };
  const ownChange = {
    permission: 'signed-in',
    category: 'Account Change',
    inquiry: false,
    effect: 'change',
  } as const;
  const nothing = z.strictObject({});

  return [
    operation({
      ...{ name: 'users.list', http: { method: 'GET', path: '/users' } },
      ...{ permission: 'accounts.read', category: 'Account Change' },
      ...{ inquiry: false, effect: 'look' },
      input: nothing,
      results: (output: unknown[]) => output.length,
      run: () => accounts.all().map(view),
    }),
    operation({
      ...{ name: 'users.review', http: { method: 'GET', path: '/users/review' } },
      ...{ permission: 'accounts.read', category: 'Account Change' },
      ...{ inquiry: false, effect: 'look' },
      input: nothing,
      results: (output: unknown[]) => output.length,
      run: (_, { nowMs }): AccountReview[] =>
        accounts
          .all()
          .map((each) => ({ ...view(each), findings: findingsOf(each, deps.policy, nowMs) })),
    }),
    administer({
      name: 'users.create',
      http: { method: 'POST', path: '/users' },
      permission: 'accounts.create',
      input: newPersonSchema,
      run: (person, { actor }) => view(desk.create(person, actor)),
    }),
    administer({
      name: 'users.approve',
      http: { method: 'POST', path: '/users/:username/approve' },
      permission: 'accounts.approve',
      input: username,
      run: (input, { actor }) => desk.approve(input.username, actor),
    }),
    administer({
      name: 'users.change',
      http: { method: 'POST', path: '/users/:username' },
      permission: 'accounts.change',
      input: changesSchema,
      run: ({ username: name, ...changes }, { actor }) => view(desk.change(name, changes, actor)),
    }),
    administer({
      name: 'users.release',
      http: { method: 'POST', path: '/users/:username/release' },
      permission: 'accounts.change',
      input: username,
      run: (input, { actor }) => view(desk.release(input.username, actor)),
    }),
    administer({
      name: 'users.deactivate',
      http: { method: 'POST', path: '/users/:username/deactivate' },
      permission: 'accounts.change',
      input: reasoned,
      run: (input, { actor }) => view(desk.deactivate(input.username, input.reason, actor)),
    }),
    administer({
      name: 'users.reactivate',
      http: { method: 'POST', path: '/users/:username/reactivate' },
      permission: 'accounts.change',
      input: username,
      run: (input, { actor }) => view(desk.reactivate(input.username, actor)),
    }),
    administer({
      name: 'users.close',
      http: { method: 'POST', path: '/users/:username/close' },
      permission: 'accounts.change',
      input: reasoned,
      run: (input, { actor }) => view(desk.close(input.username, input.reason, actor)),
    }),
    administer({
      name: 'users.reset-password',
      http: { method: 'POST', path: '/users/:username/reset-password' },
      permission: 'accounts.change',
      input: username,
      run: (input, { actor }) => desk.resetPassword(input.username, actor),
    }),
    administer({
      name: 'users.reset-second-factor',
      http: { method: 'POST', path: '/users/:username/reset-second-factor' },
      permission: 'accounts.change',
      input: username,
      run: (input, { actor }) => view(desk.resetSecondFactor(input.username, actor)),
    }),

    operation({
      ...{ name: 'session.lock', http: { method: 'POST', path: '/session/lock' } },
      ...{ permission: 'signed-in', category: 'User Login', inquiry: false, effect: 'change' },
      input: nothing,
      run: (_, { actor }) => {
        sessions.lock(actor.session);
        return { locked: true };
      },
    }),
    operation({
      ...{ name: 'password.change', http: { method: 'POST', path: '/password' } },
      ...ownChange,
      input: z.strictObject({ current: passwordSchema, next: passwordSchema }),
      query: () => ({}),
      run: async ({ current, next }, { actor }) => {
        const { session, from } = actor;
        await deps.logins.changePassword({
          ...{ account: own(actor.account), session, from, current, next },
        });
        return { changed: true };
      },
    }),
    operation({
      ...{ name: 'second-factor.offer', http: { method: 'POST', path: '/second-factor' } },
      ...ownChange,
      input: nothing,
      run: (_, { actor }) => secondFactors.offer(own(actor.account)),
    }),
    operation({
      name: 'second-factor.confirm',
      http: { method: 'POST', path: '/second-factor/confirm' },
      ...ownChange,
      input: z.strictObject({ code: z.string().max(16) }),
      query: () => ({}),
      run: ({ code }, { actor }) => {
        secondFactors.confirm(own(actor.account), code);
        return { enrolled: true };
      },
    }),
    operation({
      ...{ name: 'inquiries.begin', http: { method: 'POST', path: '/inquiries' } },
      ...{ permission: 'signed-in', category: 'System', inquiry: false, effect: 'change' },
      input: statedSchema,
      run: (stated, { actor, nowMs }) => ({
        ...deps.inquiries.open(stated, actor),
        until: isoTime(nowMs + INQUIRY_H * 3_600_000),
      }),
    }),
  ];
}

/** An operation that changes an account and is recorded under its username. */
function administer<Input extends { username: string }, Output>(
  definition: Omit<Written<Input, Output>, 'category' | 'inquiry' | 'effect' | 'object'>,
): Operation {
  return operation({
    ...definition,
    ...{ category: 'Account Change', inquiry: false, effect: 'change' },
    object: (input) => `account ${input.username}`,
  });
}
