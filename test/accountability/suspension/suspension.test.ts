import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../src/accountability/audit/audit-record.ts';
import { captureOperations } from '../../../src/accountability/suspension/bind-operations.ts';
import { createCourtOrders } from '../../../src/accountability/suspension/court-orders.ts';
import {
  endCourtOrder,
  enterCourtOrder,
  listCourtOrders,
} from '../../../src/accountability/suspension/operations.ts';
import { createSuspendedPlace } from '../../../src/accountability/suspension/suspended-place.ts';
import { createSuspension } from '../../../src/accountability/suspension/suspension.ts';
import { suspensionSection } from '../../../src/config/sections/suspension.ts';
import { createLog } from '../../../src/platform/log.ts';
import { openRecords } from '../../records/open-records.ts';
import { openGate } from '../../support/gate.ts';
import { inZone } from '../../support/in-zone.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const garage = {
  name: 'Courthouse garage',
  area: { kind: 'circle' as const, latitude: 38.1, longitude: -122.25, radiusM: 100 },
};
const inside = { latitude: 38.1, longitude: -122.25 };
const outside = { latitude: 38.11, longitude: -122.25 };
const administrator = { role: 'alpr_administrator' } as const;
const homicide = { purpose: 'investigation', caseNumber: '26-0042', reason: 'homicide' };
const order = { number: 'SW 26-118', court: 'Superior Court of Solano', zones: [garage.name] };

function openUnit(zones: unknown[], dataDir = temporaryFolder()) {
  let nowMs = Date.parse('2026-03-02T08:00:00Z');
  const clock = () => nowMs;
  /** Until a test says otherwise the computer's clock is right. */
  let sureTime: () => number | null = clock;
  const config = suspensionSection.parse({ zones });
  const { db, close } = openRecords(dataDir);
  const orders = createCourtOrders({ db, clock, sureTime: () => sureTime() });
  const audited: AuditEntry[] = [];
  const suspension = createSuspension({
    config,
    orders,
    place: createSuspendedPlace(db),
    audit: { append: (entry) => audited.push(entry) },
    unit: { agency: 'vallejo-pd', id: 'car-7' },
    clock,
    sureTime: () => sureTime(),
    onAuditFailure: () => undefined,
    log: createLog({ level: 'silent' }),
  });
  return {
    ...openGate(captureOperations({ orders, config }), clock),
    suspension,
    close,
    db,
    changes: () => audited.map(({ operation, query }) => [operation, query]),
    wait(ms: number) {
      nowMs += ms;
      return nowMs;
    },
    setTime(at: string) {
      nowMs = Date.parse(at);
    },
    /** What time it is, by satellites; null: nobody knows. */
    isReally(at: string | null) {
      sureTime = () => (at === null ? null : Date.parse(at));
    },
  };
}

