import { html } from 'lit-html';
import type {
  PersonActivity,
  UnusualActivity,
} from '../../../../accountability/oversight/activity.ts';
import type * as operations from '../../../../accountability/oversight/operations.ts';
import { type AnswerOf, perform } from '../../api.ts';
import { textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { markdown } from '../../parts/markdown.ts';
import { printKey } from '../../parts/printed.ts';
import { saveFile } from '../../parts/save-file.ts';
import { table } from '../../parts/table.ts';
import { changed } from '../../state.ts';
import { capital, codeWords, when } from '../../words.ts';
import { newWork } from '../../work.ts';
import type { AuditPart } from './audit-part.ts';

/** Who did how much in a period, and what an auditor should ask about. */
export function unusualUse(): AuditPart {
  const asked = { from: '', to: '' };
  let reported: AnswerOf<typeof operations.reportUse> | null = null;
  const work = newWork();

  const load = async (event: Event) => {
    event.preventDefault();
    const { from, to } = asked;
    const input = { ...(from === '' ? {} : { from }), ...(to === '' ? {} : { to }) };
    const answer = await work.run(() =>
      perform<typeof operations.reportUse>('audit.report', input),
    );
    reported = answer ?? reported;
    changed();
  };
  const day = (name: keyof typeof asked, label: string, hint: string) =>
    textField({
      ...{ name: `use-${name}`, label, hint, type: 'date', value: asked[name] },
      onInput: (value) => {
        asked[name] = value;
      },
    });
  const save = (text: string) => {
    saveFile({ name: 'report-of-use.md', content: new Blob([text], { type: 'text/markdown' }) });
  };

  return {
    show: () => undefined,
    view: () => html`<form class="filters" @submit=${load}>
        ${day('from', 'From day', 'Empty: as the policy says')}
        ${day('to', 'To day', 'Empty: up to now')}
        <button type="submit" class="key first" ?disabled=${work.isBusy}>Make the report</button>
      </form>
      ${work.line()}
      ${
        reported === null
          ? html`<p class="quiet-words">Where the policy asks for a report of use, this is it.</p>`
          : html`<p>
                ${reported.report.records.toLocaleString('en-US')} records from
                ${when(Date.parse(reported.report.from))} to
                ${when(Date.parse(reported.report.to))}.
              </p>
              <h2>To ask about</h2>
              ${unusualTable(reported.report.unusual)}
              <h2>People</h2>
              ${peopleTable(reported.report.people)}
              <div class="screen-head">
                <h2>The report</h2>
                <div class="row-keys">
                  ${printKey({ name: 'report-of-use' })}
                  ${key({ label: 'Save as Markdown', kind: 'quiet', onPress: () => save(reported?.text ?? '') })}
                </div>
              </div>
              ${markdown(reported.text)}`
      }`,
  };
}

function unusualTable(rows: readonly UnusualActivity[]) {
  return table<UnusualActivity>({
    caption: 'Use to ask about; none of it proves misuse',
    columns: [
      { title: 'Who', cell: ({ username }) => username, kind: 'text' },
      { title: 'What', cell: ({ kind }) => capital(kind) },
      { title: 'How often', cell: ({ count }) => count, kind: 'number' },
      { title: 'In words', cell: ({ text }) => text },
      { title: 'Records', cell: ({ records }) => records.join(', ') },
    ],
    rows,
    empty: 'Nothing unusual in this time.',
    keyOf: ({ username, kind, records }) => `${username} ${kind} ${records[0]}`,
  });
}

function peopleTable(rows: readonly PersonActivity[]) {
  return table<PersonActivity>({
    caption: 'What each person did',
    columns: [
      { title: 'Who', cell: ({ name, username }) => `${name} (${username})`, kind: 'text' },
      { title: 'Role', cell: ({ role }) => role && codeWords(role) },
      { title: 'Logins', cell: ({ logins }) => logins, kind: 'number' },
      { title: 'Looks', cell: ({ looks }) => looks, kind: 'number' },
      { title: 'Plates', cell: ({ plates }) => plates, kind: 'number' },
      { title: 'Pictures', cell: ({ images }) => images, kind: 'number' },
      { title: 'Exports', cell: ({ exports }) => exports, kind: 'number' },
      { title: 'Changes', cell: ({ changes }) => changes, kind: 'number' },
      { title: 'Refused', cell: ({ refused }) => refused, kind: 'number' },
    ],
    rows,
    empty: 'Nobody did anything in this time.',
    keyOf: ({ username }) => username,
  });
}
