import {
  copyFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeKey, readKey } from '../../../src/accountability/audit/anchor.ts';
import type { AuditVerification } from '../../../src/accountability/audit/audit-verification.ts';
import { canonicalJson } from '../../../src/accountability/audit/canonical-json.ts';
import { beforeAll, linkOf, sha256 } from '../../../src/accountability/audit/chain.ts';
import { verifyAudit } from '../../../src/accountability/audit/verify.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openLog, openRaw, sampleEntry, tamper, unit } from './open-log.ts';

/** A log of one first record and nine searches, closed. */
function closedLog(records = 10): string {
  const dataDir = temporaryFolder();
  const log = openLog(dataDir);
  for (let at = 2; at <= records; at += 1) {
    log.append(sampleEntry({ query: { plate: `8ABC${at}` } }));
  }
  log.close();
  return dataDir;
}

const verify = (dataDir: string) => verifyAudit({ dataDir, unit });
const faultsOf = ({ findings }: AuditVerification) =>
  findings.map(({ fault, seq }) => (seq === null ? fault : `${fault} ${seq}`));

interface Row {
  seq: number;
  body: string;
  hash: string;
  seal: string;
}
function rowsOf(dataDir: string): Row[] {
  const db = openRaw(dataDir);
  const rows = db.prepare<[], Row>('SELECT seq, body, hash, seal FROM record ORDER BY seq').all();
  db.close();
  return rows;
}
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

