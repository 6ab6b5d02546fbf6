import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { describe, expect, it } from 'vitest';
import { openSigningKey } from '../../../src/accountability/evidence/signing-key.ts';
import { lostUnitOperations } from '../../../src/accountability/lost-unit/bind-operations.ts';
import { type Command, signCommand } from '../../../src/accountability/lost-unit/command.ts';
import {
  destroyKeys,
  eraseUnit,
  refuseWiped,
  wipeWords,
} from '../../../src/accountability/lost-unit/erase-unit.ts';
import { lockLogins } from '../../../src/accountability/lost-unit/lock-logins.ts';
import { createLostUnit, type LostUnit } from '../../../src/accountability/lost-unit/lost-unit.ts';
import { writeLostUnit } from '../../../src/accountability/lost-unit/lost-unit-state.ts';
import {
  lockUnit,
  reportLostUnit,
  showLostReport,
  wipeUnit,
} from '../../../src/accountability/lost-unit/operations.ts';
import {
  type Report,
  reportSchema,
} from '../../../src/accountability/verification/alert-update.ts';
import { programRoot } from '../../../src/config/load.ts';
import { createLog } from '../../../src/platform/log.ts';
import { waitingOf } from '../../records/open-records.ts';
import { openGate } from '../../support/gate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { waitFor } from '../../support/wait-for.ts';
import { missingMosquitto } from '../../uplink/mosquitto.ts';
import { goodPassword, PeopleUnderTest, terminal } from '../access/people-under-test.ts';
import { openLinked } from '../retention/open-linked.ts';
import { now, openRetention, profile } from '../retention/open-retention.ts';

const command = (kind: Command['kind']): Command => ({
  id: uuidv7(),
  kind,
  at: new Date(now).toISOString(),
  by: 'Watch commander',
  reason: 'Unit stolen',
});

function breachOf(
  unit: Pick<ReturnType<typeof openRetention>, 'db' | 'outbox' | 'audited'>,
  dataDir: string,
  keyFiles: string[] = [],
  endEverySession: (note: string) => void = () => undefined,
  headquartersKeys: () => readonly KeyObject[] | null = () => null,
) {
  const said = { stopped: 0, ended: 0 };
  const breach: LostUnit = createLostUnit({
    dataDir,
    db: unit.db,
    outbox: unit.outbox,
    keyFiles,
    unit: { agency: 'test-pd', id: 'unit-7' },
    audit: {
      append(entry) {
        unit.audited.push(entry);
        return entry as never;
      },
    },
    figures: () => ({ accounts: 3 }),
    hasHeadquarters: true,
    headquartersKeys,
    endEverySession: (note) => {
      said.ended += 1;
      endEverySession(note);
    },
    stop: () => {
      said.stopped += 1;
    },
    clock: () => now,
    log: createLog({ level: 'silent' }),
  });
  return { breach, said };
}

