import type { Fix, FixQuality } from '../position/fix.ts';
import {
  ascii,
  bytes,
  type Directory,
  exifSegment,
  rationals,
  undefinedBytes,
  withSegment,
} from './exif-writer.ts';

/** The facts in an image file, equal to those in its row (CAP-7, CIPA DC-008). */
export interface EvidenceFacts {
  imageId: string;
  detectionId: string;
  kind: 'plate' | 'ir' | 'overview';
  agency: string;
  unit: string;
  head: string;
  takenAtMs: number;
  fix: Fix;
  /** Direction of the camera in true degrees, if known. */
  cameraBearingDeg: number | null;
  /** SHA-256 of the JPEG as the camera encoded it, before this segment: to verify, remove the segment. */
  jpegSha256: string;
}

/** The JPEG with an EXIF segment of place, time, unit and detection. */
export function withEvidence(jpeg: Uint8Array, facts: EvidenceFacts): Buffer {
  return withSegment(
    jpeg,
    exifSegment({ main: mainOf(facts), exif: exifOf(facts), gps: gpsOf(facts) }),
  );
}

function mainOf(facts: EvidenceFacts): Directory {
  return new Map([
    [0x010e, ascii(`${facts.agency}/${facts.unit}/${facts.head} ${facts.kind}`)], // ImageDescription
    [0x010f, ascii('Lookout')], // Make
    [0x0110, ascii(`${facts.unit}/${facts.head}`)], // Model
    [0x0131, ascii('Lookout')], // Software
    [0x0132, ascii(dateTime(facts.takenAtMs))], // DateTime
  ]);
}

function exifOf(facts: EvidenceFacts): Directory {
  const subSeconds = String(Math.floor(facts.takenAtMs) % 1000).padStart(3, '0');
  const comment = JSON.stringify({ detection: facts.detectionId, jpegSha256: facts.jpegSha256 });
  return new Map([
    [0x9000, undefinedBytes(Buffer.from('0232'))], // ExifVersion
    [0x9003, ascii(dateTime(facts.takenAtMs))], // DateTimeOriginal
    [0x9010, ascii('+00:00')], // OffsetTime
    [0x9011, ascii('+00:00')], // OffsetTimeOriginal
    [0x9290, ascii(subSeconds)], // SubSecTime
    [0x9291, ascii(subSeconds)], // SubSecTimeOriginal
    [0x9286, undefinedBytes(Buffer.from(`ASCII\0\0\0${comment}`))], // UserComment
    [0xa420, ascii(facts.imageId.replaceAll('-', ''))], // ImageUniqueID: 32 hex digits
  ]);
}

function gpsOf({ fix, takenAtMs, cameraBearingDeg }: EvidenceFacts): Directory {
  const gps: Directory = new Map([[0x00, bytes(2, 3, 0, 0)]]); // GPSVersionID
  const { latitude, longitude } = fix;
  const hasFix = fix.quality !== 'none' && latitude !== null && longitude !== null;
  gps.set(0x09, ascii(hasFix ? 'A' : 'V')); // GPSStatus
  if (cameraBearingDeg !== null) {
    gps.set(0x10, ascii('T')).set(0x11, rationals(100, cameraBearingDeg)); // GPSImgDirection
  }
  if (!hasFix) return gps;
  gps.set(0x01, ascii(latitude < 0 ? 'S' : 'N')).set(0x02, degrees(latitude));
  gps.set(0x03, ascii(longitude < 0 ? 'W' : 'E')).set(0x04, degrees(longitude));
  if (fix.altitudeM !== null) {
    gps
      .set(0x05, bytes(fix.altitudeM < 0 ? 1 : 0))
      .set(0x06, rationals(100, Math.abs(fix.altitudeM)));
  }
  // A surveyed pole has no receiver time; the frame's own time is UTC too.
  const time = new Date(fix.fixedAtMs ?? takenAtMs);
  const seconds = time.getUTCSeconds() + time.getUTCMilliseconds() / 1000;
  gps.set(0x07, rationals(1000, time.getUTCHours(), time.getUTCMinutes(), seconds));
  gps.set(0x1d, ascii(dateTime(time.getTime()).slice(0, 10))); // GPSDateStamp
  if (fix.satellites !== null) gps.set(0x08, ascii(String(fix.satellites)));
  gps.set(0x0a, ascii(fix.quality === 'fix-2d' ? '2' : '3')); // GPSMeasureMode
  if (fix.hdop !== null) gps.set(0x0b, rationals(100, fix.hdop));
  if (fix.speedMps !== null)
    gps.set(0x0c, ascii('K')).set(0x0d, rationals(1000, fix.speedMps * 3.6));
  if (fix.courseDeg !== null) gps.set(0x0e, ascii('T')).set(0x0f, rationals(100, fix.courseDeg));
  gps.set(0x12, ascii('WGS-84'));
  const method = processing[fix.quality];
  if (method) gps.set(0x1b, undefinedBytes(Buffer.from(`ASCII\0\0\0${method}`)));
  return gps;
}

/** GPSProcessingMethod, if a position is not a plain satellite fix. */
const processing: Partial<Record<FixQuality, string>> = {
  surveyed: 'MANUAL',
  manual: 'MANUAL',
  estimated: 'ESTIMATED',
  simulated: 'SIMULATED',
};

/** Degrees, minutes, and seconds to a ten-thousandth (3 mm). */
function degrees(value: number) {
  const tenThousandths = Math.round(Math.abs(value) * 36_000_000);
  const wholeMinutes = Math.floor(tenThousandths / 600_000);
  const seconds = (tenThousandths % 600_000) / 10_000;
  return rationals(10_000, Math.floor(wholeMinutes / 60), wholeMinutes % 60, seconds);
}

/** EXIF's `yyyy:mm:dd hh:mm:ss`, UTC. */
function dateTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replaceAll('-', ':').replace('T', ' ');
}
