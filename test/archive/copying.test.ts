import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { detectionQuerySchema } from '../../src/accountability/search/query.ts';
import { createSearch } from '../../src/accountability/search/search.ts';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { openArchive } from '../../src/archive/archive.ts';
import type { ArchiveSettings } from '../../src/archive/postgres/connect.ts';
import { configSchema } from '../../src/config/schema.ts';
import { archiveChecks } from '../../src/diagnostics/archive-checks.ts';
import { createLog } from '../../src/platform/log.ts';
import { insertPassings, type Passing } from '../accountability/search/open-search.ts';
import { openRecords } from '../records/open-records.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testAuthority } from '../support/test-authority.ts';
import { waitFor } from '../support/wait-for.ts';
import { startArchive, waitingIn, whenFull } from './filled.ts';
import { missingPostgres, password } from './postgres.ts';
import { usePostgres } from './use-postgres.ts';

if (missingPostgres) console.warn(`skipped: ${missingPostgres}`);

const passings = (count: number, month = '03'): Passing[] =>
  Array.from({ length: count }, (_, at) => ({
    plate: `8ABC${100 + (at % 900)}`,
    at: new Date(Date.parse(`2026-${month}-01T00:00:00Z`) + at * 1000).toISOString(),
  }));
const query = (part: object) => detectionQuerySchema.parse(part);