describe('a lost or stolen unit', () => {
  it('BRE-1: headquarters locks it: sessions end, logins are refused, also after a restart, until it unlocks', () => {
    const dataDir = temporaryFolder();
    const unit = openRetention(dataDir, profile('vallejo'));
    const { breach, said } = breachOf(unit, dataDir);
    expect(() => breach.refuseIfLocked()).not.toThrow();
    const lock = command('lock');
    breach.obey(lock);
    expect(said.ended).toBe(1);
    expect(() => breach.refuseIfLocked()).toThrow(/locked on .* Only headquarters/);
    expect(() => breachOf(unit, dataDir).breach.refuseIfLocked()).toThrow(/locked/);
    breach.obey(command('unlock'));
    expect(() => breach.refuseIfLocked()).not.toThrow();
    // The broker retains the last command and sends it again with each connection.
    breach.obey(lock);
    expect(() => breach.refuseIfLocked()).not.toThrow();
    expect(unit.audited.map(({ operation, from }) => `${operation} ${from}`)).toEqual([
      'unit.lock headquarters',
      'unit.unlock headquarters',
    ]);
    const reports = waitingOf(unit.outbox).filter(({ topic }) => topic === 'report');
    expect(reports.map(({ json }) => (JSON.parse(json) as Report).subject)).toEqual([
      'locked',
      'unlocked',
    ]);
  });

  it('BRE-1: with the key of headquarters it obeys only what that signed for it, and nothing that is played back', () => {
    const dataDir = temporaryFolder();
    const unit = openRetention(dataDir, profile('vallejo'));
    const key = generateKeyPairSync('ed25519');
    const strange = generateKeyPairSync('ed25519').privateKey;
    const { breach } = breachOf(unit, dataDir, [], undefined, () => [key.publicKey]);
    const isLocked = () => breach.state().locked !== null;
    const own = { agency: 'test-pd', unit: 'unit-7' };
    breach.obey(command('lock'));
    breach.obey(signCommand(command('lock'), own, strange));
    breach.obey(signCommand(command('lock'), { ...own, unit: 'unit-8' }, key.privateKey));
    const wipe = signCommand(command('unlock'), own, key.privateKey);
    breach.obey({ ...wipe, kind: 'wipe' });
    expect(breach.state()).toMatchObject({ locked: null, wipe: null });
    const [unlock, lock] = ['unlock', 'lock'].map((kind) =>
      signCommand(command(kind as Command['kind']), own, key.privateKey),
    ) as [Command, Command];
    breach.obey(lock);
    expect(isLocked()).toBe(true);
    // The thief has kept the order with which it was unlocked the last time.
    breach.obey(unlock);
    expect(isLocked()).toBe(true);
    breach.obey(signCommand(command('unlock'), own, key.privateKey));
    expect(isLocked()).toBe(false);
    expect(unit.audited.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
      'unit.lock refused',
      'unit.lock refused',
      'unit.lock refused',
      'unit.wipe refused',
      'unit.lock done',
      'unit.unlock refused',
      'unit.unlock done',
    ]);
  });

  it('BRE-1: another unit tells headquarters that one is lost; nothing is done to either until people there order it', async () => {
    const dataDir = temporaryFolder();
    const unit = openRetention(dataDir, profile('vallejo'));
    const { breach } = breachOf(unit, dataDir);
    const { perform } = openGate(lostUnitOperations({ breach, unitId: 'unit-7' }));
    const sergeant = { role: 'supervisor' } as const;
    const lost = { unit: 'car-9', wish: 'lock', reason: 'Stolen from the yard' } as const;
    const { id, received } = await perform(sergeant, reportLostUnit, lost);
    expect(received).toBe(false);
    expect(await perform(sergeant, showLostReport, { id })).toEqual({ id, received: false });
    const [report] = waitingOf(unit.outbox).filter(({ topic }) => topic === 'report');
    const body: unknown = JSON.parse(report?.json ?? '');
    expect(reportSchema.parse(body)).toMatchObject({
      ...{ id, kind: 'lost_unit', subject: 'lock car-9', text: 'Stolen from the yard' },
      ...{ by: { role: 'supervisor' }, to: ['headquarters'] },
    });
    expect(() => breach.refuseIfLocked()).not.toThrow();
    unit.outbox.acknowledged([id]);
    expect(await perform(sergeant, showLostReport, { id })).toEqual({ id, received: true });
    await expect(perform(sergeant, reportLostUnit, { ...lost, unit: 'unit-7' })).rejects.toThrow(
      /is this unit: lock or wipe it here/,
    );
    await expect(perform(sergeant, reportLostUnit, { ...lost, unit: 'car 9' })).rejects.toThrow(
      /not the id of a unit/,
    );
  });

  it('BRE-1: while it is locked no login works and no session; the old sessions are gone after it, too', async () => {
    const dataDir = temporaryFolder();
    const desk = new PeopleUnderTest();
    const token = await desk.first();
    const unit = openRetention(dataDir, profile('vallejo'));
    const { breach } = breachOf(unit, dataDir, [], desk.people.endEverySession);
    const guarded = lockLogins(desk.people, breach.refuseIfLocked);
    expect(guarded.sessions.actorOf(token, terminal).username).toBe('ada');
    breach.obey(command('lock'));
    const login = () =>
      guarded.login(
        { username: 'ada', password: goodPassword, noticeAcknowledged: true },
        terminal,
      );
    await expect(login()).rejects.toThrow(/was locked/);
    expect(() => guarded.sessions.actorOf(token, terminal)).toThrow(/was locked/);
    expect(() => guarded.session(token, terminal)).toThrow(/was locked/);
    breach.obey(command('unlock'));
    expect(() => guarded.sessions.actorOf(token, terminal)).toThrow(/Log in first/);
    expect((await login()).session.username).toBe('ada');
  });

  it('BRE-1: with a state that cannot be read, logins are refused', () => {
    const dataDir = temporaryFolder();
    const { breach } = breachOf(openRetention(dataDir, profile('vallejo')), dataDir);
    writeFileSync(join(dataDir, 'breach.json'), '{');
    expect(() => breach.refuseIfLocked()).toThrow(/does not know whether this unit is locked/);
  });

  it('BRE-1: after a wipe no plate, picture or key is left, and the unit does not start', async () => {
    const dataDir = temporaryFolder();
    const outside = join(temporaryFolder(), 'unit.pem');
    writeFileSync(outside, 'SECRET-OF-THE-LINK');
    const unit = openRetention(dataDir, profile('vallejo'));
    const { images } = await unit.passing(1, { plate: '4WIPE44', hit: true });
    await openSigningKey(dataDir);
    mkdirSync(join(dataDir, 'evidence', 'x'), { recursive: true });
    writeFileSync(join(dataDir, 'evidence', 'x', 'records.json'), '4WIPE44');
    const { breach, said } = breachOf(unit, dataDir, [outside, '/proc/version']);
    breach.obey(command('wipe'));
    const report = waitingOf(unit.outbox).find(({ topic }) => topic === 'report');
    expect(JSON.parse(report?.json ?? '{}')).toMatchObject({
      subject: 'wiped',
      figures: { detections: 1, hits: 1, images: 3, accounts: 3, messagesNotAcknowledged: 0 },
    });
    // The keys wait for headquarters to have the report.
    expect(existsSync(join(dataDir, 'evidence.key'))).toBe(true);
    unit.outbox.acknowledged([report?.id ?? '']);
    await waitFor(() => said.stopped > 0, { what: 'the order to stop' });
    expect(existsSync(join(dataDir, 'evidence.key'))).toBe(false);
    expect(existsSync(outside)).toBe(false);
    expect(breach.state().wipe).toMatchObject({ reported: true, erasedAt: null });

    await unit.close();
    expect(await eraseUnit(dataDir)).toBe(true);
    expect(readdirSync(dataDir)).toEqual(['breach.json']);
    const left = readFileSync(join(dataDir, 'breach.json'));
    expect(left.includes('4WIPE44')).toBe(false);
    expect(left.includes(Buffer.from(images.plate?.jpeg.slice(-100) ?? ''))).toBe(false);
    expect(() => refuseWiped(dataDir)).toThrow(/was wiped: ordered .* Watch commander/);
    expect(await eraseUnit(dataDir)).toBe(false);
  });

  it('BRE-1: a wipe that a power cut ended goes on at the next start', async () => {
    const dataDir = temporaryFolder();
    const unit = openRetention(dataDir, profile('vallejo'));
    await unit.passing(1);
    const order = { at: new Date(now).toISOString(), by: 'HQ', reason: 'stolen' };
    const open = { reported: false, keysDestroyedAt: null, erasedAt: null };
    const wipe = { ...order, ...open, figures: {}, reportId: uuidv7() };
    writeLostUnit(dataDir, { locked: order, wipe, obeyed: [] });
    // Not reported yet: the next start does that first, without a new command.
    expect(await eraseUnit(dataDir)).toBe(false);
    expect(wipeWords(dataDir)).toMatch(/ordered .* by HQ \(stolen\), and not done: it goes on/);
    const { breach, said } = breachOf(unit, dataDir);
    breach.start();
    const reports = () => waitingOf(unit.outbox).filter(({ topic }) => topic === 'report');
    await waitFor(() => reports().length > 0, { what: 'the report' });
    // Once more before headquarters has answered: the same report, not a second one.
    const { breach: again } = breachOf(unit, dataDir);
    again.start();
    expect(reports()).toHaveLength(1);
    await again[Symbol.asyncDispose]();
    unit.outbox.acknowledged(waitingOf(unit.outbox).map(({ id }) => id));
    await waitFor(() => said.stopped > 0, { what: 'the order to stop' });
    await breach[Symbol.asyncDispose]();
    await unit.close();
    // The keys are gone, and then the power: the start after that erases the rest.
    expect(await eraseUnit(dataDir)).toBe(true);
    expect(readdirSync(dataDir)).toEqual(['breach.json']);
    expect(await destroyKeys(dataDir, ['/proc/version'])).toEqual(['/proc/version']);
  });

  it('BRE-1: someone with the right may lock and wipe on the unit, and types its id for that', async () => {
    const dataDir = temporaryFolder();
    const unit = openRetention(dataDir, profile('vallejo'));
    const { breach } = breachOf(unit, dataDir);
    const gate = openGate(lostUnitOperations({ breach, unitId: 'unit-7' }));
    const reason = 'Left in a car that was sold';
    const chief = { role: 'chief' } as const;
    await expect(gate.perform(chief, wipeUnit, { reason, unit: 'unit-8' })).rejects.toThrow(
      /is unit-7, not unit-8/,
    );
    expect(breach.state().wipe).toBeNull();
    await expect(
      gate.perform({ role: 'officer', permissions: [] }, lockUnit, { reason }),
    ).rejects.toThrow(/accounts.change/);
    await gate.perform(chief, lockUnit, { reason });
    expect(breach.problem()).toMatch(/locked by Test chief/);
    await gate.perform(chief, wipeUnit, { reason, unit: 'unit-7' });
    expect(breach.state().wipe?.reason).toBe(reason);
  });
});

