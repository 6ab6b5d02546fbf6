import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, type TestContext } from 'vitest';
import { kindOf } from '../../src/platform/problem.ts';

/** A disk of its own, mounted at `path` until the test ends. Skips the test where that is not allowed. */
export function smallDisk(context: TestContext, path: string, sizeMiB: number) {
  mkdirSync(path, { recursive: true });
  const options = ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'tmpfs'];
  try {
    execFileSync('mount', [...options, path], { stdio: 'pipe' });
  } catch {
    context.skip('no right to mount a small disk');
  }
  onTestFinished(() => void execFileSync('umount', ['-l', path]));
  const filler = join(path, 'filler');
  return {
    /** Another program takes every block that is free, but for `leftBytes`. */
    fill(leftBytes = 0): void {
      const file = openSync(filler, 'a');
      try {
        for (;;) writeSync(file, Buffer.alloc(4096));
      } catch (error) {
        if (kindOf(error) !== 'disk-full') throw error;
      } finally {
        closeSync(file);
      }
      truncateSync(filler, statSync(filler).size - leftBytes);
    },
    clear: (): void => rmSync(filler),
  };
}

/** Asks ext4 to answer every read and write with an error from now on, as a disk that is pulled out does. */
const shutDown =
  'import fcntl, os, struct, sys\n' +
  'fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack("I", 2))';

/** A disk of its own that can be pulled out, mounted at `path` until the test ends. Skips the test where that is not allowed. */
export function looseDisk(context: TestContext, path: string, sizeMiB: number) {
  mkdirSync(path, { recursive: true });
  const image = `${path}.img`;
  try {
    execFileSync('truncate', ['-s', `${sizeMiB}M`, image]);
    execFileSync('mkfs.ext4', ['-q', '-F', image], { stdio: 'pipe' });
    execFileSync('mount', ['-o', 'loop', image, path], { stdio: 'pipe' });
  } catch {
    context.skip('no right to mount a disk of its own');
  }
  onTestFinished(() => void execFileSync('umount', ['-l', path]));
  return {
    pull: (): void => void execFileSync('/usr/bin/python3', ['-c', shutDown, path]),
  };
}
