import { describe, expect, it } from 'vitest';
import type { AuditEntry, AuditRecord } from '../../../src/accountability/audit/audit-record.ts';
import { createEntryExpiry } from '../../../src/accountability/hotplates/expire-entries.ts';
import {
  approveHotPlate,
  changeHotPlate,
  refuseHotPlate,
  renewHotPlate,
  showHotPlate,
} from '../../../src/accountability/hotplates/operations.ts';
import { createLog } from '../../../src/platform/log.ts';
import type { TestPerson } from '../../support/gate.ts';
import {
  administrator,
  dayMs,
  noon,
  officer,
  openHotPlates,
  read,
  supervisor,
  whole,
} from './open-hot-plates.ts';

const enteringAdministrator: TestPerson = { role: 'alpr_administrator', username: 'alvarez' };

describe('approval', () => {
  it('HOT-6: people cannot approve their own entry, whatever their role', async () => {
    const desk = openHotPlates({ profile: 'vallejo' });
    const { id } = await desk.enter(whole);
    await expect(desk.perform(enteringAdministrator, approveHotPlate, { id })).rejects.toThrow(
      /cannot approve your own entry/,
    );
    expect(desk.matcher().match(read('7ABC123'))).toEqual([]);
    expect(await desk.perform(administrator, approveHotPlate, { id })).toMatchObject({
      state: 'active',
      approvedBy: { username: 'boss', role: 'alpr_administrator' },
    });
    expect(desk.matcher().match(read('7ABC123'))).toHaveLength(1);
  });

  it('HOT-6: a person who corrected an entry before its approval does not approve it either', async () => {
    const desk = openHotPlates({ profile: 'vallejo' });
    const { id } = await desk.enter(whole);
    const mended = { id, draft: { ...whole, state: 'NV' }, reason: 'it is a Nevada plate' };
    await desk.perform(administrator, changeHotPlate, mended);
    await expect(desk.perform(administrator, approveHotPlate, { id })).rejects.toThrow(
      /cannot approve your own entry/,
    );
  });

  it('HOT-6: under vallejo the administrator approves what is new, the supervisor also a change', async () => {
    const desk = openHotPlates({ profile: 'vallejo' });
    const { id } = await desk.enter(whole);
    await expect(desk.perform(supervisor, approveHotPlate, { id })).rejects.toThrow(
      /Your role \(supervisor\) may not approve a new entry; these may: alpr_administrator/,
    );
    await desk.perform(administrator, approveHotPlate, { id });

    const changed = { id, draft: { ...whole, state: 'NV' }, reason: 'it is a Nevada plate' };
    const asked = await desk.perform(officer, changeHotPlate, changed);
    expect(asked).toMatchObject({
      state: 'active',
      content: { issuer: 'CA' },
      pending: { kind: 'change' },
    });
    const matcher = desk.matcher();
    expect(matcher.match(read('7ABC123'))[0]?.entry.state).toBe('CA');
    const selfApproval = desk.perform(
      { role: 'supervisor', username: 'alvarez' },
      approveHotPlate,
      { id },
    );
    await expect(selfApproval).rejects.toThrow(/cannot approve your own entry/);
    await desk.perform(supervisor, approveHotPlate, { id });
    expect(matcher.match(read('7ABC123'))[0]?.entry.state).toBe('NV');
  });

  it('HOT-8: under barstow the first commander is asked first; another says why it is them', async () => {
    const desk = openHotPlates({ profile: 'barstow' });
    const { id } = await desk.enter(whole);
    const deputy: TestPerson = { role: 'administrative_commander', username: 'deputy' };
    await expect(desk.perform(deputy, approveHotPlate, { id })).rejects.toThrow(
      /first to approve is operations commander. Note why/,
    );
    const note = 'Operations Commander on leave until Monday';
    const entry = await desk.perform(deputy, approveHotPlate, { id, note });
    expect(entry).toMatchObject({ approvedBy: { name: 'Test deputy' }, approvalNote: note });
    const supervising = desk.perform(supervisor, approveHotPlate, { id });
    await expect(supervising).rejects.toThrow();
  });

  it.each([
    ['officer', 'operations_commander'],
    ['detective', 'administrative_commander'],
  ] as const)(
    'HOT-8: under barstow, of a %s the %s approves without a word more',
    async (role, first) => {
      const desk = openHotPlates({ profile: 'barstow' });
      const { id } = await desk.enter(whole, { role, username: 'enterer' });
      const other =
        first === 'operations_commander' ? 'administrative_commander' : 'operations_commander';
      await expect(
        desk.perform({ role: other, username: 'other' }, approveHotPlate, { id }),
      ).rejects.toThrow(`first to approve is ${first.replaceAll('_', ' ')}`);
      const approved = await desk.perform({ role: first, username: 'first' }, approveHotPlate, {
        id,
      });
      expect(approved).toMatchObject({ state: 'active', approvedBy: { role: first } });
    },
  );

  it.each([
    ['napa', 'watch_commander'],
    ['walnut-creek', 'alpr_administrator'],
  ] as const)(
    'HOT-8: %s sets no order: a %s approves without a word more',
    async (profile, role) => {
      const desk = openHotPlates({ profile });
      const { id } = await desk.enter(whole);
      const approved = await desk.perform({ role, username: 'second' }, approveHotPlate, { id });
      expect(approved).toMatchObject({ state: 'active', approvedBy: { role }, approvalNote: null });
    },
  );

  it('a refused entry does not alert, and a refused change leaves the entry as it was', async () => {
    const desk = openHotPlates();
    const { id } = await desk.enter(whole);
    await desk.perform(administrator, refuseHotPlate, { id, note: 'not in the report' });
    await expect(desk.perform(administrator, approveHotPlate, { id })).rejects.toThrow(
      /is refused/,
    );
    expect(desk.matcher().match(read('7ABC123'))).toEqual([]);

    const second = await desk.list({ ...whole, plate: '8XYZ999', plateAgain: '8XYZ999' });
    const draft = { ...whole, plate: '8XYZ998', plateAgain: '8XYZ998' };
    await desk.perform(officer, changeHotPlate, { id: second.id, draft, reason: 'misread' });
    await desk.perform(administrator, refuseHotPlate, {
      id: second.id,
      note: 'no, it was right',
    });
    expect(desk.hotPlates.show(second.id, noon).entry).toMatchObject({
      state: 'active',
      pending: null,
      content: { plate: '8XYZ999' },
    });
  });

  it('needs the permission: an officer approves nothing', async () => {
    const desk = openHotPlates();
    const { id } = await desk.enter(whole);
    await expect(desk.perform(officer, approveHotPlate, { id })).rejects.toThrow(
      /hotplates.approve/,
    );
    expect(desk.records.at(-1)).toMatchObject({
      outcome: 'refused',
      operation: 'hotplates.approve',
    });
  });
});

