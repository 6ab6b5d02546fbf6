import { join } from 'node:path';
import type { z } from 'zod';
import type { AuditRecord } from '../../../src/accountability/audit/audit-record.ts';
import { evidenceOperations } from '../../../src/accountability/evidence/bind-operations.ts';
import { createBookings } from '../../../src/accountability/evidence/bookings.ts';
import {
  fetchEvidence,
  makeEvidence,
  type orderSchema,
} from '../../../src/accountability/evidence/operations.ts';
import { createPackages } from '../../../src/accountability/evidence/packages.ts';
import { createPackedDetections } from '../../../src/accountability/evidence/packed-detections.ts';
import { receivePackage } from '../../../src/accountability/evidence/receive-package.ts';
import { createReleases } from '../../../src/accountability/releases/releases.ts';
import { openGate, type TestPerson } from '../../support/gate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { now, openRetention, profile } from '../retention/open-retention.ts';

/** A record of the log about a detection, as `auditExtract` gives it. */
const looked: AuditRecord = {
  seq: 7,
  at: '2026-11-20T12:00:00.000Z',
  agency: 'test-pd',
  unit: 'unit-7',
  category: 'Detection Browsing',
  operation: 'detections.open',
  outcome: 'done',
  who: {
    account: null,
    username: 'moss',
    name: 'M. Moss',
    role: 'officer',
    organisation: 'test-pd',
  },
  from: 'command line pts/1',
  session: null,
  object: null,
  query: null,
  results: 1,
  inquiry: null,
  note: null,
  previous: '0'.repeat(64),
  hash: '1'.repeat(64),
};

type Order = z.input<typeof orderSchema>;

export const detective: TestPerson = { role: 'detective' };

/** A unit that makes evidence packages. */
export function openEvidence(dataDir = temporaryFolder(), profileName = 'vallejo') {
  const policy = profile(profileName);
  const unit = openRetention(dataDir, policy);
  const { db, holds } = unit;
  const releases = createReleases({ db, policy });
  const time = { isBelieved: true, nowMs: now };
  const asked: (readonly string[])[] = [];
  const packages = createPackages({
    db,
    dataDir,
    holds,
    releases,
    packed: createPackedDetections(db),
    unit: { agency: 'test-pd', id: 'unit-7' },
    believesClock: () => time.isBelieved,
    async auditExtract(objectIds) {
      asked.push(objectIds);
      return [{ ...looked, object: `detection ${objectIds[0]}` }];
    },
  });
  const bookings = createBookings(db);
  const operations = evidenceOperations({
    packages,
    bookings,
    agency: 'test-pd',
    releaseIdOf: releases.idOf,
  });
  const gate = openGate(operations, () => time.nowMs);
  const order = (input: Order, who = detective) => gate.perform(who, makeEvidence, input);
  const fetch = (id: string) => (from: number) =>
    gate.perform(detective, fetchEvidence, { id, from: String(from) });
  return {
    ...unit,
    dataDir,
    releases,
    packages,
    time,
    gate,
    asked,
    order,
    fetch,
    /** Makes a package and fetches it to a folder, as the command line does. */
    async packed(input: Order, folder = join(temporaryFolder(), 'package')) {
      const made = await order(input);
      await receivePackage({ made, folder, fetch: fetch(made.id) });
      return { made, folder };
    },
  };
}
