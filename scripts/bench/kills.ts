import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kill, killAfterAlert } from '../../test/daemon/kill-after-alert.ts';

// A unit is killed 0 to 60 ms after it has told an alert, again and again: which of the hits that it had told are on its
// disk? And from a report to its alert, with the small commit that comes before it.
const kills = Number(process.argv[2] ?? 1000);
const lanes = 2;
const folder = mkdtempSync(join(tmpdir(), 'lookout-bench-'));
const all: Kill[] = [];

const kill = async (count: number): Promise<void> => {
  const dataDir = join(folder, `unit-${count}`);
  const at = { alerts: 1 + (count % 7), afterMs: Math.random() * 60 };
  all.push(await killAfterAlert(dataDir, at));
  rmSync(dataDir, { recursive: true, force: true });
};
await Promise.all(
  Array.from({ length: lanes }, async (_, lane) => {
    for (let count = lane; count < kills; count += lanes) await kill(count);
  }),
);
rmSync(folder, { recursive: true, force: true });

const lost = all.map((each) => each.lost.length);
const total = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0);
// The first alert of a process also compiles its code.
const alertMs = all.flatMap((each) => each.alertMs.slice(1)).sort((a, b) => a - b);
const quantile = (share: number) =>
  alertMs[Math.min(alertMs.length - 1, Math.floor(alertMs.length * share))]?.toFixed(1) ?? '–';
process.stdout.write(
  `${[
    `${kills} kills 0 to 60 ms after an alert, ${total(all.map(({ told }) => told))} alerts told`,
    `lost ${total(lost)} alerts, in ${lost.filter((count) => count > 0).length} kills; ` +
      `doubled ${total(all.map(({ doubled }) => doubled.length))}`,
    `report to alert: p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms, longest ${quantile(1)} ms of ${alertMs.length}`,
  ].join('\n')}\n`,
);
