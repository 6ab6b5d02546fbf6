import { writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from '@commander-js/extra-typings';
import type { FileAnswer } from '../accountability/gate/answer.ts';
import {
  exportDetections,
  findCompany,
  findInArea,
  findTwoPlaces,
  followVehicle,
  openDetection,
  openImage,
  searchDetections,
} from '../accountability/search/operations.ts';
import { exportSchema } from '../accountability/search/query.ts';
import type {
  Company,
  DetectionPage,
  FoundDetection,
  OfSpan,
  OpenedDetection,
  PlatesInTwoPlaces,
  StakeoutResult,
  VehiclePath,
} from '../accountability/search/results.ts';
import type { Area } from '../config/area.ts';
import { localTime, type NamedSpan } from '../platform/local-time.ts';
import { Problem } from '../platform/problem.ts';
import type { OptionsOf } from './configured.ts';
import { perform, print } from './perform.ts';
import { table } from './text.ts';
import { fromWords, toWords } from './time-words.ts';
import { inquiring } from './unit-client.ts';

const exportFormats = exportSchema.shape.format.options;

/** `lookout search`, `stakeout`, `path`, `show`, `image` and `export`. */
export function registerSearch(program: Command): void {
  searching(program.command('search'))
    .description('find past detections; each search is recorded with its purpose')
    .option('--limit <n>', 'at most this many', wholeNumber, 50)
    .option('--after <next>', 'the page behind this "next"')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { limit, after } = options;
      const input = { ...queryOf(options), limit, after };
      print(options, await perform(options, searchDetections, input), pageText);
    });

  placed(program.command('stakeout'))
    .description('which vehicles were in an area between two times')
    .requiredOption('--from <time>', fromWords)
    .requiredOption('--to <time>', toWords)
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { from, to } = options;
      const area = areaOf(options);
      if (area === undefined) throw new Problem('give --circle, --box or --polygon');
      const input = { area, from, to };
      print(options, await perform(options, findInArea, input), stakeoutText);
    });

  inquiring(program.command('path'))
    .argument('<plate>', 'the full plate')
    .description('where one vehicle was seen, oldest first')
    .option('--from <time>', fromWords)
    .option('--to <time>', toWords)
    .option('--json', 'as JSON')
    .action(async (plate, options) => {
      const { from, to } = options;
      const input = { plate, from, to };
      print(options, await perform(options, followVehicle, input), pathText);
    });

  inquiring(program.command('together'))
    .argument('<plate>', 'the full plate')
    .description('which vehicles one unit saw within seconds of it, more often than by chance')
    .option('--within <seconds>', 'seen by the same unit within this time', '30')
    .option('--times <n>', 'at this many times or more', '2')
    .option('--from <time>', fromWords)
    .option('--to <time>', toWords)
    .option('--json', 'as JSON')
    .action(async (plate, options) => {
      const { within: withinS, times, from, to } = options;
      const input = { plate, withinS, times, from, to };
      print(options, await perform(options, findCompany, input), companyText);
    });

  inquiring(program.command('two-places'))
    .argument('<plate>', 'the full plate')
    .description('where the plate was read in two places that no car reaches in that time')
    .option('--from <time>', fromWords)
    .option('--to <time>', toWords)
    .option('--json', 'as JSON')
    .action(async (plate, options) => {
      const { from, to } = options;
      print(options, await perform(options, findTwoPlaces, { plate, from, to }), twoPlacesText);
    });

  inquiring(program.command('show'))
    .argument('<id>', "a detection's id")
    .description('one detection in full, with its hits and the ids of its images')
    .option('--json', 'as JSON')
    .action(async (id, options) => {
      print(options, await perform(options, openDetection, { id }), openedText);
    });

  inquiring(program.command('image'))
    .argument('<id>', "an image's id")
    .description('write an image to a file, with place and time in its EXIF')
    .requiredOption('-o, --output <file>', 'the file to write')
    .action(async (id, options) => {
      await save(options.output, await perform(options, openImage, { id }));
    });

  searching(program.command('export'))
    .description('write the detections of a search as a table or for maps')
    .requiredOption('-o, --output <file>', 'the file to write: .csv, .xlsx, .geojson or .kml')
    .action(async (options) => {
      const format = exportFormats.find((each) => options.output.endsWith(`.${each}`));
      if (format === undefined)
        throw new Problem('--output: end the name in .csv, .xlsx, .geojson or .kml');
      const input = { ...queryOf(options), format, utc: options.utc === true };
      await save(options.output, await perform(options, exportDetections, input));
    });
}

