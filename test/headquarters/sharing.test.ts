import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { HotPlateWithLog } from '../../src/accountability/hotplates/hot-plates.ts';
import type { OfficialsView } from '../../src/accountability/officials/operations.ts';
import { configSchema } from '../../src/config/schema.ts';
import {
  beginRotation,
  endRotation,
  publicKeysPem,
  rotationState,
  switchKey,
} from '../../src/headquarters/enrolment/signing-keys.ts';
import { createHeadquarters, type Headquarters } from '../../src/headquarters/headquarters.ts';
import { createLog } from '../../src/platform/log.ts';
import { openRecords } from '../records/open-records.ts';
import { noImages, sampleDetection } from '../records/samples.ts';
import { quickPasswords } from '../support/quick-passwords.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { type AgencyUnit, from, openAgency, password } from '../uplink/open-agency.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

const hourMs = 3_600_000;

/** The agency of the tests of the link, with this program as its headquarters. */
async function openWithHeadquarters() {
  let running: Headquarters | null = null;
  const agency = await openAgency({
    async start(folder, { broker, tls }) {
      const config = configSchema.parse({
        unit: {
          ...{ agency: 'test-pd', id: 'headquarters', mode: 'headquarters' },
          dataDir: join(folder, 'headquarters'),
        },
        uplink: {
          ...{ broker, tls, reconnectMaxS: 1 },
          agency: {
            key: join(folder, 'headquarters.pub'),
            secret: join(folder, 'agency.secret'),
          },
        },
        policy: { profile: 'vallejo' },
        console: { enabled: false },
        metrics: { enabled: false },
      });
      const headquarters = await createHeadquarters(
        config,
        createLog({ level: 'silent' }),
        quickPasswords,
      );
      running = headquarters;
      const stop = async () => headquarters[Symbol.asyncDispose]();
      onTestFinished(stop);
      await headquarters.start();
      await waitFor(() => headquarters.status().broker.connected, { what: 'the link' });
      return { stop };
    },
  });
  /** The gate of headquarters, as someone there. */
  const at = () => {
    if (running === null) throw new Error('headquarters does not run');
    return running.accountability;
  };
  return { ...agency, at };
}

const until = (what: string, condition: () => Promise<boolean>) =>
  waitFor(condition, { timeoutMs: 60_000, everyMs: 200, what });

async function mayLogIn(unit: AgencyUnit, username: string, word = password): Promise<boolean> {
  return unit.login(username, word).then(
    () => true,
    () => false,
  );
}

