import { expect } from 'vitest';
import { lookout } from '../support/lookout-process.ts';

/** `lookout backup` of headquarters while it runs; gives what it says. */
export async function backUp(dataDir: string, into: string, ...options: string[]) {
  const ended = await lookout(
    ...['backup', into, '--json', ...options, '--set', `unit.dataDir=${dataDir}`],
    ...['--set', 'unit.agency=test-pd', '--set', 'unit.id=headquarters'],
    ...['--set', 'unit.mode=headquarters'],
  );
  expect(ended.stderr).toBe('');
  return JSON.parse(ended.stdout) as {
    folder: string;
    imagesLinked: number;
    removed: string[];
    manifest: { images: number; keysLeftOut: string[]; databases: string[] };
  };
}
