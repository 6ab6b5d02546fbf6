import { html, nothing, type TemplateResult } from 'lit-html';
import type { CourtOrder } from '../../../accountability/suspension/court-order.ts';
import type * as operations from '../../../accountability/suspension/operations.ts';
import type { ShownZone } from '../../../accountability/suspension/operations.ts';
import { perform } from '../api.ts';
import { dayWords, lastDayWords } from '../days.ts';
import { confirmDeed } from '../parts/confirm.ts';
import { checkField, textField } from '../parts/field.ts';
import { key } from '../parts/key.ts';
import { table } from '../parts/table.ts';
import { lookFor, purposeLine } from '../purpose.ts';
import type { Screen } from '../screen.ts';
import { changed, may, tell } from '../state.ts';
import { capital, unitNowMs, when } from '../words.ts';
import { newWork } from '../work.ts';

/** Where and when the unit captures nothing, and the court orders under which it does so all the same (CAP-13). */
export function capture(): Screen {
  let zones: ShownZone[] | null = null;
  let orders: CourtOrder[] = [];
  let draft = { number: '', court: '', until: '' };
  const covered = new Set<string>();
  const work = newWork();
  const load = async () => {
    await work.run(async () => {
      zones = await perform<typeof operations.listSuspendedZones>('capture.zones', {});
      orders = await perform<typeof operations.listCourtOrders>('capture.orders', {});
    });
    changed();
  };
  void load();

  const enter = async (event: Event) => {
    event.preventDefault();
    const entered = await work.run(() =>
      lookFor<typeof operations.enterCourtOrder>('capture.order', {
        ...draft,
        zones: [...covered],
      }),
    );
    if (entered === undefined) return;
    draft = { number: '', court: '', until: '' };
    covered.clear();
    tell(`The unit captures there until ${when(Date.parse(entered.until))}.`, 'done');
    await load();
  };
  const end = async ({ id, number, until, zones: of }: CourtOrder) => {
    const isMeant = await confirmDeed({
      title: `End order ${number} now?`,
      words: `It would run until ${lastDayWords(Date.parse(until))}. From now on nothing is captured any more in: ${of.join('; ')}.`,
      deed: 'End it',
    });
    if (!isMeant) return;
    const ended = await work.run(() =>
      perform<typeof operations.endCourtOrder>('capture.end-order', { id }),
    );
    if (ended === undefined) return;
    tell('The order is over.', 'done');
    await load();
  };

  const field = (name: keyof typeof draft, label: string, type: 'text' | 'date' = 'text') =>
    textField({
      ...{ name, label, type, value: draft[name], isRequired: true, longest: 120 },
      onInput: (value) => {
        draft = { ...draft, [name]: value };
        changed();
      },
    });
  const form = (known: readonly ShownZone[]): TemplateResult => html`<h2>Enter a court order</h2>
    ${purposeLine()}
    <form class="form" @submit=${enter}>
      ${field('number', 'Number of the order or warrant')} ${field('court', 'Court')}
      ${field('until', 'Its last day', 'date')}
      <fieldset class="whole">
        <legend>Zones that it covers</legend>
        ${known.map(({ name }) =>
          checkField({
            ...{ name: `zone-${name}`, label: name, isOn: covered.has(name) },
            onChange: (isOn) => {
              if (isOn) covered.add(name);
              else covered.delete(name);
              changed();
            },
          }),
        )}
      </fieldset>
      <div class="step-keys whole">
        <button type="submit" class="key first" ?disabled=${work.isBusy || covered.size === 0}>
          ${draft.until === '' ? 'Enter it' : `Enter it: captured there until ${dayWords(draft.until)}`}
        </button>
      </div>
    </form>`;

  return {
    comeBack: () => void load(),
    view: () => html`<section class="screen wide">
      <h1>Suspended capture</h1>
      ${work.line()}
      ${
        zones === null
          ? html`<p>Loading…</p>`
          : html`<h2>Where nothing is captured</h2>
              ${zoneTable(zones)}
              <h2>Court orders</h2>
              ${orderTable(orders, (order) => void end(order))}
              ${may('capture.order') && zones.length > 0 ? form(zones) : nothing}`
      }
    </section>`,
  };
}

function zoneTable(zones: readonly ShownZone[]) {
  return table<ShownZone>({
    caption: 'Zones in which nothing is captured',
    columns: [
      { title: 'Zone', cell: ({ name }) => name },
      { title: 'Where', cell: ({ where }) => capital(where) },
      {
        title: 'When',
        cell: ({ hours }) =>
          hours === undefined
            ? 'Always'
            : `${hours.days.map(capital).join(', ')}, ${hours.from} to ${hours.to}`,
      },
    ],
    rows: zones,
    empty: 'The configuration names no zone: the unit captures wherever it is.',
    keyOf: ({ name }) => name,
  });
}

function orderTable(orders: readonly CourtOrder[], onEnd: (order: CourtOrder) => void) {
  const isInForce = ({ ended, until }: CourtOrder) =>
    ended === null && Date.parse(until) > unitNowMs();
  return table<CourtOrder>({
    caption: 'Court orders',
    columns: [
      { title: 'Order', cell: ({ number }) => number, kind: 'code' },
      { title: 'Court', cell: ({ court }) => court },
      { title: 'Zones', cell: ({ zones }) => zones.join('; ') },
      {
        title: 'Time',
        cell: ({ from, until }) => `${when(Date.parse(from))} to ${when(Date.parse(until))}`,
      },
      {
        title: 'Entered by',
        cell: ({ by, caseNumber, reason }) => [by, caseNumber, reason].filter(Boolean).join(', '),
      },
      {
        title: 'Now',
        cell: (order) => {
          if (order.ended !== null) {
            return `Ended ${when(Date.parse(order.ended.at))} by ${order.ended.by}`;
          }
          if (!isInForce(order)) return 'Over';
          if (!may('capture.order')) return 'In force';
          return html`In force
          ${key({ label: 'End it', kind: 'quiet', onPress: () => onEnd(order) })}`;
        },
      },
    ],
    rows: [...orders].reverse(),
    empty: 'No court order is on file.',
    keyOf: ({ id }) => id,
  });
}
