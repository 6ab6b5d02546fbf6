import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AuditRecord } from '../../../src/accountability/audit/audit-record.ts';
import { canonicalJson } from '../../../src/accountability/audit/canonical-json.ts';
import { sha256 } from '../../../src/accountability/audit/chain.ts';
import { fetchEvidence, makeEvidence } from '../../../src/accountability/evidence/operations.ts';
import type { RedactedRecord } from '../../../src/accountability/evidence/redact-record.ts';
import {
  approveRelease,
  requestRelease,
  verifyRelease,
  withdrawRelease,
} from '../../../src/accountability/releases/operations.ts';
import { openDetection } from '../../../src/accountability/search/operations.ts';
import { asked, burglary, openShift, wanted } from '../shifts/shift.ts';

const own = { purpose: 'investigation', caseNumber: '26-7777', reason: 'a stabbing downtown' };

/** A clerk with an approved request for the reads of one plate, and what lies around it. */
async function openUnit() {
  const unit = await openShift('vallejo', {
    det: 'detective',
    chief: 'chief',
    clerk: 'records_clerk',
  });
  const { as, enter, hitOf } = unit;
  const { id } = await enter('det');
  const hit = await hitOf({ id, caseNumber: wanted.caseNumber ?? null });
  const other = await hitOf({ id, caseNumber: wanted.caseNumber ?? null });
  // The detective works on both in a case of their own, and another agency gets the other one.
  for (const { detectionId } of [hit, other])
    await as('det', openDetection, { id: detectionId }, own);
  await as('det', makeEvidence, { detectionIds: [hit.detectionId, other.detectionId] }, own);
  const approve = async () => {
    const request = await as('clerk', requestRelease, asked);
    await as('clerk', verifyRelease, { id: request.number, how: 'called back' });
    const approval = { id: request.number, why: 'need to know', valuesActConsidered: true };
    return as('chief', approveRelease, approval);
  };
  const fileOf = (packageId: string, name: string) =>
    readFileSync(join(unit.dataDir, 'evidence', packageId, 'volume-1', name), 'utf8');
  return { ...unit, hit, other, approve, fileOf };
}

it('REL-2: a release holds what is released and nothing of other matters; its audit records stay provable', async () => {
  const { as, hit, other, approve, fileOf, accountability } = await openUnit();
  const request = await approve();
  const order = {
    detectionIds: [hit.detectionId],
    release: request.number,
    recipient: asked.agency,
  };
  const made = await as(
    'clerk',
    makeEvidence,
    // A hit that is not here.
    { ...order, hitIds: [other.id.replace(/.$/, (last) => (last === '0' ? '1' : '0'))] },
    burglary,
  );
  expect(made.leftOut).toBe(1);
  const records = JSON.parse(fileOf(made.id, 'audit.json')) as RedactedRecord[];
  expect(records.map(({ operation }) => operation)).toEqual(
    expect.arrayContaining(['detections.open', 'evidence.make']),
  );
  for (const name of ['audit.json', 'records.json', 'records.csv', 'index.html', 'manifest.json']) {
    const text = fileOf(made.id, name);
    for (const foreign of [
      ...[other.detectionId, other.id, own.caseNumber, own.reason],
      ...[wanted.reason, hit.match.list.name, hit.match.entry.id],
    ]) {
      expect(text, name).not.toContain(foreign);
    }
  }
  const [record] = JSON.parse(fileOf(made.id, 'records.json'));
  expect(record.hits).toEqual([
    {
      ...{ id: hit.id, detectionId: hit.detectionId, raisedAt: hit.raisedAt, state: hit.state },
      withheld: 'list and entry',
    },
  ]);

  // Shown whole, each record has the hash that the package was signed with, and agrees with what stands there.
  for (const { redacted, hash, ...shown } of records) {
    const whole = accountability.audit
      .read({}, { limit: 500 })
      .find(({ seq }) => seq === shown.seq);
    const { hash: _, ...unhashed } = whole as AuditRecord;
    expect(sha256(canonicalJson(unhashed))).toBe(hash);
    expect(whole).toMatchObject(
      shown.query === undefined ? shown : { ...shown, query: expect.anything() },
    );
    expect(redacted).toContain('from');
  }
  const looked = records.find(({ operation }) => operation === 'detections.open');
  expect(looked).toMatchObject({
    object: `detection ${hit.detectionId}`,
    inquiry: { purpose: 'investigation' },
    redacted: expect.arrayContaining(['inquiry', 'session', 'who.account']),
  });
});

it('REL-2: for the agency itself a package holds hits and audit records whole', async () => {
  const { as, hit, fileOf } = await openUnit();
  const made = await as('det', makeEvidence, { hitIds: [hit.id] }, burglary);
  expect(fileOf(made.id, 'records.json')).toContain(hit.match.entry.reason);
  expect(fileOf(made.id, 'audit.json')).toContain(own.reason);
});

it('REL-2: once the approval is withdrawn nothing is packed, and what was packed is not handed out', async () => {
  const { as, hit, approve } = await openUnit();
  const { number } = await approve();
  const order = { detectionIds: [hit.detectionId], release: number, recipient: asked.agency };
  const made = await as('clerk', makeEvidence, order, burglary);
  await as('clerk', fetchEvidence, { id: made.id }, burglary);
  await as('chief', withdrawRelease, { id: number, why: 'sent to the wrong office' });
  const refused = /approval of request 2026-0001 was withdrawn .*: sent to the wrong office/;
  await expect(as('clerk', fetchEvidence, { id: made.id }, burglary)).rejects.toThrow(refused);
  await expect(as('clerk', makeEvidence, order, burglary)).rejects.toThrow(refused);
});