describe('terms', () => {
  it('HOT-5: entries are not renewed automatically: one stops alerting at its expiry, which is then recorded', async () => {
    const desk = openHotPlates({ profile: 'napa' });
    const { id } = await desk.list(whole);
    const matcher = desk.matcher();
    desk.time.nowMs = noon + 30 * dayMs - 1;
    expect(matcher.match(read('7ABC123'))).toHaveLength(1);
    desk.time.nowMs = noon + 30 * dayMs;
    expect(matcher.match(read('7ABC123'))).toEqual([]);
    expect(desk.hotPlates.show(id, desk.time.nowMs).entry.state).toBe('expired');
    const records: AuditEntry[] = [];
    const append = (entry: AuditEntry) => ({ ...entry, seq: records.push(entry) }) as AuditRecord;
    let believed = false;
    using upkeep = createEntryExpiry({
      hotPlates: desk.hotPlates,
      audit: { append },
      agency: 'test-pd',
      clock: () => desk.time.nowMs,
      log: createLog({ level: 'silent' }),
      believesClock: () => believed,
      isClockConfirmed: () => true,
    });
    upkeep.start();
    expect(desk.hotPlates.dueIds(desk.time.nowMs), 'a clock that may be wrong').toEqual([id]);
    expect(records).toEqual([]);
    believed = true;
    upkeep.start();
    expect(desk.hotPlates.dueIds(desk.time.nowMs)).toEqual([]);
    expect(records).toMatchObject([
      {
        category: 'Hot Plate Delete',
        object: `hotplate ${id}`,
        who: { account: null, name: 'unit' },
      },
    ]);
    expect(desk.messages().at(-1)).toMatchObject({ id, state: 'expired', ended: { by: null } });

    // The clock had been ahead, and was set right.
    desk.time.nowMs = noon + 10 * dayMs;
    upkeep.start();
    expect(records.at(-1)).toMatchObject({
      operation: 'hotplates.restore',
      object: `hotplate ${id}`,
    });
    expect(desk.messages().at(-1)).toMatchObject({ id, state: 'active', ended: null });
    expect(matcher.match(read('7ABC123'))).toHaveLength(1);
    upkeep.start();
    expect(records).toHaveLength(2);
  });

  it('HOT-5: renewals, also of an expired entry, are approved, and the chain of them is visible', async () => {
    const desk = openHotPlates({ profile: 'napa' });
    const { id } = await desk.list(whole);
    const matcher = desk.matcher();
    const reason = 'suspects still at large';
    const tooLong = desk.perform(officer, renewHotPlate, { id, days: 31, reason });
    await expect(tooLong).rejects.toThrow(/30 days/);
    for (const [round, approver] of ['sergeant', 'lieutenant'].entries()) {
      desk.time.nowMs = noon + (round * 30 + 29) * dayMs + round * 5 * dayMs;
      const asked = await desk.perform(officer, renewHotPlate, { id, days: 30, reason });
      expect(asked).toMatchObject({ renewals: round, pending: { kind: 'renewal' } });
      await desk.perform({ role: 'supervisor', username: approver }, approveHotPlate, { id });
      expect(matcher.match(read('7ABC123'))[0]?.list).toMatchObject({ ageS: 0, old: false });
    }
    const shown = await desk.perform(officer, showHotPlate, { id });
    expect(shown.entry).toMatchObject({ state: 'active', renewals: 2 });
    expect(shown.log.map(({ kind, by }) => `${kind} ${by?.username}`)).toEqual([
      ...['entered alvarez', 'approved approver', 'renewal-asked alvarez', 'renewed sergeant'],
      ...['renewal-asked alvarez', 'renewed lieutenant'],
    ]);
    const renewed = shown.log.filter(({ kind }) => kind === 'renewed');
    expect(renewed.map(({ before, after }) => [before?.expires, after?.expires])).toEqual([
      // The first was asked for a day early, the second when the entry had been over for four days.
      ['2026-12-22T12:00:00.000Z', '2027-01-21T12:00:00.000Z'],
      ['2027-01-21T12:00:00.000Z', '2027-02-24T12:00:00.000Z'],
    ]);
  });

  it('HOT-5: under Napa a renewal adds 30 days to those that run, once, whenever it is asked for and approved', async () => {
    const desk = openHotPlates({ profile: 'napa' });
    const { id } = await desk.list(whole);
    const reason = 'suspects still at large';
    const renew = (term: object) => desk.perform(officer, renewHotPlate, { id, reason, ...term });
    const endIs = async () =>
      (await desk.perform(officer, showHotPlate, { id })).entry.content?.expires;
    desk.time.nowMs = noon + 10 * dayMs;
    await expect(renew({ expires: '2027-01-22T12:00:00Z' })).rejects.toThrow(/30 days/);
    const asked = await renew({ days: 30 });
    expect(asked.pending?.content.expires).toBe('2027-01-21T12:00:00.000Z');
    desk.time.nowMs = noon + 14 * dayMs;
    await desk.perform(supervisor, approveHotPlate, { id });
    expect(await endIs()).toBe('2027-01-21T12:00:00.000Z');
    // Whether the need still exists is asked again before a further term.
    await expect(renew({ days: 30 })).rejects.toThrow(/renewed already/);
    // A change of something else keeps the end.
    const changed = { id, draft: { reason: 'Used in an armed robbery' }, reason: 'wording' };
    await desk.perform(officer, changeHotPlate, changed);
    await desk.perform(supervisor, approveHotPlate, { id });
    expect(await endIs()).toBe('2027-01-21T12:00:00.000Z');
    desk.time.nowMs = noon + 31 * dayMs;
    expect((await renew({ days: 30 })).pending?.content.expires).toBe('2027-02-20T12:00:00.000Z');
  });

  it('a second change waits until the first is decided', async () => {
    const desk = openHotPlates();
    const { id } = await desk.list(whole);
    const changed = { id, draft: { ...whole, state: 'NV' }, reason: 'it is a Nevada plate' };
    await desk.perform(officer, changeHotPlate, changed);
    await expect(desk.perform(officer, changeHotPlate, changed)).rejects.toThrow(/awaits approval/);
  });
});

