import { localListId } from '../accountability/hotplates/hot-plate.ts';
import type { AlertStatus } from '../accountability/verification/alert-status.ts';
import type { Disposed } from '../accountability/verification/closing-desk.ts';
import type { HitList, HitView, SightingView } from '../accountability/verification/hit-view.ts';
import type { Mute } from '../accountability/verification/mutes.ts';
import type { PrecisionFigure } from '../accountability/verification/precision.ts';
import { aspects } from '../accountability/verification/step.ts';
import { asReported } from '../alerts/wording.ts';
import { counted } from '../platform/counted.ts';
import { localTime } from '../platform/local-time.ts';
import { age, table } from './text.ts';

/** The hits of a span, and how many of it the person may not see. */
export function hitList({ hits, withheld }: HitList): string {
  const shown =
    hits.length === 0 ? 'No hit was found on the lists that you may see.' : hitTable(hits);
  const { hits: left } = withheld;
  const leftOut =
    left === 0 ? [] : [`Left out: ${counted(left, 'hit')} of lists that you may not see.`];
  return [shown, ...leftOut, ...openElsewhere(withheld)].join('\n');
}

/** The alerts that are open, and how many are on lists that the person may not see. */
export function openHitList({ hits, more, withheld }: HitList): string {
  const none =
    withheld.open === 0
      ? 'Every alert is closed.'
      : 'No alert is open on the lists that you may see.';
  const left = more === 0 ? [] : [`${counted(more, 'more')} of before these: --limit shows them.`];
  const shown = hits.length === 0 ? none : hitTable(hits);
  return [shown, ...left, ...openElsewhere(withheld)].join('\n');
}

function openElsewhere({ open }: HitList['withheld']): string[] {
  if (open === 0) return [];
  return [
    `${counted(open, 'alert')} ${open === 1 ? 'is' : 'are'} open on lists that you may not see: ask dispatch, or an administrator for the right.`,
  ];
}

/** Hits, one per line. */
function hitTable(hits: readonly HitView[]): string {
  return table(
    ['hit', 'raised', 'plate', 'possible', 'list', 'match', 'state'],
    hits.map((hit) => [
      hit.id,
      localTime(hit.raisedAt),
      hit.named,
      hit.match.entry.category,
      asReported(hit.match.list.name),
      hit.match.tier,
      hit.withdrawn
        ? 'withdrawn'
        : hit.repeatOf !== null
          ? `seen again of ${hit.repeatOf.slice(-6)}`
          : [
              hit.state,
              ...(hit.asked === null ? [] : ['asked']),
              ...(hit.entryEnd === null ? [] : [`entry ${hit.entryEnd.how}`]),
            ].join(', '),
    ]),
  );
}

/** Which small stacked characters only the list or only the read has. */
function stackedText({ stacked }: HitView['match']): string {
  if (stacked === undefined) return '';
  return ` (${stacked.in === 'listed' ? 'listed' : 'read'} with small ${stacked.text}, ${stacked.in === 'listed' ? 'read' : 'listed'} without)`;
}

/** How old the list was when it matched, and how old that list is now. */
function listAge({ listAgeS }: HitView): string {
  const [then, now] = [age(listAgeS.atAlert), age(listAgeS.now)];
  return then === now ? `list ${now} old` : `list ${then} old at the alert, ${now} now`;
}

