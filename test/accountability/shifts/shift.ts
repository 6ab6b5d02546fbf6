import { expect } from 'vitest';
import type { z } from 'zod';
import { approveAccount, createAccount } from '../../../src/accountability/access/operations.ts';
import { makeEvidence } from '../../../src/accountability/evidence/operations.ts';
import type { StatedInquiry } from '../../../src/accountability/gate/client.ts';
import type { Role } from '../../../src/accountability/gate/permissions.ts';
import type { draftSchema } from '../../../src/accountability/hotplates/check-entry.ts';
import { enterHotPlate } from '../../../src/accountability/hotplates/operations.ts';
import type { releaseInputSchema } from '../../../src/accountability/releases/release-request.ts';
import { confirmVisual } from '../../../src/accountability/verification/operations.ts';
import type { Hit } from '../../../src/records/detection.ts';
import { openStaffedUnit } from '../../support/staffed-unit.ts';

/** A purpose with all that any of the policies asks for. */
export const burglary: StatedInquiry = {
  purpose: 'investigation',
  caseNumber: '26-0042',
  reason: 'burglary series',
};

type Entry = z.input<typeof draftSchema>;
type Ask = z.input<typeof releaseInputSchema>;

/** An entry with all that any of the policies asks for, but no end. */
export const wanted: Entry = {
  plate: '8ABC123',
  plateAgain: '8ABC123',
  state: 'CA',
  category: 'felony_vehicle',
  reason: 'Seen at three burglaries',
  synopsis: 'Burglary series, vehicle leaves northbound',
  caseNumber: '26-0042',
};

/** The entry without some of its fields. */
export const without = (...fields: (keyof Entry)[]): Entry =>
  Object.fromEntries(
    Object.entries(wanted).filter(([field]) => !fields.includes(field as keyof Entry)),
  ) as Entry;

/** Another agency's request for the reads of the plate. */
export const asked: Ask = {
  agency: 'Solano County Sheriff',
  person: 'Det. Lee',
  purpose: 'Burglaries in the county',
  data: 'Reads of one plate',
  reference: 'Letter of 27 November',
  kind: 'law_enforcement',
  covers: { plates: ['8ABC123'], spans: [{ from: '2026-01-01', to: '2026-12-31' }] },
};

/** A whole shift under a profile: its staff, each behind the gate with an account of their role. */
export async function openShift(profile: string, staff: Record<string, Role>) {
  const unit = await openStaffedUnit(profile);
  for (const [username, role] of Object.entries(staff)) unit.join(username, role);
  const { as } = unit;
  return {
    ...unit,
    /** Asks for an account of a role and has another person approve it. */
    async hire(username: string, role: Role, by: { creator: string; approver: string }) {
      await as(by.creator, createAccount, {
        username,
        name: `New ${username}`,
        role,
        organisation: 'test-pd',
        requestedBy: 'Sgt. Poe, by e-mail',
        training: { course: 'ALPR basics', completedOn: '2026-01-15', expiresOn: null },
        cletsUntil: '2099-01-01',
      });
      const own = as(by.creator, approveAccount, { username });
      if (by.creator !== by.approver)
        await expect(own).rejects.toThrow(/ask someone else|accounts\.approve/);
      return as(by.approver, approveAccount, { username });
    },
    enter: (username: string, entry: Entry = wanted) => as(username, enterHotPlate, entry),
    /** The officer compares plate, state and vehicle. */
    look: (username: string, hit: Hit) =>
      as(
        username,
        confirmVisual,
        { id: hit.id, characters: 'yes', state: 'yes', vehicle: 'yes' },
        burglary,
      ),
    pack: (username: string, hit: Hit, release: string) =>
      as(
        username,
        makeEvidence,
        { detectionIds: [hit.detectionId], release, recipient: asked.agency },
        burglary,
      ),
  };
}
