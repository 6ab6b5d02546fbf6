import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Kill, killAfterAlert } from './kill-after-alert.ts';

const kills = Number(process.env.LOOKOUT_TEST_KILLS ?? 40);

test(`killed ${kills} times within 60 ms of an alert: no hit that was told is lost, none is sent twice (ALT-3)`, async () => {
  const folder = temporaryFolder();
  const all: Kill[] = [];
  const lanes = [0, 1].map(async (lane) => {
    for (let count = lane; count < kills; count += 2) {
      const at = { alerts: 1 + (count % 7), afterMs: Math.random() * 60 };
      all.push(await killAfterAlert(join(folder, `unit-${count}`), at));
    }
  });
  await Promise.all(lanes);

  expect(all.flatMap(({ lost }) => lost)).toEqual([]);
  expect(all.flatMap(({ doubled }) => doubled)).toEqual([]);
  expect(all.filter(({ told }) => told > 0)).toHaveLength(kills);
}, 300_000);