/** One hit with its checks and the actions possible. */
export function describe(hit: HitView): string {
  const { match, act } = hit;
  const { entry, list } = match;
  const vehicle = [entry.colour, entry.make, entry.model].filter((word) => word !== null);
  return [
    `${hit.title}: ${hit.named}, ${hit.plate === null ? 'not read' : `read with ${Math.round(hit.confidence * 100)} %`}, ${localTime(hit.raisedAt)}`,
    `Listed ${entry.plate} ${entry.state ?? 'of no state'} on ${asReported(list.name)} (${listAge(hit)})` +
      `${vehicle.length === 0 ? '' : `, ${vehicle.join(' ')}`}; match: ${match.tier}${hit.odds === null ? '' : ` (${hit.odds})`}${stackedText(match)}, state ${match.stateAgreement}`,
    `State: ${hit.state}${hit.withdrawn ? ', withdrawn' : ''}${hit.asked === null ? '' : ', confirmation in progress'}`,
    ...(hit.claim === null
      ? []
      : [
          `Taken by ${hit.claim.by}, ${localTime(hit.claim.at)}, until ${localTime(hit.claim.until)}`,
        ]),
    `Hit ${hit.id}, for short ${hit.shortId}`,
    ...(hit.repeatOf === null || hit.withdrawn
      ? []
      : [`Another sighting of hit ${hit.repeatOf}: what is recorded belongs to that.`]),
    '',
    table(
      ['check', 'answer', 'at', 'by'],
      [
        ...aspects.map((aspect) => {
          const check = hit.visual[aspect];
          const shows = check?.shows ? `${check.answer}, shows ${check.shows}` : check?.answer;
          const unasked = aspect === 'vehicle' ? hit.vehicleUnasked : null;
          return [
            aspect,
            shows ?? unasked ?? '–',
            check ? localTime(check.at) : '',
            check?.by ?? '',
          ];
        }),
        [
          'status',
          hit.status === null
            ? '–'
            : `${hit.status.result} by ${hit.status.channel}, ${hit.status.source}`,
          hit.status === null ? '' : localTime(hit.status.at),
          hit.status?.by ?? '',
        ],
        ...(hit.asked === null
          ? []
          : [['status', 'asked, no answer yet', localTime(hit.asked.at), hit.asked.by]]),
        ...(hit.occupant === null ? [] : [['occupant', hit.occupant.answer ?? '–', '', '']]),
      ],
    ),
    '',
    ...(hit.exigent === null
      ? []
      : [`Exigent, ${localTime(hit.exigent.at)} by ${hit.exigent.by}: ${hit.exigent.text}`]),
    ...hit.actions.map(
      ({ action, at, by, note }) =>
        `Recorded: ${action}, ${localTime(at)} by ${by}${note === null ? '' : `: ${note}`}`,
    ),
    ...(hit.disposition === null
      ? [act.allowed ? (hit.pursuitText ?? '') : `No action yet: ${act.missing.join('; ')}.`]
      : []),
    ...(hit.disposition !== null || hit.entryEnd === null
      ? []
      : [
          'The entry is on its list no more: close the alert as such with --outcome entry_removed.',
        ]),
    ...act.warnings.map((warning) => `Recorded with an action: ${warning}.`),
    ...hit.sightings.map(sightingText),
    ...hit.elsewhere.map(
      ({ unit, state, at }) => `Also alerted by ${unit}: ${state}, ${localTime(at)}`,
    ),
    ...(hit.disposition === null
      ? []
      : [
          `Closed ${localTime(hit.disposition.at)} by ${hit.disposition.by}: ${closing(hit.disposition)}`,
        ]),
    ...lookAgain(hit),
  ].join('\n');
}

function closing({ outcome, cadNumber, reportNumber, notes }: NonNullable<HitView['disposition']>) {
  return [
    outcome,
    ...(cadNumber === null ? [] : [`CAD ${cadNumber}`]),
    ...(reportNumber === null ? [] : [`report ${reportNumber}`]),
    ...(notes === null ? [] : [notes]),
  ].join(', ');
}

function sightingText({ at, by, headingDeg, latitude, longitude, place }: SightingView): string {
  const where = [
    headingDeg === null ? 'direction unknown' : `heading ${Math.round(headingDeg)}°`,
    ...(latitude === null || longitude === null
      ? []
      : [`${latitude.toFixed(5)}, ${longitude.toFixed(5)}`]),
    ...(place === null ? [] : [place]),
  ];
  return `Seen again ${localTime(at)}, ${where.join(', ')} (${by})`;
}

