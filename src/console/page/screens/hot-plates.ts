import { html, nothing, type TemplateResult } from 'lit-html';
import type { ShownHotPlate } from '../../../accountability/hotplates/hot-plate.ts';
import type * as operations from '../../../accountability/hotplates/operations.ts';
import type { Reminder } from '../../../accountability/hotplates/reminders.ts';
import { go } from '../address.ts';
import { perform } from '../api.ts';
import {
  categoryNames,
  endWords,
  reminderNames,
  soughtWords,
  standingOf,
  vehicleWords,
} from '../hot-plate-words.ts';
import { key } from '../parts/key.ts';
import { lookedUp } from '../parts/looked-up.ts';
import { type Column, table } from '../parts/table.ts';
import { tabs } from '../parts/tabs.ts';
import { lookFor, purposeLine } from '../purpose.ts';
import type { Screen } from '../screen.ts';
import { changed, may } from '../state.ts';
import { capital, when } from '../words.ts';
import { newWork } from '../work.ts';

type Tab = 'standing' | 'waiting' | 'unapproved' | 'ending' | 'ended';
type Listed = 'standing' | 'unapproved' | 'ended';

/** Which entries a tab lists. */
const statesOf: Record<Listed, string> = {
  standing: 'active',
  unapproved: 'draft,awaiting',
  ended: 'expired,removed,refused',
};

/**
 * The hot plates of the agency: those that alert, those that this person may approve, all that are not approved yet, those to
 * look at, and ended ones.
 */
export function hotPlates(): Screen {
  let tab: Tab = may('hotplates.approve') ? 'waiting' : 'standing';
  let waiting: ShownHotPlate[] | null = null;
  let reminders: Reminder[] | null = null;
  const listed: Record<Listed, ShownHotPlate[] | null> = {
    standing: null,
    unapproved: null,
    ended: null,
  };
  const quiet = newWork();
  const asked = newWork();

  const list = (states: string) =>
    lookFor<typeof operations.listHotPlates>('hotplates.list', { states });
  const load = async (which: Listed) => {
    listed[which] = (await asked.run(() => list(statesOf[which]))) ?? null;
    changed();
  };
  const show = (next: Tab) => {
    tab = next;
    changed();
    if (isListed(next) && listed[next] === null) void load(next);
  };
  const begin = async () => {
    await quiet.run(async () => {
      if (may('hotplates.approve')) {
        waiting = await perform<typeof operations.listAwaiting>('hotplates.awaiting', {});
      }
      if (may('hotplates.enter')) {
        const input = { all: may('hotplates.delete-any') };
        reminders = await perform<typeof operations.listReminders>('hotplates.reminders', input);
      }
    });
    if (tab === 'standing' || waiting?.length === 0) show('standing');
  };
  void begin();

  const open = ({ id }: { id: string }) => go(`hot-plates/${id}`);
  const body = (): TemplateResult | typeof nothing => {
    if (tab === 'waiting') {
      const empty = 'Nothing waits for your approval.';
      return waiting === null ? html`<p>Loading…</p>` : waitingTable(waiting, empty, open);
    }
    if (tab === 'ending') {
      return reminders === null ? html`<p>Loading…</p>` : reminderTable(reminders, open);
    }
    const entries = listed[tab];
    const which = tab;
    if (entries !== null && which === 'unapproved')
      return waitingTable(entries, 'Every hot plate is approved.', open);
    if (entries !== null && which !== 'unapproved') return entryTable(entries, which, open);
    return lookedUp(null, asked, 'Plates are shown', () => void load(which));
  };

  return {
    view: () => html`<section class="screen wide">
      <div class="screen-head">
        <h1>Hot plates</h1>
        ${
          may('hotplates.enter')
            ? key({
                label: 'Enter a hot plate',
                kind: 'first',
                onPress: () => go('hot-plates/new'),
              })
            : nothing
        }
      </div>
      ${purposeLine()}
      ${tabs<Tab>({
        label: 'Which hot plates',
        values: [
          ...(may('hotplates.approve')
            ? [
                {
                  value: 'waiting' as const,
                  label: 'Waiting for me',
                  count: waiting?.length ?? null,
                },
              ]
            : []),
          { value: 'standing', label: 'Standing', count: listed.standing?.length ?? null },
          {
            value: 'unapproved',
            label: 'Not approved yet',
            count: listed.unapproved?.length ?? null,
          },
          ...(may('hotplates.enter')
            ? [{ value: 'ending' as const, label: 'To look at', count: reminders?.length ?? null }]
            : []),
          { value: 'ended', label: 'Ended', count: listed.ended?.length ?? null },
        ],
        chosen: tab,
        onChoose: show,
      })}
      ${quiet.line()}${isListed(tab) ? asked.line() : nothing} ${body()}
    </section>`,
  };
}

