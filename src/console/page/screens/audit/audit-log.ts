import { html, nothing, type TemplateResult } from 'lit-html';
import type { DeedKind } from '../../../../accountability/audit/deed-kinds.ts';
import type * as operations from '../../../../accountability/oversight/operations.ts';
import type { AuditOverview } from '../../../../accountability/oversight/operations.ts';
import type { ToldRecord } from '../../../../accountability/oversight/told-record.ts';
import { type InputOf, perform } from '../../api.ts';
import { performForFile } from '../../file-answers.ts';
import { onThisUnit } from '../../here-words.ts';
import { deedKindNames, deedOutcomeNames, inquiryWords, outcomeWords } from '../../look-words.ts';
import { selectField, textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { saveFile } from '../../parts/save-file.ts';
import { table } from '../../parts/table.ts';
import { changed } from '../../state.ts';
import { capital, when } from '../../words.ts';
import { newWork } from '../../work.ts';
import type { AuditPart } from './audit-part.ts';
import { type FromRecord, plateIn, recordName, recordView } from './record-view.ts';

type Filter = Pick<
  InputOf<typeof operations.listAudit>,
  'username' | 'plate' | 'kind' | 'operation' | 'inquiry' | 'outcome' | 'unit' | 'from' | 'to'
>;
type Outcome = ToldRecord['outcome'] | '';

const kindNames = Object.keys(deedKindNames) as DeedKind[];
const outcomeNames = Object.keys(deedOutcomeNames) as ToldRecord['outcome'][];
const atATime = 100;

/** Looks at data at first: the inbox and the work of the unit itself would hide them. */
const nothingAsked = {
  username: '',
  plate: '',
  kind: 'looks' as DeedKind | '',
  operation: '',
  inquiry: '',
  outcome: '' as Outcome,
  unit: '',
  from: '',
  to: '',
};

/** What was asked of the log last: it stays while a record or another screen is looked at. */
const asked = { ...nothingAsked };

/** The records of the log, narrowed down by person, plate, kind of deed, outcome and day. */
export function auditLog(): AuditPart {
  let shown: Filter = {};
  let records: ToldRecord[] | null = null;
  let overview: AuditOverview | null = null;
  let next: string | null = null;
  let opened: ToldRecord | null = null;
  const work = newWork();

  const filter = (): Filter =>
    Object.fromEntries(
      Object.entries(asked)
        .map(([name, value]) => [name, value.trim()])
        .filter(([, value]) => value !== ''),
    );
  const load = async (before?: string) => {
    const wanted = before === undefined ? filter() : shown;
    const input = { ...wanted, limit: atATime, ...(before === undefined ? {} : { before }) };
    const page = await work.run(() => perform<typeof operations.listAudit>('audit.list', input));
    if (page === undefined) return;
    // The words above the rows are always of what is shown.
    shown = wanted;
    if (before === undefined) opened = null;
    records = [...(before === undefined ? [] : (records ?? [])), ...page.records];
    overview = page.overview ?? overview;
    next = page.next;
    changed();
  };
  const only = (to: FromRecord) => {
    // By a plate or a person the looks come first; what one purpose or one sort of deed has is of one kind anyway.
    const kind = to.inquiry === undefined && to.operation === undefined ? 'looks' : '';
    Object.assign(asked, nothingAsked, to, { kind });
    void load();
  };
  const showKind = (kind: DeedKind | '') => {
    asked.kind = kind;
    void load();
  };
  const open = (record: ToldRecord) => {
    opened = record;
    changed();
    queueMicrotask(() => {
      const head = document.getElementById(`record-${recordName(record)}`);
      head?.focus({ preventScroll: true });
      head?.scrollIntoView({ block: 'start' });
    });
  };
  const close = () => {
    const at = opened === null ? -1 : (records ?? []).indexOf(opened);
    opened = null;
    changed();
    queueMicrotask(() => document.querySelectorAll<HTMLElement>('.row-key')[at]?.focus());
  };
  const save = async (as: 'csv' | 'xlsx') => {
    const file = await work.run(() =>
      performForFile<typeof operations.exportAudit>('audit.export', { ...filter(), as }),
    );
    if (file !== undefined) saveFile(file);
  };

  const input = (
    name: 'plate' | 'from' | 'to',
    label: string,
    more: { type?: 'date'; kind?: 'plate' },
  ) =>
    textField({
      ...{ name: `log-${name}`, label, value: asked[name], longest: 100, ...more },
      onInput: (value) => {
        asked[name] = value;
      },
    });
  const choice = <Value extends string>(
    name: 'username' | 'kind' | 'outcome' | 'unit',
    label: string,
    values: readonly { value: Value; label: string }[],
  ) =>
    selectField<Value>({
      ...{ name: `log-${name}`, label, values, chosen: asked[name] as Value },
      onChoose: (value) => {
        Object.assign(asked, { [name]: value });
      },
    });
  const form = () => html`<form
    class="filters"
    @submit=${(event: Event) => {
      event.preventDefault();
      // What a record led to is no field of the form: a new question does not carry it on unseen.
      Object.assign(asked, { operation: '', inquiry: '' });
      void load();
    }}
  >
    ${choice('username', 'Who', [
      { value: '', label: 'Everybody' },
      ...(overview?.people ?? []).map(({ username, name }) => ({
        value: username,
        label: name === '' || name === username ? username : `${name} (${username})`,
      })),
    ])}
    ${input('plate', 'Plate', { kind: 'plate' })}
    ${choice('kind', 'Kind of deed', [
      ...kindNames.map((value) => ({ value, label: deedKindNames[value] })),
      { value: '', label: 'Everything' },
    ])}
    ${choice('outcome', 'Outcome', [
      { value: '', label: 'Any' },
      ...outcomeNames.map((value) => ({ value, label: capital(deedOutcomeNames[value]) })),
    ])}
    ${
      unitsOf(overview).length === 0
        ? nothing
        : choice('unit', 'Unit', [
            { value: '', label: 'All units' },
            ...unitsOf(overview).map((value) => ({ value, label: value })),
          ])
    }
    ${input('from', 'From day', { type: 'date' })} ${input('to', 'To day', { type: 'date' })}
    <button type="submit" class="key first" ?disabled=${work.isBusy}>Show</button>
    ${key({ label: 'Save as CSV', onPress: () => void save('csv'), kind: 'quiet' })}
    ${key({ label: 'Save as Excel', onPress: () => void save('xlsx'), kind: 'quiet' })}
  </form>`;

  return {
    show: () => void load(),
    view: () => html`${form()}
      <p class="quiet-words">
        A plate finds what was asked with that plate, as it was typed, and who opened its reads and pictures, for as long as
        they are ${unitsOf(overview).length > 0 ? 'here' : onThisUnit()}. Alerts are opened by their number and stand with the purpose under which they were opened.
      </p>
      ${work.line()} ${narrowedWords(shown, () => only({}))}
      ${overview === null ? nothing : leftOut(shown, overview, showKind)}
      ${opened === null ? nothing : recordView(opened, { onGo: only, onClose: close })}
      ${records === null ? nothing : recordTable(records, unitsOf(overview).length > 0, open, only)}
      ${
        next === null
          ? nothing
          : html`<div class="row-keys">
              ${key({ label: `${atATime} more`, onPress: () => void load(next ?? undefined) })}
            </div>`
      }`,
  };
}

/** Whose records are here, where they are of several units. */
const unitsOf = (overview: AuditOverview | null): string[] => overview?.units ?? [];

const counted = (records: number): string =>
  `${records.toLocaleString('en-US')} ${records === 1 ? 'record' : 'records'}`;

/** What the choice of a kind leaves out, of what else fits, and how many of each. */
function leftOut(
  { kind }: Filter,
  { kinds }: AuditOverview,
  onShow: (kind: DeedKind | '') => void,
): TemplateResult {
  const all = kindNames.reduce((sum, each) => sum + kinds[each], 0);
  if (kind === undefined) return html`<p><b>${counted(all)}</b> of every kind.</p>`;
  const others = kindNames.filter((each) => each !== kind && kinds[each] > 0);
  return html`<p>
      <b>${deedKindNames[kind]}: ${counted(kinds[kind])}.</b>
      ${others.length === 0 ? 'Nothing is left out.' : `Left out: ${counted(all - kinds[kind])} of other kinds. They stay in the log:`}
    </p>
    ${
      others.length === 0
        ? nothing
        : html`<div class="row-keys">
            ${key({ label: `Everything: ${all.toLocaleString('en-US')}`, kind: 'quiet', onPress: () => onShow('') })}
            ${others.map((each) =>
              key({
                label: `${deedKindNames[each]}: ${kinds[each].toLocaleString('en-US')}`,
                kind: 'quiet',
                onPress: () => onShow(each),
              }),
            )}
          </div>`
    }`;
}

/** That the log is narrowed to what a record led to, which no field of the form shows. */
function narrowedWords({ operation, inquiry }: Filter, onWiden: () => void) {
  if (operation === undefined && inquiry === undefined) return nothing;
  const words = inquiry === undefined ? `this sort of deed (${operation})` : 'one stated purpose';
  return html`<div class="screen-head">
    <p>Only the records of ${words}.</p>
    ${key({ label: 'Show all again', kind: 'quiet', onPress: onWiden })}
  </div>`;
}

function recordTable(
  rows: readonly ToldRecord[],
  areOfUnits: boolean,
  onOpen: (record: ToldRecord) => void,
  onGo: (to: FromRecord) => void,
) {
  return table<ToldRecord>({
    caption: 'Records of the audit log, newest first',
    columns: [
      { title: 'Record', cell: ({ seq }) => seq.toLocaleString('en-US') },
      ...(areOfUnits ? [{ title: 'Unit', cell: ({ unit }: ToldRecord) => unit }] : []),
      { title: 'When', kind: 'code', cell: ({ at }) => when(Date.parse(at)) },
      { title: 'Who', cell: ({ who }) => who.name || who.username || '–' },
      { title: 'What', kind: 'text', cell: (record) => `${record.deed}: ${outcomeWords(record)}` },
      { title: 'Why', kind: 'text', cell: ({ inquiry }) => inquiryWords(inquiry) },
      {
        title: 'About',
        kind: 'text',
        cell: ({ about, note }) =>
          html`${about} ${note === null ? nothing : html`<small>${note}</small>`}`,
      },
      {
        title: 'All looks',
        cell: (record) => {
          const { who } = record;
          const plate = plateIn(record);
          return html`<div class="row-keys">
            ${who.username === '' ? nothing : key({ label: `By ${who.username}`, kind: 'quiet', onPress: () => onGo({ username: who.username }) })}
            ${plate === null ? nothing : key({ label: `At ${plate}`, kind: 'quiet', onPress: () => onGo({ plate }) })}
          </div>`;
        },
      },
    ],
    rows,
    empty: 'No record fits.',
    keyOf: recordName,
    onOpen,
  });
}
