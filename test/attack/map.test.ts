import { copyFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runConsole } from '../console/running-console.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { townMap, townMapBytes } from '../support/town-map.ts';

/** A console whose unit has a map, and what it answers. */
async function unitWithMap() {
  const dataDir = temporaryFolder();
  const place = join(dataDir, 'map.pmtiles');
  copyFileSync(townMap(), place);
  const console = await runConsole({ dataDir });
  const get = (path: string, headers: Record<string, string> = {}, isKnown = true) =>
    fetch(`${console.url}${path}`, {
      headers: { ...(isKnown ? { cookie: console.cookie } : {}), ...headers },
    });
  return { console, get, place, bytes: townMapBytes() };
}

describe('the map is given out in parts, to people who are logged in', () => {
  test('nobody else gets it, by any address', async () => {
    const { get } = await unitWithMap();
    const addresses = [
      'api/map',
      'api/map/tiles',
      '%61pi/map/tiles',
      'api/map/tiles?x=1',
      'api//map/tiles',
    ];
    for (const address of addresses) {
      const answer = await get(address, { range: 'bytes=0-99' }, false);
      expect([address, answer.status >= 400]).toEqual([address, true]);
      expect(await answer.text()).not.toContain('PMTiles');
    }
    const foreign = { range: 'bytes=0-9', 'sec-fetch-site': 'cross-site' };
    expect((await get('api/map/tiles', foreign)).status).toBe(403);
  });

  test('an address reaches no other file of the unit', async () => {
    const { get } = await unitWithMap();
    for (const path of [
      '../lookout.db',
      '..%2flookout.db',
      '%2e%2e/lookout.db',
      'lookout.db',
      'x',
    ]) {
      const answer = await get(`api/map/${path}`, { range: 'bytes=0-99' });
      expect([path, answer.status]).toEqual([path, 404]);
      const below = await get(`api/map/tiles/${path}`, { range: 'bytes=0-99' });
      expect([path, below.status]).toEqual([path, 404]);
    }
  });

  test('one range is given as it was asked, to the end of the file at most', async () => {
    const { get, bytes } = await unitWithMap();
    const size = bytes.length;
    const asked: [string, number, number][] = [
      ['bytes=0-6', 0, 7],
      ['bytes=127-300', 127, 301],
      [`bytes=${size - 1}-`, size - 1, size],
      [`bytes=${size - 5}-${size + 5000}`, size - 5, size],
      ['bytes=-9', size - 9, size],
      [`bytes=-${size * 3}`, 0, size],
    ];
    for (const [range, from, to] of asked) {
      const answer = await get('api/map/tiles', { range });
      expect([range, answer.status]).toEqual([range, 206]);
      expect(answer.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/${size}`);
      expect(answer.headers.get('content-length')).toBe(`${to - from}`);
      const got = Buffer.from(await answer.arrayBuffer());
      expect([range, got.equals(bytes.subarray(from, to))]).toEqual([range, true]);
    }
  });

  test('without a range, or with one that is none, nothing of it is sent', async () => {
    const { get, bytes } = await unitWithMap();
    const odd = [
      undefined,
      ...['', 'bytes', 'bytes=', 'bytes=-', 'bytes=-0', 'bytes=5-2', 'bytes=a-b', 'bytes= 0-1'],
      ...[
        'bytes=0-1,3-4',
        'bytes=0-1, 3-4',
        'items=0-5',
        'bytes=0x0-0x9',
        'bytes=1.5-3',
        'bytes=-1-5',
      ],
      ...[
        `bytes=${bytes.length}-`,
        'bytes=99999999999999999999-',
        'bytes=9007199254740993-9007199254740999',
      ],
    ];
    for (const range of odd) {
      const answer = await get('api/map/tiles', range === undefined ? {} : { range });
      expect([range, answer.status]).toEqual([range, 416]);
      expect(answer.headers.get('content-range')).toBe(`bytes */${bytes.length}`);
      expect(await answer.text()).not.toContain('PMTiles');
    }
  });

  test('one answer has 4 MiB at most, however large the file is', async () => {
    const { get, place } = await unitWithMap();
    const large = Buffer.alloc(9 << 20);
    large.set(townMapBytes());
    writeFileSync(place, large);
    const most = 4 << 20;
    for (const range of ['bytes=0-', `bytes=0-${most}`, `bytes=-${most + 1}`]) {
      expect([range, (await get('api/map/tiles', { range })).status]).toEqual([range, 416]);
    }
    const whole = await get('api/map/tiles', { range: `bytes=0-${most - 1}` });
    expect((await whole.arrayBuffer()).byteLength).toBe(most);
  });

  test('parts of two files are never mixed: the entity tag changes, and If-Range of the old one is refused', async () => {
    const { get, place } = await unitWithMap();
    const first = await get('api/map/tiles', { range: 'bytes=0-9' });
    const etag = first.headers.get('etag') ?? '';
    const again = await get('api/map/tiles', { range: 'bytes=0-9', 'if-range': etag });
    expect(again.status).toBe(206);
    copyFileSync(townMap({ compression: 'none' }), place);
    utimesSync(place, 1, 1);
    const later = await get('api/map/tiles', { range: 'bytes=0-9' });
    expect(later.headers.get('etag')).not.toBe(etag);
    const stale = await get('api/map/tiles', { range: 'bytes=0-9', 'if-range': etag });
    expect(stale.status).toBe(412);
    expect(await stale.text()).not.toContain('PMTiles');
  });

  test('the page is told what the map covers; of a file that is no map, that there is none', async () => {
    const { get, place } = await unitWithMap();
    expect(await (await get('api/map')).json()).toMatchObject({
      map: { kind: 'vector', maxZoom: 14 },
    });
    writeFileSync(place, 'not a map');
    expect(await (await get('api/map')).json()).toEqual({ map: null });
    rmSync(place);
    expect(await (await get('api/map')).json()).toEqual({ map: null });
    expect((await get('api/map/tiles', { range: 'bytes=0-9' })).status).toBe(404);
  });
});