describe('AUD-10: audit verify finds what was done to the file', () => {
  it('finds nothing wrong with a log that only grew', () => {
    const found = verify(closedLog());
    expect(found).toMatchObject({ sound: true, records: 10, findings: [], unit: 'unit-7' });
    expect(found.head?.seq).toBe(10);
  });

  it('a changed record, by its number alone', () => {
    const dataDir = closedLog();
    tamper(dataDir, "UPDATE record SET body = replace(body, '8ABC5', '9XYZ9') WHERE seq = 5");
    expect(faultsOf(verify(dataDir))).toEqual(['changed 5']);
  });

  it('a changed record whose hash was made to fit', () => {
    const dataDir = closedLog();
    const body = rowsOf(dataDir)[4]?.body.replace('8ABC5', '9XYZ9') ?? '';
    tamper(
      dataDir,
      `UPDATE record SET body = ${quoted(body)}, hash = '${sha256(body)}' WHERE seq = 5`,
    );
    const faults = faultsOf(verify(dataDir));
    expect(faults[0]).toBe('changed 5');
    expect(new Set(faults)).toEqual(new Set(['changed 5']));
  });

  it('a chain rebuilt from one record on, because the key is missing', () => {
    const dataDir = closedLog();
    const key = Buffer.alloc(32, 1);
    const statements: string[] = [];
    let head = { seq: 4, hash: rowsOf(dataDir)[3]?.hash ?? '' };
    for (let seq = 5; seq <= 10; seq += 1) {
      const entry = sampleEntry({ query: { plate: 'CLEAN' } });
      const { link } = linkOf(entry, head, { at: '2099-11-22T08:00:00.000Z', unit, key });
      head = link;
      statements.push(
        `UPDATE record SET body = ${quoted(link.body)}, hash = '${link.hash}', seal = '${link.seal}' WHERE seq = ${seq}`,
      );
    }
    tamper(dataDir, ...statements);
    const faults = faultsOf(verify(dataDir));
    for (let seq = 5; seq <= 10; seq += 1) expect(faults).toContain(`changed ${seq}`);
    expect(faults).toContain('anchor 10');

    // Even without the key the anchor is missed, and headquarters knows what it was sent.
    rmSync(join(dataDir, 'audit.key'));
    const sent = { log: verify(dataDir).log ?? '', seq: 8, hash: 'f'.repeat(64) };
    expect(faultsOf(verifyAudit({ dataDir, unit, forwarded: sent }))).toEqual(['key', 'changed 8']);
  });

  it('a removed record, and removed ones whose place was closed up', () => {
    const one = closedLog();
    tamper(one, 'DELETE FROM record WHERE seq = 5');
    expect(faultsOf(verify(one))).toEqual(['removed 5']);

    const closedUp = closedLog();
    tamper(
      closedUp,
      'DELETE FROM record WHERE seq IN (5, 6)',
      'UPDATE record SET seq = seq - 2 WHERE seq > 6',
    );
    const found = verify(closedUp);
    expect(faultsOf(found)).toEqual(['removed 5']);
    expect(found.findings[0]?.text).toBe('records 5 to 6 were removed');
  });

  it('the first record removed', () => {
    const dataDir = closedLog();
    tamper(dataDir, 'DELETE FROM record WHERE seq = 1');
    expect(faultsOf(verify(dataDir))).toContain('removed 1');
  });

  it('two records that changed places', () => {
    const dataDir = closedLog();
    tamper(
      dataDir,
      'UPDATE record SET seq = -1 WHERE seq = 5',
      'UPDATE record SET seq = 5 WHERE seq = 6',
      'UPDATE record SET seq = 6 WHERE seq = -1',
    );
    expect(faultsOf(verify(dataDir))).toEqual(['reordered 6']);
  });

  it('a record that was put in between', () => {
    const dataDir = closedLog();
    const rows = rowsOf(dataDir);
    const head = { seq: 4, hash: rows[3]?.hash ?? '' };
    const made = { at: '2099-11-22T08:00:00.000Z', unit, key: Buffer.alloc(32, 1) };
    const { link } = linkOf(sampleEntry({ query: { plate: 'ALIBI' } }), head, made);
    tamper(
      dataDir,
      ...rows
        .slice(4)
        .reverse()
        .map(({ seq }) => `UPDATE record SET seq = ${seq + 1} WHERE seq = ${seq}`),
      `INSERT INTO record (seq, body, hash, seal) VALUES (5, ${quoted(link.body)}, '${link.hash}', '${link.seal}')`,
    );
    expect(faultsOf(verify(dataDir))).toEqual(['inserted 5']);
  });

  it('records written at the end without the key', () => {
    const dataDir = closedLog();
    let head = { seq: 10, hash: rowsOf(dataDir)[9]?.hash ?? '' };
    const statements: string[] = [];
    for (let more = 0; more < 4; more += 1) {
      const made = { at: '2099-11-22T08:00:00.000Z', unit, key: Buffer.alloc(32, 1) };
      const { link } = linkOf(sampleEntry(), head, made);
      head = link;
      statements.push(
        `INSERT INTO record (seq, body, hash, seal) VALUES (${link.seq}, ${quoted(link.body)}, '${link.hash}', '${link.seal}')`,
      );
    }
    tamper(dataDir, ...statements);
    expect(faultsOf(verify(dataDir))).toEqual([11, 12, 13, 14].map((seq) => `changed ${seq}`));
  });

  it('the end cut off, by rows and by truncating the write-ahead log', () => {
    const byRows = closedLog();
    tamper(byRows, 'DELETE FROM record WHERE seq > 7');
    const found = verify(byRows);
    expect(faultsOf(found)).toEqual(['truncated 8']);
    expect(found.findings[0]?.text).toContain('records 8 to 10');

    // A unit that lost its power: what was written last is in the write-ahead log alone.
    const dataDir = temporaryFolder();
    const log = openLog(dataDir);
    for (let at = 2; at <= 10; at += 1) log.append(sampleEntry());
    const seized = temporaryFolder();
    cpSync(dataDir, seized, { recursive: true });
    expect(verify(seized).sound).toBe(true);
    rmSync(join(seized, 'audit.db-shm'), { force: true });
    const bytes = readFileSync(join(seized, 'audit.db-wal')).length;
    truncateSync(join(seized, 'audit.db-wal'), Math.floor(bytes * 0.8));
    const cut = verify(seized);
    expect(cut.sound).toBe(false);
    expect(faultsOf(cut)[0]).toMatch(/^truncated/);
  });

  it('an older copy of the database put in its place', () => {
    const dataDir = temporaryFolder();
    const log = openLog(dataDir);
    for (let at = 2; at <= 6; at += 1) log.append(sampleEntry());
    log.close();
    copyFileSync(join(dataDir, 'audit.db'), join(dataDir, 'older.db'));
    for (let at = 7; at <= 10; at += 1) log.append(sampleEntry());
    log.close();
    copyFileSync(join(dataDir, 'older.db'), join(dataDir, 'audit.db'));
    expect(faultsOf(verify(dataDir))).toEqual(['truncated 7']);
  });

  it('an anchor that is missing, forged, or of another log', () => {
    const missing = closedLog();
    rmSync(join(missing, 'audit.anchor'));
    expect(faultsOf(verify(missing))).toEqual(['anchor']);

    const forged = closedLog();
    const anchor = join(forged, 'audit.anchor');
    writeFileSync(anchor, readFileSync(anchor, 'utf8').replaceAll(/"seq":\d+/g, '"seq":3'));
    expect(faultsOf(verify(forged))).toEqual(['anchor']);

    const replaced = closedLog();
    for (const name of ['audit.db', 'audit.anchor', 'audit.key']) {
      copyFileSync(join(closedLog(), name), join(replaced, name));
    }
    expect(verify(replaced).sound).toBe(false);
  });

  it('the log of another unit: database copied from another unit', () => {
    const foreign = closedLog();
    const found = verifyAudit({ dataDir: foreign, unit: { agency: 'test-pd', id: 'unit-9' } });
    expect(faultsOf(found)).toEqual(['foreign 1']);
    expect(found.findings[0]?.text).toContain('copied from another unit');

    const keyOfAnother = closedLog();
    copyFileSync(join(foreign, 'audit.key'), join(keyOfAnother, 'audit.key'));
    expect(faultsOf(verify(keyOfAnother))).toContain('key 1');
  });

  it('missing triggers, and a file that is not a database', () => {
    const dataDir = closedLog();
    const db = openRaw(dataDir);
    db.exec('DROP TRIGGER record_kept');
    db.close();
    expect(faultsOf(verify(dataDir))).toEqual(['triggers']);

    writeFileSync(join(dataDir, 'audit.db'), 'no database');
    rmSync(join(dataDir, 'audit.db-wal'), { force: true });
    expect(faultsOf(verify(dataDir))).toEqual(['unreadable']);
    rmSync(join(dataDir, 'audit.db'));
    expect(verify(dataDir)).toMatchObject({ sound: false, records: 0 });
  });

  it('a removal that no decision covers, even with a checkpoint made for it', () => {
    const dataDir = closedLog();
    const hash = rowsOf(dataDir)[4]?.hash ?? '';
    tamper(
      dataDir,
      `INSERT INTO checkpoint (upTo, hash, decidedIn, seal) VALUES (5, '${hash}', 9, 'x')`,
      'DELETE FROM record WHERE seq BETWEEN 2 AND 5',
    );
    expect(faultsOf(verify(dataDir))).toEqual(['checkpoint 5']);
  });
});

