import { describe, expect, it } from 'vitest';
import { releaseOperations } from '../../../src/accountability/releases/bind-operations.ts';
import {
  approveRelease,
  exportReleaseLog,
  refuseRelease,
  requestRelease,
  verifyRelease,
} from '../../../src/accountability/releases/operations.ts';
import type { ReleaseAsk } from '../../../src/accountability/releases/release-request.ts';
import { createReleases } from '../../../src/accountability/releases/releases.ts';
import { openUnitDatabase } from '../../../src/accountability/unit-database.ts';
import { openGate } from '../../support/gate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { now, profile } from '../retention/open-retention.ts';

const ask: ReleaseAsk = {
  agency: 'Contra Costa County District Attorney',
  person: 'Jane Doe',
  purpose: 'Prosecution of case 26-0042',
  data: 'Reads of the plate in case 26-0042',
  reference: 'Letter of 2026-11-20',
  kind: 'prosecution',
};
const clerk = { role: 'records_clerk' } as const;
const chief = { role: 'chief' } as const;

function openReleases(name = 'vallejo', dataDir = temporaryFolder()) {
  const db = openUnitDatabase(dataDir);
  const releases = createReleases({ db, policy: profile(name) });
  const gate = openGate(releaseOperations({ releases }), () => now);
  return { db, dataDir, releases, gate, perform: gate.perform };
}

