import { html, nothing, type TemplateResult } from 'lit-html';
import type { Notice, NoticeKind, Receipt } from '../../../../accountability/notices/notice.ts';
import type * as operations from '../../../../accountability/notices/operations.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { key } from '../../parts/key.ts';
import { changed, may } from '../../state.ts';
import { withoutCommands } from '../../without-commands.ts';
import { when } from '../../words.ts';
import { newWork } from '../../work.ts';

const kindNames: Record<NoticeKind, string> = {
  list: 'Hot list',
  hit: 'Alert',
  disposition: 'Alert closed',
  entry: 'Hot plate',
  release: 'Request of another agency',
  report: 'Report',
  retraining: 'Training',
  'case-near-end': 'Case',
  review: 'Review',
  clone: 'Possible clone',
  unit: 'Unit',
};

/** Notices with what they are about, and who else read them; `onRead` notes that one is read. */
export function noticeList(): (
  notices: readonly Notice[],
  onRead: (numbers: number[]) => void,
) => TemplateResult {
  let receipts: { number: number; all: Receipt[] } | null = null;
  const work = newWork();
  const showReceipts = async ({ number, about }: Notice) => {
    const [kind = '', id = ''] = about?.split(' ') ?? [];
    if (kind !== 'hit' && kind !== 'hotplate') return;
    const all = await work.run(() =>
      perform<typeof operations.listReceipts>('notices.receipts', { kind, id }),
    );
    if (all === undefined) return;
    receipts = { number, all };
    changed();
  };

  return (notices, onRead) => html`${work.line()}
    <ul class="notices">
      ${notices.map((notice) => {
        const { number, at, kind, text, about, readAt } = notice;
        const address = addressOf(about);
        const hasReceipts = may('alerts.watch') && /^(hit|hotplate) /.test(about ?? '');
        return html`<li class="notice ${readAt === null ? 'unread' : ''}">
          <p>${withoutCommands(text)}</p>
          <p class="quiet-words">
            ${kindNames[kind]} · ${when(Date.parse(at))} ·
            ${readAt === null ? html`<b class="doubt">Not read</b>` : `read ${when(Date.parse(readAt))}`}
          </p>
          <div class="row-keys">
            ${readAt === null ? key({ label: html`I have read it<span class="said"> (notice ${number})</span>`, onPress: () => onRead([number]) }) : nothing}
            ${address === null ? nothing : key({ label: html`Open<span class="said"> what notice ${number} is about</span>`, onPress: () => go(address) })}
            ${hasReceipts ? key({ label: html`Who read it<span class="said"> (notice ${number})</span>`, kind: 'quiet', onPress: () => void showReceipts(notice) }) : nothing}
          </div>
          ${receipts?.number === number ? receiptView(receipts.all) : nothing}
        </li>`;
      })}
    </ul>`;
}

function addressOf(about: string | null): string | null {
  const [kind, id = ''] = about?.split(' ') ?? [];
  if (kind === 'hit' && may('alerts.watch')) return `hit/${id}`;
  if (kind === 'hotplate' && may('hotlist.browse')) return `hot-plates/${id}`;
  if (kind === 'release' && may('releases.request')) return `releases/${id}`;
  if (kind === 'case' && (may('holds.read') || may('evidence.make'))) return `cases/${id}`;
  if (kind === 'clone' && may('detections.search')) return `clones/${id}`;
  if (kind === 'clones' && may('detections.search')) return 'clones';
  if (kind === 'unit') return 'units';
  if (kind === 'report') return `inbox/report/${id}`;
  return null;
}

const receiptView = (all: readonly Receipt[]): TemplateResult => html`<ul class="receipts">
  ${all.map(
    ({ to, read }) => html`<li>
      To ${to}:
      ${read.length === 0 ? 'not read yet' : read.map(({ by, at }) => `${by}, ${when(Date.parse(at))}`).join('; ')}
    </li>`,
  )}
</ul>`;
