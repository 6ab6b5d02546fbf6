import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hotlistSection } from '../../src/config/sections/hotlist.ts';
import { createHotlist } from '../../src/hotlist/hotlist.ts';
import { createLog } from '../../src/platform/log.ts';
import { type ListRefresh, maxChunkBytes } from '../../src/uplink/messages.ts';
import { chunkTopic, manifestTopic } from '../../src/uplink/topics.ts';
import { spoil } from '../support/spoil.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto, openMosquitto } from './mosquitto.ts';
import { openHeadquarters } from './open-headquarters.ts';
import { openUnit } from './open-unit.ts';

const header =
  'plate,state,category,reason,make,model,colour,case_number,entry_id,entry_date,expires';

/** A list file with plates from `first` on. */
function writeList(folder: string, entries: number, first = 0): string {
  const file = join(folder, `list-${first}-${entries}.csv`);
  const rows = Array.from({ length: entries }, (_, index) => {
    const number = String(first + index).padStart(6, '0');
    return `7A${number.slice(0, 5)},CA,stolen_vehicle,Stolen vehicle,Ford,Focus,blue,26-${number},e${number},,`;
  });
  writeFileSync(file, [header, ...rows, ''].join('\n'));
  return file;
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

// A busy machine takes its time; alone, each of these takes a second or two.
describe.skipIf(missingMosquitto)('hot lists from headquarters', { timeout: 180_000 }, () => {
  async function openAll() {
    const folder = temporaryFolder();
    const mosquitto = await openMosquitto(folder, { persistent: true });
    const { broker, credentials } = mosquitto;
    const hq = await openHeadquarters(folder, { broker, tls: credentials('headquarters') });
    const reports: ListRefresh[] = [];
    hq.headquarters.events.on('status', ({ lists }) => reports.push(...lists));
    const config = hotlistSection.parse({ lists: [{ id: 'svs', name: 'Stolen vehicles' }] });
    const log = createLog({ level: process.env.LOOKOUT_TEST_LOG ?? 'silent' });
    const open = () => {
      const hotlist = createHotlist({ path: join(folder, 'hotlist.db'), config, log });
      hotlist.start();
      const unit = openUnit(folder, { broker, tls: credentials('unit-7') }, { hotlist });
      let closed = false;
      const close = async () => {
        if (closed) return;
        closed = true;
        await unit.stop();
        await hotlist[Symbol.asyncDispose]();
      };
      onTestFinished(close);
      return { hotlist, unit, close };
    };
    const stateOf = (state: ListRefresh['state']) => () =>
      reports.findLast((each) => each.state === state);
    const publish = (file: string, asOf: string, list = 'svs') =>
      hq.headquarters.publishList({ agency: 'test-pd', list, file, asOf });
    const publishRaw = async (topic: string, payload: string | Buffer) => {
      const files = credentials('headquarters');
      const [ca, cert, key] = [files.ca, files.cert, files.key].map((path) => readFileSync(path));
      const client = await connectAsync(broker, {
        ...(ca && cert && key ? { ca, cert, key } : {}),
        clientId: 'spoiler',
      });
      await client.publishAsync(topic, payload, { qos: 1, retain: true });
      await client.endAsync();
    };
    return { folder, mosquitto, hq, open, publish, publishRaw, reports, stateOf };
  }

  test('a list that was lost with a damaged database is asked for again, without a new connection', async () => {
    const { folder, open, publish, stateOf } = await openAll();
    const { hotlist, unit } = open();
    await unit.uplink.start();
    await publish(writeList(folder, 2000), minutesAgo(5));
    await waitFor(stateOf('current'), { timeoutMs: 60_000, what: 'the list' });
    spoil(join(folder, 'hotlist.db'), 'all but the first');
    const read = { characters: [], alternatives: [], state: null };
    await waitFor(() => {
      hotlist.match({ ...read, plate: '7A00007' });
      return readdirSync(folder).some((name) => name.startsWith('hotlist.db.damaged-'));
    });
    await waitFor(() => hotlist.status()[0]?.entries === 2000, { timeoutMs: 60_000 });
    expect(hotlist.status()[0]?.problem).toBe(null);
  });

  test('a published list of several chunks is taken over whole and reported; the next one replaces it', async () => {
    const { folder, open, publish, stateOf } = await openAll();
    const { hotlist, unit } = open();
    await unit.uplink.start();
    const asOf = minutesAgo(30);
    const first = await publish(writeList(folder, 9000), asOf);
    expect(first.chunks).toBeGreaterThan(2);
    const report = await waitFor(stateOf('current'), { timeoutMs: 60_000, what: 'the report' });
    expect(report).toMatchObject({
      list: 'svs',
      version: first.version,
      problem: null,
      entries: 9000,
    });
    expect(hotlist.status()[0]).toMatchObject({ entries: 9000, asOf });

    const second = await publish(writeList(folder, 8000, 50_000), minutesAgo(10));
    await waitFor(() => stateOf('current')()?.version === second.version, {
      timeoutMs: 60_000,
      what: 'the second',
    });
    expect(hotlist.status()[0]?.entries).toBe(8000);
    await expect.poll(() => readdirSync(join(folder, 'hotlist-refresh'))).toEqual(['svs.json']);
  });

  test('a unit that was off gets the list when it comes on, and fetches it no second time', async () => {
    const { folder, open, publish, stateOf, reports } = await openAll();
    await publish(writeList(folder, 3000), minutesAgo(30));
    const first = open();
    await first.unit.uplink.start();
    await waitFor(stateOf('current'), { timeoutMs: 60_000, what: 'the list' });
    // Headquarters gets it a moment before it is stored here.
    const noted = join(folder, 'hotlist-refresh', 'svs.json');
    await waitFor(() => existsSync(noted), { what: 'the note' });
    await first.close();
    reports.length = 0;
    const second = open();
    await second.unit.uplink.start();
    await waitFor(() => reports.some((each) => each.state === 'current'), { what: 'its status' });
    expect(reports.some((each) => each.state === 'downloading')).toBe(false);
    expect(second.hotlist.status()[0]?.entries).toBe(3000);
  });

  test('a file that does not fit its hash is refused and reported, and the old list stays', async () => {
    const { folder, open, publish, publishRaw, stateOf } = await openAll();
    const { hotlist, unit } = open();
    await unit.uplink.start();
    await publish(writeList(folder, 3000), minutesAgo(30));
    await waitFor(stateOf('current'), { timeoutMs: 60_000, what: 'the first list' });

    const file = writeList(folder, 9000, 20_000);
    const content = readFileSync(file);
    const sha256 = createHash('sha256').update(content).digest('hex');
    // Headquarters' disk spoils a byte of the second chunk after the hash was made.
    const manifest = { list: 'svs', version: 'spoilt', asOf: minutesAgo(5), sha256 };
    await publishRaw(chunkTopic('test-pd', 'svs', sha256, 0), content.subarray(0, maxChunkBytes));
    const second = Buffer.from(content.subarray(maxChunkBytes, 2 * maxChunkBytes));
    second[100] = 0;
    await publishRaw(chunkTopic('test-pd', 'svs', sha256, 1), second);
    await publishRaw(chunkTopic('test-pd', 'svs', sha256, 2), content.subarray(2 * maxChunkBytes));
    const sizes = { bytes: content.length, chunkBytes: maxChunkBytes, chunks: 3 };
    await publishRaw(manifestTopic('test-pd', 'svs'), JSON.stringify({ ...manifest, ...sizes }));
    const report = await waitFor(stateOf('refused'), { timeoutMs: 60_000, what: 'the refusal' });
    expect(report.problem).toMatch(/SHA-256/);
    expect(hotlist.status()[0]?.entries).toBe(3000);
  });

  test('a list that the import refuses is reported with its reason, and the old list stays', async () => {
    const { folder, open, publish, stateOf } = await openAll();
    const { hotlist, unit } = open();
    await unit.uplink.start();
    await publish(writeList(folder, 3000), minutesAgo(30));
    await waitFor(stateOf('current'), { timeoutMs: 60_000, what: 'the first list' });
    await publish(writeList(folder, 300), minutesAgo(5));
    const report = await waitFor(stateOf('refused'), { timeoutMs: 60_000, what: 'the refusal' });
    expect(report.problem).toMatch(/3000|shr|missing|fewer/i);
    expect(hotlist.status()[0]?.entries).toBe(3000);
  });

  test('a list that this unit does not have is not fetched', async () => {
    const { folder, open, publish, stateOf } = await openAll();
    const { unit } = open();
    await unit.uplink.start();
    await publish(writeList(folder, 10), minutesAgo(5), 'other-list');
    const report = await waitFor(stateOf('not-configured'), {
      timeoutMs: 60_000,
      what: 'the report',
    });
    expect(report.list).toBe('other-list');
  });

  test('the broker goes in the middle of a download: it goes on where it was', async () => {
    const { folder, mosquitto, hq, open, publish, publishRaw, stateOf } = await openAll();
    const { hotlist, unit } = open();
    // About 5 MB in 20 chunks.
    const file = writeList(folder, 60_000);
    const { sha256, chunks } = await publish(file, minutesAgo(5));
    // The one in the middle is not there until the broker has gone.
    const middle = chunks >> 1;
    const chunkAt = (index: number) => chunkTopic('test-pd', 'svs', sha256, index);
    await publishRaw(chunkAt(middle), '');
    await unit.uplink.start();
    const path = join(folder, 'hotlist-refresh', `svs-${sha256}.part`);
    await waitFor(
      () => statSync(path, { throwIfNoEntry: false })?.size === middle * maxChunkBytes,
      { timeoutMs: 60_000, what: 'half the download' },
    );
    // A download from the start would wait for this one.
    await publishRaw(chunkAt(0), '');
    await mosquitto.stop();
    await waitFor(() => !unit.uplink.health().connected, {
      timeoutMs: 60_000,
      what: 'the loss to be noticed',
    });
    // What a power cut may leave after the last whole chunk.
    appendFileSync(path, 'half a chunk');
    await mosquitto.start();
    const content = readFileSync(file);
    const from = middle * maxChunkBytes;
    await publishRaw(chunkAt(middle), content.subarray(from, from + maxChunkBytes));
    await waitFor(() => hq.headquarters.connected, { what: 'headquarters' });
    await waitFor(stateOf('current'), { timeoutMs: 60_000, what: 'the list' });
    expect(hotlist.status()[0]?.entries).toBe(60_000);
  });
});
