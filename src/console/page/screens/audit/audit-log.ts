import { html, nothing } from 'lit-html';
import type { AuditRecord } from '../../../../accountability/audit/audit-record.ts';
import type * as operations from '../../../../accountability/oversight/operations.ts';
import { type InputOf, perform, performForFile } from '../../api.ts';
import { inquiryWords, lookWords } from '../../look-words.ts';
import { selectField, textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { saveFile } from '../../parts/save-file.ts';
import { table } from '../../parts/table.ts';
import { changed } from '../../state.ts';
import { when } from '../../words.ts';
import { newWork } from '../../work.ts';
import type { AuditPart } from './audit-part.ts';

type Filter = Pick<
  InputOf<typeof operations.listAudit>,
  'username' | 'plate' | 'operation' | 'outcome' | 'from' | 'to'
>;

const outcomes = [
  { value: '', label: 'Any' },
  { value: 'done', label: 'Done' },
  { value: 'started', label: 'Started' },
  { value: 'refused', label: 'Refused' },
  { value: 'failed', label: 'Failed' },
] as const;
const atATime = 100;

/** The records of the log, narrowed down by person, plate, operation, outcome and time. */
export function auditLog(): AuditPart {
  const asked = { username: '', plate: '', operation: '', outcome: '', from: '', to: '' };
  let shown: Filter = {};
  let records: AuditRecord[] | null = null;
  let next: number | null = null;
  const work = newWork();

  const filter = (): Filter =>
    Object.fromEntries(
      Object.entries(asked)
        .map(([name, value]) => [name, value.trim()])
        .filter(([, value]) => value !== ''),
    );
  const load = async (before?: number) => {
    if (before === undefined) shown = filter();
    const input = { ...shown, limit: atATime, ...(before === undefined ? {} : { before }) };
    const page = await work.run(() => perform<typeof operations.listAudit>('audit.list', input));
    if (page === undefined) return;
    records = [...(before === undefined ? [] : (records ?? [])), ...page.records];
    next = page.next;
    changed();
  };
  const only = (field: 'username' | 'plate', value: string) => {
    Object.assign(asked, { username: '', plate: '', operation: '', outcome: '', from: '', to: '' });
    asked[field] = value;
    void load();
  };
  const save = async (as: 'csv' | 'xlsx') => {
    const input = { ...filter(), as };
    const file = await work.run(() =>
      performForFile<typeof operations.exportAudit>('audit.export', input),
    );
    if (file !== undefined) saveFile(file);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    void load();
  };

  const input = (
    name: keyof typeof asked,
    label: string,
    more: { type?: 'date'; kind?: 'plate' } = {},
  ) =>
    textField({
      ...{ name: `log-${name}`, label, value: asked[name], longest: 100, ...more },
      onInput: (value) => {
        asked[name] = value;
      },
    });

  return {
    show: () => void load(),
    view: () => html`<form class="filters" @submit=${submit}>
        ${input('username', 'User name')} ${input('plate', 'Plate', { kind: 'plate' })}
       
        ${input('operation', 'Operation')}
        ${selectField({
          name: 'log-outcome',
          label: 'Outcome',
          values: outcomes,
          chosen: asked.outcome as (typeof outcomes)[number]['value'],
          onChoose: (value) => {
            asked.outcome = value;
          },
        })}
        ${input('from', 'From day', { type: 'date' })} ${input('to', 'To day', { type: 'date' })}
        <button type="submit" class="key first" ?disabled=${work.isBusy}>Show</button>
        ${key({ label: 'Save as CSV', onPress: () => void save('csv'), kind: 'quiet' })}
        ${key({ label: 'Save as Excel', onPress: () => void save('xlsx'), kind: 'quiet' })}
      </form>
      <p class="quiet-words">
        A plate finds what was asked with that plate, as it was typed. Pictures and hits are opened by their number and
        stand with the purpose under which they were opened. An operation is named as in the table: detections.search.
      </p>
      ${work.line()} ${records === null ? nothing : recordTable(records, only)}
      ${
        next === null
          ? nothing
          : html`<div class="row-keys">
              ${key({ label: `${atATime} more`, onPress: () => void load(next ?? undefined) })}
            </div>`
      }`,
  };
}

function recordTable(
  rows: readonly AuditRecord[],
  only: (field: 'username' | 'plate', value: string) => void,
) {
  return table<AuditRecord>({
    caption: 'Records of the audit log, newest first',
    columns: [
      { title: 'Record', cell: ({ seq }) => seq },
      { title: 'When', kind: 'code', cell: ({ at }) => when(Date.parse(at)) },
      { title: 'Who', cell: ({ who }) => who.name || who.username || '–' },
      { title: 'What', cell: whatWords },
      { title: 'Why', cell: ({ inquiry }) => inquiryWords(inquiry) },
      {
        title: 'About',
        cell: (record) =>
          html`<span class="anywhere">${lookWords(record)} ${record.note ?? nothing}</span>`,
      },
      {
        title: 'All looks',
        cell: ({ who, query }) => {
          const plate = query?.['plate'];
          return html`<div class="row-keys">${
            who.username === ''
              ? nothing
              : key({
                  label: `By ${who.username}`,
                  kind: 'quiet',
                  onPress: () => only('username', who.username),
                })
          }
          ${
            typeof plate === 'string' && plate !== ''
              ? key({
                  label: `At ${plate}`,
                  kind: 'quiet',
                  onPress: () => only('plate', plate),
                })
              : nothing
          }</div>`;
        },
      },
    ],
    rows,
    empty: 'No record fits.',
    keyOf: ({ seq }) => String(seq),
  });
}

function whatWords({ operation, outcome, results }: AuditRecord) {
  const found = results === null ? '' : `, ${results.toLocaleString('en-US')} results`;
  return `${operation}: ${outcome}${found}`;
}
