import { type Clock, isoTime } from '../../platform/clock.ts';
import type { InquiryDesk } from '../gate/gate.ts';
import type { Operation } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { Account } from './account.ts';
import type { AccountDesk } from './account-desk.ts';
import {
  type AccountView,
  approvedAlone,
  findingsOf,
  trainingDue,
  viewAccount,
} from './account-view.ts';
import type { Accounts } from './accounts.ts';
import { inquiryH } from './inquiry-desk.ts';
import type { LoginDesk } from './login-desk.ts';
import {
  approveAccount,
  beginInquiry,
  changeAccount,
  changePassword,
  closeAccount,
  confirmAccount,
  confirmSecondFactor,
  createAccount,
  deactivateAccount,
  listAccounts,
  listKeys,
  listTrainings,
  lockSession,
  makeRecoveryCodes,
  offerSecondFactor,
  type PersonTraining,
  reactivateAccount,
  recordTraining,
  releaseAccount,
  removeKey,
  removePin,
  resetPassword,
  resetSecondFactor,
  reviewAccounts,
  setPin,
} from './operations.ts';
import type { OwnKeys } from './own-keys.ts';
import type { Passkeys } from './passkeys.ts';
import type { RecoveryCodes } from './recovery-codes.ts';
import type { SecondFactors } from './second-factors.ts';
import type { SessionDesk } from './session-desk.ts';
import type { SessionPins } from './session-pins.ts';
import type { Trainings } from './trainings.ts';

/** What people do with accounts and with their own session, on this unit. */
export function accountOperations(deps: {
  accounts: Accounts;
  desk: AccountDesk;
  logins: LoginDesk;
  sessions: SessionDesk;
  pins: SessionPins;
  passkeys: Passkeys;
  keys: OwnKeys;
  secondFactors: SecondFactors;
  recoveryCodes: RecoveryCodes;
  inquiries: InquiryDesk;
  policy: Policy;
  trainings: Trainings;
  now: Clock;
}): Operation[] {
  const { accounts, desk, logins, sessions, secondFactors, inquiries, policy, trainings, now } =
    deps;
  const nameOf = (id: string) => accounts.byId(id)?.username ?? id;
  const view = (account: Account): AccountView => ({
    ...viewAccount(account, nameOf),
    keys: deps.passkeys.of(account.id).length,
    trainingDue: trainingDue(account, policy, now()),
  });
  const mayApprove = ({ state, role }: Account): boolean =>
    state === 'active' && policy.roles[role]?.includes('accounts.approve') === true;
  const trainingOf = (account: Account): PersonTraining => {
    const { username, name, role, training, trainingDue: due } = view(account);
    return { username, name, role, training, due, history: trainings.of(account.id) };
  };
  const own = (id: string): Account => {
    const account = accounts.byId(id);
    if (account === null)
      throw new Refusal(404, 'no-such-account', 'Your account no longer exists.');
    return account;
  };

  return [
    listAccounts.does(() => accounts.all().map(view)),
    reviewAccounts.does((_, { nowMs }) => {
      const all = accounts.all();
      const alone = approvedAlone(all, mayApprove);
      return all.map((each) => ({
        ...view(each),
        findings: [
          ...findingsOf(each, policy, nowMs, deps.passkeys.has(each.id)),
          ...(alone.get(each.id) ?? []),
        ],
      }));
    }),
    listTrainings.does(() =>
      accounts
        .all()
        .filter(({ state }) => state !== 'closed')
        .map(trainingOf),
    ),
    recordTraining.does(({ username, retrained, ...training }, { actor }) =>
      trainingOf(desk.train(username, training, retrained, actor)),
    ),
    createAccount.does((person, { actor }) => view(desk.create(person, actor))),
    confirmAccount.does(({ username }, { actor }) => view(desk.confirm(username, actor))),
    approveAccount.does(({ username }, { actor }) => desk.approve(username, actor)),
    changeAccount.does(({ username, ...changes }, { actor }) =>
      view(desk.change(username, changes, actor)),
    ),
    releaseAccount.does(({ username }, { actor }) => view(desk.release(username, actor))),
    deactivateAccount.does(({ username, reason }, { actor }) =>
      view(desk.deactivate(username, reason, actor)),
    ),
    reactivateAccount.does(({ username }, { actor }) => view(desk.reactivate(username, actor))),
    closeAccount.does(({ username, reason }, { actor }) =>
      view(desk.close(username, reason, actor)),
    ),
    resetPassword.does(({ username }, { actor }) => desk.resetPassword(username, actor)),
    resetSecondFactor.does(({ username }, { actor }) =>
      view(desk.resetSecondFactor(username, actor)),
    ),

    lockSession.does((_, { actor }) => {
      sessions.lock(actor.session);
      return { locked: true };
    }),
    setPin.does(async ({ pin, password }, { actor }) => {
      const { session, from } = actor;
      await logins.setPin({ account: own(actor.account), session, from, pin, password });
      return { set: true };
    }),
    removePin.does((_, { actor }) => {
      deps.pins.forget(actor.session);
      return { set: false };
    }),
    listKeys.does((_, { actor }) => deps.keys.list(actor.account)),
    removeKey.does(async ({ id, password }, { actor }) => {
      await deps.keys.remove(actor, id, password);
      return { removed: true };
    }),
    changePassword.does(async ({ current, next }, { actor }) => {
      const { session, from } = actor;
      const account = own(actor.account);
      await logins.changePassword({ account, session, from, current, next });
      return { changed: true };
    }),
    offerSecondFactor.does(async ({ code, password }, { actor }) => {
      const { session, from } = actor;
      const account = own(actor.account);
      if (account.secondFactorConfirmed) {
        await logins.confirmOwner({ account, session, from, password });
        await logins.confirmFactor({ account: own(actor.account), from, code });
      }
      return secondFactors.offer(own(actor.account));
    }),
    makeRecoveryCodes.does(async ({ code, password }, { actor }) => {
      const { session, from } = actor;
      const account = own(actor.account);
      if (!account.secondFactorConfirmed) {
        throw new Refusal(
          409,
          'second-factor-not-set-up',
          'Recovery codes stand in for the code of an app: set up the app as your second factor first.',
        );
      }
      await logins.confirmOwner({ account, session, from, password });
      await logins.confirmFactor({ account: own(actor.account), from, code });
      return { codes: await deps.recoveryCodes.make(account.id) };
    }),
    confirmSecondFactor.does(({ code }, { actor }) => {
      secondFactors.confirm(own(actor.account), code);
      return { enrolled: true };
    }),
    beginInquiry.does((stated, { actor, nowMs }) => ({
      ...inquiries.open(stated, actor),
      until: isoTime(nowMs + inquiryH * 3_600_000),
    })),
  ];
}