describe('release requests', () => {
  it('REL-1: a request names agency, person and purpose, in writing, or is not taken', async () => {
    const { perform } = openReleases();
    for (const field of ['agency', 'person', 'purpose'] as const) {
      await expect(perform(clerk, requestRelease, { ...ask, [field]: ' ' }), field).rejects.toThrow(
        field,
      );
    }
    await expect(perform(clerk, requestRelease, { ...ask, reference: '' })).rejects.toThrow(
      /in writing/,
    );
    const request = await perform(clerk, requestRelease, ask);
    expect(request).toMatchObject({ ...ask, state: 'requested', number: '2026-0001' });
    expect((await perform(clerk, requestRelease, ask)).number).toBe('2026-0002');
  });

  it('REL-2: nothing leaves before an allowed role other than the requester approved it', async () => {
    const { perform, releases, gate } = openReleases();
    const { id } = await perform(clerk, requestRelease, ask);
    expect(() => releases.authorise(id)).toThrow(
      /is requested; for a release it must be .*approved/,
    );
    await perform(clerk, verifyRelease, { id, how: 'called back at the published number' });
    expect(() => releases.authorise(id)).toThrow(/is verified/);
    const officer = { role: 'officer', username: 'other' } as const;
    await expect(perform(officer, approveRelease, { id, why: 'fine' })).rejects.toThrow(
      /role \(officer\) may not decide.*chief/,
    );
    const approved = await perform(chief, approveRelease, { id, why: 'need to know' });
    expect(approved.decided).toMatchObject({ role: 'chief', why: 'need to know' });
    expect(releases.authorise(id).number).toBe('2026-0001');
    await expect(perform(chief, refuseRelease, { id, why: 'too late' })).rejects.toThrow(
      /is approved/,
    );
    expect(gate.records.every(({ category }) => category === 'Release')).toBe(true);
  });

  it('REL-2: the person who entered a request does not approve it, and a refused one stays refused and on file', async () => {
    const { perform, releases } = openReleases();
    const own = await perform(chief, requestRelease, ask);
    await perform(clerk, verifyRelease, { id: own.id, how: 'called back' });
    await expect(perform(chief, approveRelease, { id: own.id, why: 'fine' })).rejects.toThrow(
      /Someone other than the person who entered the request/,
    );
    const deputy = { role: 'chief', username: 'deputy' } as const;
    await perform(deputy, refuseRelease, { id: own.id, why: 'no need to know' });
    expect(() => releases.authorise(own.id)).toThrow(/is refused/);
    expect(releases.list('refused')).toHaveLength(1);
  });

  it('REL-3: under vigilant-429 the agency is verified before approval; the log is a CSV file without formulas', async () => {
    const { perform, gate } = openReleases('vigilant-429');
    const sergeant = { role: 'auto_theft_sergeant' } as const;

    const { id } = await perform(clerk, requestRelease, {
      ...ask,
      agency: '=HYPERLINK("http://evil","Sheriff")',
      person: '+Doe, "Jane"',
    });
    await expect(perform(sergeant, approveRelease, { id, why: 'ok then' })).rejects.toThrow(
      /is requested; for approving it must be verified/,
    );
    await perform(clerk, verifyRelease, { id, how: '@called back' });
    await perform(sergeant, approveRelease, { id, why: 'need to know' });
    const file = await gate.perform(clerk, exportReleaseLog, {});
    const text = Buffer.from(file.bytes).toString();
    expect(text.split('\r\n')[0]).toMatch(/^\uFEFFnumber,state,agency,/);
    expect(text).toContain(`"'=HYPERLINK(""http://evil"",""Sheriff"")"`);
    expect(text).toContain(`"'+Doe, ""Jane"""`);
    expect(text).toContain(`,'@called back,`);
    expect(text).toContain('2026-0001,approved');
  });

  it.each(['vallejo', 'napa', 'strict'])(
    'REL-4: under %s nothing is released for immigration enforcement or to its agencies',
    async (name) => {
      const { perform } = openReleases(name);
      for (const change of [
        { purpose: 'Federal immigration enforcement' },
        { purpose: 'IMMIGRATION-ENFORCEMENT operation' },
        { purpose: 'Enforcement of the federal immigration laws' },
        { purpose: 'Task force for immigration law enforcement' },
        { agency: 'Immigration & Customs Enforcement' },
        { agency: 'Customs & Border Protection' },
        { purpose: 'To find and deport the driver' },
        { purpose: 'Immigration detainer for the registered owner' },
        { agency: 'U.S. Border Patrol, Livermore' },
        { agency: 'Homeland Security Investigations (HSI)' },
        { person: 'Officer Roe, ERO San Francisco' },
        { agency: 'ICE' },
        { agency: 'I.C.E. Field Office' },
        { agency: 'U.S. Immigration and Customs Enforcement' },
        { agency: 'Customs and Border Protection, Oakland' },
        { person: 'Agent Roe, CBP' },
        { data: 'All reads, to be passed on to ICE' },
      ]) {
        await expect(
          perform(clerk, requestRelease, { ...ask, ...change }),
          JSON.stringify(change),
        ).rejects.toThrow(/policy forbids/);
      }
      // Words that only look like it are no ground.
      const agency = 'Police of Venice';
      const purpose = 'Theft of ice cream vans, by notice of the office';
      await perform(clerk, requestRelease, { ...ask, agency, purpose });
      const data = 'Reads of the car, for enforcement; the victim is an attorney for immigration';
      await perform(clerk, requestRelease, { ...ask, data });
    },
  );

  it('REL-4: what was approved before the policy forbade it is refused at release', async () => {
    const dataDir = temporaryFolder();
    const before = openReleases('barstow', dataDir);
    const { id } = await before.perform(clerk, requestRelease, { ...ask, agency: 'ICE' });
    await before.perform(clerk, verifyRelease, { id, how: 'called back' });
    const commander = { role: 'administrative_commander' } as const;
    await before.perform(commander, approveRelease, { id, why: 'need to know' });
    expect(before.releases.authorise(id).state).toBe('approved');
    before.db.close();
    const after = openReleases('vallejo', dataDir);
    expect(() => after.releases.authorise(id)).toThrow(/V 426\.7/);
  });

  it('REL-5: a request of anyone else is not taken, and says which policy governs it', async () => {
    const { perform, releases } = openReleases();
    await expect(
      perform(clerk, requestRelease, { ...ask, agency: 'The Daily News', kind: 'other' }),
    ).rejects.toThrow(/Records Maintenance and Release Policy/);
    expect(releases.list()).toEqual([]);
  });
});
