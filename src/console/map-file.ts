import { constants } from 'node:fs';
import { copyFile, type FileHandle, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  bytesToHeader,
  Compression,
  type Header,
  PMTiles,
  type RangeResponse,
  type Source,
  TileType,
} from 'pmtiles';
import { uuidv7 } from 'uuidv7';
import { codeOf, fileFault, kindOf, Problem } from '../platform/problem.ts';

/** A map of the agency's area: one PMTiles file, version 3 (https://github.com/protomaps/PMTiles). */
export interface MapFacts {
  /** `vector`: layers of Protomaps' basemaps, which the page draws; `raster`: pictures. */
  kind: 'vector' | 'raster';
  tiles: 'mvt' | 'png' | 'jpeg' | 'webp' | 'avif';
  minZoom: number;
  maxZoom: number;
  /** Degrees, WGS 84. */
  bounds: { south: number; west: number; north: number; east: number };
  bytes: number;
  name: string | null;
  /** Whose data it shows, as text; such maps ask for it to be said. */
  attribution: string;
}

/** What the page is told of the map: what it shows, and which file it is. */
export type MapView = MapFacts & { version: string };

const formats: Partial<Record<TileType, Pick<MapFacts, 'kind' | 'tiles'>>> = {
  [TileType.Mvt]: { kind: 'vector', tiles: 'mvt' },
  [TileType.Png]: { kind: 'raster', tiles: 'png' },
  [TileType.Jpeg]: { kind: 'raster', tiles: 'jpeg' },
  [TileType.Webp]: { kind: 'raster', tiles: 'webp' },
  [TileType.Avif]: { kind: 'raster', tiles: 'avif' },
};
/** What a browser unpacks by itself. */
const readable: readonly Compression[] = [Compression.None, Compression.Gzip];
/** Layers of Protomaps' basemaps by which a street map is told; the page draws no others. */
const streetLayers = ['roads', 'earth', 'water'];
const headerBytes = 127;
/** Left on the disk for records. */
const keptFreeBytes = 1 << 30;
const osm = '© OpenStreetMap';

/** The map of a unit: where the configuration says, or beside its data. */
export function mapPath({
  unit,
  console,
}: {
  unit: { dataDir: string };
  console: { map?: string | undefined };
}): string {
  return resolve(console.map ?? join(unit.dataDir, 'map.pmtiles'));
}

/**
 * Reads what a map file says of itself, and a tile of it. Throws a Problem if it is not there, not whole, or not such that
 * the page could draw it.
 */
export async function readMap(path: string): Promise<MapFacts> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    throw new Problem(`map ${path}: cannot be read (${fileFault(error)})`);
  }
  await using _ = file;
  try {
    const { size } = await file.stat();
    return await factsOf(sourceOf(file, path), path, size);
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (/^E[A-Z]+$/.test(String(codeOf(error)))) {
      throw new Problem(`map ${path}: cannot be read (${fileFault(error)})`);
    }
    throw new Problem(
      `map ${path}: its directory or a tile of it cannot be unpacked: copy it again`,
    );
  }
}

async function factsOf(source: Source, path: string, bytes: number): Promise<MapFacts> {
  const { data } = await source.getBytes(0, headerBytes);
  const start = Buffer.from(data);
  if (
    start.length < headerBytes ||
    start.toString('latin1', 0, 7) !== 'PMTiles' ||
    start[7] !== 3
  ) {
    throw new Problem(`map ${path}: is not a PMTiles file of version 3`);
  }
  const header = bytesToHeader(data);
  const end = Math.max(
    header.rootDirectoryOffset + header.rootDirectoryLength,
    header.jsonMetadataOffset + header.jsonMetadataLength,
    header.leafDirectoryOffset + (header.leafDirectoryLength ?? 0),
    header.tileDataOffset + (header.tileDataLength ?? 0),
  );
  if (end > bytes) {
    throw new Problem(
      `map ${path}: is cut off: it should have ${end} bytes and has ${bytes}. Copy it again`,
    );
  }
  const format = formats[header.tileType];
  if (format === undefined) {
    throw new Problem(`map ${path}: holds tiles of a kind that the page cannot draw`);
  }
  if (
    !readable.includes(header.internalCompression) ||
    !readable.includes(header.tileCompression)
  ) {
    throw new Problem(`map ${path}: is compressed in a way that browsers do not unpack; use gzip`);
  }
  const { minZoom, maxZoom, minLat, minLon, maxLat, maxLon } = header;
  const isOnEarth =
    minLat >= -90 && maxLat <= 90 && minLon >= -180 && maxLon <= 180 && minLat < maxLat;
  if (!isOnEarth || minLon >= maxLon || minZoom > maxZoom || maxZoom > 22) {
    throw new Problem(
      `map ${path}: covers no area: latitude ${minLat} to ${maxLat}, longitude ${minLon} to ${maxLon}, zoom ${minZoom} to ${maxZoom}`,
    );
  }
  const map = new PMTiles(source);
  const metadata = recordOf(await map.getMetadata());
  if (format.kind === 'vector' && !hasStreets(metadata)) {
    throw new Problem(
      `map ${path}: has none of the layers ${streetLayers.join(', ')} of Protomaps' basemaps, so nothing of it would be drawn`,
    );
  }
  await checkTile(map, path, header);
  return {
    ...format,
    minZoom,
    maxZoom,
    bounds: { south: minLat, west: minLon, north: maxLat, east: maxLon },
    bytes,
    name: typeof metadata.name === 'string' ? metadata.name.slice(0, 100) : null,
    attribution: plainText(metadata.attribution),
  };
}

