import { type Area, areaWords } from '../../config/area.ts';
import { isoTime } from '../../platform/clock.ts';
import { type NamedSpan, namedSpan, textInUtc } from '../../platform/local-time.ts';
import { type TableForm, tableFile } from '../../platform/table-file.ts';
import { type LostPicture, loadPicture } from '../../records/stored-picture.ts';
import type { FileAnswer } from '../gate/answer.ts';
import type { HitRights } from '../gate/list-rights.ts';
import type { Actor, Operation, OperationContext } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Official } from '../officials/official.ts';
import { asGeoJson, asKml, asTable, type ExportNote, type OverseenOn } from './formats.ts';
import { type Keeping, whyNothing } from './nothing-found.ts';
import {
  exportDetections,
  findCompany,
  findInArea,
  findTwoPlaces,
  followVehicle,
  openDetection,
  openImage,
  openImages,
  overviewDetections,
  searchDetections,
} from './operations.ts';
import type { FoundDetection, ImageBatch, OfSpan } from './results.ts';
import type { Search } from './search.ts';

/** Most detections in one export. */
const maxExported = 10_000;

const mapFormats = {
  geojson: { write: asGeoJson, contentType: 'application/geo+json' },
  kml: { write: asKml, contentType: 'application/vnd.google-earth.kml+xml' },
} as const;

/** Detections as a file of the wanted format. */
async function fileOf(
  detections: readonly FoundDetection[],
  note: ExportNote,
  overseenOn: OverseenOn,
  { format, utc }: { format: TableForm | keyof typeof mapFormats; utc: boolean },
): Promise<Pick<FileAnswer, 'contentType' | 'bytes'>> {
  if (format === 'csv' || format === 'xlsx') {
    return await tableFile(asTable(detections, note, overseenOn), { form: format, utc });
  }
  const { write, contentType } = mapFormats[format];
  const text = write(detections, note, overseenOn);
  return { contentType, bytes: Buffer.from(utc ? textInUtc(text) : text) };
}

