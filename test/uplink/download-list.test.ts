import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { downloadList, partPath, removeOlderParts } from '../../src/uplink/download-list.ts';
import type { Manifest } from '../../src/uplink/messages.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const file = Buffer.from('plate,state\n7ABC123,CA\n8XYZ987,CA\n');
const chunkBytes = 16;
const manifest: Manifest = {
  list: 'svs',
  version: '1',
  asOf: '2026-11-29T12:00:00Z',
  sha256: createHash('sha256').update(file).digest('hex'),
  bytes: file.length,
  chunkBytes,
  chunks: 3,
};

/** A folder of downloads, and a publisher whose chunks are those of `published`. */
function openDownload(published = file) {
  const folder = temporaryFolder();
  const path = partPath(folder, manifest.list, manifest);
  const fetched: number[] = [];
  const chunks = {
    fetch: async (_list: string, topic: string) => {
      const index = Number(topic.split('/').at(-1));
      fetched.push(index);
      return published.subarray(index * chunkBytes, (index + 1) * chunkBytes);
    },
    take: () => false,
    giveUp() {},
  };
  const download = (isOutdated = () => false) =>
    downloadList(manifest.list, manifest, path, { agency: 'test-pd', chunks, isOutdated });
  return { folder, path, fetched, download };
}

test('a part that is there is gone on with', async () => {
  const { path, fetched, download } = openDownload();
  writeFileSync(path, file.subarray(0, 20));
  expect(await download()).toBe(true);
  expect(fetched).toEqual([1, 2]);
  expect(readFileSync(path)).toEqual(file);
});

test('a part that a power cut damaged is fetched once more from the start', async () => {
  const { path, fetched, download } = openDownload();
  writeFileSync(path, Buffer.alloc(chunkBytes));
  expect(await download()).toBe(true);
  expect(fetched).toEqual([1, 2, 0, 1, 2]);
  expect(readFileSync(path)).toEqual(file);
});

test('a file that is not that of the manifest is refused for now, and nothing of it stays', async () => {
  const { path, download } = openDownload(Buffer.alloc(file.length));
  await expect(download()).rejects.toThrow(/SHA-256 that its manifest gives/);
  expect(existsSync(path)).toBe(false);
});

test('what was fetched stays when a newer list comes, and goes when that one is fetched', async () => {
  const { folder, path, fetched, download } = openDownload();
  expect(await download(() => fetched.length === 2)).toBe(false);
  expect(readFileSync(path)).toEqual(file.subarray(0, 2 * chunkBytes));
  writeFileSync(join(folder, 'svs.json'), '{}');
  const newer = { ...manifest, sha256: 'f'.repeat(64) };
  await removeOlderParts(folder, newer);
  expect(readdirSync(folder)).toEqual(['svs.json']);
});
