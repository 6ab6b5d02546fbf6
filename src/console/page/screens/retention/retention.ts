import { html, nothing } from 'lit-html';
import type { NearPurge } from '../../../../accountability/retention/near-purge.ts';
import type * as operations from '../../../../accountability/retention/operations.ts';
import { roleWords } from '../../account-words.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { table } from '../../parts/table.ts';
import type { Screen } from '../../screen.ts';
import { changed, may, tell } from '../../state.ts';
import { when } from '../../words.ts';
import { newWork } from '../../work.ts';
import { purgeForm } from './purge-form.ts';
import { sourcesTable } from './sources-table.ts';

type Status = operations.RetentionStatus;

/** What goes when, by which rule, and whether the times were thought over. */
export function retention(): Screen {
  let status: Status | null = null;
  let note = '';
  const work = newWork();
  const load = async () => {
    const answer = await work.run(() =>
      perform<typeof operations.showRetention>('retention.status', {}),
    );
    status = answer ?? status;
    changed();
  };
  void load();
  const purge = purgeForm({ onPurged: () => void load() });
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
  const form = () => html`<form class="filters" @submit=${review}>
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
    comeBack: () => void load(),
    view: () => html`<section class="screen wide">
      <h1>Retention</h1>
      ${work.line()}
      ${
        status === null
          ? html`<p>Loading…</p>`
          : html`${standing(status)}
              <h2>What is kept, and what goes next</h2>
              ${sourcesTable(status.sources)} ${picturesLine(status)}
              <h2>Cases that go soon</h2>
              ${nearTable(status.nearPurge)}
              ${may('retention.purge') ? html`${form()}${purge(status)}` : nothing}`
      }
    </section>`,
  };
}

/** "pictures of flock", for `sources.flock.images`. */
function endlessWords(row: string): string {
  const [, source, kind = row] = /^sources\.(.+)\.(\w+)$/.exec(row) ?? [];
  const words = kind === 'images' ? 'pictures' : kind;
  return source === undefined ? words : `${words} of ${source}`;
}

function picturesLine({ pictures: { files, bytes } }: Status) {
  const mebibytes = Math.round(bytes / 2 ** 20).toLocaleString('en-US');
  return html`<p class="quiet-words">
    ${files.toLocaleString('en-US')} pictures of all sources are here, ${mebibytes} MiB.
  </p>`;
}

function standing(status: Status) {
  const { edgeStore, endless, holds, lastRun, review, problem, mayPurge, custodian } = status;
  const due = review.dueAt;
  return html`${problem === null ? nothing : html`<p class="refusal">${problem}</p>`}
    <p>
      ${
        edgeStore === 'transient'
          ? 'Nothing stays here once headquarters has acknowledged it, but open hits, hits closed in the last 12 hours, and what may be evidence until a day after it was packed.'
          : 'Data stays here for its time.'
      }
    </p>
    ${
      endless.length === 0
        ? nothing
        : html`<p class="doubt">
            Nothing of ${endless.map(endlessWords).join(', ')} is deleted for its age: the policy leaves the longest time to the records
            retention schedule. Until it is set with the unit’s configuration, what has had its time goes by the
            custodian’s decision alone.
          </p>`
    }
    <dl class="fact-list">
      <dt>Custodian</dt>
      <dd>
        ${custodian === null ? 'Nobody is entered' : `${custodian.title}, ${custodian.name}`}
        ${may('officials.name') && may('statistics.read') ? html`<div class="row-keys">${key({ label: 'Enter who it is', kind: 'quiet', onPress: () => go('figures') })}</div>` : nothing}
      </dd>
      <dt>May purge</dt>
      <dd>${mayPurge.map(roleWords).join(', ')}</dd>
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
    ...(may('holds.read') || may('evidence.make')
      ? { onOpen: ({ caseNumber }: NearPurge) => go(`cases/${caseNumber}`) }
      : {}),
  });
}
