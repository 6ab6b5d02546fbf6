import { html, nothing, type TemplateResult } from 'lit-html';
import type { NoticeList } from '../../../../accountability/notices/notice.ts';
import type * as noticeOperations from '../../../../accountability/notices/operations.ts';
import type { ReportView } from '../../../../accountability/verification/report.ts';
import type * as operations from '../../../../accountability/verification/report-operations.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { countInbox, decisionsWaiting, reportsWaiting } from '../../inbox-count.ts';
import { checkField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { table } from '../../parts/table.ts';
import { tabs } from '../../parts/tabs.ts';
import { reportKinds, reportStateNames } from '../../report-words.ts';
import type { Screen } from '../../screen.ts';
import { changed, may } from '../../state.ts';
import { when } from '../../words.ts';
import { newWork } from '../../work.ts';
import { noticeList } from './notice-list.ts';

type Tab = 'notices' | 'reports' | 'mine';

/** What a person must know: their notices, the reports that they look after, and their own reports. */
export function inbox(): Screen {
  let tab: Tab = 'notices';
  let told: NoticeList | null = null;
  let withRead = false;
  let withClosed = false;
  let reports: ReportView[] | null = null;
  let mine: ReportView[] | null = null;
  const work = newWork();
  const drawNotices = noticeList();

  /** Asks for what is shown alone: each look at reports is in the audit log. */
  const load = async () => {
    const shown = tab;
    await work.run(async () => {
      if (shown === 'notices') {
        const asked = { all: withRead };
        told = await perform<typeof noticeOperations.listNotices>('notices.list', asked);
      } else if (shown === 'reports') {
        const state = withClosed ? 'all' : 'open';
        reports = await perform<typeof operations.listReports>('reports.list', { state });
      } else {
        mine = await perform<typeof operations.listOwnReports>('reports.mine', {});
      }
    });
    changed();
    void countInbox();
    // Another tab was chosen meanwhile.
    if (tab !== shown) await load();
  };
  void load();
  const read = async (numbers: number[]) => {
    const done = await work.run(() =>
      perform<typeof noticeOperations.readNotices>('notices.read', { numbers }),
    );
    if (done !== undefined) await load();
  };

  const notices = (): TemplateResult => {
    if (told === null) return html`<p>${work.refusal === '' ? 'Loading…' : ''}</p>`;
    const unread = told.notices.filter(({ readAt }) => readAt === null);
    const { dropped } = told;
    return html`<div class="row-keys">
        ${
          unread.length > 1
            ? key({
                label: `I have read all ${unread.length}`,
                onPress: () => void read(unread.map(({ number }) => number)),
              })
            : nothing
        }
        ${checkField({
          name: 'with-read',
          label: 'Also those that I have read',
          isOn: withRead,
          onChange: (isOn) => {
            withRead = isOn;
            void load();
          },
        })}
      </div>
      ${told.notices.length === 0 ? html`<p class="empty">Nothing new for you.</p>` : drawNotices(told.notices, (numbers) => void read(numbers))}
      ${dropped > 0 ? html`<p class="doubt">${dropped} older ones were dropped, because there were too many.</p>` : nothing}`;
  };

  const body = (): TemplateResult => {
    if (tab === 'notices') return notices();
    if (tab === 'mine') return reportTable(mine, 'Your reports', 'You have reported nothing.');
    const empty = withClosed ? 'Nobody has reported anything.' : 'No report is open.';
    return html`${checkField({
      name: 'with-closed',
      label: 'Also closed reports',
      isOn: withClosed,
      onChange: (isOn) => {
        withClosed = isOn;
        void load();
      },
    })}
    ${reportTable(reports, 'Reports to look after', empty)}`;
  };

  return {
    view: () => html`<section class="screen wide">
      <div class="screen-head">
        <h1>Inbox</h1>
        ${
          may('errors.report')
            ? key({ label: 'Report an error or a violation', onPress: () => go('inbox/new') })
            : nothing
        }
      </div>
      ${decisions()} ${work.line()}
      ${tabs<Tab>({
        label: 'What is in the inbox',
        values: [
          { value: 'notices', label: 'Notices', count: told?.unread ?? null },
          ...(may('reports.read')
            ? [
                {
                  value: 'reports' as const,
                  label: 'Reports to look after',
                  count:
                    reports?.filter(({ state }) => state !== 'closed').length ?? reportsWaiting(),
                },
              ]
            : []),
          ...(may('errors.report')
            ? [{ value: 'mine' as const, label: 'My reports', count: mine?.length ?? null }]
            : []),
        ],
        chosen: tab,
        onChoose: (next) => {
          tab = next;
          void load();
        },
      })}
      ${body()}
    </section>`,
  };
}

/** What others asked for and wait for, each with the screen on which it is decided. */
function decisions(): TemplateResult | typeof nothing {
  const { hotPlates, accounts, releases } = decisionsWaiting();
  const waiting = [
    { count: hotPlates, one: 'hot plate', many: 'hot plates', path: 'hot-plates' },
    { count: accounts, one: 'account', many: 'accounts', path: 'people' },
    {
      count: releases,
      one: 'request of another agency',
      many: 'requests of other agencies',
      path: 'releases',
    },
  ].filter(({ count }) => count > 0);
  if (waiting.length === 0) return nothing;
  return html`<section class="part" aria-label="Waits for your decision">
    <h2>Waits for your decision</h2>
    <div class="row-keys">
      ${waiting.map(({ count, one, many, path }) =>
        key({
          label: `${count} ${count === 1 ? one : many}`,
          onPress: () => go(path),
          kind: 'first',
        }),
      )}
    </div>
  </section>`;
}

function reportTable(
  rows: readonly ReportView[] | null,
  caption: string,
  empty: string,
): TemplateResult {
  if (rows === null) return html`<p>Loading…</p>`;
  return table<ReportView>({
    caption,
    columns: [
      { title: 'About', cell: ({ subject }) => subject },
      { title: 'Number', cell: ({ number }) => number, kind: 'number' },
      { title: 'Kind', cell: ({ kind }) => reportKinds[kind] },
      {
        title: 'State',
        cell: ({ state }) =>
          html`<span class=${reportStateNames[state].mood}>${reportStateNames[state].words}</span>`,
      },
      { title: 'From', cell: ({ by }) => by },
      { title: 'Sent', cell: ({ at }) => when(Date.parse(at)), kind: 'code' },
    ],
    rows,
    empty,
    keyOf: ({ number }) => String(number),
    onOpen: ({ number }) => go(`inbox/report/${number}`),
  });
}
