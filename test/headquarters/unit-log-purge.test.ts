import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import type { AuditRecord } from '../../src/accountability/audit/audit-record.ts';
import { beforeAll as first, type Head, linkOf } from '../../src/accountability/audit/chain.ts';
import {
  listAudit,
  purgeAudit,
  verifyAudit,
} from '../../src/accountability/oversight/operations.ts';
import { checkUnitLogsOf, openUnitRecords } from '../../src/headquarters/unit-logs/unit-records.ts';
import { dayMs, isoTime } from '../../src/platform/clock.ts';
import { sampleEntry } from '../accountability/audit/open-log.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { asHired, makeAda, openDepartment } from './department.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

const yearMs = 366 * dayMs;
const decided = {
  decision: 'No administrative, legal or audit purpose is left',
  decidedBy: 'Chief Lee',
};

/** A unit that sends records of its log, each some years old, and can begin it anew. */
async function openLogOf(department: Awaited<ReturnType<typeof openDepartment>>, id: string) {
  const unit = department.unit(id);
  await unit.uplink.start();
  let head: Head = first;
  const send = async (yearsAgo: number, plate: string, from = head): Promise<AuditRecord> => {
    const at = isoTime(Date.now() - yearsAgo * yearMs);
    const entry = sampleEntry({ operation: 'detections.search', query: { plate } });
    const { record } = linkOf(entry, from, {
      at,
      unit: { agency: 'test-pd', id },
      key: Buffer.alloc(32),
    });
    head = record;
    unit.outbox.add({ id: uuidv7(), lane: 'audit', topic: 'audit', json: JSON.stringify(record) });
    await waitFor(() => unit.outbox.status().waiting === 0, { what: `${id}’s outbox` });
    return record;
  };
  return { send };
}

test.skipIf(missingMosquitto)(
  'AUD-5: headquarters removes old records of the units by the decision that removes its own, and what is left of each chain still holds',
  { timeout: 180_000 },
  async () => {
    const department = await openDepartment();
    const { dataDir } = department;
    let running = await department.startHeadquarters();
    await makeAda(running.headquarters);
    const [car, gone] = [
      await openLogOf(department, 'unit-7'),
      await openLogOf(department, 'unit-8'),
    ];
    for (const years of [7, 6]) await car.send(years, '7OLD111');
    await gone.send(6, '7OLD222');
    // Stopped and started: both logs are anchored in the own one.
    await running.stop();
    running = await department.startHeadquarters();
    const again = await asHired(running.headquarters, 'ann', 'auditor');
    const middle = await car.send(0.5, '7NEW333');
    // Its clock was back for a while: what comes after a young record stays.
    await car.send(6, '7NEW444');
    const before = isoTime(Date.now() - 5 * yearMs);
    const tooYoung = again(purgeAudit, { before: isoTime(Date.now() - yearMs), ...decided });
    await expect(tooYoung).rejects.toThrow(/kept for at least/);

    const done = await again(purgeAudit, { before, ...decided });
    expect(done).toMatchObject({ removed: 0, ofUnits: 3 });
    const left = department.rows(
      'headquarters.db',
      'SELECT unit, seq FROM unit_audit ORDER BY seq',
    );
    expect(left).toEqual([
      { unit: 'unit-7', seq: 3 },
      { unit: 'unit-7', seq: 4 },
    ]);
    const { records } = await again(listAudit, { plate: '7OLD111', unit: 'unit-7' });
    expect(records).toEqual([]);
    const own = running.headquarters.accountability.audit;
    const [stated] = own.read({ operation: 'audit.purge.decision' }, { limit: 1 });
    expect(stated).toMatchObject({ query: { ...decided, ofUnits: 3 }, results: 3 });
    expect(own.read({ operation: 'units.purge-log' }, { limit: 9 })).toMatchObject([
      { object: 'unit unit-7', query: { seq: 2 }, results: 2 },
      { object: 'unit unit-8', query: { seq: 1 }, results: 1 },
    ]);
    await expect(again(purgeAudit, { before, ...decided })).rejects.toThrow(/no audit record/);

    // What goes on from there holds, also on a seized disk; what was begun anew is found.
    const next = await car.send(0, '7NEW555');
    const whole = [{ unit: 'unit-7', records: 3, missing: 0, sound: true, findings: [] }];
    expect((await again(verifyAudit, {})).units).toMatchObject(whole);
    expect(running.headquarters.status().problems).toEqual([]);
    await gone.send(0, '7NEW666', first);
    const problem = () => running.headquarters.status().problems.join();
    await waitFor(
      () => problem().includes('unit unit-8: its audit log was changed, or begun anew'),
      {
        what: 'the log that was begun anew',
      },
    );
    await running.stop();
    expect(checkUnitLogsOf(dataDir)?.[0]).toMatchObject({ sound: true, seq: next.seq });
    const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.startsWith('headquarters.db'))
      .map((name) => readFileSync(join(dataDir, name)).toString('latin1'));
    expect(files.some((bytes) => bytes.includes('7NEW333'))).toBe(true);
    expect(files.some((bytes) => /7OLD(?:111|222)/.test(bytes))).toBe(false);
    // What is left must follow from what was removed, and is checked as ever.
    await using logs = openUnitRecords(dataDir);
    const other = { unit: 'unit-7', seq: 2, hash: 'f'.repeat(64) };
    expect((await logs.check({ anchors: [], purged: [other] }))[0]?.findings).toEqual([
      `Record ${middle.seq} does not follow from the last one that was removed.`,
    ]);
    department.change(
      'headquarters.db',
      `UPDATE unit_audit SET body = replace(body, '7NEW333', '7NEW334') WHERE seq = ${middle.seq}`,
    );
    expect(checkUnitLogsOf(dataDir)?.[0]).toMatchObject({ sound: false });
  },
);