/** The searches and looks at past detections, on this unit. */
export function searchOperations(deps: {
  search: Search;
  dataDir: string;
  unit: { agency: string; id: string };
  keeping: Keeping;
  /** Who oversaw the operation on the day of this time. */
  overseerOn: (atMs: number) => Official;
  hitRights: HitRights;
  /** Called for each detection opened under a case number; it is attached to the case. */
  openedForCase?: (caseNumber: string, detectionId: string, account: string) => void;
}): Operation[] {
  const { search, dataDir, unit, keeping, overseerOn, hitRights, openedForCase } = deps;
  /** A look at the hits of a list needs the right to them (USR-9). */
  const checkList = (list: string | undefined, actor: Actor): void => {
    if (list === undefined || hitRights(actor)(list)) return;
    throw new Refusal(
      403,
      'source-not-permitted',
      `You are not authorised to search for hits of ${list}. Ask an administrator.`,
    );
  };
  const overseenOn = (at: string) => {
    const { title, name } = overseerOn(Date.parse(at));
    return `${title}: ${name}`;
  };
  const noteOf = (
    { actor, inquiry, nowMs }: OperationContext,
    area: Area | undefined,
  ): ExportNote => ({
    agency: unit.agency,
    unit: unit.id,
    overseenBy: overseenOn(isoTime(nowMs)),
    exportedBy: `${actor.name} (${actor.username})`,
    exportedAt: isoTime(nowMs),
    purpose: inquiry?.purpose ?? null,
    caseNumber: inquiry?.caseNumber ?? inquiry?.incidentNumber ?? null,
    area: area === undefined ? null : areaWords(area),
  });

  /** Throws a Refusal if there never was such an image. */
  const imageBytes = async (id: string): Promise<Buffer | LostPicture> =>
    loadPicture(dataDir, (await search.ask('image', { id })) ?? notFound('image'));

  const ofSpan = async <Result>(
    query: Parameters<typeof spanOf>[0] & Parameters<typeof whyNothing>[0],
    result: Result,
    isEmpty: boolean,
  ): Promise<OfSpan<Result>> => ({
    ...result,
    span: spanOf(query),
    notes: isEmpty ? whyNothing(query, keeping, await search.ask('oldest', null)) : [],
  });

  return [
    searchDetections.does(async ({ limit, after, ...query }, { actor }) => {
      checkList(query.list, actor);
      const page = await search.ask('page', { query, limit, after });
      const isEmpty = page.detections.length === 0 && page.next === null && after === undefined;
      return ofSpan(query, page, isEmpty);
    }),
    overviewDetections.does(async (query, { actor }) => {
      checkList(query.list, actor);
      const found = await search.ask('overview', { query });
      return ofSpan(query, found, found.reads.length === 0 && !found.more);
    }),
    findInArea.does(async (input) => {
      const found = await search.ask('stakeout', input);
      return ofSpan(input, found, found.detections === 0 && !found.more);
    }),
    followVehicle.does(async (input) => {
      const path = await search.ask('path', input);
      return ofSpan(input, path, path.detections.length === 0 && !path.more);
    }),
    findCompany.does(async (input) => {
      const found = await search.ask('company', input);
      return ofSpan(input, found, found.occasions === 0 && !found.more);
    }),
    findTwoPlaces.does(async (input) => {
      const found = await search.ask('twoPlaces', input);
      return ofSpan(input, found, false);
    }),
    openDetection.does(async (input, { actor, inquiry }) => {
      const { detection, hits } = (await search.ask('open', input)) ?? notFound('detection');
      if (inquiry?.caseNumber) openedForCase?.(inquiry.caseNumber, input.id, actor.account);
      const mayBrowse = hitRights(actor);
      return { detection, hits: hits.filter(({ match }) => mayBrowse(match.list.id)) };
    }),
    openImage.does(async ({ id }) => {
      const bytes = await imageBytes(id);
      if (typeof bytes === 'string') throw lostImage(bytes);
      return { fileName: `${id}.jpg`, contentType: 'image/jpeg', bytes };
    }),
    openImages.does(async ({ ids }) => {
      const images: ImageBatch['images'] = [];
      for (const id of ids) {
        const bytes = await imageBytes(id);
        images.push(
          typeof bytes === 'string'
            ? { id, jpeg: null, lost: bytes }
            : { id, jpeg: bytes.toString('base64'), lost: null },
        );
      }
      return { images };
    }),
    exportDetections.does(async ({ format, utc, ...query }, context) => {
      checkList(query.list, context.actor);
      const { detections, next } = await search.ask('page', { query, limit: maxExported });
      if (next !== null) {
        throw new Refusal(
          413,
          'export-too-large',
          `This is more than one export may hold (${maxExported} detections) or one search may take. ` +
            'Narrow it down by time or place.',
        );
      }
      const name = isoTime(context.nowMs).replace(/[:.]/g, '-');
      return {
        fileName: `detections-${unit.id}-${name}.${format}`,
        ...(await fileOf(detections, noteOf(context, query.area), overseenOn, { format, utc })),
        records: detections.length,
      };
    }),
  ];
}

function spanOf({ from, to }: { from?: number | undefined; to?: number | undefined }): NamedSpan {
  return namedSpan(
    from === undefined ? null : isoTime(from),
    to === undefined ? null : isoTime(to),
  );
}

function notFound(what: string): never {
  throw new Refusal(404, `no-such-${what}`, `There is no ${what} with this id on this unit.`);
}

function lostImage(why: LostPicture): Refusal {
  return why === 'gone'
    ? new Refusal(
        404,
        'image-gone',
        'The file of this image is no longer on this unit; ask headquarters for it.',
      )
    : new Refusal(
        404,
        'image-damaged',
        'The file of this image is damaged: it is not as it was stored. Ask headquarters for it; an evidence package holds it as it is.',
      );
}