describe('the log of an entry', () => {
  it('HOT-12: shows who did what, when, with the content before and after', async () => {
    const desk = openHotPlates();
    const { id } = await desk.list(whole);
    desk.time.nowMs += 60_000;
    const draft = { ...whole, state: 'NV' };
    await desk.perform(officer, changeHotPlate, { id, draft, reason: 'it is a Nevada plate' });
    await desk.perform(administrator, approveHotPlate, { id });
    const { log } = desk.hotPlates.show(id, desk.time.nowMs);
    expect(log.at(-1)).toMatchObject({
      kind: 'changed',
      at: '2026-11-22T12:01:00.000Z',
      by: { name: 'Test boss' },
      before: { issuer: 'CA' },
      after: { issuer: 'NV' },
    });
    expect(log.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  it('HOT-12: cannot be changed or deleted', async () => {
    const desk = openHotPlates();
    await desk.enter(whole);
    expect(() => desk.db.exec("UPDATE hot_plate_log SET note = 'x'")).toThrow(/is not changed/);
    expect(() => desk.db.exec('DELETE FROM hot_plate_log')).toThrow(/is not deleted/);
  });
});

describe('a change', () => {
  it('leaves alone what it does not name, and asks for the plate twice only when it names it', async () => {
    const desk = openHotPlates({ profile: 'vallejo' });
    const vehicle = { make: 'Honda', colour: 'white' };
    const { id } = await desk.list({ ...whole, vehicle });
    const reason = 'seen again with Nevada plates';
    await desk.perform(officer, changeHotPlate, { id, draft: { state: 'NV' }, reason });
    await desk.perform(administrator, approveHotPlate, { id });
    expect(desk.hotPlates.show(id, noon).entry.content).toMatchObject({
      plate: '7ABC123',
      issuer: 'NV',
      caseNumber: '26-004211',
      vehicle: { make: 'Honda', colour: 'white' },
      expires: '2026-12-22T12:00:00.000Z',
    });
    const once = { id, draft: { plate: '7ABC124' }, reason: 'misread' };
    await expect(desk.perform(officer, changeHotPlate, once)).rejects.toThrow(/a second time/);
  });

  it('counts at once where the policy asks for no approval, as does the entry itself', async () => {
    const desk = openHotPlates({ profile: 'vigilant-429' });
    const entry = await desk.enter(whole);
    expect(entry).toMatchObject({ state: 'active', approvedBy: null });
    const { id } = entry;
    const changed = { id, draft: { state: 'NV' }, reason: 'it is a Nevada plate' };
    const after = await desk.perform(officer, changeHotPlate, changed);
    expect(after).toMatchObject({ state: 'active', pending: null, content: { issuer: 'NV' } });
    expect(desk.hotPlates.show(id, noon).log.map(({ kind }) => kind)).toEqual([
      'entered',
      'changed',
    ]);
  });

  it("is not made to a colleague's entry", async () => {
    const desk = openHotPlates();
    const { id } = await desk.list(whole);
    const changed = { id, draft: { state: 'NV' }, reason: 'it is a Nevada plate' };
    const colleague = { ...officer, username: 'reyes' };
    await expect(desk.perform(colleague, changeHotPlate, changed)).rejects.toThrow(/ask them/);
  });
});
