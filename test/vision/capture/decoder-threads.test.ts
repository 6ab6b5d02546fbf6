import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { renderNumberedClip } from './numbered-clip.ts';

const compiler = '/usr/bin/cc';
const source = join(import.meta.dirname, '../../../src/vision/capture');

test.skipIf(spawnSync(compiler, ['--version']).status !== 0)(
  "a head decodes without threads that hold frames back, and OpenCV's other work keeps its threads",
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
      const clip = new cv.VideoCapture(${JSON.stringify(clip)}, cv.CAP_FFMPEG);
      const decoding = threads() - before;
      const { rows } = clip.read();
      console.log(JSON.stringify({ decoding, rows, others: cv.getNumThreads() }));
    `;
    const opened = (env: Record<string, string>) =>
      JSON.parse(
        execFileSync(process.execPath, ['--input-type=module', '-e', script], {
          env: { ...process.env, ...env },
          encoding: 'utf8',
        }),
      );
    const { rows, others } = opened({});
    expect(rows).toBeGreaterThan(0);
    expect(opened({ LD_PRELOAD: library })).toEqual({ decoding: 0, rows, others });
  },
);
