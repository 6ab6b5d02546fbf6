import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zxyToTileId } from 'pmtiles';
import { temporaryFolder } from './temporary-folder.ts';

/** What a test may choose about its map. */
export interface TownMapOptions {
  /** Layers; those of a street map when not given. */
  layers?: readonly Layer[];
  /** Pictures of this kind in place of layers. */
  pictures?: { type: number; bytes: Uint8Array };
  compression?: 'none' | 'gzip';
  attribution?: string | null;
  bounds?: readonly [south: number, west: number, north: number, east: number];
}

/** A line or a surface of a map. */
export interface Layer {
  name: string;
  type: 'line' | 'polygon';
  kind: string;
  /** Longitude and latitude. */
  points: readonly (readonly [number, number])[];
}

/** The middle of the town: where the sample detections are. */
export const townCentre = { latitude: 38.1041, longitude: -122.2566 };
const [south, west, north, east] = [38.08, -122.3, 38.13, -122.21] as const;

const around: Layer = {
  ...{ name: 'earth', type: 'polygon', kind: 'earth' },
  points: [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
  ],
};
const water: Layer = {
  ...{ name: 'water', type: 'polygon', kind: 'water' },
  points: [
    [west, south],
    [west + 0.02, south],
    [west + 0.03, north],
    [west, north],
  ],
};
const streets = (count: number): Layer[] =>
  Array.from({ length: count }, (_, at): Layer[] => {
    const share = (at + 0.5) / count;
    const [lat, lon] = [south + share * (north - south), west + share * (east - west)];
    const road = {
      name: 'roads',
      type: 'line',
      kind: at % 4 === 0 ? 'major_road' : 'minor_road',
    } as const;
    return [
      {
        ...road,
        points: [
          [west, lat],
          [east, lat],
        ],
      },
      {
        ...road,
        points: [
          [lon, south],
          [lon, north],
        ],
      },
    ];
  }).flat();

/** Writes a map of a town, of zooms 10 to 14, into a folder of its own; returns its path. */
export function townMap(options: TownMapOptions = {}): string {
  const path = join(temporaryFolder(), 'town.pmtiles');
  writeFileSync(path, townMapBytes(options));
  return path;
}

/** A map as bytes of a PMTiles file of version 3, with one directory. */
export function townMapBytes({
  layers = [around, water, ...streets(24)],
  pictures,
  compression = 'gzip',
  attribution = '<a href="https://www.openstreetmap.org/copyright">&copy; OpenStreetMap</a> contributors',
  bounds = [south, west, north, east],
}: TownMapOptions = {}): Uint8Array {
  const packed = (bytes: Uint8Array) => (compression === 'gzip' ? gzipSync(bytes) : bytes);
  const tiles: { id: number; bytes: Uint8Array }[] = [];
  for (let zoom = 10; zoom <= 14; zoom += 1) {
    const [first, last] = [worldOf(bounds[1], bounds[2]), worldOf(bounds[3], bounds[0])];
    const side = 2 ** zoom;
    for (let x = Math.floor(first.x * side); x <= Math.floor(last.x * side); x += 1) {
      for (let y = Math.floor(first.y * side); y <= Math.floor(last.y * side); y += 1) {
        const bytes = pictures?.bytes ?? packed(tileOf(layers, zoom, x, y));
        tiles.push({ id: zxyToTileId(zoom, x, y), bytes });
      }
    }
  }
  tiles.sort((a, b) => a.id - b.id);
  const data = Buffer.concat(tiles.map(({ bytes }) => bytes));
  const metadata = packed(
    Buffer.from(
      JSON.stringify({
        name: 'Test town',
        ...(attribution === null ? {} : { attribution }),
        vector_layers: [...new Set(layers.map(({ name }) => name))].map((id) => ({
          id,
          fields: {},
        })),
      }),
    ),
  );
  const directory = packed(directoryOf(tiles));
  const header = Buffer.alloc(127);
  header.write('PMTiles', 0, 'latin1');
  header[7] = 3;
  const places = [
    [127, directory.length],
    [127 + directory.length, metadata.length],
    [0, 0],
    [127 + directory.length + metadata.length, data.length],
    [tiles.length, tiles.length],
  ].flat();
  for (const [at, value] of [...places, tiles.length].entries()) {
    header.writeBigUInt64LE(BigInt(value), 8 + 8 * at);
  }
  const code = compression === 'gzip' ? 2 : 1;
  header.set([1, code, pictures === undefined ? code : 1, pictures?.type ?? 1, 10, 14], 96);
  const degrees = [bounds[1], bounds[0], bounds[3], bounds[2]];
  for (const [at, value] of degrees.entries())
    header.writeInt32LE(Math.round(value * 1e7), 102 + 4 * at);
  header[118] = 12;
  header.writeInt32LE(Math.round(townCentre.longitude * 1e7), 119);
  header.writeInt32LE(Math.round(townCentre.latitude * 1e7), 123);
  return Buffer.concat([header, directory, metadata, data]);
}