describe('CAP-13: nothing is captured in a zone', () => {
  it('is suspended on entering and resumed on leaving, and both are in the audit log', () => {
    const { suspension, wait, changes } = openUnit([garage]);
    expect(suspension.check(outside)).toBe(false);
    wait(1000);
    expect(suspension.check(inside)).toBe(true);
    expect(suspension.health()).toMatchObject({
      suspended: { zone: 'Courthouse garage', since: '2026-03-02T08:00:01.000Z' },
    });
    wait(60_000);
    // On the edge of the zone it stays suspended until it has left for some seconds.
    expect(suspension.check(outside)).toBe(true);
    wait(1000);
    expect(suspension.check(inside)).toBe(true);
    wait(1000);
    suspension.check(outside);
    wait(3000);
    expect(suspension.check(outside)).toBe(false);
    expect(suspension.health().suspended).toBeNull();
    expect(changes()).toEqual([
      ['capture.suspended', { zone: 'Courthouse garage' }],
      ['capture.resumed', { zone: 'Courthouse garage' }],
    ]);
  });

  it('throws away what was first seen in the zone, and keeps what was seen before', () => {
    const { suspension, wait } = openUnit([garage]);
    suspension.check(outside);
    const enteredMs = wait(1000);
    suspension.check(inside);
    expect(suspension.covers(enteredMs - 1)).toBe(false);
    expect(suspension.covers(enteredMs)).toBe(true);
  });

  it('goes by the last place while no satellite is seen, also after a restart in the garage', async () => {
    const dataDir = temporaryFolder();
    const first = openUnit([garage], dataDir);
    expect(first.suspension.check(null)).toBe(false);
    expect(first.suspension.health().problem).toContain('no position');
    first.suspension.check(inside);
    first.wait(3_600_000);
    expect(first.suspension.check(null)).toBe(true);
    await first.close();
    const again = openUnit([garage], dataDir);
    expect(again.suspension.check(null)).toBe(true);
    again.wait(1000);
    again.suspension.check(outside);
    again.wait(3000);
    expect(again.suspension.check(outside)).toBe(false);
    await again.close();
    expect(openUnit([garage], dataDir).suspension.check(null)).toBe(false);
  });

  it('does not take a place from before the last restart for that of today', async () => {
    const dataDir = temporaryFolder();
    const first = openUnit([garage], dataDir);
    first.suspension.check(inside);
    await first.close();
    const again = openUnit([garage], dataDir);
    again.suspension.check(outside);
    again.wait(3000);
    again.suspension.check(outside);
    await again.close();
    expect(openUnit([garage], dataDir).suspension.check(null)).toBe(false);
  });

  it('throws away what was seen in it also when the report comes a moment after the unit has left', () => {
    const yard = { name: 'School', area: { ...garage.area, latitude: 38.2 } };
    const { suspension, wait } = openUnit([garage, yard]);
    suspension.check(outside);
    wait(1000);
    suspension.check(inside);
    const seenMs = wait(100);
    wait(100);
    suspension.check({ ...inside, latitude: 38.2 });
    expect(suspension.covers(seenMs)).toBe(true);
    wait(100);
    suspension.check(outside);
    const lastMs = wait(3000) - 1;
    suspension.check(outside);
    expect(suspension.covers(lastMs)).toBe(true);
    expect(suspension.covers(lastMs + 1)).toBe(false);
  });

  it('keeps hours by the clock of the unit, past midnight too', () => {
    inZone('America/Los_Angeles');
    const night = { name: 'Night', hours: { days: ['fri'], from: '22:00', to: '06:00' } };
    const { suspension, setTime, wait } = openUnit([night]);
    const at = (time: string) => {
      setTime(time);
      suspension.check(null);
      wait(4000);
      return suspension.check(null);
    };
    expect(at('2026-03-06T21:59:00-08:00')).toBe(false);
    expect(at('2026-03-06T22:00:00-08:00')).toBe(true);
    expect(at('2026-03-07T05:59:00-08:00')).toBe(true);
    expect(at('2026-03-07T06:00:00-08:00')).toBe(false);
    // Saturday's night is not Friday's.
    expect(at('2026-03-07T23:00:00-08:00')).toBe(false);
  });

  it('keeps hours by the time that is sure, whatever the clock of the computer says', () => {
    inZone('America/Los_Angeles');
    const school = { name: 'School', hours: { from: '07:30', to: '16:00' } };
    const { suspension, setTime, isReally, wait } = openUnit([school]);
    const at = (clock: string, really: string | null) => {
      setTime(clock);
      isReally(really);
      suspension.check(null);
      wait(4000);
      return suspension.check(null);
    };
    expect(at('2026-03-06T20:00:00-08:00', '2026-03-06T09:00:00-08:00')).toBe(true);
    expect(at('2026-03-06T09:00:00-08:00', '2026-03-06T20:00:00-08:00')).toBe(false);
  });

  it('holds the hours all day while the time is not sure, and says so on record', () => {
    const school = { name: 'School', hours: { from: '07:30', to: '16:00' } };
    const { suspension, isReally, wait, changes } = openUnit([school, garage]);
    isReally('2026-03-06T20:00:00Z');
    expect(suspension.check(outside)).toBe(false);
    isReally(null);
    expect(suspension.check(outside)).toBe(true);
    expect(suspension.health().problem).toContain('the time of day is not sure');
    isReally('2026-03-06T20:00:00Z');
    suspension.check(outside);
    wait(4000);
    expect(suspension.check(outside)).toBe(false);
    expect(changes()).toEqual([
      ['capture.suspended', { zone: 'School', time: 'not sure' }],
      ['capture.resumed', { zone: 'School' }],
    ]);
  });

  it('goes by no clock where zones have no hours', () => {
    const { suspension, isReally } = openUnit([garage]);
    isReally(null);
    expect(suspension.check(outside)).toBe(false);
    expect(suspension.health().problem).toBeNull();
  });

  it('a zone needs an area or hours, and a name of its own', () => {
    expect(() => suspensionSection.parse({ zones: [{ name: 'x' }] })).toThrow('needs an area');
    expect(() => suspensionSection.parse({ zones: [garage, garage] })).toThrow('same name');
    const hours = { from: '8:00', to: '17:00' };
    expect(() => suspensionSection.parse({ zones: [{ name: 'x', hours }] })).toThrow('08:30');
  });
});

