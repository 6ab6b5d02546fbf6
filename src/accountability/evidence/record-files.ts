import { csvText } from '../../platform/csv.ts';
import { localTime } from '../../platform/local-time.ts';
import type { AuditRecord } from '../audit/audit-record.ts';
import type { Collection } from './collect.ts';
import type { Manifest } from './manifest.ts';
import type { RedactedRecord } from './redact-record.ts';

/** A file that is generated for a package, not copied. */
export interface MadeFile {
  path: string;
  bytes: Buffer;
}

/** The path of an image inside its volume. */
export function imagePath(id: string): string {
  return `images/${id}.jpg`;
}

const json = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 1)}\n`);

/** The records as JSON and as CSV, the audit extract, and the chain of custody up to the creation of the package. */
export async function recordFiles(
  about: Omit<Manifest, 'files' | 'volumes'>,
  collection: Collection,
  audit: readonly (AuditRecord | RedactedRecord)[],
): Promise<MadeFile[]> {
  return [
    { path: 'records.json', bytes: json(recordsOf(collection)) },
    { path: 'records.csv', bytes: Buffer.from(await recordsCsv(collection)) },
    { path: 'audit.json', bytes: json(audit) },
    { path: 'custody.json', bytes: json(custodyOf(about, collection)) },
  ];
}

function recordsOf({ detections }: Collection) {
  return detections.map(({ detection, hits, images }) => ({
    detection,
    hits,
    images: images.map(({ ref, file, current, absent }) => ({
      ...ref,
      path: file === null ? null : imagePath(ref.id),
      current,
      absent,
    })),
  }));
}

function recordsCsv({ detections }: Collection): Promise<string> {
  const header = [
    ...['detection', 'first seen', 'last seen', 'plate', 'state', 'confidence', 'unread'],
    ...['agency', 'unit', 'head', 'latitude', 'longitude', 'fix', 'heading'],
    ...['hits', 'list', 'reason', 'case', 'images'],
  ];
  const rows = detections.map(({ detection, hits, images }) => {
    const { read, fix, direction } = detection;
    const entries = hits.flatMap((hit) => ('match' in hit ? [hit.match] : []));
    return [
      ...[detection.id, localTime(detection.firstSeen), localTime(detection.lastSeen)],
      ...[
        read?.plate,
        read?.state?.code,
        read && Number(read.confidence.toFixed(3)),
        detection.unread,
      ],
      ...[detection.agency, detection.unit, detection.head],
      ...[fix.latitude, fix.longitude, fix.quality, direction.headingDeg],
      hits.map(({ id }) => id).join(' '),
      entries.map(({ list }) => list.name).join('; '),
      entries.map(({ entry }) => entry.reason).join('; '),
      entries.map(({ entry }) => entry.caseNumber ?? '').join('; '),
      images.flatMap(({ ref, file }) => (file === null ? [] : [imagePath(ref.id)])).join(' '),
    ];
  });
  return csvText(header, rows);
}

/**
 * The chain of custody from the camera to this package; later entries are written by hand on the last page of the view.
 */
function custodyOf(about: Omit<Manifest, 'files' | 'volumes'>, { detections }: Collection) {
  const { id, madeAt, madeBy, inquiry, release, contents, keyFingerprint } = about;
  return {
    package: id,
    steps: [
      ...detections.flatMap(({ detection, images }) => [
        {
          at: detection.firstSeen,
          what: 'captured',
          object: `detection ${detection.id}`,
          by: `${detection.agency}/${detection.unit}/${detection.head}`,
        },
        ...images.map(({ ref }) => ({
          at: ref.takenAt,
          what: 'image stored with its SHA-256',
          object: `image ${ref.id}`,
          sha256: ref.sha256,
          by: `${detection.agency}/${detection.unit}/${detection.head}`,
        })),
      ]),
      {
        at: madeAt,
        what: 'packaged; each image was compared with the SHA-256 of its capture',
        object: `package ${id}`,
        altered: contents.alteredImages,
        by: `${madeBy.name} (${madeBy.username}, ${madeBy.role}, ${madeBy.organisation})`,
        inquiry,
        release,
        signedWith: keyFingerprint,
      },
    ],
  };
}