function lookAgain({ remarks }: HitView): string[] {
  return remarks.map((remark) => `Look again: ${remark}.`);
}

/** The result of closing an alert. */
export function describeDisposed(disposed: Disposed): string {
  const { view, also, reopened, muted, prompt } = disposed;
  const told =
    view.match.list.id === localListId
      ? 'Dispatch and the member who entered it are told'
      : 'Dispatch is told';
  return [
    `Closed: ${view.disposition?.outcome}. ${told}.`,
    ...(also.length === 0 ? [] : [`Closed with it: ${also.join(', ')}`]),
    ...(reopened.length === 0 ? [] : [`Open again: ${reopened.join(', ')}`]),
    ...(muted === null
      ? []
      : [
          `Silent until ${muted.until === null ? 'the entry changes' : localTime(muted.until)}: ` +
            (muted.scope === 'entry' ? 'whatever matches the entry' : 'this reading of the plate'),
        ]),
    ...(prompt === null ? [] : [prompt]),
    ...leavingText(disposed),
    ...lookAgain(view),
  ].join('\n');
}

/** When the hit leaves a unit that keeps nothing, and how to keep it. */
function leavingText({ view, leaves }: Disposed): string[] {
  if (leaves === undefined) return [];
  const { at, atMostDays } = leaves;
  const cap = atMostDays === null ? '' : `, and ${atMostDays} days at most`;
  return [
    at === null
      ? `As it may be evidence, it stays on this unit until a day after it was packed${cap}.`
      : `It leaves this unit at ${localTime(at)}, or later if headquarters does not have it by then; correct it until then.`,
    `  to pack it: lookout evidence make FOLDER --hits ${view.id} --purpose …`,
    `  to keep it longer: lookout hold set --detections ${view.detectionId} --why …`,
  ];
}

/** How many alerts were right, by group. */
export function precisionTable(found: { figures: PrecisionFigure[]; undisposed: number }): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  return [
    table(
      ['of', 'right', 'wrong', 'neither', 'misread', 'precision', '95 % interval', 'errors'],
      found.figures.map(({ precision, interval, errors, ...figure }) => [
        ...[figure.group, String(figure.right), String(figure.wrong)],
        ...[String(figure.undetermined), String(figure.misreads)],
        precision === null ? '–' : percent(precision),
        interval === null ? '–' : `${percent(interval.low)} to ${percent(interval.high)}`,
        Object.entries(errors)
          .map(([outcome, count]) => `${outcome} ${count}`)
          .join(', '),
      ]),
    ),
    `Not closed yet: ${found.undisposed}`,
  ].join('\n');
}

/** Alerts of other units, as reported by dispatch. */
export function elsewhereTable(alerts: readonly AlertStatus[]): string {
  if (alerts.length === 0) return 'Dispatch speaks of no other unit’s alert.';
  return table(
    ['unit', 'plate', 'possible', 'state', 'at', 'by', 'last seen', 'heading'],
    alerts.map(({ unit, alert, state, at, by }) => [
      ...[unit, alert?.plate ?? '–', alert?.category ?? '–', state, localTime(at), by],
      alert ? localTime(alert.seenAt) : '–',
      typeof alert?.headingDeg === 'number' ? `${Math.round(alert.headingDeg)}°` : '–',
    ]),
  );
}

/** Vehicles muted by dispositions. */
export function muteTable(mutes: readonly Mute[]): string {
  if (mutes.length === 0) return 'Nothing is silenced.';
  return table(
    ['mute', 'list', 'entry', 'plate', 'because', 'until', 'by'],
    mutes.map((mute) => [
      ...[mute.id, mute.list, mute.entry, mute.plate ?? 'any', mute.outcome],
      ...[mute.until === null ? 'the entry changes' : localTime(mute.until), mute.mutedBy],
    ]),
  );
}