function searching(command: Command) {
  return placed(command)
    .option('--plate <plate>', 'full, or with ? for one character and * for a run')
    .option('--alike', 'also where O was read as 0, B as 8 and the like')
    .option('--possible', 'also reads that may be of that plate, with how probably')
    .option('--state <code>', 'issuing state, such as CA')
    .option('--from <time>', fromWords)
    .option('--to <time>', toWords)
    .option('--unit <id>', 'at headquarters: of this unit')
    .option('--head <id>', 'of this camera head')
    .option('--hits', 'only hits')
    .option('--list <id>', 'only hits of this hot list')
    .option('--canvass <id>', 'only those of this canvass')
    .option('--unread', 'only plates that could not be read')
    .option('--make <name>')
    .option('--model <name>')
    .option('--colour <name>')
    .option('--body <name>');
}

function placed(command: Command) {
  return inquiring(command)
    .option('--circle <lat,lon,metres>', 'in this circle', circle)
    .option('--box <south,west,north,east>', 'in this box', box)
    .option('--polygon <lat,lon lat,lon …>', 'in this polygon', polygon);
}

function queryOf(options: OptionsOf<typeof searching>) {
  const { plate, alike, possible, state, from, to, unit, head, hits, list, canvass, unread } =
    options;
  const { make, model, colour, body } = options;
  const read = unread ? ('unread' as const) : undefined;
  const area = areaOf(options);
  return {
    plate,
    alike,
    possible,
    state,
    from,
    to,
    area,
    unit,
    head,
    hits,
    list,
    canvass,
    read,
    make,
    model,
    colour,
    body,
  };
}

function areaOf(options: OptionsOf<typeof placed>): Area | undefined {
  const areas = [options.circle, options.box, options.polygon].filter((area) => area !== undefined);
  if (areas.length > 1) throw new Problem('give one of --circle, --box and --polygon');
  return areas[0];
}

/** A circle as `latitude,longitude,metres`. */
export function circle(text: string): Area {
  const [latitude = 0, longitude = 0, radiusM = 0] = numbers(text, 3);
  return { kind: 'circle', latitude, longitude, radiusM };
}

function box(text: string): Area {
  const [south = 0, west = 0, north = 0, east = 0] = numbers(text, 4);
  return { kind: 'box', south, west, north, east };
}

function polygon(text: string): Area {
  const points = text
    .trim()
    .split(/\s+/)
    .map((pair) => {
      const [latitude = 0, longitude = 0] = numbers(pair, 2);
      return { latitude, longitude };
    });
  return { kind: 'polygon', points };
}

function numbers(text: string, count: number): number[] {
  const values = text.split(',').map(Number);
  if (values.length !== count || !values.every(Number.isFinite)) {
    throw new InvalidArgumentError(`give ${count} numbers with commas between them.`);
  }
  return values;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('give a whole number.');
  return Number(text);
}

async function save(path: string, { bytes }: Pick<FileAnswer, 'bytes'>): Promise<void> {
  await writeFile(path, bytes, { mode: 0o600 });
  process.stdout.write(`${path}: ${bytes.length} bytes\n`);
}

function pageText({ detections, next, searchedTo, span, notes }: OfSpan<DetectionPage>): string {
  if (detections.length === 0 && next === null) return nothing(span, notes);
  const more =
    next === null || searchedTo === null
      ? ''
      : `\nSearched back to ${localTime(searchedTo)}. More: --after ${next}`;
  return `${heading(span)}${detectionTable(detections)}${more}`;
}

const possibleText = ({ plate, p }: { plate: string; p: number }) =>
  `${plate} ${Math.round(p * 100)} %`;

function detectionTable(detections: readonly FoundDetection[]): string {
  return table(
    ['seen', 'plate', 'state', 'sure', 'head', 'place', 'hit', 'detection'],
    detections.map((each) => [
      localTime(each.lastSeen),
      `${each.plate ?? `unread (${each.unread ?? '–'})`}${each.mayBe === null ? '' : `, may be ${possibleText(each.mayBe)}`}`,
      each.state ?? '–',
      each.confidence === null ? '–' : `${Math.round(each.confidence * 100)} %`,
      each.head,
      each.latitude === null || each.longitude === null
        ? 'no fix'
        : `${each.latitude.toFixed(5)},${each.longitude.toFixed(5)}`,
      each.hit ? 'HIT' : '',
      each.id,
    ]),
  );
}

function pathText({ detections, more, span, notes }: OfSpan<VehiclePath>): string {
  if (detections.length === 0 && !more) return nothing(span, notes);
  const rest = more ? '\nThere are earlier ones; narrow down the time with --from and --to.' : '';
  return `${heading(span)}${detectionTable(detections)}${rest}`;
}

