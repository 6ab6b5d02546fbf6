import { html, nothing, type TemplateResult } from 'lit-html';
import type * as operations from '../../../accountability/lost-unit/operations.ts';
import type { AskedOrder, UnitOrder } from '../../../accountability/lost-unit/unit-orders.ts';
import type { UnitRevocation } from '../../../accountability/lost-unit/unit-revocations.ts';
import { type AnswerOf, perform } from '../api.ts';
import { confirmDeed } from '../parts/confirm.ts';
import { areaField, selectField, textField } from '../parts/field.ts';
import { key } from '../parts/key.ts';
import { table } from '../parts/table.ts';
import { changed, may, page, tell } from '../state.ts';
import { counted, when } from '../words.ts';
import { newWork } from '../work.ts';

type Deed = UnitOrder['kind'] | 'revoke';

const deedNames: Record<Deed, string> = {
  lock: 'Lock it: nobody gets in',
  unlock: 'Unlock it: it was found again',
  wipe: 'Wipe it: everything on it is destroyed',
  revoke: 'Shut it out for good',
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
  revoke: {
    title: (unit) => `Revoke the certificates of ${unit}?`,
    words:
      'The broker takes it no more once it has been told: nothing that it sends arrives, and no order reaches it. What is on it stays there, and people go on logging in there: order a lock or a wipe first, and wait until it has obeyed. It cannot be taken back: to come back, the unit needs a new certificate, made here and carried to it.',
    deed: 'Revoke them',
  },
};

/** Deeds that nothing brings back, for which the id is typed again. */
const isFinal = (deed: Deed): boolean => deed === 'wipe' || deed === 'revoke';

/** At headquarters: a unit that is lost is locked or wiped, as soon as it has a link (BRE-1). */
export function unitOrders(): (units: readonly string[]) => TemplateResult {
  const typed = { unit: '', deed: 'lock' as Deed, reason: '', again: '' };
  let told: AnswerOf<typeof operations.listUnitOrders> | null = null;
  /** What the status said of revocations when `told` was asked for. */
  let standing = '';
  // A refusal stays in sight when something is looked up.
  const looking = newWork();
  const work = newWork();
  const load = async () => {
    const answer = await looking.run(() =>
      perform<typeof operations.listUnitOrders>('units.orders', {}),
    );
    told = answer ?? told;
    changed();
  };
  void load();

  const order = async (event: Event) => {
    event.preventDefault();
    const { unit, deed, reason, again } = typed;
    const { title, words, deed: key } = asked[deed];
    const waiting = deed === 'revoke' ? waitingOrder(told?.orders ?? [], unit) : '';
    const question = { title: title(unit), words: `${waiting}${words}`, deed: key };
    if (!(await confirmDeed(question))) return;
    const done = await work.run<string>(async () => {
      if (deed === 'revoke') {
        return revocationWords(
          await perform<typeof operations.revokeUnit>('units.revoke', { unit, again, reason }),
        );
      }
      await (deed === 'wipe'
        ? perform<typeof operations.orderWipe>('units.order-wipe', { unit, again, reason })
        : perform<typeof operations.orderLock>('units.order-lock', { unit, deed, reason }));
      return `${unit} obeys when it next has a link.`;
    });
    if (done === undefined) return changed();
    Object.assign(typed, { reason: '', again: '' });
    tell(done, 'done');
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
        [
          ...(['lock', 'unlock'] as const),
          ...(may('retention.purge') ? (['wipe'] as const) : []),
          'revoke',
        ] as const
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
      isFinal(typed.deed)
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

  return (units) => {
    reload();
    return view(units);
  };

  /** Who else orders one, or what carries it out, is told by the status. */
  function reload(): void {
    const now = JSON.stringify(page.status.units?.map(({ revocation }) => revocation ?? null));
    if (now === standing || looking.isBusy) return;
    const isFirst = standing === '';
    standing = now ?? '';
    if (!isFirst) void load();
  }

  function view(units: readonly string[]): TemplateResult {
    return html`<section class="part" aria-labelledby="unit-orders">
    <h2 id="unit-orders">A unit is lost</h2>
    ${looking.line()} ${work.line()}
    ${(told?.asked ?? []).map(
      (each) => html`<p class="doubt">
          ${each.by} asks to ${each.kind} ${each.unit}, ${when(Date.parse(each.at))}: ${each.reason}
        </p>
        <div class="row-keys">
          ${key({ label: `Take it into the form: ${each.kind} ${each.unit}`, onPress: () => take(each) })}
        </div>`,
    )}
    ${form(units)} ${told === null || told.orders.length === 0 ? nothing : orderTable(told.orders)}
    ${told === null || told.revocations.length === 0 ? nothing : revocationTable(told.revocations)}
  </section>`;
  }
}

/** That a unit has not obeyed what it was ordered to do, and never will once it is revoked; empty if it has. */
function waitingOrder(orders: readonly UnitOrder[], of: string): string {
  const order = orders.find(({ unit }) => unit === of);
  if (order === undefined || order.doneAt !== null || order.kind === 'unlock') return '';
  return `${of} has not obeyed the order to ${order.kind} it yet, and cannot any more once it is revoked. `;
}

/** How far a revocation is, in sentences. */
function revocationWords({ unit, certificates, doneAt, todo }: UnitRevocation): string {
  const rest = todo === null ? '' : ` ${todo}`;
  if (doneAt === null) return `Ordered, and not done yet.${rest}`;
  if (certificates === 0) return rest.trim();
  return `${counted(certificates ?? 0, 'certificate')} of ${unit} revoked ${when(Date.parse(doneAt))}.${rest}`;
}

const revocationTable = (revocations: readonly UnitRevocation[]) =>
  table<UnitRevocation>({
    caption: 'Units that are shut out',
    rows: revocations,
    keyOf: ({ id }) => id,
    empty: '',
    columns: [
      { title: 'Unit', cell: ({ unit }) => unit, kind: 'code' },
      { title: 'Ordered', cell: ({ at, by }) => `${when(Date.parse(at))}, ${by}` },
      { title: 'Why', cell: ({ reason }) => reason },
      {
        title: 'Standing',
        cell: (each) =>
          html`<span class=${each.todo === null ? 'good' : 'doubt'}>${revocationWords(each)}</span>`,
      },
    ],
  });

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
