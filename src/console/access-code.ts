import { randomInt, timingSafeEqual } from 'node:crypto';
import { type Clock, systemClock } from '../platform/clock.ts';

/** The one-time code that opens the page until there are accounts. */
export interface AccessCode {
  /** The code that opens it now; null once it has been used. */
  readonly current: string | null;
  /** Makes a new code; the one before it no longer opens. */
  renew(): string;
  /** Takes a try. A right code is spent by it; `wait` when there were too many wrong ones lately. */
  redeem(given: string): 'right' | 'wrong' | 'wait';
}

/** Wrong tries allowed within a minute: 40 bits take longer than the vehicle lasts. */
const TRIES = 5;
const WITHIN_MS = 60_000;

/** Without 0, 1, I and O: it is read from one screen and typed on another. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

export function createAccessCode(clock: Clock = systemClock): AccessCode {
  let current: string | null = draw();
  let wrongAtMs: number[] = [];
  return {
    get current() {
      return current;
    },
    renew() {
      current = draw();
      return current;
    },
    redeem(given) {
      const now = clock();
      wrongAtMs = wrongAtMs.filter((at) => now - at < WITHIN_MS);
      if (wrongAtMs.length >= TRIES) return 'wait';
      if (current !== null && isSame(plain(given), plain(current))) {
        current = null;
        return 'right';
      }
      wrongAtMs.push(now);
      return 'wrong';
    },
  };
}

function draw(): string {
  const characters = Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]);
  return `${characters.slice(0, 4).join('')}-${characters.slice(4).join('')}`;
}

const plain = (code: string): string => code.toUpperCase().replace(/[^0-9A-Z]/g, '');

function isSame(given: string, code: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(code)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
