import { html, nothing, type TemplateResult } from 'lit-html';
import type { ReportOutcome, ReportView } from '../../../../accountability/verification/report.ts';
import type * as operations from '../../../../accountability/verification/report-operations.ts';
import { go } from '../../address.ts';
import { perform, Refused } from '../../api.ts';
import { areaField, selectField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import {
  reportKinds,
  reportOutcomeNames,
  reportStateNames,
  reportStepNames,
} from '../../report-words.ts';
import type { Screen } from '../../screen.ts';
import { changed, may, tell } from '../../state.ts';
import { when } from '../../words.ts';
import { newWork } from '../../work.ts';

/** One report: of those that this person looks after, with its deeds, or one of their own, to read. `id`: of the address. */
export function report(id: string): Screen {
  const number = /^\d{1,9}$/.test(id) ? Number(id) : Number.NaN;
  let told: ReportView | null = null;
  let isOwn = false;
  let text = '';
  let outcome: ReportOutcome | '' = '';
  const work = newWork(async () => {
    told = await perform<typeof operations.openReport>('reports.open', { number });
  });

  const load = async () => {
    const found = await work.run(async () => {
      const mine = may('errors.report')
        ? await perform<typeof operations.listOwnReports>('reports.mine', {})
        : [];
      const own = mine.find((each) => each.number === number);
      isOwn = own !== undefined;
      if (Number.isNaN(number)) throw new Refused(404, '', 'No report has such a number.');
      if (!may('reports.read')) {
        if (own === undefined) throw new Refused(404, '', `There is no report ${id} of yours.`);
        return own;
      }
      try {
        return await perform<typeof operations.openReport>('reports.open', { number });
      } catch (error) {
        if (own === undefined) throw error;
        return own;
      }
    });
    told = found ?? told;
    changed();
  };
  void load();

  const act = async (words: string, ask: () => Promise<ReportView>) => {
    const next = await work.run(ask);
    if (next === undefined) return;
    told = next;
    text = '';
    tell(`${words} The person who reported it is told.`, 'done');
  };
  const take = () =>
    act('You have taken it up.', () =>
      perform<typeof operations.takeReport>('reports.take', { number }),
    );
  const answer = () =>
    act('Your answer is sent.', () =>
      perform<typeof operations.answerReport>('reports.answer', { number, text }),
    );
  const close = () => {
    const chosen = outcome;
    if (chosen === '') {
      work.refusal = 'Choose what came of it.';
      return changed();
    }
    void act('It is closed.', () =>
      perform<typeof operations.closeReport>('reports.close', {
        ...{ number, outcome: chosen, note: text },
      }),
    );
  };

  const deeds = ({
    state,
  }: ReportView): TemplateResult => html`<section class="part" aria-labelledby="deeds">
    <h2 id="deeds">What you do about it</h2>
    ${
      state === 'new'
        ? html`<div class="row-keys">${key({ label: 'Take it up', kind: 'first', onPress: () => void take() })}</div>`
        : nothing
    }
    <div class="form">
      <div class="whole">
        ${areaField({
          name: 'text',
          label: 'Answer, or note of the closing, in a sentence',
          hint: 'The person who reported it reads it',
          value: text,
          rows: 3,
          longest: 4000,
          onInput: (value) => {
            text = value;
          },
        })}
      </div>
      ${selectField<ReportOutcome | ''>({
        name: 'outcome',
        label: 'What came of it',
        values: [
          { value: '', label: 'Not closed yet' },
          ...(Object.keys(reportOutcomeNames) as ReportOutcome[]).map((value) => ({
            value,
            label: reportOutcomeNames[value],
          })),
        ],
        chosen: outcome,
        onChoose: (value) => {
          outcome = value;
          changed();
        },
      })}
      <div class="whole">${work.line()}</div>
      <div class="whole row-keys">
        ${key({ label: 'Answer', onPress: () => void answer(), isDisabled: work.isBusy })}
        ${key({ label: 'Close it', onPress: close, isDisabled: work.isBusy })}
      </div>
    </div>
  </section>`;

  return {
    comeBack: () => void load(),
    view() {
      const of = told;
      const hasDeeds = of !== null && may('reports.read') && of.state !== 'closed';
      return html`<section class="screen wide">
        <div class="screen-head">
          <h1>Report ${Number.isNaN(number) ? '' : number}</h1>
          ${key({ label: 'Inbox', kind: 'quiet', onPress: () => go('inbox') })}
        </div>
        ${hasDeeds ? nothing : work.line()}
        ${of === null ? nothing : html`${factsOf(of)} ${isOwn ? html`<p class="quiet-words">It is your own report.</p>` : nothing} ${stepsOf(of)}`}
        ${hasDeeds ? deeds(of) : nothing}
      </section>`;
    },
  };
}

function factsOf({ kind, subject, text, by, about, at, state, hitId }: ReportView): TemplateResult {
  const { words, mood } = reportStateNames[state];
  return html`<dl class="fact-list">
      <dt>About</dt>
      <dd><b>${subject}</b></dd>
      <dt>Kind</dt>
      <dd>${reportKinds[kind]}${about === null ? nothing : ` of ${about}`}</dd>
      <dt>State</dt>
      <dd><b class=${mood}>${words}</b></dd>
      <dt>From</dt>
      <dd>${by}, ${when(Date.parse(at))}</dd>
    </dl>
    <p class="report-text">${text}</p>
    ${
      hitId === null || !may('alerts.watch')
        ? nothing
        : html`<div class="row-keys">${key({ label: 'Open the alert', onPress: () => go(`hit/${hitId}`) })}</div>`
    }`;
}

function stepsOf({ steps }: ReportView): TemplateResult | typeof nothing {
  if (steps.length === 0) return nothing;
  return html`<h2>What was done</h2>
    <ol class="receipts">
      ${steps.map(
        ({ kind, by, at, outcome, text }) => html`<li>
          ${reportStepNames[kind]} ${by},
          ${when(Date.parse(at))}${outcome === null ? nothing : html`: <b>${reportOutcomeNames[outcome]}</b>`}
          ${text === null ? nothing : html`<p class="report-text">${text}</p>`}
        </li>`,
      )}
    </ol>`;
}
