import { html, nothing, type TemplateResult } from 'lit-html';
import { go } from '../address.ts';
import { missingAlerts } from '../missing-alerts.ts';
import { choice } from '../parts/choice.ts';
import { key } from '../parts/key.ts';
import { table } from '../parts/table.ts';
import type { Screen } from '../screen.ts';
import { changed, may, page, plateOf, type Told } from '../state.ts';
import {
  ago,
  capital,
  classMarks,
  classNames,
  compass,
  coordinates,
  standingNames,
  unitStates,
} from '../words.ts';

type Shown = 'all' | 'urgent' | 'unanswered';

const choices: readonly { value: Shown; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'urgent', label: 'Urgent' },
  { value: 'unanswered', label: 'Nobody answered' },
];

const ranks = { urgent: 3, standard: 2, near: 1, informational: 0 } as const;

/**
 * At headquarters: the open alerts of every unit as they come and change, those first that are urgent and that nobody has
 * answered (B 466.9). It asks for nothing: what it shows is what the page is told.
 */
export function board(): Screen {
  let shown: Shown = 'all';
  return {
    view: () => {
      const alerts = [...page.alerts.values()]
        .filter((alert) => isWanted(alert, shown))
        .sort(first);
      return html`<section class="screen wide">
        <h1>Board</h1>
        ${unitLine()}
        ${choice<Shown>({
          legend: 'Show',
          values: choices,
          chosen: shown,
          onChoose(value) {
            shown = value;
            changed();
          },
        })}
        ${alertTable(alerts)}
        ${isWhole() ? nothing : html`<p class="doubt">${missingAlerts()}.</p>`}
        ${page.notShown === 0 ? nothing : html`<p class="doubt">${page.notShown} more are open and not shown. Close some.</p>`}
        ${
          may('alerts.respond')
            ? html`<div class="row-keys">
                ${key({ label: 'All open alerts', kind: 'quiet', onPress: () => go('open') })}
              </div>`
            : nothing
        }
      </section>`;
    },
  };
}

/** The page has been sent every alert that headquarters keeps ready. */
const isWhole = (): boolean => page.isTold && page.coming === 0;

const isAnswered = (alert: Told): boolean =>
  !alert.withheld && alert.standing !== null && alert.standing.state !== 'raised';

function isWanted(alert: Told, shown: Shown): boolean {
  if (shown === 'urgent') return alert.class === 'urgent';
  return shown === 'all' || !isAnswered(alert);
}

function first(a: Told, b: Told): number {
  return (
    Number(isAnswered(a)) - Number(isAnswered(b)) ||
    ranks[b.class] - ranks[a.class] ||
    b.inView.lastMs - a.inView.lastMs
  );
}

function alertTable(alerts: readonly Told[]): TemplateResult {
  return table<Told>({
    caption: 'Alerts of all units',
    rows: alerts,
    keyOf: ({ id }) => id,
    empty: isWhole() ? 'No alerts.' : '',
    onOpen: ({ id }) => go(`alert/${id}`),
    columns: [
      { title: 'Plate', cell: plateOf, kind: 'plate' },
      {
        title: 'Alert',
        cell: (
          alert,
        ) => html`<span class="mark" aria-label=${classNames[alert.class]}>${classMarks[alert.class]}</span>
          ${alert.title}${alert.event === 'withdrawn' ? ', matches no more' : ''}`,
      },
      {
        title: 'Vehicle',
        cell: (alert) => (alert.withheld ? 'Of a list that you may not see' : alert.vehicle),
      },
      { title: 'Unit', cell: ({ unit, head }) => html`${unit} <small>${head}</small>` },
      { title: 'Seen', cell: ({ inView }) => ago(inView.lastMs) },
      { title: 'Where', cell: placeOf },
      { title: 'State', cell: stateOf },
    ],
  });
}

function placeOf(alert: Told): string | null {
  if (alert.withheld) return null;
  const { latitude, longitude } = alert.fix;
  const { headingDeg } = alert.direction;
  const heading = headingDeg === null ? '' : `, heading ${compass(headingDeg)}`;
  return `${coordinates({ latitude, longitude })}${heading}`;
}

function stateOf(alert: Told): string {
  if (alert.withheld) return 'Open';
  const { standing, seen } = alert;
  const words =
    standing === null ? 'Raised' : capital(standingNames[standing.state] ?? standing.state);
  return seen === null ? `${words}, not seen yet` : `${words}, seen by ${seen.by}`;
}

/** Which units are on the air. */
function unitLine(): TemplateResult | typeof nothing {
  const units = page.status.units ?? [];
  if (units.length === 0) return nothing;
  return html`<p class="chips">
    ${units.map(
      ({ unit, state }) =>
        html`<span class="chip ${state === 'online' ? 'good' : 'doubt'}"><small>${unit}</small><b>${unitStates[state]}</b></span> `,
    )}
  </p>`;
}
