import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { hotlistAt, hoursAgo, listFile } from './hotlist-at.ts';

const rows = Array.from({ length: 5000 }, (_, i) => `${1000 + i}AB,CA`);
const list = Buffer.from(`plate,state\n${rows.join('\n')}\n`);
const small = Buffer.from('plate,state\n7ABC123,CA\n');

/** A ZIP as people make them: compressed, and with a folder. */
function zipped(files: Record<string, string>): Buffer {
  const path = join(temporaryFolder(), 'list.zip');
  const script =
    'import json, sys, zipfile\n' +
    'with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:\n' +
    '    for name, text in json.load(sys.stdin).items(): z.writestr(name, text)';
  const { status, stderr } = spawnSync('/usr/bin/python3', ['-c', script, path], {
    input: JSON.stringify(files),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return readFileSync(path);
}

async function imported(content: Buffer) {
  const folder = temporaryFolder();
  const hotlist = hotlistAt(folder);
  const file = listFile(folder, content, 'list.bin');
  const result = await hotlist.importFile({ listId: 'svs', file, asOf: hoursAgo(1) });
  return { result, entries: hotlist.entries('svs', { offset: 0, limit: 10 }) };
}

describe('a packed list is read as it comes', () => {
  test.each([
    ['gzip', () => gzipSync(list)],
    ['ZIP', () => zipped({ 'VEHEXTRT.csv': `${list}` })],
    [
      'ZIP of a Mac, in a folder',
      () => zipped({ 'out/': '', 'out/list.csv': `${list}`, '__MACOSX/out/._list.csv': 'x' }),
    ],
  ])('%s', async (_, pack) => {
    const content = pack();
    const { result } = await imported(content);
    expect(result).toMatchObject({ entries: 5000, rejected: 0, bytes: content.length });
    expect(result.sha256).toBe(createHash('sha256').update(content).digest('hex'));
  });
});

describe('an archive that is no list is refused with what to do', () => {
  const encrypted = () => {
    const zip = zipped({ 'list.csv': `${small}` });
    for (const [signature, flags] of [
      [0x04034b50, 6],
      [0x02014b50, 8],
    ] as const) {
      const mark = Buffer.alloc(4);
      mark.writeUInt32LE(signature);
      const at = zip.indexOf(mark) + flags;
      zip.writeUInt16LE(zip.readUInt16LE(at) | 1, at);
    }
    return zip;
  };
  const damaged = (content: Buffer) => {
    const spoilt = Buffer.from(content);
    spoilt.fill(0, 60, 90);
    return spoilt;
  };

  test.each([
    ['locked', encrypted, /locked with a password.*Unpack/],
    ['two lists', () => zipped({ 'a.csv': `${small}`, 'b.csv': `${small}` }), /holds 2 files/],
    ['nothing', () => zipped({ 'out/': '' }), /holds 0 files/],
    [
      'a spreadsheet',
      () => zipped({ '[Content_Types].xml': '<x/>', 'xl/workbook.xml': '<x/>' }),
      /spreadsheet.*CSV/,
    ],
    ['gzip cut short', () => gzipSync(list).subarray(0, 2000), /damaged archive/],
    ['gzip spoilt', () => damaged(gzipSync(list)), /damaged archive/],
    ['ZIP spoilt', () => damaged(zipped({ 'a.csv': `${list}` })), /damaged archive/],
    ['ZIP cut short', () => zipped({ 'a.csv': `${list}` }).subarray(0, 2000), /damaged archive/],
    ['a ZIP in a gzip', () => gzipSync(zipped({ 'a.csv': `${list}` })), /not a text file/],
  ])('%s', async (_, pack, message) => {
    await expect(imported(pack())).rejects.toThrow(message);
  });
});
