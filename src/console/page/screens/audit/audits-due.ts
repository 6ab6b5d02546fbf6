import { html } from 'lit-html';
import type * as operations from '../../../../accountability/oversight/operations.ts';
import type { ReviewDue } from '../../../../accountability/oversight/review-reminders.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { key } from '../../parts/key.ts';
import { table } from '../../parts/table.ts';
import { changed } from '../../state.ts';
import { when } from '../../words.ts';
import { newWork } from '../../work.ts';
import type { AuditPart } from './audit-part.ts';

const names: Record<ReviewDue['what'], string> = {
  audit: 'Audit of detection browsing',
  report: 'Report of use',
};

/** When the next audit and report must be done. */
export function auditsDue(): AuditPart {
  let due: ReviewDue[] | null = null;
  const work = newWork();
  return {
    async show() {
      const answer = await work.run(() =>
        perform<typeof operations.listReviewsDue>('audit.due', {}),
      );
      due = answer ?? due;
      changed();
    },
    view: () => html`${work.line()}
      ${
        due === null
          ? html`<p>Loading…</p>`
          : table<ReviewDue>({
              caption: 'Reviews that the policy asks for',
              columns: [
                { title: 'What', cell: ({ what }) => names[what] },
                { title: 'How often', cell: ({ every }) => every },
                {
                  title: 'Last done',
                  cell: ({ lastAt }) => (lastAt === null ? 'Never' : when(Date.parse(lastAt))),
                },
                { title: 'Due before', cell: ({ dueAt }) => when(Date.parse(dueAt)) },
                {
                  title: 'Standing',
                  cell: ({ overdue, reminder }) => {
                    if (overdue) return html`<b class="bad">Overdue</b>`;
                    return reminder === null ? 'Not due yet' : html`<b class="doubt">Due soon</b>`;
                  },
                },
              ],
              rows: due,
              empty: 'The policy asks for no review.',
              keyOf: ({ what }) => what,
            })
      }
      <div class="row-keys">
        ${key({ label: 'Draw a sample', onPress: () => go('audit/samples') })}
        ${key({ label: 'Report of use', onPress: () => go('audit/use') })}
      </div>`,
  };
}
