import { html, nothing, type TemplateResult } from 'lit-html';
import { table } from '../parts/table.ts';
import type { Screen } from '../screen.ts';
import { may, page } from '../state.ts';
import { ago, coordinates, listStandings, unitStates, when } from '../words.ts';
import { unitOrders } from './unit-orders.ts';

type Unit = NonNullable<(typeof page.status)['units']>[number];

/**
 * At headquarters: every unit that was ever heard, and whether it is on the air and well; and for who may, orders to one that
 * is lost.
 */
export function units(): Screen {
  const orders = may('accounts.change') ? unitOrders() : null;
  return {
    view: () => {
      const all = page.status.units;
      return html`<section class="screen wide">
        <h1>Units</h1>
        ${all == null ? html`<p>Loading…</p>` : unitTable(all)}
        ${all == null ? nothing : listsTable(all)} ${(all ?? []).map(problemsOf)}
        ${orders?.((all ?? []).map(({ unit }) => unit)) ?? nothing}
      </section>`;
    },
  };
}

function unitTable(all: readonly Unit[]): TemplateResult {
  return table({
    caption: 'Units',
    rows: all,
    keyOf: ({ unit }) => unit,
    empty: 'No unit has been heard yet. "lookout headquarters enrol" makes the certificate of one.',
    columns: [
      { title: 'Unit', cell: ({ unit }) => unit, kind: 'code' },
      { title: 'State', cell: stateOf },
      { title: 'Since', cell: ({ since }) => (since ? ago(Date.parse(since)) : null) },
      {
        title: 'Last heard',
        cell: ({ lastHeard }) => (lastHeard ? ago(Date.parse(lastHeard)) : null),
      },
      {
        title: 'Kind',
        cell: ({ mode }) => (mode === 'fixed' ? 'Fixed' : mode === 'mobile' ? 'Car' : null),
      },
      {
        title: 'Place',
        cell: ({ latitude, longitude }) =>
          latitude == null || longitude == null ? null : coordinates({ latitude, longitude }),
      },
      { title: 'Release', cell: ({ version }) => version ?? null },
      { title: 'Problems', cell: ({ problems }) => problems?.length ?? null, kind: 'number' },
    ],
  });
}

/** Whether it is on the air, and who shut it out. */
function stateOf({ state, revocation }: Unit): TemplateResult | string {
  if (revocation == null) return unitStates[state];
  const { by, at, doneAt, heardSince } = revocation;
  const since = when(Date.parse(doneAt ?? at));
  const words =
    doneAt == null ? `To be shut out, ordered ${since} by ${by}` : `Shut out ${since} by ${by}`;
  const heard = heardSince
    ? ' Heard since: it has a new certificate, or the broker was not told.'
    : '';
  return html`${unitStates[state]}. <span class="doubt">${words}.${heard}</span>`;
}

/** Which version of each hot list of headquarters is on which unit; those that lag first. */
function listsTable(all: readonly Unit[]): TemplateResult | typeof nothing {
  const rows = all.flatMap(({ unit, versions }) =>
    (versions ?? []).map((each) => ({ ...each, unit })),
  );
  if (rows.length === 0) return nothing;
  const isAsMeant = (standing: (typeof rows)[number]['standing']) =>
    standing === 'current' || standing === 'withdrawn';
  const isBehind = ({ standing }: (typeof rows)[number]) => (isAsMeant(standing) ? 1 : 0);
  return html`<h2>Hot lists on the units</h2>
    ${table({
      caption: 'Hot lists on the units',
      rows: rows.toSorted((one, other) => isBehind(one) - isBehind(other)),
      keyOf: ({ unit, list }) => `${unit} ${list}`,
      empty: '',
      columns: [
        { title: 'Unit', cell: ({ unit }) => unit, kind: 'code' },
        { title: 'List', cell: ({ list }) => list, kind: 'code' },
        {
          title: 'Standing',
          cell: ({ standing }) =>
            html`<span class=${isAsMeant(standing) ? 'good' : 'doubt'}>${listStandings[standing]}</span>`,
        },
        { title: 'Version', cell: ({ version }) => version ?? null, kind: 'number' },
        { title: 'Newest', cell: ({ newest }) => newest ?? null, kind: 'number' },
        { title: 'Since', cell: ({ since }) => (since ? when(Date.parse(since)) : null) },
        {
          title: 'Entries',
          cell: ({ entries }) => entries?.toLocaleString('en-US') ?? null,
          kind: 'number',
        },
        { title: 'Problem', cell: ({ problem }) => problem ?? null },
      ],
    })}`;
}

function problemsOf({ unit, problems }: Unit): TemplateResult | typeof nothing {
  if (!problems || problems.length === 0) return nothing;
  return html`<h2>${unit}</h2>
    <ul class="plain-list">
      ${problems.map((problem) => html`<li>${problem}</li>`)}
    </ul>`;
}
