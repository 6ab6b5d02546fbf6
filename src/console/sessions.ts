import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileDurably } from '../platform/write-file-durably.ts';

/** Sessions of the page. */
export interface Sessions {
  /** A token for a browser that showed a right code. */
  open(nowMs: number): string;
  isOpen(token: string | undefined, nowMs: number): boolean;
}

/** A long shift. */
export const SESSION_S = 14 * 3600;

/**
 * Tokens signed with a key of this unit, `console.key` in the data folder. Nothing is kept in memory, so that
 * the officer's page goes on by itself when the daemon was restarted; deleting the file ends every session.
 */
export async function openSessions(dataDir: string): Promise<Sessions> {
  const path = join(dataDir, 'console.key');
  let key = await readFile(path).catch(() => null);
  if (key?.byteLength !== 32) {
    key = randomBytes(32);
    await writeFileDurably(path, key);
  }
  const sign = (text: string) => createHmac('sha256', key).update(text).digest('base64url');

  return {
    open(nowMs) {
      const claim = `${Math.round(nowMs / 1000) + SESSION_S}.${randomBytes(16).toString('base64url')}`;
      return `${claim}.${sign(claim)}`;
    },
    isOpen(token, nowMs) {
      const [, claim, signature] = /^(\d+\.[\w-]+)\.([\w-]+)$/.exec(token ?? '') ?? [];
      if (claim === undefined || signature === undefined) return false;
      const [given, expected] = [Buffer.from(signature), Buffer.from(sign(claim))];
      if (given.byteLength !== expected.byteLength || !timingSafeEqual(given, expected)) {
        return false;
      }
      return Number.parseInt(claim, 10) * 1000 > nowMs;
    },
  };
}
