import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import SQLite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { signAgencyMessage } from '../../src/accountability/agency/agency-message.ts';
import type { HotPlate } from '../../src/accountability/hotplates/hot-plate.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from './mosquitto.ts';
import { type AgencyUnit, openAgency } from './open-agency.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

const listedPlate = '7ABC123';

/** Whether a sure read of the entry's plate raises an alert on this unit. */
const raises = (unit: AgencyUnit, plate = listedPlate): Promise<boolean> =>
  unit.on(({ hotlist }) => {
    const characters = [...plate].map((char) => ({ char, p: 0.99 }));
    return hotlist.match({ plate, characters, alternatives: [], state: null }).length > 0;
  });

const until = (what: string, condition: () => Promise<boolean>) =>
  waitFor(condition, { timeoutMs: 40_000, everyMs: 200, what });

const untilRaises = (unit: AgencyUnit, isExpected = true, plate = listedPlate) =>
  until(`${isExpected ? 'an alert' : 'silence'} on ${unit.id}`, async () => {
    return (await raises(unit, plate)) === isExpected;
  });

/** The hot plates as this unit's database holds them, without what never leaves it; by id. */
function held(unit: AgencyUnit): Omit<HotPlate, 'findings' | 'pending'>[] {
  const db = new SQLite(join(unit.dataDir, 'lookout.db'), { readonly: true });
  const rows = db.prepare<[], string>('SELECT json FROM hot_plate ORDER BY id').pluck().all();
  db.close();
  return rows.map((json) => {
    const { findings: _, pending: __, ...shared } = JSON.parse(json) as HotPlate;
    return shared;
  });
}

/** What this unit refused of headquarters' messages, by its audit log. */
const refusals = (unit: AgencyUnit): Promise<string[]> =>
  unit.on(({ audit }) =>
    audit
      .read({}, { limit: 1000 })
      .filter(({ operation, outcome }) => operation === 'agency.take' && outcome === 'refused')
      .map(({ note }) => note ?? ''),
  );

/** An agency of which one unit has people: the officer who enters and the administrator who approves. */
async function openTwo() {
  const agency = await openAgency();
  const [one, other] = [agency.openUnit('unit-7'), agency.openUnit('unit-8')];
  const boss = await one.first();
  const officer = await one.join(boss, 'alvarez');
  /** Enters the hot plate, and has it approved. */
  const list = async (plate = listedPlate): Promise<{ id: string }> => ({
    id: await one.list(plate, { enteredBy: officer, approvedBy: boss }),
  });
  return { ...agency, one, other, boss, officer, list };
}

