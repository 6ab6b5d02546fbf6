import { html, nothing, type TemplateResult } from 'lit-html';
import type * as operations from '../../../accountability/lists/operations.ts';
import type { ListStatus } from '../../../hotlist/hit-match.ts';
import { type AnswerOf, perform } from '../api.ts';
import { confirmDeed } from '../parts/confirm.ts';
import { entryTable } from '../parts/entry-table.ts';
import { checkField, textField } from '../parts/field.ts';
import { fileField, type PickedFile, sizeWords } from '../parts/file-field.ts';
import { key } from '../parts/key.ts';
import { saveFile } from '../parts/save-file.ts';
import { showResult } from '../parts/show-result.ts';
import { table } from '../parts/table.ts';
import { changed, isHeadquarters, tell } from '../state.ts';
import { when } from '../words.ts';
import { newWork } from '../work.ts';

type Result = AnswerOf<typeof operations.checkHotListFile>;

/** A browser holds so much of a file at once. */
const mostBytes = 64 * 1024 * 1024;
/** Characters of base64 in one request, a multiple of four; larger files go in parts. */
const partLength = 3_000_000;
/** A large list takes a small computer minutes, ms. */
const patienceMs = 600_000;

const count = (rows: number): string => rows.toLocaleString('en-US');

/** A new file for a list: what an import would do is shown first, and the import itself is pressed after that. */
export function listImport(
  list: string,
  onDone: () => void,
): { view(told: ListStatus): TemplateResult } {
  let file: PickedFile | null = null;
  let asOf = '';
  let isForced = false;
  /** The file was read, and does not say when its source made it. */
  let isTimeMissing = false;
  let checked: Result | null = null;
  /** How much of the file was sent, 0 to 1; null while none is. */
  let sentShare: number | null = null;
  const work = newWork(async () => {
    checked = null;
    onDone();
  });

  /** The file as an operation takes it: whole, or sent in parts before it. */
  const inputOf = async ({ base64 }: PickedFile) => {
    const rest = { list, force: isForced, ...(asOf === '' ? {} : { asOf }) };
    if (base64.length <= partLength) return { ...rest, content: base64 };
    let upload: string | undefined;
    for (let from = 0; from < base64.length; from += partLength) {
      sentShare = from / base64.length;
      changed();
      const content = base64.slice(from, from + partLength);
      const part = { list, content, ...(upload === undefined ? {} : { upload }) };
      ({ upload } = await perform<typeof operations.sendHotListPart>(
        'hotlist.send',
        part,
        undefined,
        patienceMs,
      ));
    }
    sentShare = null;
    return { ...rest, upload };
  };
  const check = async () => {
    const picked = file;
    if (picked === null) return;
    checked = null;
    const result = await work.run(async () => {
      const input = { ...(await inputOf(picked)), rejects: true };
      return perform<typeof operations.checkHotListFile>(
        'hotlist.check',
        input,
        undefined,
        patienceMs,
      );
    });
    sentShare = null;
    // Another file may have been picked meanwhile.
    checked = picked === file ? (result ?? null) : null;
    // Nothing is wrong yet with a file that was only picked: the time is asked for beside its field.
    isTimeMissing = asOf === '' && asksForTime.test(work.refusal);
    work.refusal = isTimeMissing ? '' : withoutOptions(work.refusal);
    changed();
    if (checked !== null) showResult();
  };
  const take = async ({ name, importedAt }: ListStatus, { entries, previousEntries }: Result) => {
    const picked = file;
    if (picked === null) return;
    const before = previousEntries ?? 0;
    const isMeant = await confirmDeed({
      title: before === 0 ? `Import ${name}?` : `Replace ${name}?`,
      words: `${picked.name} has ${count(entries)} entries, which alert from now on${before === 0 ? '' : ` in place of the ${count(before)} before`}${isHeadquarters() ? ', here and on every unit' : ''}.`,
      deed: 'Import',
      kind: 'first',
    });
    if (!isMeant) return;
    const done = await work.run(async () =>
      perform<typeof operations.importHotList>(
        'hotlist.import',
        { ...(await inputOf(picked)), replaces: importedAt },
        undefined,
        patienceMs,
      ),
    );
    sentShare = null;
    if (done === undefined) return;
    file = null;
    checked = null;
    isForced = false;
    asOf = '';
    const onWay = isHeadquarters() ? ' They go to all units.' : '';
    tell(`${name} holds ${count(done.entries)} entries.${onWay}`, 'done');
    onDone();
  };
  const busyWords = (): string => {
    if (!work.isBusy) return 'Check the file';
    return sentShare === null
      ? 'Reading the file…'
      : `Sending the file: ${Math.round(sentShare * 100)} %`;
  };
  /** What was checked is no longer what would be imported. */
  const anew = () => {
    checked = null;
    isTimeMissing = false;
    changed();
  };

  const view = (told: ListStatus): TemplateResult => {
    const picked = file;
    const submit = (event: Event) => {
      event.preventDefault();
      void check();
    };
    return html`<section class="part">
      <h2>A new file for it</h2>
      <form class="form" @submit=${submit}>
        ${fileField({
          name: 'file',
          label: 'File of the list',
          hint:
            picked === null
              ? `At most ${sizeWords(mostBytes)}`
              : `${picked.name}, ${sizeWords(picked.bytes)}`,
          mostBytes,
          onPick: (next) => {
            file = next;
            isForced = false;
            work.refusal = '';
            // At once: a file that says its time itself needs no more.
            void check();
          },
          onFault: (words) => {
            file = null;
            work.refusal = words;
            anew();
          },
        })}
        <div>
          ${textField({
            name: 'asOf',
            label: 'When its source made it',
            type: 'datetime-local',
            value: asOf,
            onInput: (value) => {
              asOf = value;
              anew();
            },
            hint: 'By the clock here. Leave it empty where the file says it itself.',
          })}
          ${isTimeMissing ? html`<p class="doubt" role="status">This file does not say it: the age of the list is counted from that time.</p>` : nothing}
          ${
            picked === null
              ? nothing
              : html`<div class="row-keys">
                  ${key({
                    label: `Time of the file: ${when(picked.changedMs)}`,
                    kind: 'quiet',
                    onPress: () => {
                      asOf = when(picked.changedMs).replace(' ', 'T');
                      void check();
                    },
                  })}
                </div>`
          }
        </div>
        <div class="whole">${work.line()}</div>
        <div class="whole step-keys">
          <button type="submit" class="key ${checked === null ? 'first' : ''}" ?disabled=${picked === null || work.isBusy}>
            ${busyWords()}
          </button>
        </div>
      </form>
      ${checked === null ? nothing : resultView(told, checked)}
    </section>`;
  };

  const resultView = (told: ListStatus, result: Result): TemplateResult => {
    const { refusal, rejectsCsv } = result;
    const mayBeForced = refusal !== null && /--force/.test(refusal);
    return html`<section class="dry-run" id="result" aria-label="What an import would do">
      <h2>An import would do this</h2>
      ${countsView(result)} ${rowsView(result)}
      ${rejectsCsv === null || result.rejected === 0 ? nothing : saveKey(told.id, rejectsCsv)}
      ${result.warnings.map((text) => html`<p class="doubt">${text}</p>`)}
      ${refusal === null ? nothing : html`<p class="refusal" role="alert">Not to be imported: ${withoutOptions(refusal)}</p>`}
      ${
        mayBeForced || isForced
          ? checkField({
              name: 'isForced',
              label: 'I know this, and it is right: import it all the same.',
              isOn: isForced,
              onChange: (isOn) => {
                isForced = isOn;
                void check();
              },
            })
          : nothing
      }
      ${
        refusal === null
          ? html`<div class="step-keys">
              ${key({ label: `Import ${count(result.entries)} entries`, kind: 'first', onPress: () => void take(told, result) })}
            </div>`
          : nothing
      }
      <h2>Its first entries</h2>
      ${entryTable(result.samples, 'It has no usable entry.')}
    </section>`;
  };

  return { view };
}

