import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { verifyAudit } from '../../../src/accountability/audit/verify.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openLog, openRaw, sampleEntry, tamper, unit } from './open-log.ts';

const appendMany = fileURLToPath(new URL('./append-many.ts', import.meta.url));
const verify = (dataDir: string) => verifyAudit({ dataDir, unit });

describe('AUD-3: every access is written with name, date and time, before it is shown', () => {
  it('a record has number, UTC time to the millisecond, unit, person, terminal, query, purpose and outcome', () => {
    const dataDir = temporaryFolder();
    const log = openLog(dataDir, { clock: () => Date.UTC(2026, 10, 22, 8, 0, 0, 7) });
    const record = log.append(sampleEntry());
    expect(record).toMatchObject({
      seq: 2,
      at: '2026-11-22T08:00:00.007Z',
      agency: 'test-pd',
      unit: 'unit-7',
      category: 'Detection Browsing',
      who: { username: 'doe', organisation: 'test-pd' },
      from: 'page 127.0.0.1',
      query: { plate: '8ABC123' },
      results: 3,
      inquiry: { purpose: 'investigation', caseNumber: '26-0042' },
    });
    expect(log.read({}, { limit: 10, newest: true })[0]).toEqual(record);
    expect(log.health()).toMatchObject({ state: 'good', records: 2, lastAppendedAt: record.at });
    // Only their owner may read what was looked for.
    for (const name of ['audit.db', 'audit.anchor', 'audit.key']) {
      expect(statSync(join(dataDir, name)).mode & 0o077).toBe(0);
    }
  });

  it('finds records by person, category, time and inquiry, page by page', () => {
    let nowMs = Date.UTC(2026, 10, 22, 8);
    const log = openLog(temporaryFolder(), { clock: () => nowMs });
    for (let at = 0; at < 6; at += 1) {
      nowMs += 60_000;
      const username = at % 2 === 0 ? 'doe' : 'roe';
      log.append(sampleEntry({ who: { ...sampleEntry().who, username } }));
    }
    expect(log.read({ username: 'doe' }, { limit: 10 }).map(({ seq }) => seq)).toEqual([2, 4, 6]);
    const newest = log.read({ category: 'Detection Browsing' }, { limit: 2, newest: true });
    expect(newest.map(({ seq }) => seq)).toEqual([7, 6]);
    const next = log.read({}, { limit: 2, beyond: 6, newest: true });
    expect(next.map(({ seq }) => seq)).toEqual([5, 4]);
    const span = { from: '2026-11-22T08:02:00.000Z', to: '2026-11-22T08:04:00.000Z' };
    expect(log.read(span, { limit: 10 }).map(({ seq }) => seq)).toEqual([3, 4]);
  });

  it('refuses to change or remove a record, or to take one out of turn', () => {
    const dataDir = temporaryFolder();
    const log = openLog(dataDir);
    log.append(sampleEntry());
    const db = openRaw(dataDir);
    expect(() => db.exec("UPDATE record SET body = '{}' WHERE seq = 2")).toThrow(/never changed/);
    expect(() => db.exec('DELETE FROM record WHERE seq = 2')).toThrow(/recorded decision/);
    expect(() =>
      db.exec("INSERT OR REPLACE INTO record (seq, body, hash, seal) VALUES (2, '{}', '', '')"),
    ).toThrow(/next record/);
    db.close();
    expect(verify(dataDir).sound).toBe(true);
  });

  it('takes records of several processes at once into one chain', async () => {
    const dataDir = temporaryFolder();
    const writers = [1, 2, 3].map(() =>
      spawn(process.execPath, [appendMany, dataDir, '15'], {
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    );
    const codes = await Promise.all(writers.map((writer) => once(writer, 'close')));
    expect(codes.map(([code]) => code)).toEqual([0, 0, 0]);
    const found = verify(dataDir);
    expect(found).toMatchObject({ sound: true, records: 46, findings: [] });
  }, 30_000);

  it('after kill -9 at any moment the log is sound and goes on', async () => {
    const dataDir = temporaryFolder();
    const writer = spawn(process.execPath, [appendMany, dataDir, '100000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    for await (const chunk of writer.stdout) {
      said += String(chunk);
      if (said.split('\n').length > 20) writer.kill('SIGKILL');
    }
    const acknowledged = Number(said.trim().split('\n').at(-1));
    const log = openLog(dataDir);
    log.append(sampleEntry());
    const found = verify(dataDir);
    expect(found).toMatchObject({ sound: true, findings: [] });
    expect(found.records).toBeGreaterThan(acknowledged);
  }, 30_000);
});

describe('AUD-3: a record that cannot be written is an error, and the log recovers', () => {
  it('database locked by another: throws, then writes how many are missing and goes on', () => {
    const dataDir = temporaryFolder();
    const log = openLog(dataDir, { patienceMs: 50 });
    log.append(sampleEntry());
    const other = openRaw(dataDir);
    other.exec('BEGIN IMMEDIATE');
    expect(() => log.append(sampleEntry())).toThrow(/could not be written/);
    expect(log.health()).toMatchObject({ state: 'unwritable' });
    expect(log.health().problem).toMatch(/locked/);
    other.exec('ROLLBACK');
    other.close();
    log.append(sampleEntry());
    expect(log.health()).toMatchObject({ state: 'good', problem: null });
    expect(log.read({}, { limit: 9 }).map(({ operation }) => operation)).toEqual([
      'audit.begin',
      'detections.search',
      'audit.gap',
      'detections.search',
    ]);
    const found = verify(dataDir);
    expect(found.sound).toBe(true);
    expect(found.findings.map(({ fault }) => fault)).toEqual(['gap']);
  });

  it('disk full, then made read-only: throws each time, and goes on once there is room', (context) => {
    const dataDir = temporaryFolder();
    const mount = (...options: string[]) =>
      execFileSync('mount', [...options, dataDir], { stdio: 'pipe' });
    try {
      mount('-t', 'tmpfs', '-o', 'size=512k', 'tmpfs');
    } catch {
      context.skip('no right to mount a small disk');
    }
    onTestFinished(() => void execFileSync('umount', ['-l', dataDir]));
    const log = openLog(dataDir);
    log.append(sampleEntry());
    const filler = join(dataDir, 'filler');
    try {
      writeFileSync(filler, Buffer.alloc(1 << 20));
    } catch {
      // As full as it gets.
    }
    expect(() => {
      for (let at = 0; at < 200; at += 1) log.append(sampleEntry());
    }).toThrow(/could not be written/);
    expect(log.health()).toMatchObject({ state: 'unwritable' });
    rmSync(filler);
    log.append(sampleEntry());
    expect(log.health().state).toBe('good');

    log.close();
    mount('-o', 'remount,ro');
    expect(() => log.append(sampleEntry())).toThrow(/could not be written/);
    // A seized disk that cannot be written to is verified all the same.
    const seized = verify(dataDir);
    expect(seized.findings.map(({ fault }) => fault)).toEqual(['gap']);
    expect(seized.sound).toBe(true);
    mount('-o', 'remount,rw');
    log.append(sampleEntry());
    expect(verify(dataDir).sound).toBe(true);
  });

  it('files removed under it: throws, begins no other log, and goes on when they are back', () => {
    const dataDir = temporaryFolder();
    const aside = temporaryFolder();
    const log = openLog(dataDir);
    log.append(sampleEntry());
    const names = ['audit.db', 'audit.db-wal', 'audit.db-shm'];
    for (const name of names) renameSync(join(dataDir, name), join(aside, name));
    expect(() => log.append(sampleEntry())).toThrow(/could not be written/);
    expect(() => log.append(sampleEntry())).toThrow(/Restore it/);
    expect(log.health()).toMatchObject({ state: 'unwritable' });
    for (const name of names) {
      try {
        renameSync(join(aside, name), join(dataDir, name));
      } catch {
        // Closing the database has taken its write-ahead log with it.
      }
    }
    log.append(sampleEntry());
    expect(log.health().state).toBe('good');
    expect(verify(dataDir).sound).toBe(true);
  });

  it('another unit’s database: writes nothing into it', () => {
    const dataDir = temporaryFolder();
    const log = openLog(dataDir);
    log.append(sampleEntry());
    log.close();
    const renamed = openLog(dataDir, { unit: { agency: 'test-pd', id: 'unit-9' } });
    expect(() => renamed.append(sampleEntry())).toThrow(/copied from another unit/);
    expect(renamed.health()).toMatchObject({ state: 'unwritable' });
    rmSync(join(dataDir, 'audit.key'));
    expect(() => log.append(sampleEntry())).toThrow(/audit\.key is missing/);
    expect(verify(dataDir).records).toBe(2);
  });

  it('a tail cut off is noted in the log itself, stays found, and turns the health red until someone verified', () => {
    const dataDir = temporaryFolder();
    const log = openLog(dataDir);
    for (let at = 0; at < 6; at += 1) log.append(sampleEntry());
    log.close();
    tamper(dataDir, 'DELETE FROM record WHERE seq > 4');
    log.append(sampleEntry());
    expect(log.health()).toMatchObject({ state: 'doubtful' });
    expect(log.read({}, { limit: 9 }).map(({ operation }) => operation)).toContain('audit.anomaly');
    const found = verify(dataDir);
    expect(found.sound).toBe(false);
    expect(found.findings).toMatchObject([{ fault: 'noted', seq: 5 }]);
    expect(found.findings[0]?.text).toContain('the anchor named record 7');
    log.append(sampleEntry({ category: 'Audit Access', operation: 'audit.verify' }));
    expect(log.health().state).toBe('good');
    expect(verify(dataDir).sound).toBe(false);
  });

  it('one request cannot fill the log', () => {
    const dataDir = temporaryFolder();
    const log = openLog(dataDir);
    const record = log.append(
      sampleEntry({ note: 'n'.repeat(1e6), query: { plate: 'p'.repeat(1e6) } }),
    );
    expect(JSON.stringify(record).length).toBeLessThan(10_000);
    expect(record.query).toMatchObject({ tooLong: true });
  });
});
