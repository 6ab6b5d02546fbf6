import { isoTime } from '../../platform/clock.ts';
import type { Account } from './account.ts';
import { oneTimeText } from './one-time-text.ts';
import type { Passwords } from './passwords.ts';

/** A password that someone hands over; it must be changed at the first login. */
export interface TemporaryPassword {
  username: string;
  /** Told once. */
  temporaryPassword: string;
  holdsUntil: string;
}

const HOLDS_H = 72;

/** A random one: what the account stores of it, and what is told of it. */
export async function newTemporaryPassword(
  passwords: Passwords,
  nowMs: number,
): Promise<{
  fields: Pick<Account, 'password' | 'passwordTemporaryUntilMs'>;
  told: Omit<TemporaryPassword, 'username'>;
}> {
  const temporaryPassword = oneTimeText(4);
  const untilMs = nowMs + HOLDS_H * 3_600_000;
  const password = await passwords.hash(temporaryPassword);
  return {
    fields: { password, passwordTemporaryUntilMs: untilMs },
    told: { temporaryPassword, holdsUntil: isoTime(untilMs) },
  };
}
