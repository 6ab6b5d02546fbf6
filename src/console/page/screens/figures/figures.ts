import { html, nothing, type TemplateResult } from 'lit-html';
import type { Tenure } from '../../../../accountability/officials/official.ts';
import type * as releaseOperations from '../../../../accountability/releases/operations.ts';
import type { MonthFigures, Statistics } from '../../../../accountability/releases/statistics.ts';
import type * as operations from '../../../../accountability/verification/operations.ts';
import type {
  PrecisionFigure,
  PrecisionGroup,
} from '../../../../accountability/verification/precision.ts';
import { type AnswerOf, perform } from '../../api.ts';
import { performForFile } from '../../file-answers.ts';
import { selectField, textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { printKey } from '../../parts/printed.ts';
import { saveFile } from '../../parts/save-file.ts';
import { type Column, table } from '../../parts/table.ts';
import type { Screen } from '../../screen.ts';
import { changed, page, tell } from '../../state.ts';
import { capital, codeWords, whenOnPaper } from '../../words.ts';
import { newWork } from '../../work.ts';
import { officialsPart } from './officials.ts';

type Precision = AnswerOf<typeof operations.measurePrecision>;

const groupNames: Record<PrecisionGroup, string> = {
  all: 'All alerts together',
  list: 'Each hot list',
  tier: 'Each kind of match',
  head: 'Each camera head',
};

const monthsBack = ['3', '6', '12', '24', '60'] as const;

/** How many alerts were right, and what was read month by month; no plates. */
export function figures(): Screen {
  let by: PrecisionGroup = 'all';
  let since = '';
  let until = '';
  let months: (typeof monthsBack)[number] = '12';
  let precision: Precision | null = null;
  let statistics: Statistics | null = null;
  const measuring = newWork();
  const counting = newWork();

  const measure = async () => {
    precision =
      (await measuring.run(() =>
        perform<typeof operations.measurePrecision>('hits.precision', {
          by,
          ...(since === '' ? {} : { since }),
          ...(until === '' ? {} : { until }),
        }),
      )) ?? precision;
    changed();
  };
  const count = async () => {
    const answer = await counting.run(() =>
      perform<typeof releaseOperations.makeStatistics>('statistics.make', {
        months: Number(months),
        as: 'json',
      }),
    );
    // As JSON the unit gives the figures themselves, and never a file.
    if (answer !== undefined && 'months' in answer) statistics = answer;
    changed();
  };
  /** The same figures as a file: to publish, or for a table. */
  const save = async (as: 'csv' | 'markdown') => {
    const file = await counting.run(() =>
      performForFile<typeof releaseOperations.makeStatistics>('statistics.make', {
        ...{ months: Number(months), as },
      }),
    );
    if (file === undefined) return;
    saveFile(file);
    tell(`${file.name} is saved.`, 'noted');
  };
  void measure();
  void count();
  const officials = officialsPart({ onNamed: () => void count() });

  const day = (name: 'since' | 'until', label: string) =>
    textField({
      ...{ name, label, type: 'date', value: name === 'since' ? since : until },
      onInput: (value) => {
        if (name === 'since') since = value;
        else until = value;
      },
    });
  const precisionPart = (): TemplateResult => {
    const submit = (event: Event) => {
      event.preventDefault();
      void measure();
    };
    return html`<section class="part" aria-labelledby="precision">
      <h2 id="precision">How many alerts were right</h2>
      <form class="filters" @submit=${submit}>
        ${selectField<PrecisionGroup>({
          name: 'by',
          label: 'For',
          values: (Object.keys(groupNames) as PrecisionGroup[]).map((value) => ({
            value,
            label: groupNames[value],
          })),
          chosen: by,
          onChoose: (value) => {
            by = value;
            changed();
          },
        })}
        ${day('since', 'From, or 90 days back')} ${day('until', 'To, or now')}
        <button type="submit" class="key" ?disabled=${measuring.isBusy}>Show</button>
      </form>
      ${measuring.line()}
      ${
        precision === null
          ? nothing
          : html`${table<PrecisionFigure>({
              caption: 'How many alerts were right',
              columns: precisionColumns,
              rows: precision.figures,
              empty: 'No alert was closed in this time.',
              keyOf: ({ group }) => group,
            })}
              <p class="quiet-words">
                ${precision.undisposed === 0 ? 'Every alert is closed.' : `${precision.undisposed === 1 ? 'One alert is' : `${number(precision.undisposed)} alerts are`} not closed yet, and not counted here.`}
                The range holds the true share with 95 %.
              </p>`
      }
    </section>`;
  };
  const monthsPart = (): TemplateResult => html`<section class="part" aria-labelledby="months">
    <h2 id="months">Month by month</h2>
    <div class="filters">
      ${selectField<(typeof monthsBack)[number]>({
        name: 'months',
        label: 'Back',
        values: monthsBack.map((value) => ({ value, label: `${value} months` })),
        chosen: months,
        onChoose: (value) => {
          months = value;
          void count();
        },
      })}
    </div>
    <div class="row-keys">
      ${printKey({ name: 'alpr-figures' })}
      ${key({ label: 'Save for the website', onPress: () => void save('markdown') })}
      ${key({ label: 'Save as CSV', onPress: () => void save('csv') })}
    </div>
    ${counting.line()} ${statistics === null ? nothing : statisticsView(statistics)}
  </section>`;

  return {
    view: () => html`<section class="screen wide">
      <h1>Figures</h1>
      ${precisionPart()} ${monthsPart()} ${officials.view()}
    </section>`,
  };
}

const number = (value: number): string => value.toLocaleString('en-US');
const percent = (share: number): string => `${(share * 100).toFixed(1)}\u00a0%`;

function rightWords({ precision, interval }: Pick<PrecisionFigure, 'precision' | 'interval'>) {
  if (precision === null) return null;
  if (interval === null) return percent(precision);
  return `${percent(precision)} (${percent(interval.low)} to ${percent(interval.high)})`;
}

const precisionColumns: Column<PrecisionFigure>[] = [
  { title: 'For', cell: ({ group }) => (group === 'all' ? 'All alerts' : group) },
  { title: 'Share that was right', cell: rightWords, kind: 'number' },
  { title: 'Right', cell: ({ right }) => number(right), kind: 'number' },
  { title: 'Wrong', cell: ({ wrong }) => number(wrong), kind: 'number' },
  { title: 'Not said', cell: ({ undetermined }) => number(undetermined), kind: 'number' },
  { title: 'Read with an error', cell: ({ misreads }) => number(misreads), kind: 'number' },
  {
    title: 'Why wrong',
    cell: ({ errors }) =>
      Object.entries(errors)
        .map(([outcome, times]) => `${capital(codeWords(outcome))}: ${times}`)
        .join('; ') || null,
  },
];

/** With days only where there was more than one. */
function overseerWords({ title, name, from, to }: Tenure, count: number): string {
  if (count === 1) return `${title}, ${name}`;
  const days = [...(from === null ? [] : [`from ${from}`]), ...(to === null ? [] : [`to ${to}`])];
  return `${title}, ${name}, ${days.join(' ')}`;
}

function statisticsView({ overseers, retentionDays, months, madeAt }: Statistics): TemplateResult {
  const days = (most: number | null) =>
    most === null ? 'by the records schedule' : `${most} days`;
  return html`<article class="sheet printed">
    <h2 class="only-printed">Licence-plate readers of ${page.session?.at.agency ?? 'this agency'}: figures for the public</h2>
    <dl class="fact-list">
      <dt>Overseen by</dt>
      <dd>${overseers.map((tenure) => html`<div>${overseerWords(tenure, overseers.length)}</div>`)}</dd>
      <dt>Kept</dt>
      <dd>
        Reads ${days(retentionDays.reads)}, hits ${days(retentionDays.hits)}, pictures
        ${days(retentionDays.images)}
      </dd>
      <dt>Made</dt>
      <dd>${whenOnPaper(Date.parse(madeAt))}</dd>
    </dl>
    ${table<MonthFigures>({
      caption: 'Figures of each month',
      columns: [
        { title: 'Month', cell: ({ month }) => month },
        { title: 'Plates read', cell: ({ reads }) => number(reads), kind: 'number' },
        { title: 'Not readable', cell: ({ unread }) => number(unread), kind: 'number' },
        { title: 'Hits', cell: ({ hits }) => number(hits), kind: 'number' },
        {
          title: 'Share of alerts that was right',
          cell: ({ accuracy }) => rightWords(accuracy),
          kind: 'number',
        },
      ],
      rows: [...months].reverse(),
      empty: 'Nothing was read yet.',
      keyOf: ({ month }) => month,
    })}
  </article>`;
}
