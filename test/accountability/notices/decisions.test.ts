import { describe, expect, it } from 'vitest';
import { createAccount } from '../../../src/accountability/access/operations.ts';
import {
  approveHotPlate,
  changeHotPlate,
  enterHotPlate,
  listAwaiting,
  refuseHotPlate,
} from '../../../src/accountability/hotplates/operations.ts';
import { countWaiting, listNotices } from '../../../src/accountability/notices/operations.ts';
import {
  approveRelease,
  requestRelease,
  verifyRelease,
} from '../../../src/accountability/releases/operations.ts';
import { openStaffedUnit } from '../../support/staffed-unit.ts';
import { typedEntry } from '../hotplates/typed-entry.ts';

const entry = { ...typedEntry, days: 30 };

async function openNapa() {
  const unit = await openStaffedUnit('napa');
  unit.join('dee', 'detective', 'D. Dee');
  unit.join('moss', 'supervisor', 'M. Moss');
  unit.join('lea', 'records_clerk', 'L. Park');
  unit.join('chief', 'chief', 'C. Stone');
  const waits = async (username: string) => (await unit.as(username, countWaiting, {})).decisions;
  const told = async (username: string) =>
    (await unit.as(username, listNotices, {})).notices.map(({ text }) => text);
  return { ...unit, waits, told };
}

describe('HOT-6, USR-8, REL-2: what waits for a decision is counted for whoever may decide it', () => {
  it('a hot plate for the supervisor, and who entered it is told of the refusal and of the approval', async () => {
    const { as, waits, told } = await openNapa();
    const { id } = await as('dee', enterHotPlate, entry);
    expect(await waits('moss')).toMatchObject({ hotPlates: 1 });
    expect(await waits('dee')).toMatchObject({ hotPlates: 0 });
    expect(await waits('chief')).toMatchObject({ hotPlates: 0 });
    await as('moss', refuseHotPlate, { id, note: 'The plate 7TWB905 is of another car' });
    expect(await waits('moss')).toMatchObject({ hotPlates: 0 });
    const other = { ...entry, plate: '8LVN999', plateAgain: '8LVN999' };
    await as('moss', approveHotPlate, { id: (await as('dee', enterHotPlate, other)).id });
    const texts = (await told('dee')).join('\n');
    expect(texts).toContain('was refused by M. Moss, with a note');
    expect(texts).toContain('was approved by M. Moss');
    expect(texts).not.toContain('7TWB905');
    expect(await told('moss')).toEqual([]);
  });

  it('who asked for a change of it is told that it was refused', async () => {
    const { as, told } = await openNapa();
    const { id } = await as('dee', enterHotPlate, entry);
    await as('moss', approveHotPlate, { id });
    await as('dee', changeHotPlate, { id, draft: { state: 'NV' }, reason: 'A Nevada plate' });
    await as('moss', refuseHotPlate, { id, note: 'not in the report' });
    expect((await told('dee')).join('\n')).toContain(
      'stays as it was: what you asked for was refused by M. Moss',
    );
  });

  it('an account for the chief, and not for the administrator who made it', async () => {
    const { administrator, waits } = await openNapa();
    await administrator.perform(createAccount, {
      ...{ username: 'casey', name: 'Casey Lane', role: 'officer', organisation: 'test-pd' },
      requestedBy: 'Sgt. Moss',
    });
    expect(await waits('chief')).toMatchObject({ accounts: 1 });
    expect(await waits('ada')).toMatchObject({ accounts: 0 });
    expect(await waits('dee')).toMatchObject({ accounts: 0 });
  });

  it('a request of another agency for the administrator, and who entered it is told of the decision', async () => {
    const { as, waits, told } = await openNapa();
    const { id } = await as('lea', requestRelease, {
      ...{ agency: 'Contra Costa County Sheriff', person: 'Jane Doe', kind: 'law_enforcement' },
      ...{ purpose: 'Homicide of 12 November', data: 'Reads of one plate', reference: 'Letter' },
      covers: { plates: ['CA:8LVN362'], spans: [{ from: '2026-11-01', to: '2026-11-29' }] },
    });
    await as('lea', verifyRelease, { id, how: 'Called back' });
    expect(await waits('ada')).toMatchObject({ releases: 1 });
    expect(await waits('chief')).toMatchObject({ releases: 0 });
    expect(await waits('lea')).toMatchObject({ releases: 0 });
    await as('ada', approveRelease, { id, why: 'Lawful', valuesActConsidered: true });
    expect(await waits('ada')).toMatchObject({ releases: 0 });
    expect(await told('lea')).toEqual([
      expect.stringMatching(
        /^Request 2026-0001 of Contra Costa County Sheriff was approved by Ada Cole$/,
      ),
    ]);
  });

  it('what waits for nobody is not read for it: hot plates on the list, and requests that were decided before', async () => {
    const { as, waits, time, db } = await openNapa();
    const { id } = await as('dee', enterHotPlate, entry);
    await as('moss', approveHotPlate, { id });
    const request = await as('lea', requestRelease, {
      ...{ agency: 'Contra Costa County Sheriff', person: 'Jane Doe', kind: 'law_enforcement' },
      ...{ purpose: 'Homicide of 12 November', data: 'Reads of one plate', reference: 'Letter' },
      covers: { plates: ['CA:8LVN362'], spans: [{ from: '2026-11-01', to: '2026-11-29' }] },
    });
    await as('lea', verifyRelease, { id: request.id, how: 'Called back' });
    const approval = { id: request.id, why: 'Lawful', valuesActConsidered: true };
    await as('ada', approveRelease, approval);
    await waits('moss');
    // Nobody could read these any more.
    db.prepare("UPDATE hot_plate SET json = '{}' WHERE id = ?").run(id);
    db.prepare("UPDATE release_request SET body = '{}' WHERE id = ?").run(request.id);
    time.ms += 60_000;
    expect(await waits('moss')).toMatchObject({ hotPlates: 0 });
    expect(await waits('ada')).toMatchObject({ releases: 0 });
  });

  it('under walnut-creek a supervisor, who approves changes alone, is shown no new entry', async () => {
    const { as, join, administrator } = await openStaffedUnit('walnut-creek');
    join('dee', 'detective');
    join('moss', 'supervisor');
    const { id } = await as('dee', enterHotPlate, typedEntry);
    expect(await as('moss', listAwaiting, {})).toEqual([]);
    await administrator.perform(approveHotPlate, { id });
    await as('dee', changeHotPlate, { id, draft: { state: 'NV' }, reason: 'A Nevada plate' });
    expect(await as('moss', listAwaiting, {})).toMatchObject([{ id }]);
  });
});