/** A file that holds directories and no tiles would show nothing. */
async function checkTile(
  map: PMTiles,
  path: string,
  { minZoom, maxZoom, minLat, minLon, maxLat, maxLon }: Header,
): Promise<void> {
  for (let zoom = minZoom; zoom <= maxZoom; zoom += 1) {
    const { x, y } = tileAt((minLat + maxLat) / 2, (minLon + maxLon) / 2, zoom);
    const tile = await map.getZxy(zoom, x, y);
    if (tile !== undefined && tile.data.byteLength > 0) return;
  }
  throw new Problem(`map ${path}: has no tile in the middle of the area that it says it covers`);
}

/** The tile of the Web Mercator grid that holds a place. */
function tileAt(latitude: number, longitude: number, zoom: number): { x: number; y: number } {
  const side = 2 ** zoom;
  const sine = Math.sin((latitude * Math.PI) / 180);
  const down = 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  const within = (share: number) => Math.max(0, Math.min(side - 1, Math.floor(share * side)));
  return { x: within((longitude + 180) / 360), y: within(down) };
}

/**
 * Puts a map in place of the one before. The copy is read once more before it takes the place, so that a copy which went
 * wrong, or a cut of the power, leaves the old map. Throws a Problem if the file is no map, or the disk too full.
 */
export async function installMap(from: string, to: string): Promise<MapFacts> {
  const { bytes } = await readMap(from);
  const folder = dirname(to);
  const copy = join(folder, `.${uuidv7()}.part`);
  try {
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < bytes + keptFreeBytes) {
      throw new Problem(
        `map ${from}: has ${megabytes(bytes)}, and ${folder} has ${megabytes(bavail * bsize)} free, of which 1 GB stays for records. ` +
          'Make a map of a smaller area, or set console.map to a larger disk',
      );
    }
    await copyFile(from, copy, constants.COPYFILE_EXCL);
    {
      await using file = await open(copy, 'r+');
      // There is nothing in a map that not everyone might see.
      await file.chmod(0o644);
      await file.sync();
    }
    const facts = await readMap(copy);
    await rename(copy, to);
    await syncFolder(folder);
    return facts;
  } catch (error) {
    await rm(copy, { force: true });
    if (error instanceof Problem) throw error;
    throw new Problem(`map ${to}: cannot be written (${fileFault(error)})`);
  }
}

/** Removes the map; false if there was none. */
export async function removeMap(path: string): Promise<boolean> {
  try {
    await stat(path);
    await rm(path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    if (kindOf(error) === 'missing') return false;
    throw new Problem(`map ${path}: cannot be removed (${fileFault(error)})`);
  }
}

/** "612 MB" */
export const megabytes = (bytes: number): string =>
  `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

async function syncFolder(folder: string): Promise<void> {
  await using directory = await open(folder, 'r');
  await directory.sync();
}

function sourceOf(file: FileHandle, path: string): Source {
  return {
    getKey: () => path,
    async getBytes(offset, length): Promise<RangeResponse> {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      return { data: bytes.buffer.slice(0, bytesRead) };
    },
  };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function hasStreets({ vector_layers: layers }: Record<string, unknown>): boolean {
  if (!Array.isArray(layers)) return false;
  return layers.some((layer) => streetLayers.includes(String(recordOf(layer).id)));
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', copy: '©' };

/** The words of an attribution, which is HTML in such files; the page shows text alone. */
function plainText(html: unknown): string {
  if (typeof html !== 'string') return osm;
  const words = html
    .replace(/<[^>]*>/g, '')
    .replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole)
    .trim();
  return words === '' ? osm : words.slice(0, 200);
}
