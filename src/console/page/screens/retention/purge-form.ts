import { html, nothing, type TemplateResult } from 'lit-html';
import type * as operations from '../../../../accountability/retention/operations.ts';
import type { RemovedByRule } from '../../../../accountability/retention/tally.ts';
import { type AnswerOf, perform } from '../../api.ts';
import { confirmDeed } from '../../parts/confirm.ts';
import { areaField, selectField, textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { table } from '../../parts/table.ts';
import { changed, isHeadquarters, tell } from '../../state.ts';
import { when } from '../../words.ts';
import { newWork } from '../../work.ts';

type Preview = AnswerOf<typeof operations.previewPurge>;
type Status = operations.RetentionStatus;

const everySource = '';

/** The custodian's order to purge, with what would go before it goes. */
export function purgeForm(options: { onPurged: () => void }): (status: Status) => TemplateResult {
  const typed = { olderThan: '', source: everySource, decision: '', decidedBy: '' };
  /** What would go by what is typed; null: it was not asked for, or something else was typed since. */
  let preview: Preview | null = null;
  const work = newWork();

  let sources: Status['sources'] = [];

  /** The chosen source, as an order names it. */
  const sourceOf = (chosen: string) => {
    const found = sources.find(({ name }) => name === chosen);
    if (found === undefined) return {};
    return { head: found.source, ...(found.mode === null ? {} : { mode: found.mode }) };
  };
  const order = () => {
    const { olderThan, source } = typed;
    if (olderThan.trim() === '') return {};
    return { olderThanDays: olderThan.trim(), ...sourceOf(source) };
  };
  const show = async (event: Event) => {
    event.preventDefault();
    const told = await work.run(() =>
      perform<typeof operations.previewPurge>('retention.preview', order()),
    );
    preview = told ?? null;
    changed();
  };
  const purge = async (event: Event) => {
    event.preventDefault();
    const isMeant = await confirmDeed({
      title: 'Purge now?',
      words: `${goingWords(preview)} Nothing brings it back.`,
      deed: 'Purge',
    });
    if (!isMeant) return;
    const { decision, decidedBy } = typed;
    const asked = order();
    const done = await work.run(() =>
      perform<typeof operations.purgeNow>('retention.run', {
        ...asked,
        ...('olderThanDays' in asked ? given({ decision, decidedBy }) : {}),
      }),
    );
    if (done === undefined) return changed();
    Object.assign(typed, { olderThan: '', source: everySource, decision: '' });
    preview = null;
    tell(done === null ? 'Nothing was there to go.' : 'Purged; see “Last purge”.', 'done');
    options.onPurged();
  };
  const take = (name: keyof typeof typed) => (value: string) => {
    typed[name] = value;
    // What was shown is not what would go now.
    if (name === 'olderThan' || name === 'source') preview = null;
    changed();
  };

  const decisionFields = () => html`
    <div class="whole">
      ${areaField({ name: 'purge-decision', label: 'Why it is no longer needed', value: typed.decision, longest: 1000, onInput: take('decision') })}
    </div>
    ${textField({
      ...{ name: 'purge-decided-by', label: 'Who decided it', value: typed.decidedBy },
      ...{ longest: 200, hint: 'The Custodian of Records, by title and name' },
      onInput: take('decidedBy'),
    })}`;
  const shown = ({ goes, kept, more }: Preview) => html`<form class="form" @submit=${purge}>
    <div class="whole">
      ${goingTable(goes, more)}
      <p>
        ${`Kept all the same: ${kept.held} reads under a hold, ${kept.waiting} that headquarters has not got, ${kept.needed} with a hit that may be needed.`}
      </p>
    </div>
    ${
      goes.length === 0
        ? nothing
        : html`${typed.olderThan.trim() === '' ? nothing : decisionFields()}
      <div class="row-keys whole">
        <button type="submit" class="key danger" ?disabled=${work.isBusy}>Purge it</button>
        ${key({ label: 'Leave it', kind: 'quiet', onPress: leave })}
      </div>`
    }
  </form>`;
  const leave = () => {
    preview = null;
    changed();
  };

  return (status) => {
    if (typed.decidedBy === '' && status.custodian !== null) {
      typed.decidedBy = `${status.custodian.title}, ${status.custodian.name}`;
    }
    sources = status.sources;
    const choices = [
      { value: everySource, label: 'Every source' },
      ...sources.map(({ name }) => ({ value: name, label: name })),
    ];
    return html`<section class="part" aria-labelledby="purge">
      <h2 id="purge">Purge by decision</h2>
      <p>
        What is past its longest time goes by itself. This purges what is due now, and by a decision also what is older
        than so many days${isHeadquarters() ? ', of all units' : ', once headquarters has it'}: never what is held, and never before its shortest time.
      </p>
      <form class="filters" @submit=${show}>
        ${textField({
          ...{ name: 'older-than', label: 'Older than so many days; empty: only what is due' },
          ...{ type: 'number', min: '0', value: typed.olderThan },
          onInput: take('olderThan'),
        })}
        ${selectField({ name: 'purge-source', label: 'Of', values: choices, chosen: typed.source, onChoose: take('source') })}
        <button type="submit" class="key" ?disabled=${work.isBusy}>Show what would go</button>
      </form>
      ${work.line()} ${preview === null ? nothing : shown(preview)}
    </section>`;
  };
}

/** What was typed; the unit says in words what lacks. */
const given = (words: Record<string, string>) =>
  Object.fromEntries(Object.entries(words).filter(([, text]) => text.trim() !== ''));

/** "120 reads with 4 hits and 360 pictures go." */
function goingWords(preview: Preview | null): string {
  const sum = (count: (each: RemovedByRule) => number) =>
    (preview?.goes ?? []).reduce((total, each) => total + count(each), 0).toLocaleString('en-US');
  const more = preview?.more === true ? 'at least ' : '';
  return `${more}${sum((each) => each.detections)} reads with ${sum((each) => each.hits)} hits and ${sum((each) => each.images)} pictures are deleted.`;
}

const goingTable = (goes: readonly RemovedByRule[], more: boolean) => html`${table<RemovedByRule>({
  caption: 'What would be deleted now',
  columns: [
    { title: 'Of', cell: ({ head }) => head },
    {
      title: 'Seen',
      cell: ({ from, to }) => `${when(Date.parse(from))} to ${when(Date.parse(to))}`,
    },
    { title: 'Reads', cell: ({ detections }) => detections, kind: 'number' },
    { title: 'Hits', cell: ({ hits }) => hits, kind: 'number' },
    { title: 'Pictures', cell: ({ images }) => images, kind: 'number' },
    {
      title: 'Headquarters never got',
      cell: ({ unacknowledged }) => unacknowledged,
      kind: 'number',
    },
    { title: 'By', cell: ({ rule }) => html`<span class="anywhere">${rule}</span>` },
  ],
  rows: goes,
  empty: 'Nothing would go now.',
  keyOf: ({ head, rule }) => `${head} ${rule}`,
})}
  ${more ? html`<p class="doubt">There is more than was counted here.</p>` : nothing}`;