const asksForTime = /say when its source made it, with --as-of/;

/** The unit's sentence, which names the options of the command line, for who has keys in their place. */
const withoutOptions = (refusal: string): string =>
  refusal
    .replace(' Use --rejects to see them all.', '')
    .replace('import it with --force', 'say so below')
    .replace(
      /say when its source made it, with --as-of .* file-time;/,
      'say above when its source made it;',
    );

function countsView(result: Result): TemplateResult {
  const { entries, previousEntries, wildcards, records, rejected, expired, duplicates } = result;
  const denied = Object.values(result.denied).reduce((sum, rows) => sum + rows, 0);
  const facts: [name: string, value: string][] = [
    [
      'Entries',
      `${count(entries)} (${previousEntries === null ? 'the first import' : `${count(previousEntries)} before`}), ${count(wildcards)} of them with ? or *`,
    ],
    ['Made', when(Date.parse(result.asOf))],
    ['Rows', count(records)],
    ['Refused', count(rejected)],
    ['Already ended', count(expired)],
    ['Repeated', count(duplicates)],
    ['Without a plate', count(result.withoutPlate)],
    ['Of kinds that the policy takes none of', count(denied)],
    ['Text left out or kept for its names', count(result.textLeftOut + result.textKept)],
  ];
  return html`<dl class="fact-list">
    ${facts.map(([name, value]) =>
      value === '0' && name !== 'Refused' ? nothing : html`<dt>${name}</dt><dd>${value}</dd>`,
    )}
  </dl>`;
}

