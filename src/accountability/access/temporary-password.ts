import { isoTime } from '../../platform/clock.ts';
import type { Account } from './account.ts';
import { oneTimeText } from './one-time-text.ts';
import type { Passwords } from './passwords.ts';

/** A password that an administrator passes on; it must be changed at the first login. */
export interface TemporaryPassword {
  username: string;
  /** Shown once. */
  temporaryPassword: string;
  holdsUntil: string;
}

/** How long a temporary password holds, ms. */
export const temporaryHoldsMs = 72 * 3_600_000;

/** Makes a random temporary password: the fields that the account stores, and what is shown to the administrator. */
export async function newTemporaryPassword(
  passwords: Passwords,
  nowMs: number,
): Promise<{
  fields: Pick<Account, 'password' | 'sharedPassword' | 'passwordTemporaryUntilMs'>;
  issued: Omit<TemporaryPassword, 'username'>;
}> {
  const temporaryPassword = oneTimeText(4);
  const untilMs = nowMs + temporaryHoldsMs;
  const hashed = await passwords.hash(temporaryPassword);
  return {
    fields: { ...hashed, passwordTemporaryUntilMs: untilMs },
    issued: { temporaryPassword, holdsUntil: isoTime(untilMs) },
  };
}
