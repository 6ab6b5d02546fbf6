import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { releaseOperations } from '../../../src/accountability/releases/bind-operations.ts';
import {
  approveRelease,
  exportReleaseLog,
  refuseRelease,
  requestRelease,
  verifyRelease,
  withdrawRelease,
} from '../../../src/accountability/releases/operations.ts';
import type { releaseInputSchema } from '../../../src/accountability/releases/release-request.ts';
import { createReleases } from '../../../src/accountability/releases/releases.ts';
import { openUnitDatabase, unitMigrations } from '../../../src/accountability/unit-database.ts';
import { openDatabase } from '../../../src/platform/database.ts';
import { sampleDetection } from '../../records/samples.ts';
import { openGate } from '../../support/gate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { now, profile } from '../retention/open-retention.ts';

const seen = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-03T00:00:00.000Z' };
const ask: z.input<typeof releaseInputSchema> = {
  agency: 'Contra Costa County District Attorney',
  person: 'Jane Doe',
  purpose: 'Prosecution of case 26-0042',
  data: 'Reads of the plate in case 26-0042',
  reference: 'Letter of 2026-11-20',
  kind: 'prosecution',
  covers: { plates: ['8LVN362'], spans: [seen], until: '2026-12-31T00:00:00.000Z' },
};
const ofEveryState = expect.stringContaining('vehicles of every state');
const considered = { valuesActConsidered: true };
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
    expect(request).toMatchObject({ agency: ask.agency, state: 'requested', number: '2026-0001' });
    // As when the unit did not answer the first time.
    await expect(perform(clerk, requestRelease, ask)).rejects.toThrow(/already, as 2026-0001/);
    const other = { ...ask, reference: 'Another letter' };
    expect((await perform(clerk, requestRelease, other)).number).toBe('2026-0002');
  });

  it('REL-2: nothing leaves before an allowed role other than the requester approved it', async () => {
    const { perform, releases, gate } = openReleases();
    const { id } = await perform(clerk, requestRelease, ask);
    expect(() => releases.authorise(id, [], now)).toThrow(
      /is requested; for a release it must be .*approved/,
    );
    await perform(clerk, verifyRelease, { id, how: 'called back at the published number' });
    expect(() => releases.authorise(id, [], now)).toThrow(/is verified/);
    const officer = { role: 'officer', username: 'other' } as const;
    await expect(
      perform(officer, approveRelease, { id, why: 'fine', ...considered }),
    ).rejects.toThrow(/role \(officer\) may not decide.*chief/);
    const approved = await perform(chief, approveRelease, {
      id,
      why: 'need to know',
      ...considered,
    });
    expect(approved.decided).toMatchObject({ role: 'chief', why: 'need to know' });
    expect(releases.authorise(id, [], now).number).toBe('2026-0001');
    await expect(perform(chief, refuseRelease, { id, why: 'too late' })).rejects.toThrow(
      /is approved/,
    );
    expect(gate.records.every(({ category }) => category === 'Release')).toBe(true);
  });

  it('REL-2: the person who entered a request does not approve it, and a refused one stays refused and on file', async () => {
    const { perform, releases } = openReleases();
    const own = await perform(chief, requestRelease, ask);
    await perform(clerk, verifyRelease, { id: own.id, how: 'called back' });
    await expect(
      perform(chief, approveRelease, { id: own.id, why: 'fine', ...considered }),
    ).rejects.toThrow(/Someone other than the person who entered the request/);
    const deputy = { role: 'chief', username: 'deputy' } as const;
    await perform(deputy, refuseRelease, { id: own.id, why: 'no need to know' });
    expect(() => releases.authorise(own.id, [], now)).toThrow(/is refused/);
    expect(releases.list(now, 'refused')).toHaveLength(1);
  });

  it('REL-2: an approval is withdrawn by who may approve, and stays on file', async () => {
    const { perform, releases, gate } = openReleases();
    const { id, number } = await perform(clerk, requestRelease, ask);
    const withdrawal = { id: number, why: 'the case was closed' };
    await expect(perform(chief, withdrawRelease, withdrawal)).rejects.toThrow(/is requested/);
    await perform(clerk, verifyRelease, { id: number, how: 'called back' });
    await perform(chief, approveRelease, { id: number, why: 'need to know', ...considered });
    expect(gate.records.at(-1)?.object).toBe(`release ${id}`);
    const officer = { role: 'officer', username: 'other' } as const;
    await expect(perform(officer, withdrawRelease, withdrawal)).rejects.toThrow(/officer/);
    expect(releases.authorise(number, [], now).id).toBe(id);
    await perform(chief, withdrawRelease, withdrawal);
    const refused = /2026-0001 was withdrawn .* by Test chief: the case was closed/;
    expect(() => releases.authorise(id, [], now)).toThrow(refused);
    expect(() => releases.refuseFetch(id, id, now)).toThrow(refused);
    await expect(
      perform(chief, approveRelease, { id, why: 'need to know', ...considered }),
    ).rejects.toThrow(refused);
    expect(releases.list(now, 'withdrawn')).toHaveLength(1);
    expect(releases.list(now, 'approved')).toEqual([]);
    const { bytes } = await perform(clerk, exportReleaseLog, {});
    expect(Buffer.from(bytes).toString()).toMatch(
      /\r\n2026-0001,withdrawn,.*,yes,2026-11-2\d [^,]+,Test chief\r\n/,
    );
    const of = gate.records.filter(({ operation }) => operation === 'releases.withdraw');
    expect(of.map(({ outcome }) => outcome)).toEqual(
      expect.arrayContaining(['failed', 'started', 'done']),
    );
    expect(new Set(of.map(({ object }) => object))).toEqual(new Set([`release ${id}`]));
  });

  it('REL-2: a plate with its state covers that state alone, and one without says that it covers all', async () => {
    const { perform, releases } = openReleases();
    const read = (code: string | null) => {
      const { read: sample, ...detection } = sampleDetection();
      const state = code === null ? null : { code, p: 0.99 };
      const seenAt = { firstSeen: seen.from, lastSeen: seen.from };
      return { ...detection, ...seenAt, read: sample && { ...sample, plate: '8LVN362', state } };
    };
    const covering = (plates: string[]) =>
      perform(clerk, requestRelease, { ...ask, covers: { plates, spans: [seen] } });
    await expect(covering(['Kalifornia:8LVN362'])).rejects.toThrow(
      /plates, number 1: "Kalifornia" is no state; write a plate with its state like CA:7ABC123/,
    );
    expect((await covering(['ca:8lvn 362', 'California:6MZR274'])).asked?.plates).toEqual([
      'CA:8LVN362',
      'CA:6MZR274',
    ]);
    const { id, warnings, asked } = await covering(['8LVN362']);
    expect(warnings).toEqual([
      '8LVN362 is named without a state, so vehicles of every state with that plate are covered; name the state to cover one: CA:8LVN362',
    ]);
    await perform(clerk, verifyRelease, { id, how: 'called back' });
    const approval = { id, why: 'need to know', ...considered };
    await expect(
      perform(chief, approveRelease, { ...approval, narrow: { plates: ['CA:8LVN363'] } }),
    ).rejects.toThrow(/not widen it: plates/);
    const approved = await perform(chief, approveRelease, {
      ...approval,
      narrow: { plates: ['CA:8LVN362'] },
    });
    expect([asked?.plates, approved.granted?.plates]).toEqual([['8LVN362'], ['CA:8LVN362']]);
    expect(approved.warnings).toEqual([]);
    expect(releases.authorise(id, [read('CA'), read(null)], now).id).toBe(id);
    expect(() => releases.authorise(id, [read('NV')], now)).toThrow(
      /: not 8LVN362 of California or a state that was not read\.\nThe request covers 8LVN362 /,
    );
  });

  it('REL-3: a request is named by its number, wherever its id is taken', async () => {
    const { perform } = openReleases();
    const { id, number } = await perform(clerk, requestRelease, ask);
    expect(await perform(clerk, verifyRelease, { id: number, how: 'called back' })).toMatchObject({
      id,
      state: 'verified',
    });
    await expect(
      perform(clerk, verifyRelease, { id: '2026-0009', how: 'called back' }),
    ).rejects.toThrow('There is no release request 2026-0009.');
    await expect(perform(clerk, verifyRelease, { id: '0001', how: 'called back' })).rejects.toThrow(
      /not the number of a request, such as 2026-0007/,
    );
  });

  it('REL-3: under vigilant-429 the agency is verified before approval; the log is a CSV file without formulas', async () => {
    const { perform, gate } = openReleases('vigilant-429');
    const sergeant = { role: 'auto_theft_sergeant' } as const;

    const { id } = await perform(clerk, requestRelease, {
      ...ask,
      agency: '=HYPERLINK("http://evil","Sheriff")',
      person: '+Doe, "Jane"',
    });
    await expect(
      perform(sergeant, approveRelease, { id, why: 'ok then', ...considered }),
    ).rejects.toThrow(/is requested; for approving it must be verified/);
    await perform(clerk, verifyRelease, { id, how: '@called back' });
    await perform(sergeant, approveRelease, { id, why: 'need to know', ...considered });
    const file = await gate.perform(clerk, exportReleaseLog, {});
    const text = Buffer.from(file.bytes).toString();
    expect(text.split('\r\n')[0]).toMatch(/^\uFEFFnumber,state,agency,/);
    expect(text).toContain(`"'=HYPERLINK(""http://evil"",""Sheriff"")"`);
    expect(text).toContain(`"'+Doe, ""Jane"""`);
    expect(text).toContain(`,'@called back,`);
    expect(text).toContain('2026-0001,approved');
  });

  it('REL-1: a request names whole plates or a place, and when, or is not taken', async () => {
    const { perform } = openReleases();
    const covering = (covers: object) =>
      perform(clerk, requestRelease, { ...ask, covers: covers as typeof ask.covers });
    await expect(covering({ spans: [seen] })).rejects.toThrow(/name the plates, or an area/);
    await expect(covering({ plates: ['8LV*'], spans: [seen] })).rejects.toThrow(/part of a plate/);
    await expect(covering({ plates: ['8LVN362'], spans: [] })).rejects.toThrow(/spans/);
    await expect(
      covering({ plates: ['8LVN362'], spans: [{ from: seen.to, to: seen.from }] }),
    ).rejects.toThrow(/is not after from/);
    await expect(
      covering({ plates: ['8LVN362'], spans: [seen], until: '2026-11-01' }),
    ).rejects.toThrow(/end of the approval is in the past/);
    const { asked } = await covering({ plates: ['8lvn 362'], spans: [seen] });
    // One package, and thirty days from the request, where it does not say.
    expect(asked).toMatchObject({
      plates: ['8LVN362'],
      packages: 1,
      until: '2026-12-22T12:00:00.000Z',
    });
  });

  it('REL-2: the approver may narrow what was asked for, and not widen it', async () => {
    const { perform } = openReleases();
    const plates = ['8LVN362', '6MZR274'];
    const { id } = await perform(clerk, requestRelease, {
      ...ask,
      covers: { plates, spans: [seen], packages: 3 },
    });
    await perform(clerk, verifyRelease, { id, how: 'called back' });
    const approve = (narrow: object) =>
      perform(chief, approveRelease, { id, why: 'need to know', ...considered, narrow });
    await expect(approve({ plates: [...plates, '7ABC123'] })).rejects.toThrow(
      /not widen it: plates\. Asked for: 8LVN362 of any state, 6MZR274 of any state/,
    );
    await expect(approve({ plates: [] })).rejects.toThrow();
    await expect(
      approve({ spans: [{ from: '2026-02-01', to: '2026-03-02' }], packages: 4 }),
    ).rejects.toThrow(/not widen it: spans, packages/);
    const approved = await approve({ plates: ['6MZR274'], packages: 1 });
    expect(approved).toMatchObject({
      standing: 'open',
      granted: { plates: ['6MZR274'], packages: 1 },
    });
    const file = await perform(clerk, exportReleaseLog, {});
    expect(Buffer.from(file.bytes).toString()).toMatch(
      /,yes,6MZR274,"?6MZR274 of any state, seen /,
    );
  });

  it('REL-2: the approver may draw another area within the one that was asked for', async () => {
    const { perform } = openReleases();
    const area = { kind: 'circle' as const, latitude: 38.1, longitude: -122.25, radiusM: 1000 };
    const { id } = await perform(clerk, requestRelease, {
      ...ask,
      covers: { area, spans: [seen] },
    });
    await perform(clerk, verifyRelease, { id, how: 'called back' });
    const approve = (narrow: object) =>
      perform(chief, approveRelease, { id, why: 'need to know', ...considered, narrow });
    const box = {
      kind: 'box' as const,
      south: 38.095,
      west: -122.255,
      north: 38.105,
      east: -122.245,
    };
    await expect(approve({ area: { ...box, north: 38.2 } })).rejects.toThrow(/not widen it: area/);
    expect((await approve({ area: box })).granted).toMatchObject({ area: box });
  });

  it.each([
    ['vallejo', 'V 426.9(c)'],
    ['napa', 'N 429.8(b)'],
    ['barstow', null],
  ])(
    'REL-4: under %s the approver says that the Values Act was considered: %s',
    async (name, section) => {
      const { perform, releases } = openReleases(name);
      const { id, warnings } = await perform(clerk, requestRelease, {
        ...ask,
        agency: 'U.S. Coast Guard',
      });
      if (profile(name).releases.verified) {
        await perform(clerk, verifyRelease, { id, how: 'called back' });
      }
      const [role = 'chief'] = profile(name).releases.approverRoles;
      const bare = perform({ role }, approveRelease, { id, why: 'need to know' });
      if (section === null) {
        expect(warnings).toEqual([ofEveryState]);
        expect((await bare).state).toBe('approved');
        return;
      }
      expect(warnings).toEqual([
        expect.stringContaining('a part of Homeland Security'),
        ofEveryState,
      ]);
      await expect(bare).rejects.toMatchObject({ code: 'values-act-not-considered' });
      await expect(bare).rejects.toThrow(section);
      await expect(bare).rejects.toThrow(/Note: the agency speaks of a part of Homeland Security/);
      await perform({ role }, approveRelease, { id, why: 'need to know', ...considered });
      expect(releases.list(now)[0]?.decided).toMatchObject({ valuesActConsidered: true });
    },
  );

  it('REL-2: an approval from before it said what it covers counts no more and is given again', async () => {
    const dataDir = temporaryFolder();
    const last = unitMigrations.findIndex(({ id }) => id === 'releases-3-cover');
    const before = openDatabase(join(dataDir, 'lookout.db'), unitMigrations.slice(0, last));
    const person = { name: 'Test clerk', username: 'clerk', at: '2026-11-01T00:00:00.000Z' };
    const { covers: _, ...asked } = ask;
    const id = '0193a7c0-0000-7000-8000-000000000001';
    const body = {
      ...asked,
      id,
      number: '2026-0001',
      state: 'approved',
      requested: person,
      verified: { ...person, how: 'called back' },
      decided: { ...person, role: 'chief', why: 'need to know' },
      packages: [],
    };
    before
      .prepare(
        'INSERT INTO release_request (id, number, state, requested_at_ms, entered_by, body) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(id, '2026-0001', 'approved', Date.parse(person.at), 'someone', JSON.stringify(body));
    before.close();
    const { perform, releases } = openReleases('vallejo', dataDir);
    expect(releases.list(now)).toMatchObject([
      { state: 'verified', decided: null, earlier: { why: 'need to know' }, standing: null },
    ]);
    expect(() => releases.authorise(id, [], now)).toThrow(/must be approved again/);
    const again = { id, why: 'need to know', ...considered };
    await expect(perform(chief, approveRelease, again)).rejects.toThrow(
      /name plates or an area, spans and an end with the approval/,
    );
    const narrow = { plates: ['8LVN362'], spans: [seen], until: '2026-12-01' };
    expect(await perform(chief, approveRelease, { ...again, narrow })).toMatchObject({
      state: 'approved',
      granted: { plates: ['8LVN362'], packages: 1 },
    });
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
    await before.perform(commander, approveRelease, { id, why: 'need to know', ...considered });
    expect(before.releases.authorise(id, [], now).state).toBe('approved');
    before.db.close();
    const after = openReleases('vallejo', dataDir);
    expect(() => after.releases.authorise(id, [], now)).toThrow(/V 426\.7/);
  });

  it('REL-5: a request of anyone else is not taken, and says which policy governs it', async () => {
    const { perform, releases } = openReleases();
    await expect(
      perform(clerk, requestRelease, { ...ask, agency: 'The Daily News', kind: 'other' }),
    ).rejects.toThrow(/Records Maintenance and Release Policy/);
    expect(releases.list(now)).toEqual([]);
  });
});
