import { describe, expect, it } from 'vitest';
import {
  approveHotPlate,
  changeHotPlate,
  enterHotPlate,
  listAwaiting,
  listHotPlates,
  refreshHotPlate,
} from '../../../src/accountability/hotplates/operations.ts';
import { listNotices } from '../../../src/accountability/notices/operations.ts';
import { readAs } from '../../hotlist/hotlist-at.ts';
import { openStaffedUnit } from '../../support/staffed-unit.ts';

const hourMs = 3_600_000;
const entry = {
  plate: '7TWB905',
  plateAgain: '7TWB905',
  state: 'CA',
  category: 'felony_vehicle',
  reason: 'Used in armed robbery',
} as const;
const why = { purpose: 'investigation' };

async function staff(profile: string) {
  const unit = await openStaffedUnit(profile);
  unit.join('moss', 'officer', 'M. Moss');
  unit.join('opscmd', 'operations_commander', 'O. Cmd');
  unit.join('admin', 'alpr_administrator', 'A. Min');
  unit.join('bureau', 'administrative_commander', 'B. Cmd');
  return unit;
}

describe('HOT-17: the Custom Hotlist of Barstow is refreshed within 72 hours (B 466.11)', () => {
  it('an entry that its member does not confirm stops alerting, with notice before, and alerts again when confirmed', async () => {
    const { as, time, accountability } = await staff('barstow');
    const { id } = await as('moss', enterHotPlate, entry);
    await as('opscmd', approveHotPlate, { id });
    const alerts = () => accountability.hotlist.match(readAs('7TWB905')).length > 0;
    const told = async () => {
      const { notices } = await as('moss', listNotices, {});
      return notices.map(({ text }) => text.split(') ').at(-1)?.split(' at ')[0]);
    };
    const stands = async () => (await as('moss', listHotPlates, {}, why))[0];

    time.ms += 47 * hourMs;
    expect(alerts()).toBe(true);
    expect(await told()).toEqual(['was approved by O. Cmd']);
    time.ms += 2 * hourMs;
    expect(await told()).toEqual(['stops alerting', 'was approved by O. Cmd']);
    expect(await stands()).toMatchObject({ lapsed: false, refreshBy: '2026-12-02T12:00:00.000Z' });
    await as('moss', refreshHotPlate, { id });
    expect(await stands()).toMatchObject({ refreshBy: '2026-12-04T13:00:00.000Z' });

    time.ms += 71 * hourMs;
    expect(alerts()).toBe(true);
    time.ms += hourMs;
    expect(alerts()).toBe(false);
    expect(await stands()).toMatchObject({ state: 'active', lapsed: true });
    expect((await as('moss', listNotices, {})).notices[0]?.text).toMatch(/has not alerted since/);
    await expect(as('admin', refreshHotPlate, { id })).resolves.toBeDefined();
    expect(alerts()).toBe(true);
  });

  it('only the member who entered it, or one who may change every entry, confirms it', async () => {
    const { as, join } = await staff('barstow');
    join('tan', 'officer', 'R. Tan');
    const { id } = await as('moss', enterHotPlate, entry);
    await expect(as('moss', refreshHotPlate, { id })).rejects.toThrow(/is awaiting/);
    await as('opscmd', approveHotPlate, { id });
    await expect(as('tan', refreshHotPlate, { id })).rejects.toThrow(/entered by M. Moss/);
  });

  it('no other policy asks for it', async () => {
    const { as, time, accountability } = await staff('walnut-creek');
    const { id } = await as('moss', enterHotPlate, entry);
    await as('bureau', approveHotPlate, { id });
    time.ms += 100 * hourMs;
    expect(accountability.hotlist.match(readAs('7TWB905'))).toHaveLength(1);
    await expect(as('moss', refreshHotPlate, { id })).rejects.toThrow(/asks for no refreshing/);
  });
});

describe('HOT-6: an approver sees what they approve', () => {
  it.each([
    ['vallejo', 'admin'],
    ['barstow', 'opscmd'],
    ['walnut-creek', 'bureau'],
  ])('under %s the plate, by a look of their own that is audited', async (profile, approver) => {
    const { as, accountability } = await staff(profile);
    const details = { synopsis: 'Robbery of a store', caseNumber: '26-004211' };
    const { id } = await as('moss', enterHotPlate, { ...entry, ...details });
    const [seen] = await as(approver, listAwaiting, {});
    expect(seen).toMatchObject({
      id,
      content: { plate: '7TWB905' },
      enteredBy: { name: 'M. Moss' },
    });
    const [look] = accountability.audit.read({ operation: 'hotplates.awaiting' }, { limit: 1 });
    expect(look).toMatchObject({ category: 'Hot List Browsing', outcome: 'done', results: 1 });
    expect(JSON.stringify(look)).not.toContain('7TWB905');
    await expect(as('moss', listAwaiting, {})).rejects.toThrow(/hotplates.approve/);

    const draft = { plate: '7TWB906', plateAgain: '7TWB906' };
    await as('moss', changeHotPlate, { id, draft, reason: 'It was mistyped.' });
    await expect(as(approver, approveHotPlate, { id, revision: seen?.revision })).rejects.toThrow(
      /was changed since you looked at it/,
    );
    const [again] = await as(approver, listAwaiting, { id });
    expect(again?.content?.plate).toBe('7TWB906');
    expect(await as(approver, approveHotPlate, { id, revision: again?.revision })).toMatchObject({
      state: 'active',
    });
    expect(await as(approver, listAwaiting, {})).toEqual([]);
  });
});