describe('CAP-13: a court order, and nothing else, lets the unit capture in a zone', () => {
  it('captures from the order to its end, and the log names the order', async () => {
    const { suspension, perform, changes, wait } = openUnit([garage]);
    suspension.check(inside);
    const until = '2026-03-02T10:00:00Z';
    const { id } = await perform(administrator, enterCourtOrder, { ...order, until }, homicide);
    expect(suspension.check(inside)).toBe(false);
    expect(suspension.health()).toMatchObject({ suspended: null, underOrder: 'SW 26-118' });
    wait(2 * 3_600_000);
    expect(suspension.check(inside)).toBe(true);
    expect(changes().map(([operation]) => operation)).toEqual([
      'capture.suspended',
      'capture.resumed',
      'capture.under-order',
      'capture.order-left',
      'capture.suspended',
    ]);
    expect(changes()[2]).toEqual([
      'capture.under-order',
      { zone: garage.name, order: 'SW 26-118' },
    ]);
    expect(await perform(administrator, listCourtOrders, {})).toMatchObject([
      { id, number: 'SW 26-118', caseNumber: '26-0042', by: 'Test alpr_administrator' },
    ]);
  });

  it('ends at once when someone ends it, and covers only the zones that it names', async () => {
    const yard = { name: 'Impound yard', area: { ...garage.area, latitude: 38.2 } };
    const { suspension, perform, wait } = openUnit([garage, yard]);
    const until = '2026-03-03';
    const { id } = await perform(administrator, enterCourtOrder, { ...order, until }, homicide);
    expect(suspension.check({ ...inside, latitude: 38.2 })).toBe(true);
    expect(suspension.check(inside)).toBe(false);
    wait(1000);
    await perform(administrator, endCourtOrder, { id });
    expect(suspension.check(inside)).toBe(true);
    await expect(perform(administrator, endCourtOrder, { id })).rejects.toThrow('over already');
  });

  it('where zones overlap, each needs its order', async () => {
    const school = { name: 'School', hours: { from: '00:00', to: '24:00' } };
    const { suspension, perform, changes } = openUnit([garage, school]);
    const enter = (zones: string[], number: string) => {
      const asked = { ...order, number, zones, until: '2026-03-03' };
      return perform(administrator, enterCourtOrder, asked, homicide);
    };
    await enter([garage.name], 'SW 26-118');
    expect(suspension.check(inside)).toBe(true);
    expect(suspension.health()).toMatchObject({ suspended: { zone: 'School' }, underOrder: null });
    await enter([school.name], 'SW 26-119');
    expect(suspension.check(inside)).toBe(false);
    expect(changes().at(-1)).toEqual([
      'capture.under-order',
      { zone: garage.name, order: 'SW 26-118' },
    ]);
  });

  it('that someone ended stays ended when the clock is set back', async () => {
    const { suspension, perform, wait } = openUnit([garage]);
    const asked = { ...order, until: '2026-03-03' };
    const { id } = await perform(administrator, enterCourtOrder, asked, homicide);
    wait(3_600_000);
    await perform(administrator, endCourtOrder, { id });
    wait(-1_800_000);
    expect(suspension.check(inside)).toBe(true);
  });

  it('is in force only while the time is sure, since else nobody knows whether it is over', async () => {
    const { suspension, perform, isReally } = openUnit([garage]);
    await perform(administrator, enterCourtOrder, { ...order, until: '2026-03-03' }, homicide);
    expect(suspension.check(inside)).toBe(false);
    isReally(null);
    expect(suspension.check(inside)).toBe(true);
    isReally('2026-03-05T00:00:00Z');
    expect(suspension.check(inside)).toBe(true);
  });

  it('that ended while the unit was off in the garage lets it capture nothing there', async () => {
    const dataDir = temporaryFolder();
    const first = openUnit([garage], dataDir);
    const asked = { ...order, until: '2026-03-02T10:00:00Z' };
    await first.perform(administrator, enterCourtOrder, asked, homicide);
    expect(first.suspension.check(inside)).toBe(false);
    await first.close();
    const again = openUnit([garage], dataDir);
    again.wait(3 * 3_600_000);
    expect(again.suspension.check(null)).toBe(true);
  });

  it('that takes the place of another one is in the log', async () => {
    const { suspension, perform, changes } = openUnit([garage]);
    const asked = { ...order, until: '2026-03-03' };
    const { id } = await perform(administrator, enterCourtOrder, asked, homicide);
    suspension.check(inside);
    await perform(administrator, enterCourtOrder, { ...asked, number: 'SW 26-120' }, homicide);
    await perform(administrator, endCourtOrder, { id });
    suspension.check(inside);
    expect(changes()).toEqual([
      ['capture.under-order', { zone: garage.name, order: 'SW 26-118' }],
      ['capture.order-left', { zone: garage.name }],
      ['capture.under-order', { zone: garage.name, order: 'SW 26-120' }],
    ]);
  });

  it('refuses an order for an unknown zone, one that is over, and one without end', async () => {
    const { perform } = openUnit([garage]);
    const enter = (changes: object) =>
      perform(
        administrator,
        enterCourtOrder,
        { ...order, until: '2026-03-03', ...changes },
        homicide,
      );
    await expect(enter({ zones: ['Mall'] })).rejects.toThrow('There is: Courthouse garage');
    await expect(enter({ until: '2026-03-01' })).rejects.toThrow('is over already');
    await expect(enter({ until: '2027-03-01' })).rejects.toThrow('60 days');
  });

  it('stays suspended when the orders cannot be read, and says so', () => {
    const { suspension, db } = openUnit([garage]);
    db.exec('DROP TABLE court_order');
    expect(suspension.check(inside)).toBe(true);
    expect(suspension.health().problem).toContain('court orders cannot be read');
  });
});
