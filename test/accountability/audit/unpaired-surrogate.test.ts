import { expect, test } from 'vitest';
import type { AuditRecord } from '../../../src/accountability/audit/audit-record.ts';
import { earlierJson } from '../../../src/accountability/audit/canonical-json.ts';
import { hasOwnHash, linkOf, recordOf, sha256 } from '../../../src/accountability/audit/chain.ts';
import { ownEntry } from '../../../src/accountability/audit/unattended-entry.ts';
import { auditTable } from '../../../src/accountability/oversight/audit-table.ts';
import { readMessage } from '../../../src/headquarters/intake/read-message.ts';
import { tableFile } from '../../../src/platform/table-file.ts';

const unit = { agency: 'vallejo-pd', id: 'car-7' };
const key = Buffer.alloc(32);
/** Half of an emoji, as a note that was cut off ends, and as a key of what a person sent. */
const entry = ownEntry('notices.read', unit, {
  note: 'seen \ud83d',
  query: { 'half \udc00': 1, 2: 'two' },
});

/** The record as a version before wrote it: the halves as escapes. */
function recordOfBefore(): AuditRecord {
  const at = '2026-11-20T12:00:00.000Z';
  const made = linkOf(entry, { seq: 4, hash: 'a'.repeat(64) }, { at, unit, key });
  const { hash: _, ...unhashed } = { ...made.record, ...entry };
  const body = earlierJson(unhashed);
  return recordOf({ body, hash: sha256(body) });
}

const toHeadquarters = (record: AuditRecord) =>
  readMessage({
    topic: 'lookout/v1/vallejo-pd/car-7/audit',
    payload: Buffer.from(
      JSON.stringify({
        id: '0197a4b2-0000-7000-8000-000000000001',
        type: 'audit',
        agency: unit.agency,
        unit: unit.id,
        sentAt: '2026-11-29T12:00:00.000Z',
        body: record,
      }),
    ),
  });

test('headquarters takes an earlier record with half of a surrogate pair, and a changed one not', () => {
  const record = recordOfBefore();
  expect(record.note).toBe('seen \ud83d');
  expect(toHeadquarters(record)).toMatchObject({ kind: 'audit', record: { seq: 5 } });
  expect(toHeadquarters({ ...record, note: 'seen \ud83e' })).toMatchObject({
    kind: 'refused',
    problem: expect.stringContaining('hash'),
  });
});

test('a record of today has the hash of its text, with the half as U+FFFD', () => {
  const at = '2026-11-29T12:00:00.000Z';
  const { link } = linkOf(entry, { seq: 4, hash: 'a'.repeat(64) }, { at, unit, key });
  const record = recordOf(link);
  expect(record.note).toBe('seen \ufffd');
  expect(hasOwnHash(record)).toBe(true);
  expect(toHeadquarters(record)).toMatchObject({ kind: 'audit' });
});

test.each(['csv', 'xlsx'] as const)('the export of it as %s is whole', async (form) => {
  const { bytes } = await tableFile(auditTable([recordOfBefore()]), { form });
  expect(bytes.length).toBeGreaterThan(100);
  if (form === 'csv') expect(bytes.toString()).toContain('seen \ufffd');
});
