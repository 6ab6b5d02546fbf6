import GPS from 'gps';
import type { Place } from './distance.ts';
import type { FixQuality } from './fix.ts';
import { type CalendarDate, dateOfDigits, timeOfDay } from './nmea-time.ts';

/** GSA's dimension of the solution: 1 none, 2 position, 3 position and height. */
export type Dimension = 1 | 2 | 3;

/** GGA, GNS or RMC: a claim about the position at a time of day. */
export interface PositionClaim {
  type: 'GGA' | 'GNS' | 'RMC';
  /** Two letters; GP, GN, … */
  talker: string;
  /** Milliseconds since midnight UTC; null if the field is empty. */
  timeMs: number | null;
  /** Only RMC has one. */
  date: CalendarDate | null;
  /** `fix-2d` is a plain satellite fix of unknown dimension; GSA is more specific. */
  quality: FixQuality;
  place: Place | null;
  altitudeM: number | null;
  hdop: number | null;
  satellites: number | null;
  speedMps: number | null;
  courseDeg: number | null;
}

/** A sentence that was parsed. */
export type NmeaSentence =
  | PositionClaim
  | { type: 'VTG'; talker: string; speedMps: number | null; courseDeg: number | null }
  | { type: 'GSA'; talker: string; dimension: Dimension | null }
  | { type: 'ZDA'; talker: string; timeMs: number | null; date: CalendarDate | null };

/** The result of one line: parsed, valid but not used, refused, a whole one without a checksum, or empty. */
export type LineOutcome = NmeaSentence | 'other' | 'refused' | 'unchecked' | 'empty';

const form = /^\$(?:G[PLABQIN]|BD|QZ|P)[A-Z0-9]{2,5},[\x20-\x29\x2b-\x7e]*\*[0-9A-Fa-f]{2}$/;
const wanted = /^\$(G[PLABQIN]|BD|QZ)(GGA|RMC|VTG|GSA|GNS|ZDA),/;
/** All fields of a sentence, and no checksum behind them. */
const unchecked = /^\$G[PLABQIN](?:GGA(?:,[^,*]*){14}|RMC(?:,[^,*]*){11,13})$/;
const longestLine = 200;
const mpsPerKmh = 1 / 3.6;

/**
 * Parses one NMEA 0183 line (NMEA 0183). A line without a valid checksum or with an impossible field is refused; text
 * before the last `$` is taken for the rest of a torn line and ignored.
 */
export function readNmeaLine(raw: string): LineOutcome {
  const line = raw.slice(Math.max(0, raw.lastIndexOf('$'))).trim();
  if (line === '') return 'empty';
  if (line.length > longestLine) return 'refused';
  if (unchecked.test(line)) return 'unchecked';
  if (!form.test(line) || !checksumHolds(line)) return 'refused';
  const known = wanted.exec(line);
  if (known === null) return 'other';
  const [, talker = '', type = ''] = known;
  try {
    return readFields(line, talker, type) ?? 'refused';
  } catch {
    // The parser throws on a field with an impossible value.
    return 'refused';
  }
}

/** XOR of the characters between `$` and `*`, as two hex digits. */
export function checksumOf(body: string): string {
  let sum = 0;
  for (const char of body) sum ^= char.charCodeAt(0);
  return sum.toString(16).toUpperCase().padStart(2, '0');
}

function checksumHolds(line: string): boolean {
  const star = line.lastIndexOf('*');
  return checksumOf(line.slice(1, star)) === line.slice(star + 1).toUpperCase();
}