describe('AUD-10: faults without tampering are distinguished', () => {
  it('a clock set back is a finding of its own, with the record it came before', () => {
    const dataDir = temporaryFolder();
    let nowMs = Date.UTC(2026, 10, 22, 8);
    const log = openLog(dataDir, { clock: () => nowMs });
    log.append(sampleEntry());
    nowMs -= 3_600_000;
    log.append(sampleEntry());
    nowMs += 10_000;
    log.append(sampleEntry());
    const found = verify(dataDir);
    expect(found.sound).toBe(true);
    expect(faultsOf(found)).toEqual(['clock 3']);
    expect(found.findings[0]?.text).toContain('3600.0 s');
  });

  it('reads where nothing can be written, and changes nothing', () => {
    const dataDir = closedLog();
    const before = readFileSync(join(dataDir, 'audit.db'));
    const names = readdirSync(dataDir);
    verify(dataDir);
    expect(readdirSync(dataDir)).toEqual(names);
    expect(readFileSync(join(dataDir, 'audit.db')).equals(before)).toBe(true);
  });
});

it('headquarters can make each hash again from the message alone', () => {
  const key = makeKey(join(temporaryFolder(), 'key'));
  const made = { at: '2099-11-22T08:00:00.000Z', unit, key };
  const { record } = linkOf(
    sampleEntry({ query: { 10: 'a', 9: 'ü\u2028', b: [1.5, null] } }),
    beforeAll,
    made,
  );
  const { hash, ...rest } = JSON.parse(JSON.stringify(record));
  expect(sha256(canonicalJson(rest))).toBe(hash);
  expect(canonicalJson({ 10: 1, 9: 2, a: undefined })).toBe('{"10":1,"9":2}');
});

it('the key is for its owner alone, and a file that holds none is named', () => {
  const path = join(temporaryFolder(), 'audit.key');
  expect(readKey(path)).toBeNull();
  writeFileSync(path, 'short');
  expect(() => readKey(path)).toThrow(/64 hexadecimal digits/);
});
