import { HOTP, Secret, TOTP } from 'otpauth';

/** Clocks of phone and unit may be this many steps of 30 s apart. */
const maxClockSteps = 1;
const secretBytes = 20;

/** A new secret, as long as the hash (RFC 4226 section 4, R6). */
export function newTotpSecret(): Buffer {
  return Buffer.from(new Secret({ size: secretBytes }).bytes);
}

/**
 * The time step of RFC 6238 (SHA-1, six digits, 30 s) whose code was typed, or null. A step at or before `lastStep` no
 * longer counts: a code works once (RFC 6238 section 5.2).
 */
export function matchTotp(
  secret: Uint8Array,
  typed: string,
  nowMs: number,
  lastStep: number,
): number | null {
  const token = typed.replace(/\s/g, '');
  // HOTP.validate throws for six characters that are more than six bytes.
  if (!/^[0-9]{6}$/.test(token)) return null;
  const present = TOTP.counter({ timestamp: nowMs });
  for (let step = present - maxClockSteps; step <= present + maxClockSteps; step += 1) {
    if (step <= lastStep) continue;
    const found = HOTP.validate({ token, secret: secretOf(secret), counter: step, window: 0 });
    if (found !== null) return step;
  }
  return null;
}

/** RFC 4648 base32, the form that authenticator apps accept. */
export function base32(bytes: Uint8Array): string {
  return secretOf(bytes).base32;
}

/** The address that an authenticator app reads from a QR code. */
export function totpUri(secret: Uint8Array, unit: string, username: string): string {
  const issuer = `Lookout ${unit}`;
  return new TOTP({ issuer, label: username, secret: secretOf(secret) }).toString();
}

function secretOf(bytes: Uint8Array): Secret {
  return new Secret({ buffer: Uint8Array.from(bytes).buffer });
}
