import { existsSync, readdirSync, truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AuditEntry, AuditRecord } from '../../src/accountability/audit/audit-record.ts';
import { auditedRefresh } from '../../src/accountability/lists/audited-refresh.ts';
import { listOperations } from '../../src/accountability/lists/bind-operations.ts';
import { createListVersions } from '../../src/accountability/lists/list-versions.ts';
import {
  browseHotList,
  checkHotListFile,
  deleteHotList,
  disableHotList,
  enableHotList,
  importHotList,
  listHotLists,
  sendHotListPart,
} from '../../src/accountability/lists/operations.ts';
import { openUploadFolder } from '../../src/accountability/lists/upload-folder.ts';
import { loadPolicy } from '../../src/accountability/policy/load-policy.ts';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { createHotlist, type Hotlist } from '../../src/hotlist/hotlist.ts';
import { createLog } from '../../src/platform/log.ts';
import { openGate, type TestPerson } from '../support/gate.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { hoursAgo, listFile, noon, readAs } from './hotlist-at.ts';
import { configOf, type ListInput } from './list-config.ts';

const administrator: TestPerson = { role: 'alpr_administrator' };
const officer: TestPerson = { role: 'officer', permissions: ['hotlist.browse', 'alerts.watch'] };

function hotlistUnder(
  profile: string,
  lists: ListInput[] = [{}],
  options: { folder?: string; clock?: () => number; overrides?: Record<string, unknown> } = {},
): { hotlist: Hotlist; folder: string } {
  const { folder = temporaryFolder(), clock = () => noon, overrides = {} } = options;
  const { policy } = loadPolicy({ profile, overrides });
  const hotlist = createHotlist({
    path: join(folder, 'hotlist.db'),
    config: configOf(lists),
    policy,
    clock,
    log: createLog({ level: 'silent' }),
    maintain: false,
  });
  hotlist.start();
  onTestFinished(() => hotlist[Symbol.asyncDispose]());
  return { hotlist, folder };
}

/** Lists of a unit behind the real gate. */
function desk(lists: ListInput[] = [{}, { id: 'nics', name: 'NCIC', source: 'federal' }]) {
  const { hotlist, folder } = hotlistUnder('strict', lists);
  const db = openUnitDatabase(folder);
  onTestFinished(() => void db.close());
  const versions = createListVersions({ db, dataDir: folder });
  const operations = listOperations({ hotlist, versions, place: 'unit', dataDir: folder });
  const gate = openGate(operations, () => noon);
  const send = (text: string, rest: object = {}) => ({
    list: 'svs',
    asOf: hoursAgo(1),
    content: Buffer.from(text).toString('base64'),
    ...rest,
  });
  return { hotlist, folder, ...gate, send };
}

const content =
  'plate,state,category,reason\n7ABC123,CA,stolen_vehicle,Stolen 2 Nov\n8XYZ999,NV,warrant,w\n';

describe('categories that the policy takes from no list', () => {
  const rows =
    'plate,category,reason\n1AAA111,IMM,x\n2BBB222,SVS,x\n3CCC333,ZZ,ICE detainer\n4DDD444,Immigration Violator,x\n';
  const layout = { categories: { SVS: 'stolen_vehicle', IMM: 'immigration_violator' } } as const;

  it.each(['vallejo', 'napa', 'strict'])(
    'REL-4: under %s rows on immigration are left out, whatever their code, and counted',
    async (profile) => {
      const { hotlist, folder } = hotlistUnder(profile, [{ layout }]);
      const file = listFile(folder, rows);
      const result = await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(1) });
      expect(result).toMatchObject({
        entries: 1,
        rejected: 0,
        denied: { immigration_violator: 3 },
      });
      expect(result.warnings.join()).toContain(
        '3 rows left out: the policy does not allow immigration',
      );
      expect(hotlist.match(readAs('1AAA111'))).toEqual([]);
      expect(hotlist.match(readAs('2BBB222'))).toHaveLength(1);
    },
  );

  it('REL-4: where no policy forbids them they stay', async () => {
    const { hotlist, folder } = hotlistUnder('barstow', [{ layout }]);
    const file = listFile(folder, rows);
    const result = await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(1) });
    expect(result).toMatchObject({ entries: 4, denied: {} });
  });

  it('REL-4: entries that came in under another policy never match again', async () => {
    const { hotlist, folder } = hotlistUnder('barstow', [{ layout }]);
    await hotlist.importFile({ listId: 'svs', file: listFile(folder, rows), asOf: hoursAgo(1) });
    await hotlist[Symbol.asyncDispose]();
    const later = hotlistUnder('vallejo', [{ layout }], { folder });
    expect(later.hotlist.match(readAs('1AAA111'))).toEqual([]);
    expect(later.hotlist.match(readAs('2BBB222'))).toHaveLength(1);
  });
});