describe.skipIf(missingMosquitto)('what all units share', { timeout: 240_000 }, () => {
  test('HOT-11: a hot plate that is approved on one unit raises on the other, and removed there is silent on both', async () => {
    const { one, other, boss, list } = await openTwo();
    await Promise.all([one.start(), other.start()]);
    const { id } = await list();
    expect(await raises(one)).toBe(true);
    await untilRaises(other);
    await one.perform(boss, 'hotplates.remove', { id, outcome: 'recovered' });
    await untilRaises(other, false);
  });

  test('a unit that was off catches up: it raises what was approved, and not what was removed since', async () => {
    const { one, other, boss, list } = await openTwo();
    await one.start();
    const kept = await list();
    const removed = await list('8XYZ777');
    await one.perform(boss, 'hotplates.remove', { id: removed.id, outcome: 'no_result' });
    const atHeadquarters = 'everything at headquarters';
    await until(atHeadquarters, async () => (await one.waiting()) === 0);
    await other.start();
    await untilRaises(other);
    await until('the tombstone', async () => held(other).length === 2);
    expect(await raises(other, '8XYZ777')).toBe(false);
    expect(held(other)).toEqual(held(one));
    expect(held(other)[0]).toMatchObject({ id: kept.id, state: 'active' });
    expect(held(other)[1]).toMatchObject({ state: 'removed', content: null });
  });

  test('two units that change the same entry at once end the same, and a removal counts more than a later renewal', async () => {
    const { one, other, boss, officer, list, stop, again } = await openTwo();
    const bea = await other.first('bea');
    const cruz = await other.join(bea, 'cruz', 'supervisor');
    await Promise.all([one.start(), other.start()]);
    const changed = await list();
    const ended = await list('8XYZ777');
    await until('both entries on the other unit', async () => held(other).length === 2);

    // Nobody tells one unit what the other does.
    await stop();
    const renew = async (unit: AgencyUnit, id: string, days: number, by: string, then: string) => {
      await unit.perform(by, 'hotplates.renew', { id, days, reason: 'still sought' });
      await unit.perform(then, 'hotplates.approve', { id });
    };
    await renew(one, changed.id, 5, officer, boss);
    await renew(other, changed.id, 9, bea, cruz);
    await other.perform(bea, 'hotplates.remove', { id: ended.id, outcome: 'recovered' });
    for (const days of [5, 6]) await renew(one, ended.id, days, officer, boss);
    expect(held(one)).not.toEqual(held(other));

    await again();
    await untilRaises(one, false, '8XYZ777');
    await until('the same on both units', async () => isDeepStrictEqual(held(one), held(other)));
    expect(held(one)[0]).toMatchObject({ id: changed.id, state: 'active', renewals: 1 });
    expect(held(one)[1]).toMatchObject({ id: ended.id, state: 'removed' });
  });

  test('either unit killed in the middle: each entry arrives once, and none is lost', async () => {
    const { one, other, list } = await openTwo();
    await Promise.all([one.start(), other.start()]);
    const plates = ['7ABC123', '7ABC124', '7ABC125', '7ABC126'];
    const entered: { id: string }[] = [];
    for (const [index, plate] of plates.entries()) {
      entered.push(await list(plate));
      const victim = index % 2 === 0 ? one : other;
      await victim.stop('SIGKILL');
      await victim.start();
    }
    await until('every entry on the other unit', async () => held(other).length === plates.length);
    expect(held(other)).toEqual(held(one));
    for (const plate of plates) expect(await raises(other, plate)).toBe(true);
    const logged = other.log(entered.map(({ id }) => id));
    expect(logged).toEqual(plates.map(() => ['taken']));
  });

  test('a message that headquarters did not sign, of another agency, or played back is refused and audited', async () => {
    const { one, other, boss, list, publish, retained, signingKey } = await openTwo();
    await Promise.all([one.start(), other.start()]);
    const { id } = await list();
    await untilRaises(other);
    const before = await retained('hot-plate', id);
    await one.perform(boss, 'hotplates.remove', { id, outcome: 'no_result' });
    await untilRaises(other, false);

    const { signature: _, ...plain } = { ...before, sequence: before.sequence + 10 ** 9 };
    const { privateKey } = generateKeyPairSync('ed25519');
    const foreign = { ...plain, agency: 'other-pd' };
    await publish(id, signAgencyMessage(plain, privateKey));
    await publish(id, { ...before, sequence: plain.sequence });
    await publish(id, signAgencyMessage(foreign, signingKey));
    await publish(id, before);
    await publish(id, { kind: 'hot-plate' });
    const words = [/not signed/, /another agency/, /later message/, /not in a form/];
    for (const unit of [one, other]) {
      await until('the refusals', async () => {
        const notes = await refusals(unit);
        return words.every((word) => notes.some((note) => word.test(note)));
      });
      expect(await raises(unit)).toBe(false);
      expect(held(unit)[0]).toMatchObject({ id, state: 'removed' });
    }
  });

  test('CAP-12: a canvass that is begun on one unit is joined on the other, and its end is the end of both', async () => {
    const { one, other, boss } = await openTwo();
    const bea = await other.first('bea');
    await Promise.all([one.start(), other.start()]);
    const place = 'Shooting at Georgia St';
    const { id } = await one.perform<{ id: string }>(boss, 'canvass.begin', { place });
    await until('the canvass on the other unit', async () => {
      const list = await other.perform<{ id: string }[]>(bea, 'canvass.list', {});
      return list.some((canvass) => canvass.id === id);
    });
    await other.perform(bea, 'canvass.join', { id });
    const isIn = () => other.on(({ canvasses }) => canvasses.tagOf('a vehicle', true) === id);
    expect(await isIn()).toBe(true);
    await one.perform(boss, 'canvass.end', {});
    await until('the end on the other unit', async () => !(await isIn()));
  });
});
