import { localTime } from '../../platform/local-time.ts';
import type { Table } from '../../platform/table-file.ts';
import type { FoundDetection } from './results.ts';

/** Who oversaw the operation on the day of a time, by title and name. */
export type OverseenOn = (at: string) => string;

/** Who exported the data, and who oversees the operation then (AUD-11); part of every export. */
export interface ExportNote {
  agency: string;
  unit: string;
  overseenBy: string;
  exportedBy: string;
  exportedAt: string;
  purpose: string | null;
  caseNumber: string | null;
  /** The area that was searched, in words; null: any. */
  area: string | null;
}

const header = [
  'plate',
  'state',
  'confidence',
  'unread',
  'first_seen',
  'last_seen',
  'latitude',
  'longitude',
  'fix_quality',
  'heading_deg',
  'hit',
  'make',
  'model',
  'colour',
  'body',
  'agency',
  'unit',
  'head',
  'detection',
  'images',
  'may_be',
  'may_be_p',
  'overseen_by',
  'exported_by',
  'exported_at',
  'purpose',
  'case_number',
  'area',
] as const;

/** One row per detection, with who oversaw the operation on its day. */
export function asTable(
  detections: readonly FoundDetection[],
  note: ExportNote,
  overseenOn: OverseenOn,
): Table {
  return {
    header,
    rows: detections.map((each) => [
      each.plate,
      each.state,
      each.confidence,
      each.unread,
      localTime(each.firstSeen),
      localTime(each.lastSeen),
      each.latitude,
      each.longitude,
      each.fixQuality,
      each.headingDeg,
      each.hit,
      ...Object.values(traitsOf(each)),
      each.agency,
      each.unit,
      each.head,
      each.id,
      each.images.map(({ id, kind }) => `${kind} ${id}`).join('; '),
      each.mayBe?.plate,
      each.mayBe?.p,
      overseenOn(each.lastSeen),
      note.exportedBy,
      localTime(note.exportedAt),
      note.purpose,
      note.caseNumber,
      note.area,
    ]),
  };
}

/** A FeatureCollection by RFC 7946; a detection without a fix has null geometry. */
export function asGeoJson(
  detections: readonly FoundDetection[],
  note: ExportNote,
  overseenOn: OverseenOn,
): string {
  return JSON.stringify({
    type: 'FeatureCollection',
    note,
    features: detections.map((each) => {
      const { id, latitude, longitude, vehicle: _, ...properties } = each;
      return {
        type: 'Feature',
        id,
        geometry:
          latitude === null || longitude === null
            ? null
            : { type: 'Point', coordinates: [longitude, latitude] },
        properties: {
          ...properties,
          ...traitsOf(each),
          overseenBy: overseenOn(each.lastSeen),
        },
      };
    }),
  });
}

/** KML 2.2 for map programs: a placemark with its time for each detection that has a fix. */
export function asKml(
  detections: readonly FoundDetection[],
  note: ExportNote,
  overseenOn: OverseenOn,
): string {
  const places = detections.flatMap((each) => {
    const { id, latitude, longitude, lastSeen, head, hit } = each;
    if (latitude === null || longitude === null) return [];
    const name = `${each.plate ?? 'unread'}${each.state ? ` ${each.state}` : ''}`;
    const data = {
      ...{ detection: id, head, hit: String(hit), lastSeen: localTime(lastSeen) },
      overseenBy: overseenOn(lastSeen),
    };
    return [
      '<Placemark>',
      `<name>${escaped(name)}</name>`,
      `<TimeStamp><when>${lastSeen}</when></TimeStamp>`,
      '<ExtendedData>',
      ...Object.entries(data).map(
        ([key, value]) => `<Data name="${key}"><value>${escaped(value)}</value></Data>`,
      ),
      '</ExtendedData>',
      `<Point><coordinates>${longitude},${latitude}</coordinates></Point>`,
      '</Placemark>',
    ];
  });
  const description = Object.entries({ ...note, exportedAt: localTime(note.exportedAt) })
    .map(([key, value]) => `${key}: ${value ?? '–'}`)
    .join('\n');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>',
    `<name>${escaped(`${note.agency}/${note.unit}`)}</name>`,
    `<description>${escaped(description)}</description>`,
    ...places,
    '</Document></kml>',
    '',
  ].join('\n');
}

function traitsOf({ vehicle }: FoundDetection) {
  const { make, model, colour, body } = vehicle;
  return {
    make: make?.value ?? null,
    model: model?.value ?? null,
    colour: colour?.value ?? null,
    body: body?.value ?? null,
  };
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => entities[char] ?? char);
}