interface Done {
  rows: number;
  firstRow: number;
  cell: string;
  seen: string;
  done: string;
}

/** Refused and repaired rows: how many, the first of them, the cell, what was seen in it, and what was done. */
function rowsView({ rejects, repairs, marks }: Result): TemplateResult {
  const whole = 'The row';
  const rows: Done[] = [
    ...rejects.map(({ column, reason, rows: number, firstRow }) => ({
      ...{ rows: number, firstRow, cell: column ?? whole, seen: reason, done: 'Refused' },
    })),
    ...repairs.map(({ column, seen, done, rows: number, firstRow }) => ({
      ...{ rows: number, firstRow, cell: column ?? whole, seen, done },
    })),
    ...marks.map(({ row, kind, count: stated }) => ({
      ...{ rows: 1, firstRow: row, cell: whole, done: 'Not a vehicle' },
      seen: `is a ${kind === 'leading' ? 'header' : 'trailer'}${stated === null ? '' : ` that says ${stated} rows`}`,
    })),
  ];
  return table<Done>({
    caption: 'Rows that are refused or repaired',
    columns: [
      { title: 'First row', cell: ({ firstRow }) => firstRow, kind: 'number' },
      { title: 'Rows', cell: ({ rows: number }) => count(number), kind: 'number' },
      { title: 'Cell', cell: ({ cell }) => cell },
      { title: 'Seen', cell: ({ seen }) => seen },
      {
        title: 'Done',
        cell: ({ done }) => (done === 'Refused' ? html`<span class="bad">${done}</span>` : done),
      },
    ],
    rows,
    empty: 'Every row can be used as it is.',
    keyOf: ({ firstRow, cell, seen }) => `${firstRow} ${cell} ${seen}`,
  });
}

/** Saves the refused rows on the person's computer, for who made the file. */
function saveKey(list: string, csv: string): TemplateResult {
  const save = () => {
    saveFile({ name: `${list}-refused-rows.csv`, content: new Blob([csv], { type: 'text/csv' }) });
  };
  return html`<div class="row-keys">${key({ label: 'Save the refused rows', kind: 'quiet', onPress: save })}</div>`;
}
