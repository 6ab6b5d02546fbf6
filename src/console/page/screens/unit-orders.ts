import { html, nothing, type TemplateResult } from 'lit-html';
import type * as operations from '../../../accountability/lost-unit/operations.ts';
import type { AskedOrder, UnitOrder } from '../../../accountability/lost-unit/unit-orders.ts';
import { perform } from '../api.ts';
import { confirmDeed } from '../parts/confirm.ts';
import { areaField, selectField, textField } from '../parts/field.ts';
import { key } from '../parts/key.ts';
import { table } from '../parts/table.ts';
import { changed, may, tell } from '../state.ts';
import { when } from '../words.ts';
import { newWork } from '../work.ts';

type Deed = UnitOrder['kind'];

const deedNames: Record<Deed, string> = {
  lock: 'Lock it: nobody gets in',
  unlock: 'Unlock it: it was found again',
  wipe: 'Wipe it: everything on it is destroyed',
};

const asked: Record<Deed, { title: (unit: string) => string; words: string; deed: string }> = {
  lock: {
    title: (unit) => `Lock ${unit}?`,
    words:
      'Every screen of it is locked, and nobody gets in until it is unlocked here. It goes on reading.',
    deed: 'Lock it',
  },
  unlock: {
    title: (unit) => `Unlock ${unit}?`,
    words: 'People can log in there again.',
    deed: 'Unlock it',
  },
  wipe: {
    title: (unit) => `Destroy everything on ${unit}?`,
    words:
      'Reads, alerts, pictures, lists, accounts, keys and the audit log are destroyed, also what headquarters has not yet got. Nothing brings them back.',
    deed: 'Destroy it all',
  },
};

/** At headquarters: a unit that is lost is locked or wiped, as soon as it has a link (BRE-1). */
export function unitOrders(): (units: readonly string[]) => TemplateResult {
  const typed = { unit: '', deed: 'lock' as Deed, reason: '', again: '' };
  let told: { orders: UnitOrder[]; asked: AskedOrder[] } | null = null;
  const work = newWork();
  const load = async () => {
    const answer = await work.run(() =>
      perform<typeof operations.listUnitOrders>('units.orders', {}),
    );
    told = answer ?? told;
    changed();
  };
  void load();

  const order = async (event: Event) => {
    event.preventDefault();
    const { unit, deed, reason, again } = typed;
    const { title, ...words } = asked[deed];
    if (!(await confirmDeed({ title: title(unit), ...words }))) return;
    const done = await work.run(() =>
      deed === 'wipe'
        ? perform<typeof operations.orderWipe>('units.order-wipe', { unit, again, reason })
        : perform<typeof operations.orderLock>('units.order-lock', { unit, deed, reason }),
    );
    if (done === undefined) return changed();
    Object.assign(typed, { reason: '', again: '' });
    tell(`${unit} obeys when it next has a link.`, 'done');
    await load();
  };
  /** Takes what somebody wishes into the form, where it is still to be ordered. */
  const take = ({ unit, kind, reason }: AskedOrder) => {
    const deed = kind === 'wipe' && !may('retention.purge') ? 'lock' : kind;
    Object.assign(typed, { unit, deed, reason });
    changed();
  };

  const form = (units: readonly string[]) => html`<form class="form" @submit=${order}>
    ${selectField({
      ...{ name: 'ordered-unit', label: 'Unit', chosen: typed.unit },
      values: [
        { value: '', label: 'Choose' },
        ...[...new Set([...units, typed.unit])]
          .filter(Boolean)
          .map((each) => ({ value: each, label: each })),
      ],
      onChoose(unit) {
        typed.unit = unit;
        changed();
      },
    })}
    ${selectField<Deed>({
      ...{ name: 'ordered-deed', label: 'What it must do', chosen: typed.deed },
      values: (
        ['lock', 'unlock', ...(may('retention.purge') ? (['wipe'] as const) : [])] as const
      ).map((deed) => ({ value: deed, label: deedNames[deed] })),
      onChoose(deed) {
        typed.deed = deed;
        changed();
      },
    })}
    <div class="whole">
      ${areaField({
        ...{ name: 'ordered-reason', label: 'Why', value: typed.reason, longest: 500 },
        onInput(text) {
          typed.reason = text;
        },
      })}
    </div>
    ${
      typed.deed === 'wipe'
        ? textField({
            ...{
              name: 'ordered-again',
              label: 'Its id, typed again',
              value: typed.again,
              longest: 63,
            },
            onInput(text) {
              typed.again = text;
            },
          })
        : nothing
    }
    <div class="row-keys whole">
      <button type="submit" class="key danger" ?disabled=${work.isBusy || typed.unit === ''}>Order it</button>
      ${key({ label: 'Show again', kind: 'quiet', onPress: () => void load() })}
    </div>
  </form>`;

  return (units) => html`<section class="part" aria-labelledby="unit-orders">
    <h2 id="unit-orders">A unit is lost</h2>
    ${work.line()}
    ${(told?.asked ?? []).map(
      (each) => html`<p class="doubt">
          ${each.by} asks to ${each.kind} ${each.unit}, ${when(Date.parse(each.at))}: ${each.reason}
        </p>
        <div class="row-keys">
          ${key({ label: `Take it into the form: ${each.kind} ${each.unit}`, onPress: () => take(each) })}
        </div>`,
    )}
    ${form(units)} ${told === null || told.orders.length === 0 ? nothing : orderTable(told.orders)}
  </section>`;
}

const orderTable = (orders: readonly UnitOrder[]) =>
  table<UnitOrder>({
    caption: 'What units were ordered to do',
    rows: orders,
    keyOf: ({ id }) => id,
    empty: '',
    columns: [
      { title: 'Unit', cell: ({ unit }) => unit, kind: 'code' },
      { title: 'Order', cell: ({ kind }) => deedNames[kind].replace(/ it:.*/, '') },
      { title: 'Ordered', cell: ({ at, by }) => `${when(Date.parse(at))}, ${by}` },
      { title: 'Why', cell: ({ reason }) => reason },
      {
        title: 'Standing',
        cell: ({ doneAt }) =>
          doneAt === null ? 'Waits for the unit' : `Done ${when(Date.parse(doneAt))}`,
      },
    ],
  });
