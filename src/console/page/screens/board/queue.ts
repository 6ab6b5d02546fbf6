import { html, nothing, type TemplateResult } from 'lit-html';
import { go } from '../../address.ts';
import { actOn } from '../../guard.ts';
import { table } from '../../parts/table.ts';
import { plateOf, type Told } from '../../state.ts';
import {
  ago,
  capital,
  classMarks,
  classNames,
  compass,
  coordinates,
  standingNames,
  timeOfDay,
} from '../../words.ts';

const ranks = { urgent: 3, standard: 2, near: 1, informational: 0 } as const;

/** Dispatch or an officer has begun to answer it. */
export const isAnswered = (alert: Told): boolean =>
  !alert.withheld && alert.standing !== null && alert.standing.state !== 'raised';

const isTaken = (alert: Told): boolean => !alert.withheld && alert.standing?.claim != null;

/**
 * Open alerts below each other, with a key in each (`keyIn`): those first that nobody has answered, then those that nobody has taken, the urgent ones
 * before the others, the newest first.
 *
 * `isWhole`: headquarters has no others. `isNarrowed`: there are others that these filters leave out.
 */
export function queue(
  alerts: readonly Told[],
  {
    isWhole,
    isNarrowed,
    keyIn,
  }: {
    isWhole: boolean;
    isNarrowed: boolean;
    keyIn: (alert: Told) => TemplateResult | typeof nothing;
  },
): TemplateResult {
  const rows = alerts.toSorted(first);
  // A key must not take another alert because the lines have just moved.
  actOn(`board ${rows.map(({ id }) => id)}`);
  return table<Told>({
    caption: 'Alerts of all units',
    rows,
    keyOf: ({ id }) => id,
    empty: isNarrowed ? 'No alert of this kind.' : isWhole ? 'No alerts.' : '',
    onOpen: ({ id }) => go(`alert/${id}`),
    columns: [
      { title: 'Plate', cell: plateOf, kind: 'plate' },
      {
        title: 'Alert',
        cell: (
          alert,
        ) => html`<span class="mark" aria-label=${classNames[alert.class]}>${classMarks[alert.class]}</span>
          ${alert.title}${alert.event === 'withdrawn' ? ', matches no more' : ''}
          <small>${alert.withheld ? 'Of a list that you may not see' : alert.vehicle}</small>
          ${alert.withheld || !alert.isNear ? nothing : html`<small>${alert.compared.words}</small>`}`,
      },
      {
        title: 'Unit',
        cell: (alert) =>
          html`${alert.unit} <small>${alert.head}</small> <small>${placeOf(alert)}</small>`,
      },
      { title: 'Seen', cell: ({ inView }) => ago(inView.lastMs) },
      {
        title: 'State',
        cell: (alert) => html`${stateOf(alert)}
          <div class="row-keys">${keyIn(alert)}</div>`,
      },
    ],
  });
}

function first(a: Told, b: Told): number {
  return (
    Number(isAnswered(a)) - Number(isAnswered(b)) ||
    ranks[b.class] - ranks[a.class] ||
    Number(isTaken(a)) - Number(isTaken(b)) ||
    b.inView.lastMs - a.inView.lastMs
  );
}

function placeOf(alert: Told): string {
  if (alert.withheld) return '';
  const { latitude, longitude } = alert.fix;
  const { headingDeg } = alert.direction;
  const heading = headingDeg === null ? '' : `, heading ${compass(headingDeg)}`;
  return `${coordinates({ latitude, longitude })}${heading}`;
}

/** How far it is, what was answered, who has it, and the last direction that a person told. */
function stateOf(alert: Told): string {
  if (alert.withheld) return 'Open';
  const { standing, seen } = alert;
  if (standing === null)
    return seen === null ? 'Raised, not seen yet' : `Raised, seen by ${seen.by}`;
  const { state, claim, asked, status } = standing;
  const parts = [
    capital(standingNames[state] ?? state),
    ...(status === null && asked !== null
      ? [`asked by ${asked.by} at ${timeOfDay(Date.parse(asked.at))}`]
      : []),
    ...(status === null ? [] : [`by ${status.by}`]),
    claim === null
      ? seen === null
        ? 'not seen yet'
        : `seen by ${seen.by}`
      : `taken by ${claim.by} until ${timeOfDay(Date.parse(claim.until))}`,
  ];
  return parts.join(', ');
}
