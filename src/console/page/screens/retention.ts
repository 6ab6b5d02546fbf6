import { html, nothing, type TemplateResult } from 'lit-html';
import type { NearPurge } from '../../../accountability/retention/near-purge.ts';
import type * as operations from '../../../accountability/retention/operations.ts';
import { perform } from '../api.ts';
import { confirmDeed } from '../parts/confirm.ts';
import { textField } from '../parts/field.ts';
import { table } from '../parts/table.ts';
import type { Screen } from '../screen.ts';
import { changed, may, tell } from '../state.ts';
import { when } from '../words.ts';
import { newWork } from '../work.ts';

type Status = operations.RetentionStatus;
type Span = Status['spans'][number];

const kindNames: Record<string, string> = { reads: 'Reads', hits: 'Hits', images: 'Pictures' };

/** What goes when, by which rule, and whether the times were thought over. */
export function retention(): Screen {
  let status: Status | null = null;
  let note = '';
  let olderThanDays = '';
  const work = newWork();
  const load = async () => {
    const answer = await work.run(() =>
      perform<typeof operations.showRetention>('retention.status', {}),
    );
    status = answer ?? status;
    changed();
  };
  void load();
  const review = async (event: Event) => {
    event.preventDefault();
    const done = await work.run(() =>
      perform<typeof operations.noteRetentionReview>('retention.reviewed', { note }),
    );
    if (done === undefined) return;
    note = '';
    tell('The review is on record.', 'done');
    await load();
  };
  const purge = async (event: Event) => {
    event.preventDefault();
    const age = olderThanDays.trim();
    const isMeant = await confirmDeed({
      title: 'Purge now?',
      words:
        age === ''
          ? 'What is due by its time is deleted now, not only at the next run. Nothing brings it back.'
          : `Beside what is due, everything that headquarters has acknowledged and that is older than ${age} days is deleted, but what is held. Nothing brings it back.`,
      deed: 'Purge',
    });
    if (!isMeant) return;
    const done = await work.run(() =>
      perform<typeof operations.purgeNow>(
        'retention.run',
        age === '' ? {} : { olderThanDays: Number(age) },
      ),
    );
    if (done === undefined) return;
    olderThanDays = '';
    tell(done === null ? 'Nothing is due.' : 'Purged; see “Last purge”.', 'done');
    await load();
  };
  const purgeForm = (): TemplateResult => html`<h2>Purge before its time</h2>
    <form class="filters" @submit=${purge}>
      ${textField({
        name: 'older-than',
        label: 'Also what is older than so many days',
        type: 'number',
        min: '1',
        value: olderThanDays,
        onInput: (value) => {
          olderThanDays = value;
        },
      })}
      <button type="submit" class="key danger" ?disabled=${work.isBusy}>Purge now</button>
    </form>`;
  const form = (): TemplateResult => html`<form class="filters" @submit=${review}>
    ${textField({
      name: 'review-note',
      label: 'What the review came to',
      value: note,
      longest: 1000,
      onInput: (value) => {
        note = value;
      },
    })}
    <button type="submit" class="key" ?disabled=${work.isBusy}>Reviewed</button>
  </form>`;
  return {
    view: () => html`<section class="screen wide">
      <h1>Retention</h1>
      ${work.line()}
      ${
        status === null
          ? html`<p>Loading…</p>`
          : html`${standing(status)}
              <h2>Times in force</h2>
              ${spanTable(status.spans)}
              <h2>Cases that go soon</h2>
              ${nearTable(status.nearPurge)} ${may('retention.purge') ? html`${form()}${purgeForm()}` : nothing}`
      }
    </section>`,
  };
}

function standing({ edgeStore, endless, holds, lastRun, review, problem }: Status) {
  const due = review.dueAt;
  return html`${problem === null ? nothing : html`<p class="refusal">${problem}</p>`}
    <p>
      ${
        edgeStore === 'transient'
          ? 'Nothing stays on this unit once headquarters has acknowledged it, but open hits, hits closed in the last 12 hours, and what may be evidence until a day after it was packed.'
          : 'Data stays on this unit for its time.'
      }
    </p>
    ${
      endless.length === 0
        ? nothing
        : html`<p class="doubt">
            Nothing of ${endless.join(', ')} is deleted for its age: the policy leaves the longest time to the records
            retention schedule.
          </p>`
    }
    <dl class="fact-list">
      <dt>Holds in force</dt>
      <dd>${holds}</dd>
      <dt>Last purge</dt>
      <dd>
        ${
          lastRun === null
            ? 'Nothing was purged yet'
            : html`${when(Date.parse(lastRun.startedAt))}:
              ${lastRun.removed
                .map(
                  ({ detections, hits, images, head, rule }) =>
                    `${detections} reads, ${hits} hits, ${images} pictures of ${head}, by ${rule}`,
                )
                .join('; ')}`
        }
      </dd>
      <dt>Times reviewed</dt>
      <dd>
        ${when(Date.parse(review.since))}${
          due === null
            ? '; the policy sets no next date'
            : review.isDue
              ? html`; <b class="bad">the next was due ${when(Date.parse(due))}</b>`
              : `; the next is due ${when(Date.parse(due))}`
        }
      </dd>
    </dl>`;
}

const days = (count: number | null) => (count === null ? 'No end is set' : `${count} days`);

function spanTable(rows: readonly Span[]) {
  return table<Span>({
    caption: 'How long data is kept',
    columns: [
      { title: 'Of', cell: ({ head }) => head },
      { title: 'What', cell: ({ kind }) => kindNames[kind] ?? kind },
      { title: 'At least', cell: ({ minDays }) => days(minDays) },
      { title: 'At most', cell: ({ maxDays }) => days(maxDays) },
      { title: 'Rule', cell: ({ from }) => html`<span class="anywhere">${from}</span>` },
    ],
    rows,
    empty: 'There are no records.',
    keyOf: ({ head, kind }) => `${head} ${kind}`,
  });
}

function nearTable(rows: readonly NearPurge[]) {
  return table<NearPurge>({
    caption: 'Cases whose reads are deleted soon',
    columns: [
      { title: 'Case', cell: ({ caseNumber }) => caseNumber, kind: 'code' },
      { title: 'Reads', cell: ({ detections }) => detections, kind: 'number' },
      { title: 'Held', cell: ({ held }) => held, kind: 'number' },
      {
        title: 'The first goes',
        cell: ({ firstPurgeAt }) =>
          firstPurgeAt === null ? 'All are held' : when(Date.parse(firstPurgeAt)),
      },
    ],
    rows,
    empty: 'Nothing of a case is deleted soon.',
    keyOf: ({ caseNumber }) => caseNumber,
  });
}
