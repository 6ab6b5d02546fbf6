import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { unzip, zipOf } from '../../../src/accountability/evidence/zip.ts';
import { Problem } from '../../../src/platform/problem.ts';

const entries = [
  { name: 'volume-1/a.txt', bytes: Buffer.from('some text') },
  { name: 'volume-1/ä.txt', bytes: Buffer.from('more text') },
];

it('the same files give the same bytes', () => {
  const zip = zipOf(entries);
  expect(createHash('sha256').update(zip).digest('hex')).toBe(
    'fe420bb3f6a7ff5f01660773125d0cce0e181ab2e7dec285eabd27c17cb0ab5b',
  );
});

it('more files or bytes than a ZIP can count are a Problem that names the limit', () => {
  const empty = { name: 'x', bytes: Buffer.alloc(0) };
  const files = (count: number) => zipOf(new Array(count).fill(empty));
  expect(() => files(65_535)).toThrow(Problem);
  expect(() => files(65_535)).toThrow(/65535 files .*65534 at most/);
  expect(unzip(files(65_534))).toHaveLength(65_534);
  const half = { name: 'x', bytes: new Uint8Array(2 ** 31) };
  expect(() => zipOf([half, half])).toThrow(Problem);
  expect(() => zipOf([half, half])).toThrow(/4 GiB/);
});

it('a cut is damage, and no changed byte leads to another error than a Problem', () => {
  const zip = zipOf(entries);
  const read = (changed: Buffer) => {
    try {
      return unzip(changed);
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
      return 'damaged';
    }
  };
  for (let length = 0; length < zip.length; length += 1) {
    expect(read(zip.subarray(0, length))).toBe('damaged');
  }
  for (let at = 0; at < zip.length; at += 1) {
    const changed = Buffer.from(zip);
    changed.writeUInt8((changed.readUInt8(at) + 129) % 256, at);
    read(changed);
  }
});

it('content that does not have its checksum is damage', () => {
  const zip = zipOf(entries);
  zip.writeUInt8(zip.readUInt8(zip.indexOf('some text')) + 1, zip.indexOf('some text'));
  expect(() => unzip(zip)).toThrow(/damaged/);
});
