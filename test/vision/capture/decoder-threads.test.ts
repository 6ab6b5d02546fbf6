import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { renderNumberedClip } from './numbered-clip.ts';

const compiler = '/usr/bin/cc';
const source = join(import.meta.dirname, '../../../src/vision/capture');

test.skipIf(spawnSync(compiler, ['--version']).status !== 0)(
  'a head decodes without threads that hold frames back',
  async () => {
    const folder = temporaryFolder();
    const library = join(folder, 'decoder-threads.so');
    const code = join(source, 'decoder-threads.c');
    execFileSync(compiler, ['-Wall', '-Werror', '-shared', '-fPIC', '-o', library, code, '-ldl']);
    const clip = await renderNumberedClip(join(folder, 'clip.mp4'), { frames: 2, fps: 10 });
    const script = `
      import { readdirSync } from 'node:fs';
      import { cv } from ${JSON.stringify(join(source, 'opencv.ts'))};
      const threads = () => readdirSync('/proc/self/task').length;
      const before = threads();
      new cv.VideoCapture(${JSON.stringify(clip)}, cv.CAP_FFMPEG);
      console.log(threads() - before);
    `;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, LD_PRELOAD: library },
      encoding: 'utf8',
    });
    expect(output).toBe('0\n');
  },
);