describe.skipIf(missingMosquitto)('over a real broker', { timeout: 120_000 }, () => {
  it('BRE-1: a wipe command is answered with what was on the unit before the keys go', async () => {
    const folder = temporaryFolder();
    const dataDir = temporaryFolder();
    let breach: LostUnit | undefined;
    const unit = await openLinked(folder, dataDir, profile('vallejo'), {
      orders: { onCommand: (order) => breach?.obey(order) },
    });
    const made = breachOf(unit, dataDir, [unit.tls.key]);
    breach = made.breach;
    await unit.passing(1, { kept: false });
    const { headquarters } = await unit.headquarters();
    await waitFor(() => unit.outbox.status().waiting === 0, { what: 'an empty outbox' });
    const reports: Report[] = [];
    headquarters.events.on('notice', ({ type, body }) => {
      if (type === 'report') reports.push(body as Report);
    });
    const { ca, cert, key } = unit.credentials('headquarters');
    const child = spawnSync(process.execPath, [
      join(programRoot, 'scripts/reference-headquarters/main.ts'),
      ...['--broker', unit.broker, '--folder', join(folder, 'orders'), '--agency', 'test-pd'],
      ...['--ca', ca, '--cert', cert, '--key', key],
      ...['command', 'unit-7', 'wipe', '--by', 'Watch commander', '--reason', 'stolen'],
    ]);
    expect(String(child.stderr)).not.toMatch(/error/i);
    await waitFor(() => made.said.stopped > 0, { timeoutMs: 60_000, what: 'the order to stop' });
    expect(breach.state().wipe).toMatchObject({ reported: true, figures: { detections: 1 } });
    expect(existsSync(unit.tls.key)).toBe(false);
    expect(reports).toMatchObject([
      { kind: 'command', subject: 'wiped', figures: { detections: 1, images: 3 } },
    ]);
    await unit.stop();
    expect(await eraseUnit(dataDir)).toBe(true);
  });
});
