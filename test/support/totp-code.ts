import { HOTP, Secret, TOTP } from 'otpauth';

/** The code that an authenticator program shows for a time step. */
export function totpCode(
  secret: Uint8Array,
  step: number,
  { digits = 6, hash = 'sha1' }: { digits?: number; hash?: 'sha1' | 'sha256' | 'sha512' } = {},
): string {
  const key = new Secret({ buffer: Uint8Array.from(secret).buffer });
  return HOTP.generate({ secret: key, counter: step, digits, algorithm: hash.toUpperCase() });
}

/** Time step of a moment, ms since the epoch. */
export function totpStep(nowMs: number): number {
  return TOTP.counter({ timestamp: nowMs });
}
