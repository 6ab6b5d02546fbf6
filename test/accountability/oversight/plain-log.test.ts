import { describe, expect, it } from 'vitest';
import { countWaiting, listNotices } from '../../../src/accountability/notices/operations.ts';
import {
  exportAudit,
  listAudit,
  sampleInquiries,
  verifyAudit,
} from '../../../src/accountability/oversight/operations.ts';
import { openDetection, searchDetections } from '../../../src/accountability/search/operations.ts';
import { openStaffedUnit } from '../../support/staffed-unit.ts';

const burglary = { purpose: 'stolen_vehicle', caseNumber: '26-0042', reason: 'burglary series' };

/** That of the vehicle that passes. */
const samplePlate = '8ABC123';

async function watched() {
  const unit = await openStaffedUnit('vallejo');
  unit.join('ann', 'auditor', 'A. Ann');
  const reyes = unit.join('reyes', 'detective', 'R. Reyes');
  const { detectionId } = await unit.passes(true);
  for (let visit = 0; visit < 3; visit += 1) {
    await reyes.perform(listNotices, {});
    await reyes.perform(countWaiting, {});
  }
  const area = { kind: 'circle', latitude: 38.1, longitude: -122.25, radiusM: 300 } as const;
  await reyes.perform(searchDetections, { area }, burglary);
  await reyes.perform(openDetection, { id: detectionId }, burglary);
  await reyes.perform(searchDetections, { plate: '8LVN362' }, burglary);
  return unit;
}

describe('the log for whoever oversees it (AUD-3)', () => {
  it('holds each look at data, and the polling of one’s own inbox once in a login', async () => {
    const { as } = await watched();
    const { records } = await as('ann', listAudit, { username: 'reyes' });
    const times = (name: string) => records.filter(({ operation }) => operation === name).length;
    expect(times('detections.search')).toBe(2);
    expect(times('detections.open')).toBe(1);
    expect(times('notices.list')).toBe(1);
    expect(times('notices.waiting')).toBe(1);
    const inbox = records.find(({ operation }) => operation === 'notices.list');
    expect(inbox?.note).toContain('The first of this login');
    expect((await as('ann', verifyAudit, {})).sound).toBe(true);
  });

  it('shows looks alone where one asks for them, and says how many records of which kind there are besides', async () => {
    const { as } = await watched();
    const all = await as('ann', listAudit, { username: 'reyes' });
    const looks = await as('ann', listAudit, { username: 'reyes', kind: 'looks' });
    expect(looks.records.map(({ operation }) => operation)).toEqual([
      'detections.search',
      'detections.open',
      'detections.search',
    ]);
    const kinds = looks.overview?.kinds;
    expect(kinds).toEqual(all.overview?.kinds);
    expect(kinds?.looks).toBe(3);
    expect(kinds?.unit).toBe(2);
    const sum = Object.values(kinds ?? {}).reduce((left, right) => left + right, 0);
    expect(sum).toBe(all.records.length);
    expect(looks.overview?.people).toContainEqual({ username: 'reyes', name: 'R. Reyes' });
    const older = await as('ann', listAudit, { before: looks.records[1]?.seq ?? 0 });
    expect(older.overview).toBeNull();
  });

  it('finds all looks at a plate: those that name it, and those at its reads by their number', async () => {
    const { as } = await watched();
    const looks = async (plate: string) =>
      (await as('ann', listAudit, { plate, kind: 'looks' })).records.map(
        ({ operation }) => operation,
      );
    expect(await looks(samplePlate)).toEqual(['detections.open']);
    expect(await looks('8LVN362')).toEqual(['detections.search']);
    const { bytes } = await as('ann', exportAudit, { plate: samplePlate, kind: 'looks' });
    expect(Buffer.from(bytes).toString('utf8')).toContain('detections.open');
  });

  it('says each deed and what it was about in words, in the list and in the file', async () => {
    const { as } = await watched();
    const { records } = await as('ann', listAudit, { username: 'reyes', kind: 'looks' });
    const [byPlate, opened, byPlace] = records;
    expect(byPlate).toMatchObject({
      deed: 'Search the plates that were read',
      about: 'plate 8LVN362',
    });
    expect(opened?.deed).toBe('Open one read of a plate');
    expect(opened?.about).toMatch(/^read no\. …[0-9a-f]{6}$/);
    expect(opened?.object).toMatch(/^detection [0-9a-f-]{36}$/);
    expect(byPlace?.about).toBe('in a circle of 300 m round 38.1, -122.25');
    const { bytes } = await as('ann', exportAudit, { username: 'reyes', kind: 'looks' });
    const [header = '', ...rows] = Buffer.from(bytes).toString('utf8').trim().split(/\r?\n/);
    expect(header).toContain('operation,deed,outcome');
    expect(rows).toHaveLength(3);
    expect(rows.join('\n')).toContain('detections.search,Search the plates that were read,done');
  });

  it('makes a memorandum in words, with names of operations and ids in its appendix alone (V 426.8)', async () => {
    const { as, time } = await watched();
    time.ms += 60_000;
    const { memo } = await as('ann', sampleInquiries, { seed: 'S' });
    const [paper = '', appendix = ''] = memo.split('## Appendix');
    expect(paper).toContain('| R. Reyes (reyes) | stolen vehicle; case 26-0042; burglary series |');
    expect(paper).toContain('| Search the plates that were read | plate 8LVN362 | 1 |');
    expect(paper).toContain('Reviewed by the Chief of Police: ____');
    expect(paper).not.toMatch(/detections\.|[0-9a-f]{8}-[0-9a-f]{4}|stolen_vehicle/);
    expect(appendix).toContain('| detections.search |');
    expect(appendix).toMatch(/\| detection [0-9a-f-]{36} \|/);
  });
});