describe.skipIf(missingMosquitto)('the agency as one', { timeout: 240_000 }, () => {
  test('people once: an account made at headquarters logs in on every unit, and closed there it is closed on all', async () => {
    const { openUnit, at } = await openWithHeadquarters();
    const units = [openUnit('unit-7'), openUnit('unit-8')];
    const [one] = units;
    if (one === undefined) throw new Error('no unit');
    await one.first();
    for (const unit of units) await unit.start();
    const { people, gate } = at();
    const login = async (username: string, word: string) =>
      (await people.login({ username, password: word, noticeAcknowledged: true }, from)).token;
    await until('Ada at headquarters', () =>
      login('ada', password).then(
        () => true,
        () => false,
      ),
    );
    const token = await login('ada', password);
    const perform = (operation: string, input: object) =>
      gate.perform({ token, from, operation, input });
    await perform('users.create', {
      ...{ username: 'moss', name: 'P. Moss', role: 'officer', organisation: 'test-pd' },
      ...{ requestedBy: 'Sgt. Hill', cletsUntil: '2099-06-30' },
      training: { course: 'ALPR basics', completedOn: '2026-01-15', expiresOn: '2099-01-15' },
    });
    const approved = await perform('users.approve', { username: 'moss' });
    const { temporaryPassword } = approved as { temporaryPassword: string };
    for (const unit of units) {
      await until(`moss on ${unit.id}`, () => mayLogIn(unit, 'moss', temporaryPassword));
    }
    await perform('users.close', { username: 'moss', reason: 'left the department' });
    for (const unit of units) {
      await until(
        `no moss on ${unit.id}`,
        async () => !(await mayLogIn(unit, 'moss', temporaryPassword)),
      );
    }
    expect(await mayLogIn(one, 'ada')).toBe(true);
  });

  test('hot plates once: entered on a car it is in force at headquarters, and removed there it is removed everywhere', async () => {
    const { openUnit, at } = await openWithHeadquarters();
    const [one, other] = [openUnit('unit-7'), openUnit('unit-8')];
    const ada = await one.first();
    await one.start();
    await other.start();
    const officer = await one.join(ada, 'moss');
    const id = await one.list('8LVN362', { enteredBy: officer, approvedBy: ada });
    await until('the hot plate on the other unit', async () =>
      other.hotPlates().some((each) => each.id === id && each.state === 'active'),
    );
    const { people, gate } = at();
    const login = { username: 'ada', password, noticeAcknowledged: true };
    await until('Ada at headquarters', () =>
      people.login(login, from).then(
        () => true,
        () => false,
      ),
    );
    const { token } = await people.login(login, from);
    const inquiry = { purpose: 'investigation', caseNumber: '26-0042' };
    const perform = (operation: string, input: object) =>
      gate.perform({ token, from, operation, input, inquiry });
    expect(await perform('hotplates.show', { id })).toMatchObject({
      entry: { id, state: 'active' },
    });
    await perform('hotplates.remove', { id, outcome: 'recovered', note: 'Found in Napa' });
    for (const unit of [one, other]) {
      await until(`the removal on ${unit.id}`, async () =>
        unit.hotPlates().some((each) => each.id === id && each.state === 'removed'),
      );
    }
  });

  test('HOT-13: an entry with wildcards that was made on a car says at headquarters how many reads of all units it would match', async () => {
    const { openUnit, at } = await openWithHeadquarters();
    const units = [openUnit('unit-7'), openUnit('unit-8')] as const;
    const [one] = units;
    const ada = await one.first();
    const seenAt = (agoMs: number) => new Date(Date.now() - agoMs).toISOString();
    for (const [n, unit] of units.entries()) {
      const opened = openRecords(unit.dataDir);
      // One read by the car on which it is entered, two by the other.
      for (let read = 0; read <= n; read += 1) {
        const seen = { firstSeen: seenAt(hourMs + 1000), lastSeen: seenAt(hourMs), closed: true };
        const detection = sampleDetection({ unit: unit.id, ...seen });
        await opened.records.storeHits({ hits: [], detection, images: noImages });
      }
      await opened.close();
      await unit.start();
    }
    const officer = await one.join(ada, 'moss');
    const id = await one.list('8ABC12?', { enteredBy: officer, approvedBy: ada });
    const inquiry = { purpose: 'investigation', caseNumber: '26-0042' };
    const onCar = await one.perform<HotPlateWithLog>(ada, 'hotplates.show', { id });
    expect(onCar.entry.pastReads).toBe(1);
    const { people, gate } = at();
    await until('Ada at headquarters', () =>
      people.login({ username: 'ada', password, noticeAcknowledged: true }, from).then(
        () => true,
        () => false,
      ),
    );
    const { token } = await people.login(
      { username: 'ada', password, noticeAcknowledged: true },
      from,
    );
    const perform = <Answer>(operation: string, input: object) =>
      gate.perform({ token, from, operation, input, inquiry }) as Promise<Answer>;
    await until('the entry and all reads at headquarters', async () => {
      const shown = await perform<HotPlateWithLog>('hotplates.show', { id }).catch(() => null);
      return shown?.entry.pastReads === 3;
    });
    expect(await perform('hotplates.past-reads', { plate: '8ABC123' })).toMatchObject({ ever: 3 });
    expect(await one.perform(ada, 'hotplates.past-reads', { plate: '8ABC123' })).toMatchObject({
      ever: 1,
    });
  });

  test('AUD-11: who oversees is entered on a car, corrected at headquarters, and known to a car that comes later', async () => {
    const { openUnit, at } = await openWithHeadquarters();
    const [one, other] = [openUnit('unit-7'), openUnit('unit-8')];
    const ada = await one.first();
    await one.start();
    const chief = await one.join(ada, 'kay', 'chief');
    const captain = { office: 'overseer', title: 'Captain', name: 'A. Mos', from: '2026-11-01' };
    await one.perform(chief, 'officials.name', captain);
    await one.perform(chief, 'officials.name', {
      ...{ office: 'custodian', title: 'Records Manager', name: 'R. Roe', from: '2026-11-01' },
    });
    const { people, gate } = at();
    const login = { username: 'kay', password, noticeAcknowledged: true };
    await until('the chief at headquarters', () =>
      people.login(login, from).then(
        () => true,
        () => false,
      ),
    );
    const { token } = await people.login(login, from);
    const perform = (operation: string, input: object) =>
      gate.perform({ token, from, operation, input }) as Promise<OfficialsView>;
    await until(
      'both at headquarters',
      async () => (await perform('officials.list', {})).custodian[0]?.name === 'R. Roe',
    );
    expect((await perform('officials.list', {})).overseer.map(({ name }) => name)).toContain(
      'A. Mos',
    );
    // The day is the same: what was entered last counts, on every unit.
    await perform('officials.name', { ...captain, name: 'A. Moss' });
    await other.start();
    const overseerOn = (unit: AgencyUnit) =>
      unit.on(async ({ gate: its, people: staff }) => {
        const opened = await staff.login(login, from);
        const view = await its.perform({
          ...{ token: opened.token, from, operation: 'officials.list', input: {} },
        });
        return (view as OfficialsView).overseer.at(-1);
      });
    for (const unit of [one, other]) {
      await until(`the chief on ${unit.id}`, () => mayLogIn(unit, 'kay'));
      await until(`the overseer on ${unit.id}`, async () => {
        const holder = await overseerOn(unit);
        return holder?.name === 'A. Moss' && holder.from === '2026-11-01';
      });
      expect(refusalsOn(unit)).toEqual([]);
    }
    await one.perform(chief, 'officials.name', {
      ...{ ...captain, name: 'B. Roe', from: '2026-11-15' },
    });
    await until(
      'the successor on the other car',
      async () => (await overseerOn(other))?.name === 'B. Roe',
    );
  });

  test('the key that signs is changed, no unit refuses anything, and one that comes later takes all (PRA-14)', async () => {
    const { openUnit, folder, stop, again } = await openWithHeadquarters();
    const keys = join(folder, 'headquarters');
    /** Puts the public keys as they are now where the units read them at their start. */
    const give = () => writeFileSync(join(folder, 'headquarters.pub'), publicKeysPem(keys));
    const one = openUnit('unit-7');
    const ada = await one.first();
    await one.start();
    const officer = await one.join(ada, 'moss');
    const by = { enteredBy: officer, approvedBy: ada };
    const ids = [await one.list('8LVN362', by)];
    await until('what the unit sent at headquarters', async () => (await one.waiting()) === 0);
    beginRotation(keys);
    give();
    await one.stop();
    await one.start();
    ids.push(await one.list('7ABC123', by));
    await until('what the unit sent at headquarters', async () => (await one.waiting()) === 0);
    switchKey(keys);
    await stop();
    expect(() => endRotation(keys)).toThrow('has not signed all again');
    await again();
    await until('all signed again', async () => rotationState(keys) === 'signed');
    ids.push(await one.list('6XYZ789', by));
    await until('what the unit sent at headquarters', async () => (await one.waiting()) === 0);
    endRotation(keys);
    give();
    // It knows the new key alone.
    const other = openUnit('unit-8');
    await other.start();
    await until('every hot plate on the new unit', async () => {
      const active = other.hotPlates().filter(({ state }) => state === 'active');
      return ids.every((id) => active.some((each) => each.id === id));
    });
    await until('Ada on the new unit', () => mayLogIn(other, 'ada'));
    for (const unit of [one, other]) expect(refusalsOn(unit)).toEqual([]);
  });
});

/** Messages of headquarters that the unit refused, by its audit log. */
function refusalsOn({ dataDir }: AgencyUnit): string[] {
  const db = new SQLite(join(dataDir, 'audit.db'), { readonly: true });
  try {
    const refused =
      "SELECT body FROM record WHERE operation = 'agency.take' AND outcome = 'refused'";
    return db.prepare<[], string>(refused).pluck().all();
  } finally {
    db.close();
  }
}
