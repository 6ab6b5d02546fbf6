import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import { beforeAll as first, linkOf } from '../../src/accountability/audit/chain.ts';
import { ownEntry } from '../../src/accountability/audit/unattended-entry.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { openDepartment } from './department.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

const of = { agency: 'test-pd', id: 'unit-7' };
const made = { at: '2026-11-29T12:00:00.000Z', unit: of, key: Buffer.alloc(32) };
/** A record of the unit's log, with this note. */
const recordOf = (note: string, head = first) =>
  linkOf(ownEntry('notices.read', of, { note }), head, made).record;

describe.skipIf(missingMosquitto)('the audit logs of units', { timeout: 120_000 }, () => {
  test('AUD-5: headquarters’ own log has the hash of the last record of each, and says when one contradicts itself', async () => {
    const department = await openDepartment();
    const { headquarters, stop } = await department.startHeadquarters();
    const unit = department.unit('unit-7');
    await unit.uplink.start();
    const send = (record: object) =>
      unit.outbox.add({
        ...{ id: uuidv7(), lane: 'audit', topic: 'audit' },
        json: JSON.stringify(record),
      });
    const one = recordOf('one');
    const two = recordOf('two', one);
    send(one);
    send(two);
    await waitFor(() => unit.outbox.status().waiting === 0, { what: 'an empty outbox' });
    expect(headquarters.status().problems).toEqual([]);
    send(recordOf('another two', one));
    await waitFor(() => headquarters.status().problems.length > 0, { what: 'the contradiction' });
    expect(headquarters.status().problems).toEqual([
      expect.stringMatching(/^unit unit-7: its audit log was changed, or begun anew/),
    ]);
    await stop();
    const own = department
      .rows<{ body: string }>('audit.db', 'SELECT body FROM record ORDER BY seq')
      .map(({ body }) => JSON.parse(body) as { operation: string; object: string; query: object });
    expect(own.find(({ operation }) => operation === 'units.anchor-log')).toMatchObject({
      object: 'unit unit-7',
      query: { seq: 2 },
    });
    expect(own.some(({ operation }) => operation === 'units.contradiction')).toBe(true);
  });

  test('PRA-15: the log of a unit that was restored from a backup is told as that, and not as tampered with', async () => {
    const department = await openDepartment();
    const { headquarters, stop } = await department.startHeadquarters();
    const unit = department.unit('unit-7');
    await unit.uplink.start();
    const send = async (...records: object[]) => {
      for (const record of records) {
        unit.outbox.add({
          ...{ id: uuidv7(), lane: 'audit', topic: 'audit' },
          json: JSON.stringify(record),
        });
      }
      await waitFor(() => unit.outbox.status().waiting === 0, { what: 'an empty outbox' });
    };
    const one = recordOf('one');
    const two = recordOf('two', one);
    await send(one, two, recordOf('three', two));
    const backup = { from: 'unit-7-20261129T033000Z-001', head: 1 };
    const entry = ownEntry('backup.restored', of, { query: backup });
    const restored = linkOf(entry, one, made).record;
    const next = recordOf('after it', restored);
    await send(restored, next);
    expect(headquarters.status().problems).toEqual([]);
    // What contradicts the log since then is found as ever.
    await send(recordOf('another after it', restored));
    await waitFor(() => headquarters.status().problems.length > 0, { what: 'the contradiction' });
    await stop();
    const own = department
      .rows<{ body: string }>('audit.db', 'SELECT body FROM record ORDER BY seq')
      .map(({ body }) => JSON.parse(body) as { operation: string; object: string; query: object });
    expect(own.filter(({ operation }) => operation === 'units.restored')).toMatchObject([
      { object: 'unit unit-7', query: { seq: 2, recordsReplaced: 2, backup } },
    ]);
    // Both versions are kept.
    const kept = department.rows('headquarters.db', 'SELECT seq FROM unit_audit ORDER BY seq');
    expect(kept.map(({ seq }) => seq)).toEqual([1, 2, 2, 3, 3, 3]);
  });
});
