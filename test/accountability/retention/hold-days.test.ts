import { describe, expect, it } from 'vitest';
import { holdOperations } from '../../../src/accountability/retention/bind-operations.ts';
import { setHold } from '../../../src/accountability/retention/operations.ts';
import { openGate } from '../../support/gate.ts';
import { inZone } from '../../support/in-zone.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { dayMs, now, openRetention, profile } from './open-retention.ts';

const chief = { role: 'chief' } as const;
const area = { kind: 'circle', latitude: -33.857, longitude: -70.648, radiusM: 500 } as const;

/** A unit whose clock is far past the time for which reads are kept. */
function openUnit() {
  const unit = openRetention(temporaryFolder(), profile('vallejo'));
  const gate = openGate(holdOperations({ ...unit, immigration: { forbiddenBy: null } }));
  const set = (from: string, to: string | null) =>
    gate.perform(chief, setHold, {
      scope: { kind: 'area', area, from, to },
      reason: 'Discovery request of the defence',
    });
  /** A vehicle that was last seen at this time, for a moment. */
  const seenAt = async (iso: string) => {
    const at = { firstSeen: iso, lastSeen: iso };
    return (await unit.passing((now - Date.parse(iso)) / dayMs, at)).id;
  };
  return { ...unit, gate, set, seenAt };
}

describe('RET-10: a hold over a day keeps that whole local day', () => {
  it.each([
    ['America/Los_Angeles', '2025-06-10', '2025-06-10T07:00:00.000Z', '2025-06-11T07:00:00.000Z'],
    ['America/Los_Angeles', '2025-03-09', '2025-03-09T08:00:00.000Z', '2025-03-10T07:00:00.000Z'],
    ['America/Los_Angeles', '2024-11-03', '2024-11-03T07:00:00.000Z', '2024-11-04T08:00:00.000Z'],
    ['Asia/Kolkata', '2025-06-10', '2025-06-09T18:30:00.000Z', '2025-06-10T18:30:00.000Z'],
    ['Pacific/Apia', '2025-06-10', '2025-06-09T11:00:00.000Z', '2025-06-10T11:00:00.000Z'],
  ])('%s %s', async (zone, day, start, end) => {
    inZone(zone);
    const unit = openUnit();
    const first = await unit.seenAt(start);
    const last = await unit.seenAt(new Date(Date.parse(end) - 1).toISOString());
    await unit.seenAt(new Date(Date.parse(start) - 1).toISOString());
    await unit.seenAt(end);
    const hold = await unit.set(day, day);
    expect(hold.reach.detections).toBe(2);
    expect(hold.span?.text).toMatch(/ 00:00 to .* 24:00, /);
    expect(hold.span?.text).toContain(zone);
    // The purge may run under another zone, after the unit was moved.
    inZone('UTC');
    await unit.retention.run();
    expect(unit.ids()).toEqual([first, last].sort());
  });

  it('up to 9999-12-31 keeps for ever', async () => {
    inZone('America/Los_Angeles');
    const unit = openUnit();
    await unit.seenAt('2025-06-10T12:00:00.000Z');
    const hold = await unit.set('2025-06-10', '9999-12-31');
    expect(hold.reach.detections).toBe(1);
  });

  it('refuses what is unclear, and a day that the zone does not have', async () => {
    inZone('America/Los_Angeles');
    const unit = openUnit();
    await expect(unit.set('06/10/2025', null)).rejects.toThrow(/from: is not a time; write a day/);
    await expect(unit.set('2025-03-09 02:30', null)).rejects.toThrow(/was left out in America/);
    await expect(unit.set('2025-06-11', '2025-06-10')).rejects.toThrow(/is before from/);
  });

  it('of an earlier version, which took days as UTC, keeps the local day as well', async () => {
    inZone('America/Los_Angeles');
    const unit = openUnit();
    const asMeant = await unit.seenAt('2025-06-12T06:59:00.000Z');
    const asStored = await unit.seenAt('2025-06-10T00:30:00.000Z');
    await unit.seenAt('2025-06-12T07:01:00.000Z');
    const { id } = await unit.set('2025-06-10T00:00:00Z', '2025-06-11T00:00:00Z');
    const scope = {
      kind: 'area',
      area,
      from: '2025-06-10T00:00:00.000Z',
      to: '2025-06-11T00:00:00.000Z',
    };
    unit.db.prepare('UPDATE hold SET scope = ? WHERE id = ?').run(JSON.stringify(scope), id);
    await unit.retention.run();
    expect(unit.ids()).toEqual([asMeant, asStored].sort());
  });
});