describe.skipIf(missingPostgres)('the archive of headquarters', { timeout: 90_000 }, () => {
  const postgres = usePostgres();

  const count = async (
    database: string,
    sql = 'SELECT count(*) AS n FROM lookout.archived_detection',
  ) => Number((await postgres.run<{ n: string }>(database, sql))[0]?.n);
  const health = (settings: ArchiveSettings) => {
    const unit = { agency: 'test-pd', mode: 'headquarters' };
    return Promise.all(
      archiveChecks(configSchema.parse({ unit, headquarters: { archive: settings } })).map(
        (check) => check(),
      ),
    );
  };

  test('has what was there before it, what comes, what changes and not what goes, by month', async () => {
    const dataDir = temporaryFolder();
    const { db } = openRecords(dataDir);
    insertPassings(db, [...passings(700), ...passings(2, '04')]);
    const archive = await postgres.database('follows');
    const running = startArchive(dataDir, archive);
    await expect
      .poll(() => running.health(), { timeout: 30_000 })
      .toMatchObject({ state: 'following', problem: null, copied: 702, toFill: 702 });
    const parts =
      'SELECT DISTINCT tableoid::regclass::text AS part FROM lookout.archived_detection ORDER BY 1';
    expect(await postgres.run('follows', parts)).toEqual([
      { part: 'lookout.archived_detection_2026_03' },
      { part: 'lookout.archived_detection_2026_04' },
    ]);
    const [id] = insertPassings(db, [{ plate: 'NEW1', at: '2026-05-01T00:00:00Z' }]);
    await whenFull(dataDir);
    expect(await count('follows')).toBe(703);
    db.prepare("UPDATE detection SET plate = 'NEW2' WHERE id = ?").run(id);
    db.prepare('DELETE FROM detection WHERE last_seen_ms < ?').run(Date.UTC(2026, 3, 1));
    await whenFull(dataDir);
    expect(await count('follows')).toBe(3);
    const plates = await postgres.run(
      'follows',
      'SELECT plate FROM lookout.archived_plate ORDER BY 1',
    );
    expect(plates).toEqual([{ plate: '8ABC100' }, { plate: '8ABC101' }, { plate: 'NEW2' }]);
  });

  test('answers a search by itself: what the own files do not have is found in it', async () => {
    const dataDir = temporaryFolder();
    const { db } = openRecords(dataDir);
    insertPassings(db, passings(3));
    const archive = await postgres.database('answers');
    const running = startArchive(dataDir, archive);
    await whenFull(dataDir);
    await running[Symbol.asyncDispose]();
    db.exec('DROP TRIGGER archive_detection_remove; DELETE FROM detection');
    await using search = createSearch({ dataDir, archive });
    const page = await search.ask('page', { query: query({ plate: '8ABC*' }), limit: 2 });
    expect(page.detections.map(({ plate }) => plate)).toEqual(['8ABC102', '8ABC101']);
    expect(await search.ask('open', { id: page.detections[0]?.id ?? '' })).toMatchObject({
      detection: { read: { plate: '8ABC102' } },
    });
    expect(search.answered).toEqual({ byArchive: 2, byOwnFiles: 0 });
  });

  test('goes on where it was after a kill, of itself or of PostgreSQL, with each detection once', async () => {
    const dataDir = temporaryFolder();
    const { db } = openRecords(dataDir);
    insertPassings(db, passings(4000));
    const archive = await postgres.database('killed');
    const opened = openUnitDatabase(dataDir);
    openArchive({ db: opened, dataDir, settings: archive, log: createLog({ level: 'silent' }) });
    opened.close();
    let killed = 0;
    while (killed < 3) {
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, 'copy-until-killed.ts'), dataDir, JSON.stringify(archive)],
        { stdio: 'ignore' },
      );
      const before = await count('killed').catch(() => 0);
      await waitFor(async () => (await count('killed').catch(() => 0)) > before, {
        what: 'a part that is copied',
        timeoutMs: 30_000,
      });
      child.kill('SIGKILL');
      await once(child, 'exit');
      killed += 1;
      insertPassings(db, passings(600, '06'));
    }
    startArchive(dataDir, archive);
    // PostgreSQL as well, in the middle of it.
    const before = await count('killed');
    await waitFor(async () => (await count('killed')) > before, { what: 'one more part' });
    postgres.stop('immediate');
    postgres.start();
    await whenFull(dataDir);
    expect(await count('killed')).toBe(4000 + 3 * 600);
    expect(
      await count('killed', 'SELECT count(DISTINCT id) AS n FROM lookout.archived_detection'),
    ).toBe(5800);
  });

  test('is away: searches are answered in full from the own files, it is told, and all comes into it later', async () => {
    const dataDir = temporaryFolder();
    const { db } = openRecords(dataDir);
    const archive = await postgres.database('away');
    const running = startArchive(dataDir, archive);
    insertPassings(db, passings(3));
    await whenFull(dataDir);
    postgres.stop('immediate');
    try {
      insertPassings(db, passings(2, '07'));
      await using search = createSearch({ dataDir, archive });
      const page = await search.ask('page', { query: query({ plate: '8ABC*' }), limit: 9 });
      expect(page.detections).toHaveLength(5);
      expect(search.answered).toEqual({ byArchive: 0, byOwnFiles: 1 });
      await expect.poll(() => running.health().state, { timeout: 30_000 }).toBe('away');
      expect(running.health()).toMatchObject({
        waiting: 2,
        problem: expect.stringMatching(/is not used now/),
      });
      const [[finding] = []] = await health(archive);
      expect(finding).toMatchObject({ check: 'archive', result: 'failure' });
    } finally {
      postgres.start();
    }
    await whenFull(dataDir);
    expect(await count('away')).toBe(5);
    await expect
      .poll(() => running.health(), { timeout: 30_000 })
      .toMatchObject({ state: 'following', problem: null });
  });

  test('is not written to where it is of another database, or of another moment than this one', async () => {
    const archive = await postgres.database('others');
    const [first, second] = [temporaryFolder(), temporaryFolder()];
    const { db } = openRecords(first);
    insertPassings(db, passings(2));
    const own = startArchive(first, archive);
    await whenFull(first);
    await own[Symbol.asyncDispose]();

    insertPassings(openRecords(second).db, passings(5));
    const other = startArchive(second, archive);
    await expect.poll(() => other.health().state, { timeout: 30_000 }).toBe('refused');
    expect(other.health().problem).toMatch(/is of another database of headquarters/);
    await other[Symbol.asyncDispose]();
    await using search = createSearch({ dataDir: second, archive });
    const page = await search.ask('page', { query: query({}), limit: 9 });
    expect(page.detections).toHaveLength(5);
    expect(search.answered.byArchive).toBe(0);

    // As if PostgreSQL was restored from a backup made before: what it lacks is found all the same.
    await postgres.run('others', 'UPDATE lookout.archive_mark SET copied = copied - 1');
    await using ofFirst = createSearch({ dataDir: first, archive });
    const all = await ofFirst.ask('page', { query: query({}), limit: 9 });
    expect(all.detections).toHaveLength(2);
    expect(ofFirst.answered).toEqual({ byArchive: 0, byOwnFiles: 1 });
    await postgres.run('others', 'UPDATE lookout.archive_mark SET copied = copied + 1');

    // As if its own files were restored from a backup made before.
    db.exec('UPDATE archive_follow SET copied = 0, sending = 0');
    const restored = startArchive(first, archive);
    await expect.poll(() => restored.health().state, { timeout: 30_000 }).toBe('refused');
    expect(restored.health().problem).toMatch(/of two moments/);
    expect(await count('others')).toBe(2);
    // What the advice says.
    await postgres.run('others', 'DROP SCHEMA lookout CASCADE');
    await expect.poll(() => restored.health().state, { timeout: 30_000 }).toBe('following');
    expect(await count('others')).toBe(2);
  });

  test('that cannot be used is told by doctor with what to do, and never with the password', async () => {
    const dataDir = temporaryFolder();
    const good = await postgres.database('checked');
    const passwordIn = (text: string) => {
      const path = join(temporaryFolder(), 'password');
      writeFileSync(path, `${text}\n`, { mode: 0o600 });
      return path;
    };
    const overNetwork = { ...good, host: '127.0.0.1' };
    const says = async (settings: ArchiveSettings) => (await health(settings)).flat()[0];
    expect(await says(good)).toMatchObject({
      result: 'ok',
      says: expect.stringMatching(/PostGIS/),
    });
    expect(await says({ ...overNetwork, password: passwordIn(password) })).toMatchObject({
      result: 'ok',
    });

    await postgres.run('postgres', 'CREATE DATABASE plain OWNER lookout');
    await postgres.run(
      'postgres',
      "CREATE DATABASE latin OWNER lookout ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'",
    );
    await postgres.run('postgres', 'CREATE DATABASE of_others TEMPLATE model');
    await postgres.database('newer');
    await postgres.run(
      'newer',
      "CREATE SCHEMA lookout AUTHORIZATION lookout; COMMENT ON SCHEMA lookout IS 'archive step 99'",
    );
    await postgres.database('by_others');
    await postgres.run('by_others', 'CREATE SCHEMA lookout');
    await postgres.database('read_only');
    await postgres.run(
      'postgres',
      'ALTER DATABASE read_only SET default_transaction_read_only = on',
    );
    const open = passwordIn(password);
    chmodSync(open, 0o644);
    const wrong: [ArchiveSettings, RegExp][] = [
      [{ ...overNetwork, password: passwordIn('wrong password') }, /refuses the password/],
      [{ ...overNetwork, password: open }, /chmod 600/],
      [{ ...overNetwork, password: '/nowhere/password' }, /does not exist.*make that file/],
      [overNetwork, /wants a password/],
      [{ ...good, database: 'nothing' }, /has no such database/],
      [{ ...good, port: 1 }, /no socket of that port/],
      [{ ...overNetwork, port: 1, password: passwordIn(password) }, /nothing listens there/],
      [{ ...good, user: 'stranger' }, /does not let this user in/],
      [settingsOf('plain'), /CREATE EXTENSION postgis; CREATE EXTENSION pg_trgm/],
      [settingsOf('latin'), /encoding LATIN1/],
      [settingsOf('newer'), /a newer Lookout has written the archive/],
      [settingsOf('of_others'), /headquarters\.archive\.user.* own the database/],
      [settingsOf('by_others'), /headquarters\.archive\.user.* own the database/],
      [settingsOf('read_only'), /takes no changes.* headquarters\.archive\.host/],
    ];
    for (const [settings, words] of wrong) {
      const finding = await says(settings);
      const text = `${finding?.says} ${finding?.advice}`;
      expect(finding).toMatchObject({ check: 'archive', result: 'failure' });
      expect(text).toMatch(words);
      expect(text).not.toContain('wrong password');
    }
    // Headquarters says the same.
    const { db } = openRecords(dataDir);
    insertPassings(db, passings(1));
    for (const [database, state, words] of [
      ['newer', 'refused', /a newer Lookout has written the archive/],
      ['by_others', 'away', /own the database/],
      ['read_only', 'away', /takes no changes/],
    ] as const) {
      const running = startArchive(dataDir, settingsOf(database));
      await expect.poll(() => running.health().problem, { timeout: 30_000 }).toMatch(words);
      expect(running.health().state).toBe(state);
      await running[Symbol.asyncDispose]();
    }
    function settingsOf(database: string): ArchiveSettings {
      return { ...good, database };
    }
  });

  test('takes texts that PostgreSQL does not take as they are, and finds them', async () => {
    const dataDir = temporaryFolder();
    const { db } = openRecords(dataDir);
    const archive = await postgres.database('texts');
    const [id] = insertPassings(db, [
      { plate: '8NUL000', at: '2026-05-01T00:00:00Z', head: 'fr\0nt', make: 'Fo\0rd' },
    ]);
    const running = startArchive(dataDir, archive);
    await whenFull(dataDir);
    await using search = createSearch({ dataDir, archive });
    for (const part of [{ head: 'fr\0nt' }, { make: 'Fo\0rd' }]) {
      const input = { query: { ...query({}), ...part }, limit: 2 };
      const { detections } = await search.ask('page', input);
      expect(detections.map((each) => each.id)).toEqual([id]);
    }
    expect(search.answered).toEqual({ byArchive: 2, byOwnFiles: 0 });
    expect(running.health().problem).toBeNull();
  });

  test('is used without a restart once its password is corrected', async () => {
    const dataDir = temporaryFolder();
    insertPassings(openRecords(dataDir).db, passings(2));
    const file = join(temporaryFolder(), 'password');
    writeFileSync(file, 'wrong password\n', { mode: 0o600 });
    const { host: _socket, ...there } = await postgres.database('corrected');
    const running = startArchive(dataDir, { ...there, host: '127.0.0.1', password: file });
    await expect.poll(() => running.health().problem).toMatch(/refuses the password/);
    writeFileSync(file, `${password}\n`);
    await whenFull(dataDir);
    await expect.poll(() => running.health()).toMatchObject({ state: 'following', problem: null });
  });

  test('is asked over TLS only with a certificate of its authority that names its host', async () => {
    const folder = temporaryFolder();
    const { certificate: ca, issue } = testAuthority(folder);
    const file = join(folder, 'password');
    writeFileSync(file, password, { mode: 0o600 });
    const encrypted = { ...(await postgres.database('encrypted')), host: '127.0.0.1', ca };
    const settings = { ...encrypted, password: file };
    const says = async (part: Partial<ArchiveSettings>) =>
      (await health({ ...settings, ...part })).flat()[0]?.says;
    expect(await says({})).toMatch(/speaks no TLS/);
    postgres.encrypt(issue('postgres', { names: 'IP:127.0.0.1' }));
    expect(await says({})).toMatch(/with PostGIS/);
    expect(await says({ host: 'localhost' })).toMatch(/certificate is not accepted/);
    const other = testAuthority(folder, 'other').certificate;
    expect(await says({ ca: other })).toMatch(/certificate is not accepted/);
  });

  test('that is switched off notes nothing any more', async () => {
    const dataDir = temporaryFolder();
    const { db } = openRecords(dataDir);
    const log = createLog({ level: 'silent' });
    const archive = openArchive({ db, dataDir, settings: postgres.settings('none'), log });
    insertPassings(db, passings(2));
    expect(waitingIn(dataDir)).toBe(3);
    await archive?.[Symbol.asyncDispose]();
    expect(openArchive({ db, dataDir, settings: null, log })).toBeNull();
    insertPassings(db, passings(2));
    expect(db.prepare('SELECT count(*) FROM archive_change').pluck().get()).toBe(0);
  });
});
