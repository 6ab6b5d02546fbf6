import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { withImportLock } from '../../src/hotlist/import-lock.ts';
import { createLog } from '../../src/platform/log.ts';
import { createHotlistRefresh, type HotlistTarget } from '../../src/uplink/hotlist-refresh.ts';
import type { Link } from '../../src/uplink/link.ts';
import { manifestTopic } from '../../src/uplink/topics.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';

const file = Buffer.from('plate,state\n7ABC123,CA\n');

/** A refresh on a link that stays up, so that headquarters' manifest comes once. */
function openRefresh(
  troubles: { import?: Error; subscribe?: Error; part?: Buffer } = {},
  silentList?: string,
) {
  const list = { id: 'svs', entries: 0 };
  let imports = 0;
  let chunks = 0;
  const fail = (name: 'import' | 'subscribe') => {
    const trouble = troubles[name];
    delete troubles[name];
    if (trouble) throw trouble;
  };
  const target: HotlistTarget = {
    status: () => [list, { id: 'plates', entries: 0 }],
    async importFile() {
      fail('import');
      imports += 1;
      list.entries = 1;
      return { entries: 1, rejected: 0 };
    },
    async withdraw() {},
  };
  const link: Link = {
    connected: true,
    receiveMaximum: 100,
    maximumPacketSize: Number.POSITIVE_INFINITY,
    protocol: '5',
    problem: null,
    connections: 1,
    start() {},
    publish: async () => {},
    async subscribe(topic) {
      fail('subscribe');
      if (silentList !== undefined && String(topic).includes(`/${silentList}/`)) return;
      chunks += 1;
      refresh.onMessage(String(topic), 'hotlist/svs/chunk', troubles.part ?? file);
      delete troubles.part;
    },
    unsubscribe: async () => {},
    stop: async () => {},
  };
  const refresh = createHotlistRefresh({
    target,
    link,
    keyFile: null,
    agency: 'test-pd',
    dataDir: temporaryFolder(),
    retryAfterMs: 100,
    log: createLog({ level: 'silent' }),
    onChanged() {},
  });
  refresh.start();
  onTestFinished(() => refresh.stop());
  const publish = (asOf = new Date().toISOString(), id = 'svs', version = '1') => {
    const sha256 = createHash('sha256').update(file).digest('hex');
    const bytes = file.length;
    const manifest = {
      list: id,
      version,
      asOf,
      sha256,
      bytes,
      chunkBytes: bytes,
      chunks: 1,
    };
    const rest = `hotlist/${id}/manifest`;
    refresh.onMessage(manifestTopic('test-pd', id), rest, Buffer.from(JSON.stringify(manifest)));
  };
  const become = (state: string) =>
    waitFor(() => refresh.states().find((each) => each.state === state), {
      what: `the list to become ${state}`,
      everyMs: 5,
    });
  return {
    list,
    publish,
    become,
    count: () => ({ imports, chunks }),
    hear() {
      silentList = undefined;
    },
  };
}

test('a list that came before the clock was set is taken once the clock is right', async () => {
  const { publish, become, count } = openRefresh();
  const bootedAtMs = Date.now() - 86_400_000;
  vi.useFakeTimers({ toFake: ['Date'], now: bootedAtMs });
  onTestFinished(() => void vi.useRealTimers());
  publish(new Date(bootedAtMs + 43_200_000).toISOString());
  expect((await become('refused')).problem).toMatch(/clock/);
  vi.setSystemTime(bootedAtMs + 86_400_000);
  await become('current');
  expect(count()).toEqual({ imports: 1, chunks: 1 });
});

test('a list that a full disk did not take is tried again, without fetching it again', async () => {
  const { publish, become, count } = openRefresh({ import: new Error('the disk is full') });
  publish();
  await become('refused');
  await become('current');
  expect(count()).toEqual({ imports: 1, chunks: 1 });
});

test('a list that came during another import is tried again', async () => {
  const { publish, become, count } = openRefresh({ import: await busyImport() });
  publish();
  await become('refused');
  await become('current');
  expect(count()).toEqual({ imports: 1, chunks: 1 });
});

/** What is thrown while another import holds the lists. */
async function busyImport(): Promise<Error> {
  const path = join(temporaryFolder(), 'hotlist.db');
  writeFileSync(path, '');
  const second = () => withImportLock(path, 0, () => expect.unreachable());
  const error = await withImportLock(path, 0, () => second().catch((error: unknown) => error));
  expect(error).toMatchObject({
    message: expect.stringContaining('another import into these hot lists is running'),
  });
  return error as Error;
}

test('a download that breaks off on a link that stays up is taken up again', async () => {
  const { publish, become, count } = openRefresh({ subscribe: new Error('not now') });
  publish();
  await become('current');
  expect(count()).toEqual({ imports: 1, chunks: 1 });
});

test('a list whose entries were deleted while the clock was wrong is fetched again', async () => {
  const { list, publish, become, count } = openRefresh();
  publish();
  await become('current');
  list.entries = 0;
  publish();
  await waitFor(() => count().imports === 2, { what: 'the second import' });
  publish();
  await become('current');
  expect(count()).toEqual({ imports: 2, chunks: 2 });
});

test.each([
  ['a byte of it is another', Buffer.from(file).fill('X', 6, 7)],
  ['it is shorter', file.subarray(0, 9)],
])('a part damaged on its way is fetched again: %s', async (_, part) => {
  const { publish, become, count } = openRefresh({ part });
  publish();
  expect((await become('refused')).problem).toMatch(/SHA-256|bytes instead of/);
  await become('current');
  expect(count()).toEqual({ imports: 1, chunks: 2 });
});

test('a list whose parts do not come holds up no other list', async () => {
  const { publish, become } = openRefresh({}, 'plates');
  publish(undefined, 'plates');
  await become('downloading');
  publish();
  expect((await become('current')).list).toBe('svs');
});

test('a newer list is fetched at once while a part of the older one does not come', async () => {
  const { publish, become, hear } = openRefresh({}, 'svs');
  publish();
  await become('downloading');
  hear();
  publish(undefined, 'svs', '2');
  expect((await become('current')).version).toBe('2');
});