const isListed = (tab: Tab): tab is Listed => tab in statesOf;

const moodOf = (entry: ShownHotPlate): TemplateResult => {
  const { words, mood } = standingOf(entry);
  return html`<span class=${mood}>${words}</span>`;
};

const shared: Column<ShownHotPlate>[] = [
  { title: 'Plate', cell: soughtWords, kind: 'plate' },
  { title: 'State', cell: ({ content }) => content?.issuer ?? '–' },
  {
    title: 'Category',
    cell: ({ content }) => (content === null ? '–' : categoryNames[content.category]),
  },
  { title: 'Case', cell: ({ content }) => content?.caseNumber ?? '–', kind: 'code' },
];

function entryTable(
  rows: readonly ShownHotPlate[],
  which: 'standing' | 'ended',
  onOpen: (entry: ShownHotPlate) => void,
): TemplateResult {
  const last: Column<ShownHotPlate> =
    which === 'standing'
      ? { title: 'Ends', cell: ({ content }) => endWords(content?.expires) }
      : {
          title: 'Ended',
          cell: ({ ended }) => (ended === null ? '–' : when(Date.parse(ended.at))),
        };
  return table({
    caption: which === 'standing' ? 'Hot plates that stand' : 'Hot plates that ended',
    columns: [
      ...shared,
      { title: 'Entered by', cell: ({ enteredBy }) => enteredBy.name },
      last,
      { title: 'Standing', cell: moodOf },
    ],
    rows,
    empty: which === 'standing' ? 'No hot plate stands.' : 'No hot plate has ended yet.',
    keyOf: ({ id }) => id,
    onOpen,
  });
}

/** What an approver decides on: the entry, or the change or renewal that is asked for. */
function waitingTable(
  rows: readonly ShownHotPlate[],
  empty: string,
  onOpen: (entry: ShownHotPlate) => void,
): TemplateResult {
  const asIfApproved = (entry: ShownHotPlate) => ({
    ...entry,
    content: entry.pending?.content ?? entry.content,
  });
  return table({
    caption: 'Hot plates that await approval',
    columns: [
      ...shared.map(({ cell, ...rest }) => ({
        ...rest,
        cell: (entry: ShownHotPlate) => cell(asIfApproved(entry)),
      })),
      { title: 'Vehicle', cell: (entry) => vehicleWords(asIfApproved(entry).content?.vehicle) },
      {
        title: 'Asked',
        cell: ({ pending }) => (pending === null ? 'New entry' : capital(pending.kind)),
      },
      { title: 'By', cell: ({ pending, enteredBy }) => (pending?.by ?? enteredBy).name },
      { title: 'Standing', cell: moodOf },
    ],
    rows,
    empty,
    keyOf: ({ id }) => id,
    onOpen,
  });
}

function reminderTable(rows: readonly Reminder[], onOpen: (one: Reminder) => void): TemplateResult {
  return table<Reminder>({
    caption: 'Hot plates to look at',
    columns: [
      { title: 'Why', cell: ({ why }) => reminderNames[why] },
      {
        title: 'Category',
        cell: ({ category }) => categoryNames[category as keyof typeof categoryNames] ?? category,
      },
      { title: 'Case', cell: ({ caseNumber }) => caseNumber, kind: 'code' },
      { title: 'Entered by', cell: ({ enteredBy }) => enteredBy },
      { title: 'Days on the list', cell: ({ ageDays }) => ageDays, kind: 'number' },
      {
        title: 'Stops alerting',
        cell: ({ refreshBy }) => refreshBy && when(Date.parse(refreshBy)),
      },
      { title: 'Ends', cell: ({ expires }) => endWords(expires) },
    ],
    rows,
    empty:
      'Nothing to look at: no hot plate is old, ends unconfirmed, or ended without an outcome.',
    keyOf: ({ id }) => id,
    onOpen,
  });
}
