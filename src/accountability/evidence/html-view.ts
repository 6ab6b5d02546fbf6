import { localTime } from '../../platform/local-time.ts';
import { roleWords } from '../gate/permissions.ts';
import type { CollectedDetection, CollectedImage, Collection } from './collect.ts';
import type { Manifest } from './manifest.ts';
import { imagePath } from './record-files.ts';

const kindWords: Record<CollectedImage['ref']['kind'], string> = {
  plate: 'Plate',
  ir: 'Infra-red',
  overview: 'Colour',
};

/** `foot`: what stands at the foot of each sheet where it is printed: sheets come apart. */
const styleOf = (foot: string): string => `
body { font: 14px/1.4 sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em; color: #111; }
h1 { font-size: 1.5em; } h2 { font-size: 1.2em; margin-top: 2em; border-top: 1px solid #999; padding-top: .6em; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top;
padding: .2em .8em .2em 0; } .lines td { border-bottom: 1px solid #999; height: 2.4em; }
img { max-width: 100%; max-height: 24em; } figure { display: inline-block; margin: .5em 1em .5em 0; }
figcaption { font-size: .85em; color: #444; } figcaption code { display: block; } .plate { font: bold 1.4em monospace; }
.notice { border: 2px solid #a00; padding: .6em; } code { word-break: break-all; } .custody { break-inside: avoid; }
.lines :is(th, td):first-child { width: 18%; } .lines :is(th, td):last-child { width: 26%; }
@page { size: auto; margin: 18mm; @bottom-left { content: "${foot}"; font: 8pt sans-serif; }
@bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt sans-serif; } }
@media print { body { margin: 0; max-width: none; padding: 0; font-size: 10pt; } h2 { break-after: avoid; }
tr, figure, .notice { break-inside: avoid; } img { max-height: 80mm; } }`;

/** The page that shows one volume: without scripts or external resources, readable on any computer. */
export function htmlView(options: {
  about: Omit<Manifest, 'files' | 'volumes'>;
  collection: Collection;
  volume: number;
  volumes: number;
  /** The volume of each image. */
  volumeOf: ReadonlyMap<string, number>;
}): string {
  const { about, collection, volume, volumes, volumeOf } = options;
  const { contents } = about;
  const title = `Evidence package ${about.id}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="script-src 'none'">
<title>${text(title)}</title>
<style>${styleOf(`${about.agency}/${about.unit} · evidence package ${about.id}, volume ${volume} of ${volumes}`)}</style>
</head>
<body>
<h1>${text(title)}</h1>
<p class="notice">${text(useOf(about))}</p>
${facts([
  ['Volume', `${volume} of ${volumes}`],
  [
    'Made',
    `${localTime(about.madeAt)} by ${about.madeBy.name} (${roleWords(about.madeBy.role)}, ${about.madeBy.organisation})`,
  ],
  ['Unit', `${about.agency}/${about.unit}, Lookout ${about.software}`],
  ['Purpose', about.inquiry?.purpose ?? '–'],
  [
    'Case / incident',
    [about.inquiry?.caseNumber, about.inquiry?.incidentNumber].filter(Boolean).join(' / ') || '–',
  ],
  ['Reason', about.inquiry?.reason ?? '–'],
  [
    'Detections',
    `${contents.detections}, with ${times(contents.hits, 'hit')} and ${times(contents.images, 'picture')}`,
  ],
  [
    'Audit records',
    `${contents.auditRecords}, in audit.json on volume 1${about.release === null ? '' : '; redacted, see README.txt'}`,
  ],
  ['Signed with key', about.keyFingerprint],
])}
<p>To check that nothing is missing or changed: <code>node verify.mjs</code> in this folder, on any computer with
Node 18 or later. Then compare the key above with the one that the agency publishes.</p>
${absences(about)}
${collection.detections.map((each) => article(each, volume, volumeOf)).join('\n')}
<section class="custody">
<h2>Chain of custody</h2>
<p>Until the package was made: custody.json on volume 1. From there on:</p>
<table class="lines"><tr><th>Date and time</th><th>Released by</th><th>Received by</th><th>Purpose</th><th>Signatures</th></tr>
${'<tr><td></td><td></td><td></td><td></td><td></td></tr>\n'.repeat(6)}</table>
</section>
</body>
</html>
`;
}