function companyText({
  occasions,
  companions,
  common,
  more,
  span,
  notes,
}: OfSpan<Company>): string {
  if (occasions === 0 && !more) return nothing(span, notes);
  const rows = companions.map((each) => [
    each.plate,
    each.state ?? '–',
    `${each.times} of ${occasions}`,
    String(each.places),
    String(each.timesRead),
    String(each.expected),
    each.meetings[0] === undefined ? '–' : localTime(each.meetings[0].at),
    each.hit ? 'HIT' : '',
  ]);
  const columns = [
    'plate',
    'state',
    'together',
    'places',
    'read at all',
    'by chance',
    'last',
    'hit',
  ];
  const list =
    rows.length === 0 ? 'Nobody was with it more often than by chance.' : table(columns, rows);
  const left = common === 0 ? '' : ` ${common} more met it as often, and are seen everywhere.`;
  const rest = more ? ' There are more; narrow down the time.' : '';
  return `${heading(span)}${list}\nIt was seen ${occasions} times.${left}${rest}`;
}

/** Pairs of reads that no car makes, as a table. */
export function pairsTable(pairs: PlatesInTwoPlaces['pairs']): string {
  const rows = pairs.map(({ reads: [one, other], leastM, mostS, leastMps }) => [
    `${localTime(one.lastSeen)} ${one.unit}`,
    `${localTime(other.lastSeen)} ${other.unit}`,
    `${(leastM / 1000).toFixed(1)} km`,
    `${Math.round(mostS)} s`,
    `${Math.round(leastMps * 3.6)} km/h`,
    one.id,
    other.id,
  ]);
  const columns = ['first', 'then', 'at least', 'at most', 'faster than', 'read', 'and read'];
  return table(columns, rows);
}

function twoPlacesText({ pairs, more, span }: OfSpan<PlatesInTwoPlaces>): string {
  const rest = more ? '\nThere are earlier reads; narrow down the time.' : '';
  return `${heading(span)}${
    pairs.length === 0
      ? 'A car can have been at all of its reads.'
      : `${pairsTable(pairs)}\nThe plate may be there twice, or one is a misread: compare the pictures of both.`
  }${rest}`;
}

function stakeoutText(found: OfSpan<StakeoutResult>): string {
  const { detections, more, span, notes } = found;
  if (detections === 0 && !more) return nothing(span, notes);
  return `${heading(span)}${seenVehicles(found)}`;
}

/** The vehicles of a stakeout or canvass as a table, with their count. */
export function seenVehicles({ vehicles, detections, unread, more }: StakeoutResult): string {
  const rows = vehicles.map((each) => [
    each.plate,
    each.state ?? '–',
    String(each.times),
    localTime(each.firstSeen),
    localTime(each.lastSeen),
    each.hit ? 'HIT' : '',
    each.latest,
  ]);
  const columns = ['plate', 'state', 'times', 'first seen', 'last seen', 'hit', 'last detection'];
  const rest = more ? ' There are more; narrow down time or place.' : '';
  return `${table(columns, rows)}\nVehicles: ${vehicles.length}. Detections: ${detections}, of them unread: ${unread}.${rest}`;
}

function nothing(span: NamedSpan, notes: readonly string[]): string {
  return `${heading(span)}${['Nothing was found.', ...notes].join('\n')}`;
}

/** The span that was searched, as a line, if the person gave one. */
function heading({ from, to, text }: NamedSpan): string {
  return from === null && to === null ? '' : `${text}\n`;
}

function openedText({ detection, hits }: OpenedDetection): string {
  const { read, possible = [], fix, images } = detection;
  const texts = (read?.alternatives ?? possible).map(possibleText);
  return [
    `Detection ${detection.id} of ${detection.agency}/${detection.unit}, head ${detection.head}`,
    `Plate: ${read ? `${read.plate}${read.state ? ` ${read.state.code}` : ''}, ${Math.round(read.confidence * 100)} % sure, ${read.agreeCount} of ${read.readCount} reads` : `unread (${detection.unread ?? '–'})`}`,
    ...(texts.length === 0 ? [] : [`May ${read ? 'also ' : ''}be: ${texts.join(', ')}`]),
    `Seen: ${localTime(detection.firstSeen)} to ${localTime(detection.lastSeen)}, ${detection.seenCount} times`,
    `Place: ${fix.latitude === null ? 'no fix' : `${fix.latitude.toFixed(6)},${fix.longitude?.toFixed(6)} (${fix.quality})`}`,
    `Heading: ${detection.direction.headingDeg === null ? 'unknown' : `${Math.round(detection.direction.headingDeg)}°`}`,
    ...images.map(
      (image) =>
        `Image: ${image.kind} ${image.id}, ${localTime(image.takenAt)}, ${image.bytes} bytes`,
    ),
    ...hits.map(
      (hit) =>
        `Hit: ${hit.state}, ${hit.match.list.name}, ${hit.match.entry.category}: ${hit.match.entry.reason} (${hit.id})`,
    ),
  ].join('\n');
}