function readFields(line: string, talker: string, type: string): NmeaSentence | null {
  const fields = line.slice(0, line.lastIndexOf('*')).split(',');
  const parsed = GPS.Parse(line);
  if (parsed === false || !parsed.valid || parsed.type !== type) return null;
  // The parser uses today's date if the sentence has none, so times are read here.
  switch (parsed.type) {
    case 'GGA': {
      const quality = ggaQualities[fields[6] ?? ''] ?? 'none';
      return {
        ...claim('GGA', talker, timeOfDay(fields[1]), quality, placeOf(fields, 2)),
        altitudeM: finite(parsed.alt),
        hdop: finite(parsed.hdop),
        satellites: whole(parsed.satellites),
      };
    }
    case 'GNS': {
      return {
        ...claim('GNS', talker, timeOfDay(fields[1]), gnsQuality(parsed.mode), placeOf(fields, 2)),
        altitudeM: finite(parsed.alt),
        hdop: finite(parsed.hdop),
        satellites: whole(parsed.satsUsed),
      };
    }
    case 'RMC': {
      const quality = parsed.status === 'active' ? modeQuality(fields[12] ?? 'A') : 'none';
      return {
        ...claim('RMC', talker, timeOfDay(fields[1]), quality, placeOf(fields, 3)),
        date: dateOfDigits(fields[9]),
        speedMps: speedOf(parsed.speed),
        courseDeg: courseOf(parsed.track),
      };
    }
    case 'VTG': {
      const mode = fields[9] ?? '';
      const usable = mode !== 'N' && mode !== 'E';
      return {
        type: 'VTG',
        talker,
        speedMps: usable ? speedOf(parsed.speed) : null,
        courseDeg: usable ? courseOf(parsed.track) : null,
      };
    }
    case 'GSA':
      return { type: 'GSA', talker, dimension: dimensions[fields[2] ?? ''] ?? null };
    case 'ZDA': {
      const [, , day = '', month = '', year = ''] = fields;
      const digits = `${day.padStart(2, '0')}${month.padStart(2, '0')}${year}`;
      return { type: 'ZDA', talker, timeMs: timeOfDay(fields[1]), date: dateOfDigits(digits) };
    }
    default:
      return null;
  }
}

const dimensions: Record<string, Dimension> = { '1': 1, '2': 2, '3': 3 };

/** GGA field 6; an empty one means no fix, even beside a latitude (NMEA 0183). */
const ggaQualities: Record<string, FixQuality> = {
  '0': 'none',
  '1': 'fix-2d',
  '2': 'differential',
  '3': 'fix-2d',
  '4': 'rtk',
  '5': 'rtk',
  '6': 'estimated',
  '7': 'manual',
  '8': 'simulated',
};

const modeQualities: Record<string, FixQuality> = {
  A: 'fix-2d',
  D: 'differential',
  E: 'estimated',
  F: 'rtk',
  M: 'manual',
  N: 'none',
  P: 'fix-2d',
  R: 'rtk',
  S: 'simulated',
};

/** The mode letter of RMC and GNS; receivers before NMEA 2.3 send none, and only their status counts. */
function modeQuality(mode: string): FixQuality {
  return modeQualities[mode] ?? 'fix-2d';
}

/** GNS has one letter per constellation: the best counts, but a simulated or manual one overrides all. */
function gnsQuality(modes: string): FixQuality {
  const qualities = new Set([...modes].map(modeQuality));
  const order: FixQuality[] = ['simulated', 'manual', 'rtk', 'differential', 'fix-2d', 'estimated'];
  return order.find((quality) => qualities.has(quality)) ?? 'none';
}

function claim(
  type: PositionClaim['type'],
  talker: string,
  timeMs: number | null,
  quality: FixQuality,
  place: Place | null,
): PositionClaim {
  return {
    type,
    talker,
    timeMs,
    quality: place === null || timeMs === null ? 'none' : quality,
    place,
    date: null,
    altitudeM: null,
    hdop: null,
    satellites: null,
    speedMps: null,
    courseDeg: null,
  };
}

const latitudeForm = /^\d{4}(\.\d*)?$/;
const longitudeForm = /^\d{5}(\.\d*)?$/;

/** Latitude, N or S, longitude, E or W from four fields on; null if they are empty. Throws if they are invalid. */
function placeOf(fields: string[], first: number): Place | null {
  const [latitude = '', north = '', longitude = '', east = ''] = fields.slice(first, first + 4);
  if (latitude === '' || longitude === '') return null;
  if (!latitudeForm.test(latitude) || !longitudeForm.test(longitude))
    throw new Error('coordinates');
  if (!/^[NS]$/.test(north) || !/^[EW]$/.test(east)) throw new Error('hemisphere');
  const place = {
    latitude: degrees(latitude, 2) * (north === 'S' ? -1 : 1),
    longitude: degrees(longitude, 3) * (east === 'W' ? -1 : 1),
  };
  if (Math.abs(place.latitude) > 90 || Math.abs(place.longitude) > 180) throw new Error('range');
  return place;
}

function degrees(text: string, digits: number): number {
  const minutes = Number(text.slice(digits));
  if (minutes >= 60) throw new Error('minutes');
  return Number(text.slice(0, digits)) + minutes / 60;
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

function whole(value: number | null): number | null {
  return value !== null && Number.isInteger(value) && value >= 0 ? value : null;
}

/** The parser returns km/h. */
function speedOf(kmh: number | null): number | null {
  const value = finite(kmh);
  return value !== null && value >= 0 ? value * mpsPerKmh : null;
}

function courseOf(track: number | null): number | null {
  const value = finite(track);
  return value !== null && value >= 0 && value <= 360 ? value % 360 : null;
}