describe('personal text on a list', () => {
  const rows =
    'plate,reason,make\n1AAA111,R/O: Smith; Jane DOB 03/14/1985,FORD\n2BBB222,Stolen 2 Nov,KIA\n';

  it.each(['strict', 'napa'])(
    'HOT-9: under %s names and CLETS text do not come in; the entry does',
    async (profile) => {
      const { hotlist, folder } = hotlistUnder(profile);
      const file = listFile(folder, rows);
      const result = await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(1) });
      expect(result).toMatchObject({ entries: 2, textLeftOut: 1, textKept: 0 });
      expect(result.warnings.join()).toContain('1 row with a name, an address or CLETS text');
      const entries = hotlist.entries('svs', { offset: 0, limit: 9 });
      expect(entries.map(({ reason, make }) => [reason, make])).toEqual([
        ['Stolen vehicles', 'Ford'],
        ['Stolen 2 Nov', 'Kia'],
      ]);
    },
  );

  it('HOT-9: where the policy warns they stay and are counted', async () => {
    const overrides = { hotplates: { lint: 'warn' } };
    const { hotlist, folder } = hotlistUnder('strict', [{}], { overrides });
    const file = listFile(folder, rows);
    const result = await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(1) });
    expect(result).toMatchObject({ entries: 2, textLeftOut: 0, textKept: 1 });
  });
});

describe('a list that was not refreshed', () => {
  const hourMs = 3_600_000;

  it.each([
    ['barstow', 0, 'expired'],
    ['strict', 0, 'expired'],
    ['vallejo', 1, 'old'],
    ['napa', 1, 'old'],
  ] as const)(
    'HOT-4: after 72 hours under %s alerts %i times and is %s',
    async (profile, alerts, state) => {
      let nowMs = noon;
      const { hotlist, folder } = hotlistUnder(profile, [{}], { clock: () => nowMs });
      await hotlist.importFile({
        listId: 'svs',
        file: listFile(folder, content),
        asOf: hoursAgo(0),
      });
      nowMs = noon + 72 * hourMs - 1000;
      expect(hotlist.match(readAs('7ABC123'))).toHaveLength(1);
      nowMs = noon + 72 * hourMs + 1000;
      const matches = hotlist.match(readAs('7ABC123'));
      expect(matches).toHaveLength(alerts);
      expect(hotlist.status()[0]?.state).toBe(state);
      if (alerts > 0) {
        expect(matches[0]?.list.old).toBe(true);
        expect(hotlist.status()[0]?.problem).toMatch(/^stale: not refreshed for 72 h/);
      }
    },
  );

  it("HOT-4: the list's own limit holds where it is shorter, or where the profile only flags", async () => {
    let nowMs = noon;
    const lists = [
      { id: 'a', maxAgeH: 10 },
      { id: 'b', maxAgeH: 100 },
    ];
    const clock = () => nowMs;
    for (const [profile, atHours, states] of [
      ['strict', 11, ['expired', 'current']],
      ['strict', 73, ['expired', 'expired']],
      ['vallejo', 73, ['expired', 'old']],
      ['vallejo', 101, ['expired', 'expired']],
    ] as const) {
      nowMs = noon;
      const { hotlist, folder } = hotlistUnder(profile, lists, { clock });
      const file = listFile(folder, content);
      for (const { id } of lists) {
        await hotlist.importFile({ listId: id, file, asOf: hoursAgo(0) });
      }
      nowMs = noon + atHours * hourMs;
      expect(hotlist.status().map(({ state }) => state)).toEqual(states);
    }
  });
});

