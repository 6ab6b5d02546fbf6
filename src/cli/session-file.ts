import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Config } from '../config/schema.ts';

/** The token of a person's command-line session with one unit, readable only by them. */
export interface SessionFile {
  /** Null when they are not logged in. */
  read(): string | null;
  write(token: string): void;
  remove(): void;
}

/** In the run-time folder, which is deleted at logout from the computer; else in the state folder. */
export function sessionFile(
  unit: Config['unit'],
  environment: Record<string, string | undefined> = process.env,
): SessionFile {
  const base =
    environment.XDG_RUNTIME_DIR ?? environment.XDG_STATE_HOME ?? join(homedir(), '.local/state');
  const path = join(base, 'lookout', `${unit.agency}.${unit.id}.session`);
  return {
    read() {
      try {
        const { uid, mode } = statSync(path);
        // A file of another user, or one that others can read, is not secret.
        if (uid !== process.getuid?.() || (mode & 0o077) !== 0) return null;
        return readFileSync(path, 'utf8').trim();
      } catch {
        return null;
      }
    },
    write(token) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      rmSync(path, { force: true });
      writeFileSync(path, `${token}\n`, { mode: 0o600, flag: 'wx' });
    },
    remove: () => rmSync(path, { force: true }),
  };
}
