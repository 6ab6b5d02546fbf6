import { describe, expect, it } from 'vitest';
import type { Permission } from '../../../src/accountability/gate/permissions.ts';
import {
  approveHotPlate,
  enterHotPlate,
} from '../../../src/accountability/hotplates/operations.ts';
import { createNotices } from '../../../src/accountability/notices/notices.ts';
import {
  countWaiting,
  listNotices,
  listReceipts,
  readNotices,
} from '../../../src/accountability/notices/operations.ts';
import { openUnitDatabase } from '../../../src/accountability/unit-database.ts';
import { disposeHit } from '../../../src/accountability/verification/operations.ts';
import { dayMs } from '../../../src/platform/clock.ts';
import { openStaffedUnit } from '../../support/staffed-unit.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { typedEntry as entry } from '../hotplates/typed-entry.ts';

const why = { purpose: 'investigation', caseNumber: '26-004211' };

async function staff() {
  const unit = await openStaffedUnit('vallejo');
  unit.join('dee', 'detective', 'D. Dee');
  unit.join('moss', 'officer', 'M. Moss');
  unit.join('ana', 'crime_analyst', 'A. Ana');
  return unit;
}

describe('VER-8: the member who entered a hot plate', () => {
  it('is told of a hit that is only possible as that, not as a read', async () => {
    const { as, hitOf, storeHit } = await staff();
    const { id } = await as('dee', enterHotPlate, entry);
    const { match } = await hitOf({ id, caseNumber: entry.caseNumber });
    await storeHit({ match: { ...match, tier: 'near' }, unread: true });
    const { notices } = await as('dee', listNotices, {});
    expect(notices.map(({ text }) => /\) (.*) by unit-7/.exec(text)?.[1]).sort()).toEqual([
      'may have been seen',
      'was read',
    ]);
  });

  it('is told of each hit and of each disposition, as is the crime analyst; and it shows who read it', async () => {
    const { as, hitOf, accountability, time } = await staff();
    const { id } = await as('dee', enterHotPlate, entry);
    const hit = await hitOf({ id, caseNumber: entry.caseNumber });
    expect(await as('dee', countWaiting, {})).toMatchObject({ notices: 1 });
    const [told] = (await as('dee', listNotices, {})).notices;
    expect(told).toMatchObject({ kind: 'hit', about: `hit ${hit.id}`, readAt: null });
    expect(told?.text).toContain('case 26-004211) was read by unit-7');
    expect(JSON.stringify(told)).not.toContain('7TWB905');
    expect((await as('ana', listNotices, {})).notices).toHaveLength(1);
    expect((await as('moss', listNotices, {})).notices).toEqual([]);
    expect(accountability.health().waiting.notices).toBe(2);

    time.ms += 60_000;
    expect(await as('dee', readNotices, {})).toEqual({ read: 1 });
    expect(await as('dee', readNotices, { numbers: [told?.number ?? 0] })).toEqual({ read: 0 });
    expect(await as('dee', countWaiting, {})).toMatchObject({ notices: 0 });

    const closed = { id: hit.id, outcome: 'not_located', cadNumber: '26-0042' } as const;
    await as('moss', disposeHit, closed, why);
    time.ms += 60_000;
    await as('moss', disposeHit, { ...closed, outcome: 'no_action' }, why);
    const after = await as('dee', listNotices, {});
    expect(after.notices.map(({ text }) => text.split(': ').at(-1))).toEqual([
      'no action',
      'not located',
    ]);
    expect(after.notices[0]?.text).toContain('was closed by M. Moss');

    const receipts = await as('moss', listReceipts, { kind: 'hit', id: hit.id });
    expect(receipts).toHaveLength(6);
    expect(receipts.find(({ kind, to }) => kind === 'hit' && to === 'one person')?.read).toEqual([
      { by: 'D. Dee', at: '2026-11-29T12:01:00.000Z' },
    ]);
    expect(receipts.find(({ to }) => to === 'every crime_analyst')?.read).toEqual([]);
    // Who asks by the entry is told of its hits, too.
    expect(await as('moss', listReceipts, { kind: 'hotplate', id })).toEqual(receipts);
    const other = await as('dee', enterHotPlate, {
      ...entry,
      plate: '7TWB906',
      plateAgain: '7TWB906',
    });
    await expect(as('moss', listReceipts, { kind: 'hotplate', id: other.id })).rejects.toThrow(
      `Nobody was told of hot plate ${other.id}, nor of a hit of it.`,
    );
    const { notices: all } = await as('dee', listNotices, { all: true });
    expect(all).toHaveLength(3);
  });

  it('is told once of an alert, not of each sighting, and of its end though nothing of it is kept', async () => {
    const { as, hitOf, dataDir } = await staff();
    const { id } = await as('dee', enterHotPlate, entry);
    const about = { id, caseNumber: entry.caseNumber };
    const hit = await hitOf(about);
    const again = await hitOf(about, hit.id);
    expect((await as('dee', listNotices, {})).notices).toHaveLength(1);
    await as('moss', disposeHit, { id: hit.id, outcome: 'not_located', cadNumber: '26-0042' }, why);
    // What a unit does that keeps nothing once headquarters has it (N 429.6).
    const db = openUnitDatabase(dataDir);
    for (const gone of [hit, again]) db.prepare('DELETE FROM hit WHERE id = ?').run(gone.id);
    db.close();
    const { notices } = await as('dee', listNotices, {});
    expect(notices.map(({ kind }) => kind).toSorted()).toEqual(['disposition', 'hit']);
  });

  it('HOT-10: is reminded of an entry that stands for long, without asking, and once', async () => {
    const { as, join, time } = await staff();
    join('boss', 'alpr_administrator');
    const { id } = await as('dee', enterHotPlate, entry);
    await as('boss', approveHotPlate, { id });
    expect(await as('dee', countWaiting, {})).toMatchObject({ notices: 1 });
    await as('dee', readNotices, {});
    time.ms += 15 * dayMs;
    const { notices } = await as('dee', listNotices, {});
    expect(notices).toMatchObject([{ kind: 'entry', about: `hotplate ${id}` }]);
    expect(notices[0]?.text).toContain('on the list for 15 days');
    time.ms += dayMs;
    expect((await as('dee', listNotices, {})).notices).toHaveLength(1);
    time.ms += 20 * dayMs;
    const [ended] = (await as('dee', listNotices, {})).notices;
    expect(ended?.text).toContain('has expired. Say how it ended');
  });
});

