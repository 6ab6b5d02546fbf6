import { createHmac, randomBytes } from 'node:crypto';

const STEP_S = 30;
/** Clocks of phone and unit may be this many steps apart. */
const SLACK = 1;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new secret, as long as the hash (RFC 4226 section 4, R6). */
export function newTotpSecret(): Buffer {
  return randomBytes(20);
}

/** The code of a time step (RFC 6238, RFC 4226 section 5.3). */
export function totpCode(
  secret: Uint8Array,
  step: number,
  { digits = 6, hash = 'sha1' }: { digits?: number; hash?: 'sha1' | 'sha256' | 'sha512' } = {},
): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac(hash, secret).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** Time step of a moment, ms since the epoch. */
export function totpStep(nowMs: number): number {
  return Math.floor(nowMs / 1000 / STEP_S);
}

/**
 * The step whose code was given, or null. A step at or before `lastStep` counts no more: a code works once
 * (RFC 6238 section 5.2).
 */
export function matchTotp(
  secret: Uint8Array,
  given: string,
  nowMs: number,
  lastStep: number,
): number | null {
  const code = given.replace(/\s/g, '');
  const present = totpStep(nowMs);
  for (let step = present - SLACK; step <= present + SLACK; step += 1) {
    if (step > lastStep && totpCode(secret, step) === code) return step;
  }
  return null;
}

/** RFC 4648 base32, as authenticator programs take it. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text;
}

/** What an authenticator program reads from a QR code. */
export function totpUri(secret: Uint8Array, unit: string, username: string): string {
  const label = encodeURIComponent(`Lookout ${unit}:${username}`);
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(`Lookout ${unit}`)}`;
}