function useOf({ agency, release }: Pick<Manifest, 'agency' | 'release'>): string {
  return release === null
    ? `For use inside ${agency} only. It may not be passed to another agency without an approved release request.`
    : `Released to ${release.agency} (${release.person}) under request ${release.number}, for: ${release.purpose}`;
}

function absences({ contents }: Pick<Manifest, 'contents'>): string {
  const { absentDetections, absentImages, alteredImages } = contents;
  const lines = [
    ...absentDetections.map((id) => `Detection ${id} is not on this unit any more.`),
    ...absentImages.map(({ id, why }) => `Image ${id} is not included: ${why}.`),
    ...alteredImages.map((id) => `Image ${id} differs from what was stored at its capture.`),
  ];
  if (lines.length === 0) return '';
  return `<h2>What is not included</h2><ul>${lines.map((line) => `<li>${text(line)}</li>`).join('')}</ul>`;
}

function article(
  { detection, hits, images }: CollectedDetection,
  volume: number,
  volumeOf: ReadonlyMap<string, number>,
): string {
  const { read, fix, direction } = detection;
  const place =
    fix.latitude === null || fix.longitude === null
      ? 'unknown'
      : `${fix.latitude.toFixed(6)}, ${fix.longitude.toFixed(6)} (${fix.quality})`;
  const heading =
    direction.headingDeg === null ? 'unknown' : `${Math.round(direction.headingDeg)}°`;
  const rows: [string, string][] = [
    ['Seen', `${localTime(detection.firstSeen)} to ${localTime(detection.lastSeen)}`],
    ['Where the reader was', place],
    ['Direction of travel', heading],
    ['Camera head', `${detection.agency}/${detection.unit}/${detection.head}`],
    [
      'Read',
      read === null
        ? `not read (${detection.unread ?? 'unknown'})`
        : `confidence ${read.confidence.toFixed(2)}, ${read.agreeCount} of ${read.readCount} reads agree`,
    ],
    ...hits.map((hit): [string, string] => ['Possible hit', hitWords(hit)]),
  ];
  const plate = read === null ? 'unread plate' : `${read.plate} ${read.state?.code ?? ''}`.trim();
  return `<h2><span class="plate">${text(plate)}</span></h2>
<p><code>${text(detection.id)}</code></p>
${facts(rows)}
${images.map((image) => figure(image, volume, volumeOf)).join('\n')}`;
}

function hitWords(hit: CollectedDetection['hits'][number]): string {
  const { id, state, raisedAt } = hit;
  const now = state === 'raised' ? '' : `, now ${state.replaceAll('_', ' ')}`;
  const raised = `raised ${localTime(raisedAt)}${now} (${id})`;
  if (!('match' in hit)) return `${raised}; the list and its entry are not part of a release`;
  const { entry, list, tier } = hit.match;
  return `${entry.reason}; listed plate ${entry.plate} in ${list.name} as of ${localTime(list.asOf)}; ${tier} match, ${raised}`;
}

function figure(
  { ref, file, absent }: CollectedImage,
  volume: number,
  volumeOf: ReadonlyMap<string, number>,
): string {
  const taken = `${kindWords[ref.kind]}, taken ${localTime(ref.takenAt)}`;
  const caption = (more: string) =>
    `<figcaption>${text(`${taken}${more}`)}<code>SHA-256 ${text(ref.sha256)}</code></figcaption>`;
  const on = volumeOf.get(ref.id);
  if (file === null || on === undefined) {
    return `<figure>${caption(`: not included, ${absent ?? 'missing'}`)}</figure>`;
  }
  if (on !== volume) {
    return `<figure>${caption(`: on volume ${on}`)}</figure>`;
  }
  return `<figure><img src="${text(imagePath(ref.id))}" alt="${text(kindWords[ref.kind])}">${caption('')}</figure>`;
}

/** "1 hit", "2 hits" */
const times = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

function facts(rows: readonly [string, string][]): string {
  return `<table>${rows
    .map(([name, value]) => `<tr><th>${text(name)}</th><td>${text(value)}</td></tr>`)
    .join('\n')}</table>`;
}

/** Escapes text for HTML. */
function text(value: string): string {
  const names: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return value.replace(/[&<>"']/g, (char) => names[char] ?? char);
}