it('AUD-7: those who may read the audit log are told that an audit is due, and when it is overdue', async () => {
  const { as, join, time } = await staff();
  join('ann', 'auditor');
  const told = async () => (await as('ann', listNotices, {})).notices.map(({ text }) => text);
  expect(await told()).toEqual([]);
  time.ms = Date.parse('2026-12-20T12:00:00Z');
  expect(await told()).toEqual([
    expect.stringContaining('An audit of detection browsing is due in 12 days'),
  ]);
  time.ms = Date.parse('2027-01-02T12:00:00Z');
  expect((await told())[0]).toContain('is overdue');
  expect((await as('moss', listNotices, {})).notices).toEqual([]);
});

describe('notices', () => {
  const open = () => {
    const db = openUnitDatabase(temporaryFolder());
    return createNotices({ db, sources: [] });
  };
  const dee = {
    account: 'a',
    name: 'D. Dee',
    role: 'detective',
    permissions: new Set<Permission>(),
  } as const;
  const notice = (key: string, atMs: number) =>
    ({ key, kind: 'hit', to: { account: 'a' }, about: null, text: key, atMs }) as const;

  it('of one person are bounded; what was read goes first, and the number is told', () => {
    const notices = open();
    notices.tell([notice('0', 0), notice('1', 0)]);
    notices.read(dee, [2], 0);
    notices.tell(Array.from({ length: 500 }, (_, at) => notice(`n${at}`, 0)));
    const { notices: left, dropped, unread } = notices.list(dee, { all: true, limit: 500 });
    expect([left.length, dropped, unread]).toEqual([500, 2, 500]);
    expect(left.map(({ text }) => text)).not.toContain('1');
  });

  it('go 90 days after they were read, and after a year unread', () => {
    const notices = open();
    notices.tell([notice('read', 0), notice('unread', 0)]);
    notices.read(dee, [1], dayMs);
    const left = () => notices.list(dee, { all: true, limit: 9 }).notices.map(({ text }) => text);
    notices.sweep(90 * dayMs);
    expect(left()).toEqual(['unread', 'read']);
    notices.sweep(92 * dayMs);
    expect(left()).toEqual(['unread']);
    notices.sweep(366 * dayMs);
    expect(left()).toEqual([]);
  });
});
