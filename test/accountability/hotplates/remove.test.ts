import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  listReminders,
  removeHotPlate,
  reportRecovered,
} from '../../../src/accountability/hotplates/operations.ts';
import { hotPlateMessageSchema } from '../../../src/uplink/messages.ts';
import type { TestPerson } from '../../support/gate.ts';
import {
  administrator,
  dayMs,
  noon,
  officer,
  openHotPlates,
  read,
  whole,
} from './open-hot-plates.ts';

const colleague: TestPerson = { ...officer, username: 'reyes' };

describe('removal', () => {
  it('HOT-10: the owner removes an entry by hand, which ends its alerts and leaves a tombstone at headquarters', async () => {
    const desk = openHotPlates();
    const { id } = await desk.list(whole);
    const matcher = desk.matcher();
    expect(matcher.match(read('7ABC123'))).toHaveLength(1);
    const removal = { id, outcome: 'investigation_over' as const, note: 'case closed' };
    await desk.perform(officer, removeHotPlate, removal);
    expect(matcher.match(read('7ABC123'))).toEqual([]);
    expect(desk.records.at(-1)).toMatchObject({
      category: 'Hot Plate Delete',
      outcome: 'done',
      object: `hotplate ${id}`,
    });
    const tombstone = desk.messages().at(-1);
    expect(tombstone).toMatchObject({
      id,
      state: 'removed',
      content: null,
      revision: 3,
      ended: { outcome: 'investigation_over', by: { username: 'alvarez' } },
    });
    expect(JSON.stringify(tombstone)).not.toContain('7ABC123');
    const sentAt = new Date(noon).toISOString();
    const message = { id, type: 'hot-plate', agency: 'a', unit: 'u', sentAt, body: tombstone };
    expect(hotPlateMessageSchema.parse(message).body).toEqual(tombstone);
    expect(desk.hotPlates.show(id, noon).log.at(-1)).toMatchObject({
      kind: 'removed',
      before: { plate: '7ABC123' },
      after: null,
      note: 'case closed',
    });
  });

  it('HOT-10: of a removed entry nothing is left outside its log and what waits for headquarters', async () => {
    const desk = openHotPlates();
    const { id } = await desk.list({ ...whole, plate: '4QRS777', plateAgain: '4QRS777' });
    await desk.perform(officer, removeHotPlate, { id, outcome: 'no_result' });
    desk.db.exec(
      'DROP TRIGGER hot_plate_log_stays; DELETE FROM hot_plate_log; DELETE FROM outbox; VACUUM',
    );
    desk.db.pragma('wal_checkpoint(TRUNCATE)');
    expect(readFileSync(desk.path).includes('4QRS777')).toBe(false);
  });

  it("HOT-10: a colleague does not remove another's entry, someone who may remove every entry does", async () => {
    const desk = openHotPlates();
    const { id } = await desk.list(whole);
    const removal = { id, outcome: 'no_result' as const };
    await expect(desk.perform(colleague, removeHotPlate, removal)).rejects.toThrow(
      /entered by Test alvarez; ask them/,
    );
    expect(await desk.perform(administrator, removeHotPlate, removal)).toMatchObject({
      state: 'removed',
    });
  });

  it('HOT-11: an entry whose vehicle was not recovered after all is on the list again, unless it was entered anew', async () => {
    const desk = openHotPlates();
    const { id } = await desk.list(whole);
    const by = { account: id, username: 'reyes', name: 'Test reyes', role: 'officer' };
    const undo = () => desk.hotPlates.restoreRecovered({ id, sinceMs: noon, by }, noon);
    expect(undo()).toBe(false);
    await desk.perform(colleague, reportRecovered, { id });
    expect(desk.matcher().match(read('7ABC123'))).toEqual([]);
    expect(desk.hotPlates.restoreRecovered({ id, sinceMs: noon + dayMs, by }, noon)).toBe(false);
    expect(undo()).toBe(true);
    expect(desk.matcher().match(read('7ABC123'))).toHaveLength(1);
    expect(desk.messages().at(-1)).toMatchObject({ id, state: 'active', ended: null });
    expect(desk.hotPlates.show(id, noon).log.map(({ kind }) => kind)).toEqual([
      'entered',
      'approved',
      'removed',
      'restored',
    ]);
    await desk.perform(colleague, reportRecovered, { id });
    await desk.list(whole);
    expect(undo()).toBe(false);
  });

  it('HOT-11: anyone who finds the vehicle has it removed at once', async () => {
    const desk = openHotPlates({ profile: 'barstow' });
    const { id } = await desk.list(whole);
    const matcher = desk.matcher();
    await desk.perform(colleague, reportRecovered, { id });
    expect(matcher.match(read('7ABC123'))).toEqual([]);
    expect(desk.hotPlates.show(id, noon).entry.ended).toMatchObject({
      outcome: 'recovered',
      by: { username: 'reyes' },
    });
    await expect(desk.perform(colleague, reportRecovered, { id })).rejects.toThrow(/is removed/);
  });
});

describe('reminders', () => {
  it('HOT-10: the owner of an old entry gets a reminder without the plate', async () => {
    const desk = openHotPlates({ overrides: { hotplates: { refreshHours: null } } });
    const { id } = await desk.list(whole);
    const remind = (person: TestPerson, input = {}) => desk.perform(person, listReminders, input);
    desk.time.nowMs = noon + 13 * dayMs;
    expect(await remind(officer)).toEqual([]);
    desk.time.nowMs = noon + 15 * dayMs;
    const reminders = await remind(officer);
    expect(reminders).toMatchObject([{ id, why: 'old', ageDays: 15, caseNumber: '26-004211' }]);
    expect(JSON.stringify(reminders)).not.toContain('7ABC123');
    expect(await remind(colleague)).toEqual([]);
    expect(await remind(administrator, { all: true })).toHaveLength(1);
    await expect(remind(colleague, { all: true })).rejects.toThrow(/your own entries/);
  });

  it('HOT-16: an entry that ended without a word on its outcome is brought to mind until it has one', async () => {
    const desk = openHotPlates();
    const { id } = await desk.list(whole);
    desk.time.nowMs = noon + 31 * dayMs;
    desk.hotPlates.expire(id, desk.time.nowMs);
    expect(await desk.perform(officer, listReminders, {})).toMatchObject([
      { id, why: 'no-outcome' },
    ]);
    await desk.perform(officer, removeHotPlate, { id, outcome: 'arrest' });
    expect(await desk.perform(officer, listReminders, {})).toEqual([]);
  });
});
