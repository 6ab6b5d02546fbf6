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
});