describe('which lists are used', () => {
  it('HOT-15: only who may manage lists puts one on or off, and everyone sees who did', async () => {
    const { hotlist, folder, perform, records } = desk();
    const file = listFile(folder, content);
    await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(1) });
    await expect(perform(officer, disableHotList, { list: 'svs' })).rejects.toThrow(
      /officer.*hotlist.manage/,
    );
    expect(hotlist.match(readAs('7ABC123'))).toHaveLength(1);

    await perform(administrator, disableHotList, { list: 'svs' });
    expect(hotlist.match(readAs('7ABC123'))).toEqual([]);
    expect(records.at(-1)).toMatchObject({
      category: 'Configuration Change',
      operation: 'hotlist.disable',
      object: 'hot list svs',
      outcome: 'done',
      who: { role: 'alpr_administrator' },
    });
    const [status] = await perform(officer, listHotLists, {});
    expect(status).toMatchObject({
      state: 'off',
      enabled: false,
      chosen: { by: 'Test alpr_administrator', at: new Date(noon).toISOString() },
    });
    await perform(administrator, enableHotList, { list: 'svs' });
    expect(hotlist.match(readAs('7ABC123'))).toHaveLength(1);
  });

  it('HOT-15: the choice counts at once in every process, and outlives a restart', async () => {
    const lists = [{ enabled: false }];
    const first = hotlistUnder('strict', lists);
    const second = hotlistUnder('strict', lists, { folder: first.folder });
    const file = listFile(first.folder, content);
    await first.hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(1) });
    expect(second.hotlist.match(readAs('7ABC123'))).toEqual([]);
    let told = 0;
    second.hotlist.on('changed', () => {
      told += 1;
    });
    first.hotlist.setEnabled('svs', true, 'P. Poe');
    expect(second.hotlist.match(readAs('7ABC123'))).toHaveLength(1);
    await waitFor(() => told > 0, { what: 'the change to be told' });
    const third = hotlistUnder('strict', lists, { folder: first.folder });
    expect(third.hotlist.match(readAs('7ABC123'))).toHaveLength(1);
  });
});