/** A place as shares of the whole Web Mercator map. */
function worldOf(longitude: number, latitude: number): { x: number; y: number } {
  const sine = Math.sin((latitude * Math.PI) / 180);
  return {
    x: (longitude + 180) / 360,
    y: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI),
  };
}

function directoryOf(tiles: readonly { id: number; bytes: Uint8Array }[]): Buffer {
  const ids = tiles.map(({ id }, at) => id - (tiles[at - 1]?.id ?? 0));
  const lengths = tiles.map(({ bytes }) => bytes.length);
  // 0: right behind the tile before.
  const offsets = tiles.map((_, at) => (at === 0 ? 1 : 0));
  return Buffer.from(
    [tiles.length, ...ids, ...tiles.map(() => 1), ...lengths, ...offsets].flatMap(varint),
  );
}

/** A vector tile (https://github.com/mapbox/vector-tile-spec, 2.1); what is outside of it is not cut off. */
function tileOf(layers: readonly Layer[], zoom: number, x: number, y: number): Uint8Array {
  const extent = 4096;
  const names = [...new Set(layers.map(({ name }) => name))];
  const within = (place: readonly [number, number]) => {
    const world = worldOf(...place);
    return [(world.x * 2 ** zoom - x) * extent, (world.y * 2 ** zoom - y) * extent].map(Math.round);
  };
  const bytes = names.flatMap((name) => {
    const own = layers.filter((layer) => layer.name === name);
    const kinds = [...new Set(own.map(({ kind }) => kind))];
    const features = own.map(({ type, kind, points }) => {
      const geometry = pathOf(points.map(within), type === 'polygon');
      return field(2, [
        ...field(2, [0, kinds.indexOf(kind)].flatMap(varint)),
        ...[3 << 3, type === 'line' ? 2 : 3],
        ...field(4, geometry.flatMap(varint)),
      ]);
    });
    const values = kinds.map((kind) => field(4, field(1, [...Buffer.from(kind)])));
    return field(3, [
      ...[15 << 3, 2],
      ...field(1, [...Buffer.from(name)]),
      ...features.flat(),
      ...field(3, [...Buffer.from('kind')]),
      ...values.flat(),
      ...[5 << 3, ...varint(extent)],
    ]);
  });
  return Uint8Array.from(bytes);
}

/** Commands of a line or a closed ring. */
function pathOf(points: readonly number[][], isClosed: boolean): number[] {
  let [atX, atY] = [0, 0];
  const steps = points.map(([x = 0, y = 0]) => {
    const step = [x - atX, y - atY].map((value) => (value << 1) ^ (value >> 31));
    [atX, atY] = [x, y];
    return step;
  });
  const [first = [], ...others] = steps;
  return [9, ...first, (others.length << 3) | 2, ...others.flat(), ...(isClosed ? [15] : [])];
}

const field = (number: number, bytes: readonly number[]): number[] => [
  (number << 3) | 2,
  ...varint(bytes.length),
  ...bytes,
];

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0 === value ? value : Math.abs(value);
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
