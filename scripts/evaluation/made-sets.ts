import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Yardstick } from './yardsticks.ts';

type Recipe = NonNullable<Yardstick['madeBy']>;

const training = join(import.meta.dirname, '../../models/training');

/**
 * The folder of a set that a program of models/training makes, made first where the one at hand comes from other
 * code. Null, with a word on stderr, where the command fails: it needs what models/training/setup installs.
 */
export function madeSet(
  name: string,
  { program, options, code }: Recipe,
  cacheDir: string,
): string | null {
  const stem = join(cacheDir, name.replaceAll(' ', '-'));
  const folder = `${stem}.${hashOf(options, code)}`;
  if (existsSync(join(folder, 'index.jsonl'))) return folder;
  for (const old of globSync(`${stem}.*`)) rmSync(old, { recursive: true });
  process.stderr.write(`${name}: being made\n`);
  const part = join(dirname(folder), `part-${basename(folder)}`);
  rmSync(part, { recursive: true, force: true });
  const { status, error } = spawnSync('/usr/bin/python3', [...program, resolve(part), ...options], {
    cwd: training,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) {
    const reason = error?.message ?? `${program.join(' ')} ended with ${status}`;
    process.stderr.write(
      `${name}: left out (${reason}); models/training/setup brings what it needs\n`,
    );
    return null;
  }
  renameSync(part, folder);
  return folder;
}

/** Names options and code that a set is made with: other code makes another set. */
function hashOf(options: readonly string[], code: string): string {
  const hash = createHash('sha256').update(options.join(' '));
  for (const path of globSync(code, { cwd: training }).sort()) {
    hash.update(path).update(readFileSync(join(training, path)));
  }
  return hash.digest('hex').slice(0, 8);
}
