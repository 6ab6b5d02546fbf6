import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import { clientOf, isRemote, type PinState } from './login-api.ts';
import type { Passwords } from './passwords.ts';
import { faultOfPin } from './pin-rules.ts';

/** After so many wrong PINs in a row the password is asked for. */
export const pinTries = 3;

/**
 * PINs that unlock a session, each for one session alone. They are kept in memory as a slow hash, and are gone with the
 * session, with a restart, and after three wrong ones.
 */
export interface SessionPins {
  state(session: string, from: string): PinState;
  /** Throws a Refusal for a PIN that is easily guessed, and where the policy has none. */
  set(session: string, owner: { username: string }, pin: string, from: string): Promise<void>;
  /** How many tries are left after a wrong PIN; null if it is right. Throws a Refusal (403) where there is none. */
  triesLeft(session: string, pin: string, from: string): Promise<number | null>;
  forget(session: string): void;
  forgetAll(): void;
}

/**
 * Whether a PIN counts for who comes from there. On the unit's own screen it does unless the policy forbids it (CJIS
 * 5.6.2.1.2: authentication on the device itself); over a network only if the policy says so. Nothing else decides this.
 */
export function pinCounts({ pinUnlock }: Policy['accounts'], from: string): boolean {
  const client = clientOf(from);
  if (client === 'page') return pinUnlock !== 'no';
  return isRemote(client) && pinUnlock === 'anywhere';
}

export function createSessionPins(deps: { passwords: Passwords; policy: Policy }): SessionPins {
  const { passwords } = deps;
  const { accounts } = deps.policy;
  const pins = new Map<string, { hash: string; triesLeft: number }>();
  /** The hash is of both, so that it is of no use for another session. */
  const bound = (session: string, pin: string) => `${session} ${pin}`;
  const ask = (from: string): void => {
    if (pinCounts(accounts, from)) return;
    throw new Refusal(
      403,
      'pin-not-allowed',
      'The policy does not let a PIN unlock this page. Use your password.',
    );
  };

  return {
    state(session, from) {
      if (!pinCounts(accounts, from)) return 'not-allowed';
      return pins.has(session) ? 'set' : 'unset';
    },
    async set(session, { username }, pin, from) {
      ask(from);
      const fault = faultOfPin(pin, username);
      if (fault !== null) throw new Refusal(400, 'pin-refused', fault);
      const { password: hash } = await passwords.hash(bound(session, pin));
      if (hash === null) throw new Error('a PIN has no hash');
      pins.set(session, { hash, triesLeft: pinTries });
    },
    async triesLeft(session, pin, from) {
      ask(from);
      const kept = pins.get(session);
      if (kept === undefined) {
        throw new Refusal(403, 'pin-over', 'This session has no PIN. Use your password.');
      }
      // Counted before the answer is known, so that many tries at once are no more than three.
      kept.triesLeft -= 1;
      const left = kept.triesLeft;
      const isRight =
        left >= 0 && (await passwords.verify(kept.hash, bound(session, pin))) !== null;
      if (isRight) kept.triesLeft = pinTries;
      else if (left <= 0) pins.delete(session);
      return isRight ? null : Math.max(0, left);
    },
    forget: (session) => void pins.delete(session),
    forgetAll: () => pins.clear(),
  };
}
