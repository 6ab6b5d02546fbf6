import { html, nothing, type TemplateResult } from 'lit-html';
import type {
  JudgedByAuditor,
  Memorandum,
  Verdict,
} from '../../../../accountability/oversight/memorandum.ts';
import type * as operations from '../../../../accountability/oversight/operations.ts';
import type { ToldSample } from '../../../../accountability/oversight/operations.ts';
import type { ToldRecord } from '../../../../accountability/oversight/told-record.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { inquiryWords } from '../../look-words.ts';
import { choice } from '../../parts/choice.ts';
import { confirmDeed } from '../../parts/confirm.ts';
import { areaField, textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { markdown } from '../../parts/markdown.ts';
import { printKey } from '../../parts/printed.ts';
import { saveFile } from '../../parts/save-file.ts';
import { table } from '../../parts/table.ts';
import type { Screen } from '../../screen.ts';
import { changed, tell } from '../../state.ts';
import { capital, when } from '../../words.ts';
import { newWork } from '../../work.ts';

type JudgedInquiry = ToldSample['inquiries'][number];

const verdictNames: Record<Verdict, string> = {
  within_policy: 'Within the policy',
  not_within_policy: 'Not within the policy',
  to_be_clarified: 'To be clarified',
};
const verdictValues = (Object.keys(verdictNames) as Verdict[]).map((value) => ({
  value,
  label: verdictNames[value],
}));

/** What an auditor has entered of an inquiry, until it is recorded. */
interface Draft {
  verdict: Verdict | null;
  note: string;
}

/** One memorandum: a verdict and a note for each drawn inquiry, then final, then filed. */
export function memo(name: string): Screen {
  let memorandum: Memorandum | null = null;
  let inquiries: JudgedInquiry[] = [];
  let text = '';
  /** The inquiry that is open; null: the first without a verdict. */
  let unfolded: number | null = null;
  let where = '';
  const drafts = new Map<number, Draft>();
  const work = newWork();
  const judging = newWork();

  const load = async () => {
    const opened = await work.run(() =>
      perform<typeof operations.openMemo>('audit.memo', { number: name }),
    );
    if (opened === undefined) return;
    memorandum = opened.memorandum;
    inquiries = opened.sample.inquiries;
    text = opened.memo;
    changed();
  };
  void load();

  const draftOf = (at: number, given: JudgedByAuditor | undefined): Draft => {
    const draft = drafts.get(at) ?? { verdict: given?.verdict ?? null, note: given?.note ?? '' };
    drafts.set(at, draft);
    return draft;
  };
  const judge = async (at: number, { verdict, note }: Draft) => {
    if (verdict === null) return;
    const input = { number: name, inquiry: at, verdict, note };
    const next = await judging.run(() =>
      perform<typeof operations.judgeInquiry>('audit.judge', input),
    );
    if (next === undefined) return;
    drafts.delete(at);
    memorandum = next;
    unfolded = null;
    await load();
  };
  const finish = async () => {
    const isMeant = await confirmDeed({
      title: `Make memorandum ${name} final?`,
      words: 'No verdict and no note changes any more after this.',
      deed: 'Make it final',
      kind: 'first',
    });
    if (!isMeant) return;
    const done = await judging.run(() =>
      perform<typeof operations.finishMemo>('audit.finish', { number: name }),
    );
    if (done === undefined) return;
    tell(`Memorandum ${name} is final.`, 'done');
    await load();
  };
  const file = async (event: Event) => {
    event.preventDefault();
    const done = await judging.run(() =>
      perform<typeof operations.fileMemo>('audit.file', { number: name, where }),
    );
    if (done === undefined) return;
    tell(`Memorandum ${name} is filed: ${where}.`, 'done');
    await load();
  };
  const save = () => {
    saveFile({
      name: `memorandum-${name}.md`,
      content: new Blob([text], { type: 'text/markdown' }),
    });
  };

  const inquiryRow = (told: Memorandum, inquiry: JudgedInquiry, at: number, isNext: boolean) => {
    const given = told.verdicts.find((each) => each.inquiry === at);
    const isOpen = unfolded === at || (unfolded === null && isNext);
    const who = inquiry.looks[0]?.who.name ?? 'Nobody';
    const toggle = () => {
      unfolded = isOpen ? 0 : at;
      judging.refusal = '';
      changed();
    };
    return html`<section class="part">
      <button type="button" class="fold-head" aria-expanded=${String(isOpen)} @click=${toggle}>
        <b>${at}. ${who}</b>
        <span>${given === undefined ? 'Not judged' : verdictNames[given.verdict]}</span>
      </button>
      ${
        isOpen
          ? html`<div class="fold-body">
              ${inquiryView(inquiry)}
              ${
                told.state === 'open'
                  ? verdictForm(at, draftOf(at, given))
                  : html`<p>${given?.note ?? ''} <span class="quiet-words">${given?.by}</span></p>`
              }
            </div>`
          : nothing
      }
    </section>`;
  };
  const verdictForm = (at: number, draft: Draft): TemplateResult => {
    const submit = (event: Event) => {
      event.preventDefault();
      void judge(at, draft);
    };
    return html`<form class="form" @submit=${submit}>
      <div class="whole">
        ${choice({
          legend: 'Your verdict',
          values: verdictValues,
          chosen: draft.verdict,
          onChoose: (verdict) => {
            draft.verdict = verdict;
            changed();
          },
        })}
      </div>
      <div class="whole">
        ${areaField({
          name: `note-${at}`,
          label: 'What you looked into, and why it is so',
          value: draft.note,
          onInput: (value) => {
            draft.note = value;
            changed();
          },
          longest: 1000,
        })}
      </div>
      ${judging.line()}
      <div class="row-keys whole">
        <button
          type="submit"
          class="key first"
          ?disabled=${draft.verdict === null || draft.note.trim().length < 3 || judging.isBusy}
        >
          Record verdict ${at}
        </button>
      </div>
    </form>`;
  };

  const nextStep = (told: Memorandum, next: number | undefined): TemplateResult => {
    if (told.state === 'open') {
      return next === undefined
        ? html`<div class="row-keys">
            ${key({ label: 'Make it final', kind: 'first', onPress: () => void finish() })}
          </div>`
        : html``;
    }
    return html`<form class="filters" @submit=${file}>
      ${textField({
        name: 'where',
        label: told.filed === null ? 'Where it and its papers are filed' : 'Filed elsewhere now',
        value: where,
        longest: 200,
        onInput: (value) => {
          where = value;
        },
      })}
      <button type="submit" class="key" ?disabled=${judging.isBusy}>Filed there</button>
    </form>`;
  };

  return {
    comeBack: () => void load(),
    view() {
      const told = memorandum;
      const next = told === null ? undefined : firstOpen(told);
      return html`<section class="screen wide">
        <div class="screen-head">
          <h1>Memorandum ${name}</h1>
          ${key({ label: 'All samples', kind: 'quiet', onPress: () => go('audit/samples') })}
        </div>
        ${work.line()}
        ${
          told === null
            ? nothing
            : html`${standing(told)}
                ${inquiries.map((each, at) => inquiryRow(told, each, at + 1, next === at + 1))}
                ${next === undefined ? judging.line() : nothing} ${nextStep(told, next)}
                <div class="screen-head">
                  <h2>The memorandum</h2>
                  <div class="row-keys">
                    ${printKey({ name: `memorandum-${name}` })}
                    ${key({ label: 'Save as Markdown', kind: 'quiet', onPress: save })}
                  </div>
                </div>
                ${markdown(text)}`
        }
      </section>`;
    },
  };
}

/** The first inquiry without a verdict; undefined: all have one. */
const firstOpen = ({ inquiries, verdicts }: Memorandum): number | undefined =>
  Array.from({ length: inquiries }, (_, at) => at + 1).find(
    (at) => !verdicts.some(({ inquiry }) => inquiry === at),
  );

function standing({ state, inquiries, verdicts, drawn, finished, filed }: Memorandum) {
  const words = {
    open: `${verdicts.length} of ${inquiries} judged`,
    final: 'Final, not filed yet',
    filed: 'Filed',
  };
  return html`<dl class="fact-list">
    <dt>State</dt>
    <dd><b>${words[state]}</b></dd>
    <dt>Drawn</dt>
    <dd>${when(Date.parse(drawn.at))}, ${drawn.by}</dd>
    ${
      finished === null
        ? nothing
        : html`<dt>Final</dt>
            <dd>${when(Date.parse(finished.at))}, ${finished.by}</dd>`
    }
    ${
      filed === null
        ? nothing
        : html`<dt>Filed</dt>
            <dd>${filed.where}, ${when(Date.parse(filed.at))}</dd>`
    }
  </dl>`;
}

/** What the record of an inquiry holds, and what the program found in it. */
function inquiryView({ inquiry, looks, faults, remarks }: JudgedInquiry): TemplateResult {
  return html`<dl class="fact-list">
      <dt>Why, as stated</dt>
      <dd>${inquiryWords(inquiry)}</dd>
      <dt>Record</dt>
      <dd>
        ${
          faults.length === 0
            ? 'Holds all that the policy asks for'
            : html`<b class="bad">${faults.map(capital).join('. ')}.</b>`
        }
      </dd>
      ${
        remarks.length === 0
          ? nothing
          : html`<dt>Read twice</dt>
              <dd class="doubt">${remarks.map(capital).join('. ')}.</dd>`
      }
    </dl>
    ${table<ToldRecord>({
      caption: 'What was looked up',
      columns: [
        { title: 'When', cell: ({ at }) => when(Date.parse(at)) },
        { title: 'What', cell: ({ deed }) => deed },
        { title: 'About', cell: ({ about }) => html`<span class="anywhere">${about}</span>` },
        { title: 'Results', cell: ({ results }) => results, kind: 'number' },
        { title: 'From', cell: ({ from }) => from },
        { title: 'Unit', cell: ({ unit }) => unit },
      ],
      rows: looks,
      empty: 'Nothing.',
      keyOf: ({ unit, seq }) => `${unit} ${seq}`,
    })}`;
}
