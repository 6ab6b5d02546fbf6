/**
 * Measures reading a long audit log: pages of looks, of a person and of a plate, and the counts by kind; with the longest
 * that one read holds the event loop up, by the clock and by the processor's time, which other programs do not lengthen. `scripts/node node scripts/bench/audit-log.ts [--records 100000]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import SQLite from 'better-sqlite3';
import type { AuditFilter } from '../../src/accountability/audit/audit-filter.ts';
import { type AuditLog, openAuditLog } from '../../src/accountability/audit/audit-log.ts';
import { countByKind, newestRecords } from '../../src/accountability/audit/newest-records.ts';
import { ownEntry } from '../../src/accountability/audit/unattended-entry.ts';

const { values } = parseArgs({ options: { records: { type: 'string', default: '100000' } } });
const records = Number(values.records);
const unit = { agency: 'bench-pd', id: 'car-1' };
const dataDir = mkdtempSync(join(tmpdir(), 'lookout-bench-'));
const log = openAuditLog({ dataDir, unit });

let reads = longestRead();
/** The log, with each of its reads timed. */
const timed: Pick<AuditLog, 'read' | 'span' | 'count'> = {
  read: (...asked) => reads.time(() => log.read(...asked)),
  span: (period) => reads.time(() => log.span(period)),
  count: (...asked) => reads.time(() => log.count(...asked)),
};

try {
  fill();
  await measure('first page of looks', () =>
    newestRecords(timed, { kind: 'looks' }, { limit: 100 }),
  );
  await measure('page of looks in the middle', () =>
    newestRecords(timed, { kind: 'looks' }, { limit: 100, before: records / 2 }),
  );
  await measure('counts by kind', () => countByKind(timed, {}));
  await both('a person', { username: 'p7', kind: 'looks' });
  await both('a plate that is there ten times', { plate: '7RARE77' });
  await both('a day', { from: '2026-03-02T00:00:00Z', to: '2026-03-03T00:00:00Z' });
  await measure('everybody in it', async () => reads.time(() => log.people()));
} finally {
  log.close();
  rmSync(dataDir, { recursive: true });
}

/** A third are looks, by fifty people. Written past the chain, which a reader of pages does not check. */
function fill(): void {
  const entry = ownEntry('detections.search', unit, { query: { plate: '8ABC123', alike: false } });
  const { seq } = log.append(entry);
  const db = new SQLite(join(dataDir, 'audit.db'));
  const copy = db.prepare(
    `INSERT INTO record SELECT ?, json_set(body, '$.category', ?, '$.who.username', ?, '$.query.plate', ?, '$.at', ?), hash, seal
     FROM record WHERE seq = ?`,
  );
  const begin = Date.UTC(2026, 0, 1);
  db.transaction(() => {
    for (let at = seq + 1; at <= records; at += 1) {
      copy.run(
        at,
        at % 3 === 0 ? 'Detection Browsing' : 'System',
        `p${at % 50}`,
        at % Math.floor(records / 10) === 0 ? '7RARE77' : `8ABC${at % 1000}`,
        new Date(begin + at * 60_000).toISOString(),
        seq,
      );
    }
  })();
  db.close();
}

async function both(what: string, filter: AuditFilter): Promise<void> {
  await measure(what, async () => {
    await newestRecords(timed, filter, { limit: 100 });
    await countByKind(timed, filter);
  });
}

/** The longest read of the log, ms by the clock and of the processor's time. */
function longestRead() {
  const longest = { clockMs: 0, processorMs: 0 };
  const time = <T>(read: () => T): T => {
    const from = performance.now();
    const used = process.threadCpuUsage();
    const found = read();
    const { user, system } = process.threadCpuUsage(used);
    longest.clockMs = Math.max(longest.clockMs, performance.now() - from);
    longest.processorMs = Math.max(longest.processorMs, (user + system) / 1000);
    return found;
  };
  return { longest, time };
}

/** Ten times, the median and the longest; and how long the event loop stood still. */
async function measure(what: string, run: () => Promise<unknown>): Promise<void> {
  reads = longestRead();
  const times: number[] = [];
  const used = process.threadCpuUsage();
  for (let turn = 0; turn < 10; turn += 1) {
    const from = performance.now();
    await run();
    times.push(performance.now() - from);
  }
  const { user, system } = process.threadCpuUsage(used);
  times.sort((a, b) => a - b);
  const figure = (ms: number | undefined) => (ms ?? 0).toFixed(1);
  const { clockMs, processorMs } = reads.longest;
  process.stdout.write(
    `${what}: ${figure(times[5])} ms, longest ${figure(times.at(-1))} ms, of the processor ${figure((user + system) / 10_000)} ms; ` +
      `one read held the event loop up ${figure(clockMs)} ms at most, of the processor ${figure(processorMs)} ms\n`,
  );
}
