import { describe, expect, it } from 'vitest';
import { listOfficials, nameOfficial } from '../../../src/accountability/officials/operations.ts';
import { sampleInquiries } from '../../../src/accountability/oversight/operations.ts';
import { makeStatistics } from '../../../src/accountability/releases/operations.ts';
import { exportDetections } from '../../../src/accountability/search/operations.ts';
import { inZone } from '../../support/in-zone.ts';
import { openStaffedUnit } from '../../support/staffed-unit.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const captain = { office: 'overseer', title: 'Captain', name: 'A. Moss' } as const;
const why = {
  purpose: 'investigation',
  caseNumber: '26-0040001',
  reason: 'Vehicles of the burglaries',
};

describe('AUD-11: who oversees the operation is a fact with its days', () => {
  it.each([
    ['vallejo', 'chief', 'V 426.2(c)'],
    ['vigilant-429', 'alpr_administrator', 'A 429.6'],
    ['napa', 'alpr_administrator', 'N 429.4.1(e)'],
    ['walnut-creek', 'administrative_commander', 'W 432.2.1(e)'],
    ['barstow', 'administrative_commander', 'B 466.3.1(e)'],
    ['strict', 'chief', 'no policy'],
  ] as const)(
    'under %s the %s enters it (%s), an officer and a supervisor only see it',
    async (profile, role, _section) => {
      const unit = await openStaffedUnit(profile);
      const commander = unit.join('kay', role, 'K. Kay');
      const officer = unit.join('poe', 'officer');
      const sergeant = unit.join('moss', 'supervisor');
      for (const other of [officer, sergeant]) {
        await expect(other.perform(nameOfficial, captain)).rejects.toMatchObject({ status: 403 });
      }
      await commander.perform(nameOfficial, { ...captain, from: '2026-11-30' });
      const custodian = { office: 'custodian', title: 'Records Manager', name: 'R. Roe' } as const;
      await commander.perform(nameOfficial, { ...custodian, from: '2026-11-01' });
      expect(await officer.perform(listOfficials, {})).toMatchObject({
        overseer: [
          {
            title: 'ALPR Administrator',
            name: 'not named',
            from: null,
            to: '2026-11-29',
            entered: null,
          },
          {
            title: 'Captain',
            name: 'A. Moss',
            from: '2026-11-30',
            to: null,
            entered: { by: 'K. Kay (kay)' },
          },
        ],
        custodian: [{ name: 'R. Roe', from: '2026-11-01', to: null }],
      });
      const records = unit.accountability.audit.read({ operation: 'officials.name' }, { limit: 9 });
      expect(records.filter(({ outcome }) => outcome === 'done')).toMatchObject([
        { who: { username: 'kay' }, object: 'office overseer', query: { name: 'A. Moss' } },
        { object: 'office custodian' },
      ]);
      expect(unit.accountability.health().administrator.name).toBe('not named');
      unit.time.ms += dayMs;
      expect(unit.accountability.health().administrator).toEqual({
        title: 'Captain',
        name: 'A. Moss',
      });
    },
  );

  it('a past day corrects who it was then, a second entry for a day takes the place of the first', async () => {
    const unit = await openStaffedUnit('vallejo');
    const { administrator } = unit;
    await administrator.perform(nameOfficial, { ...captain, from: '2026-10-01' });
    await administrator.perform(nameOfficial, { ...captain, name: 'C. Noe', from: '2026-08-01' });
    const { overseer } = await administrator.perform(nameOfficial, {
      ...{ ...captain, name: 'A. Moos', from: '2026-10-01' },
    });
    expect(overseer.map(({ name, from, to }) => [name, from, to])).toEqual([
      ['not named', null, '2026-07-31'],
      ['C. Noe', '2026-08-01', '2026-09-30'],
      ['A. Moos', '2026-10-01', null],
    ]);
    await expect(
      administrator.perform(nameOfficial, { ...captain, name: 'A. Moos', from: '2026-11-01' }),
    ).rejects.toThrow(/holds it on 2026-11-01 already/);
    await expect(
      administrator.perform(nameOfficial, { ...captain, from: '2028-01-01' }),
    ).rejects.toThrow(/more than a year ahead/);
    await expect(
      administrator.perform(nameOfficial, { ...captain, from: '2026-11-29 14:03' }),
    ).rejects.toThrow(/write the day alone/);
  });

  it('figures, memorandum and export say who held it on the day in question', async () => {
    inZone('America/Los_Angeles');
    const unit = await openStaffedUnit('vallejo', { at: '2026-11-10T20:00:00Z' });
    const { administrator, time } = unit;
    await unit.passes(false);
    time.ms += 19 * dayMs;
    await unit.passes(false);
    await administrator.perform(nameOfficial, { ...captain, from: '2026-11-20' });

    const file = await administrator.perform(exportDetections, { format: 'csv', utc: true }, why);
    const rows = Buffer.from(file.bytes).toString().split('\r\n').slice(1);
    expect(rows.map((row) => /(?:ALPR Administrator|Captain): [\w .]+/.exec(row)?.[0])).toEqual([
      'Captain: A. Moss',
      'ALPR Administrator: not named',
      undefined,
    ]);
    const json = await administrator.perform(exportDetections, { format: 'geojson' }, why);
    const { note, features } = JSON.parse(Buffer.from(json.bytes).toString());
    expect(note.overseenBy).toBe('Captain: A. Moss');
    expect(features.map((each: { properties: object }) => each.properties)).toMatchObject([
      { overseenBy: 'Captain: A. Moss' },
      { overseenBy: 'ALPR Administrator: not named' },
    ]);

    const figures = await administrator.perform(makeStatistics, { months: 2 });
    expect(figures).toMatchObject({
      administrator: { name: 'A. Moss' },
      overseers: [
        { name: 'not named', to: '2026-11-19' },
        { name: 'A. Moss', from: '2026-11-20' },
      ],
    });
    const page = await administrator.perform(makeStatistics, { months: 2, as: 'markdown' });
    const text = 'bytes' in page ? Buffer.from(page.bytes).toString() : '';
    expect(text).toContain(
      'In charge: ALPR Administrator, not named (to 2026-11-19); Captain, A. Moss (from 2026-11-20)',
    );

    const auditor = unit.join('audrey', 'auditor');
    const { memo } = await auditor.perform(sampleInquiries, {
      ...{ from: '2026-11-01', to: '2026-11-29' },
    });
    expect(memo).toMatch(/ALPR oversight: .*not named .to 2026-11-19.*A\. Moss .from 2026-11-20/);
    const before = await auditor.perform(sampleInquiries, {
      ...{ from: '2026-11-01', to: '2026-11-19' },
    });
    expect(before.memo).toContain('ALPR oversight: ALPR Administrator, not named\n');
  });
});