describe('lists in the hands of people', () => {
  it('import is a Hot List Upload by name, and says what it did (HOT-1)', async () => {
    const { hotlist, folder, perform, records, send } = desk();
    const answer = await perform(
      administrator,
      importHotList,
      send(`${content}ÑÑÑ,CA,x,y\n`, { rejects: true, force: true }),
    );
    expect(answer).toMatchObject({ entries: 2, rejected: 1 });
    expect(answer.rejectsCsv).toContain('plate,"has a letter other than');
    expect(hotlist.status()[0]).toMatchObject({
      importedBy: 'Test alpr_administrator',
      source: 'state',
      type: 'general',
      priority: 50,
      version: answer.sha256,
    });
    expect(records.map(({ outcome }) => outcome)).toEqual(['started', 'done']);
    expect(records.at(-1)).toMatchObject({ category: 'Hot List Upload', results: 2 });
    expect(JSON.stringify(records)).not.toContain('7ABC123');
    expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
  });

  it('a file comes in parts, each audited without its content; one that is gone, of another place or too large is refused', async () => {
    const { hotlist, perform, send, folder } = desk();
    const bytes = Buffer.from(content);
    const part = (from: number, to: number) => bytes.subarray(from, to).toString('base64');
    const begun = await perform(administrator, sendHotListPart, {
      list: 'svs',
      content: part(0, 30),
    });
    expect(begun.bytes).toBe(30);
    const { upload } = begun;
    const rest = { list: 'svs', upload, content: part(30, bytes.length) };
    expect(await perform(administrator, sendHotListPart, rest)).toEqual({
      upload,
      bytes: bytes.length,
    });
    await expect(perform(officer, sendHotListPart, rest)).rejects.toThrow(/hotlist.manage/);
    const { content: _, ...whole } = send('', { upload });
    await perform(administrator, importHotList, whole);
    expect(hotlist.status()[0]).toMatchObject({ entries: 2 });
    await expect(perform(administrator, sendHotListPart, rest)).rejects.toMatchObject({
      code: 'no-upload',
    });
    for (const other of ['../people.db', 'people.db']) {
      const outside = { ...rest, upload: other };
      await expect(perform(administrator, sendHotListPart, outside)).rejects.toThrow(/upload/);
    }
    truncateSync(openUploadFolder(folder).pathOf(openUploadFolder(folder).put(bytes)), 1 << 28);
    await expect(
      perform(administrator, sendHotListPart, { list: 'svs', content: part(0, 30) }),
    ).rejects.toMatchObject({ code: 'too-large' });
  });

  it('a file of the unit is named by its id alone, never by a path', async () => {
    const { folder, perform } = desk();
    for (const upload of ['../../etc/passwd', '/etc/passwd', 'people.db']) {
      const input = { list: 'svs', asOf: hoursAgo(1), upload };
      await expect(perform(administrator, importHotList, input)).rejects.toThrow(/upload/);
    }
    const incoming = openUploadFolder(folder);
    const file = listFile(folder, content);
    utimesSync(file, (noon - 7_200_000) / 1000, (noon - 7_200_000) / 1000);
    const upload = await incoming.copy(file);
    const answer = await perform(administrator, importHotList, {
      list: 'svs',
      upload,
      asOf: 'file-time',
    });
    expect(answer).toMatchObject({ entries: 2, asOf: hoursAgo(2) });
    expect(existsSync(incoming.pathOf(upload))).toBe(false);
  });

  it('a file that waits stays when another comes in, however old it is; what was left behind goes', async () => {
    const { folder } = desk();
    const incoming = openUploadFolder(folder);
    const file = listFile(folder, content);
    const longAgoS = Date.now() / 1000 - 400_000;
    utimesSync(file, longAgoS, longAgoS);
    const waiting = await incoming.copy(file);
    const other = incoming.put(Buffer.from(content));
    expect([waiting, other].every((id) => existsSync(incoming.pathOf(id)))).toBe(true);

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 86_400_000 });
    onTestFinished(() => void vi.useRealTimers());
    const later = incoming.put(Buffer.from(content));
    expect(readdirSync(join(folder, 'incoming'))).not.toContain(waiting);
    expect(existsSync(incoming.pathOf(later))).toBe(true);
  });

  it('a refused file says why and leaves nothing behind', async () => {
    const { folder, perform, records, send, hotlist } = desk();
    await expect(
      perform(administrator, importHotList, send('LIC,state\n7ABC123,CA\n')),
    ).rejects.toThrow(/^the file: the header has no "plate"/);
    expect(records.at(-1)).toMatchObject({ outcome: 'failed' });
    expect(hotlist.status()[0]?.state).toBe('empty');
    expect(readdirSync(join(folder, 'incoming'))).toEqual([]);
    await expect(perform(officer, importHotList, send(content))).rejects.toThrow(/hotlist.manage/);
  });

  it('a dry run changes nothing', async () => {
    const { perform, send, hotlist } = desk();
    const answer = await perform(administrator, checkHotListFile, send(content));
    expect(answer).toMatchObject({ dryRun: true, entries: 2 });
    expect(hotlist.status()[0]?.state).toBe('empty');
  });

  it('a dry run that is refused names the file as the person knows it', async () => {
    const { perform, send } = desk();
    const answer = await perform(administrator, checkHotListFile, send('plate,state\n'));
    expect(answer).toMatchObject({ refusal: expect.stringMatching(/^the file: has no usable/) });
  });

  it('browsing is Hot List Browsing with a purpose, by plate or page by page (AUD-4)', async () => {
    const { perform, records, send } = desk();
    await perform(administrator, importHotList, send(content));
    const browse = (input: object) => perform(officer, browseHotList, { list: 'svs', ...input });
    expect((await browse({ offset: '1', limit: '1' })).map(({ plate }) => plate)).toEqual([
      '8XYZ999',
    ]);
    expect((await browse({ plate: '7a8c123' })).map(({ plate }) => plate)).toEqual(['7ABC123']);
    expect(records.at(-1)).toMatchObject({
      category: 'Hot List Browsing',
      results: 1,
      outcome: 'done',
      query: { list: 'svs', plate: '7a8c123' },
      inquiry: { caseNumber: '26-0042' },
    });
    await expect(perform(officer, browseHotList, { list: 'gone' })).rejects.toThrow(
      /no hot list gone/,
    );
  });

  it('only people authorised for a federal list browse it (USR-9)', async () => {
    const { perform, records, send } = desk();
    await perform(administrator, importHotList, send(content, { list: 'nics' }));
    const local: TestPerson = { ...officer, listSources: ['department', 'state'] };
    await expect(perform(local, browseHotList, { list: 'nics' })).rejects.toThrow(
      /not authorised to browse federal lists/,
    );
    expect(records.at(-1)).toMatchObject({ outcome: 'refused', operation: 'hotlist.browse' });
    const federal: TestPerson = { ...officer, username: 'fed', listSources: ['federal'] };
    expect(await perform(federal, browseHotList, { list: 'nics' })).toHaveLength(2);
  });

  it('deleting is Hot List Delete and takes the entries from the disk (AUD-4)', async () => {
    const { hotlist, perform, records, send } = desk();
    await perform(administrator, importHotList, send(content));
    expect(await perform(administrator, deleteHotList, { list: 'svs' })).toEqual({ deleted: 2 });
    expect(records.at(-1)).toMatchObject({ category: 'Hot List Delete', results: 2 });
    expect(hotlist.match(readAs('7ABC123'))).toEqual([]);
    expect(hotlist.status()[0]).toMatchObject({ state: 'empty', entries: 0 });
  });
});

describe('lists that come without a person', () => {
  function feed(append: (entry: AuditEntry) => void) {
    const { hotlist, folder } = hotlistUnder('strict');
    const audit = {
      append(entry: AuditEntry): AuditRecord {
        append(structuredClone(entry));
        return { ...entry, seq: 1 } as AuditRecord;
      },
    };
    const refresh = auditedRefresh({ hotlist, audit, agency: 'test-pd', from: 'headquarters' });
    return { hotlist, folder, refresh };
  }

  it('HOT-2: a refresh from headquarters is audited as done by headquarters', async () => {
    const records: AuditEntry[] = [];
    const { hotlist, folder, refresh } = feed((entry) => records.push(entry));
    await refresh.importFile({ listId: 'svs', file: listFile(folder, content), asOf: hoursAgo(1) });
    const again = refresh.importFile({
      listId: 'svs',
      file: listFile(folder, ''),
      asOf: hoursAgo(0),
    });
    await expect(again).rejects.toThrow();
    expect(records.map(({ outcome, results }) => [outcome, results])).toEqual([
      ...[
        ['started', null],
        ['done', 2],
        ['started', null],
        ['failed', null],
      ],
    ]);
    expect(records[1]).toMatchObject({
      category: 'Hot List Upload',
      from: 'headquarters',
      object: 'hot list svs',
      who: { account: null, name: 'headquarters', organisation: 'test-pd' },
    });
    expect(hotlist.status()[0]).toMatchObject({ importedBy: 'headquarters', entries: 2 });
  });

  it('nothing is imported while the audit log cannot be written', async () => {
    const { hotlist, folder, refresh } = feed(() => {
      throw new Error('disk full');
    });
    const file = listFile(folder, content);
    await expect(refresh.importFile({ listId: 'svs', file, asOf: hoursAgo(1) })).rejects.toThrow(
      'disk full',
    );
    expect(hotlist.status()[0]?.state).toBe('empty');
  });
});
