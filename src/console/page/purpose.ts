import { html, nothing, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import type { beginInquiry } from '../../accountability/access/operations.ts';
import {
  type AnswerOf,
  type AnyDefinition,
  type InputOf,
  perform,
  queried,
  Refused,
  requestOf,
  wordsOf,
} from './api.ts';
import { type AnsweredFile, performForFile } from './file-answers.ts';
import { inquiryWords } from './look-words.ts';
import { choice } from './parts/choice.ts';
import { key } from './parts/key.ts';
import { askOverScreens } from './questions.ts';
import { changed, page } from './state.ts';
import { whileHere } from './while-here.ts';
import { codeWords, unitNowMs } from './words.ts';

type Inquiry = AnswerOf<typeof beginInquiry>;

/** The purpose that was stated last in this session; null before that, and once it is over. */
let current: Inquiry | null = null;

interface Asking {
  purpose: string | null;
  caseNumber: string;
  incidentNumber: string;
  reason: string;
  /** Whether what is asked for needs a number, though the policy does not for every look. */
  needsNumber: boolean;
  problem: string;
  settle: (inquiry: Inquiry | null) => void;
}

let asking: Asking | null = null;

/** Somebody closed the question for the purpose: nothing is looked at. */
export class NoPurpose extends Error {}

/** The purpose in force; asks for one where there is none. Rejects with NoPurpose when it is not stated. */
async function inForce(isHere: () => boolean): Promise<{ id: string }> {
  if (current !== null && Date.parse(current.until) > unitNowMs()) return current;
  const inquiry = await statePurpose('', isHere);
  if (inquiry === null) throw new NoPurpose('No purpose was stated.');
  return inquiry;
}

/**
 * Asks for a purpose, also where one is in force; null if the question was closed, or the screen was left for which it is
 * asked (`isHere`). `problem`: why the one in force does not do for what is asked for.
 */
export function statePurpose(problem = '', isHere = whileHere()): Promise<Inquiry | null> {
  if (!isHere()) return Promise.resolve(null);
  asking?.settle(null);
  return new Promise((resolve) => {
    asking = {
      purpose: current?.purpose ?? page.session?.purposes[0] ?? null,
      caseNumber: current?.caseNumber ?? '',
      incidentNumber: current?.incidentNumber ?? '',
      reason: current?.reason ?? '',
      needsNumber: problem !== '',
      problem,
      settle: (inquiry) => {
        asking = null;
        if (inquiry !== null) current = inquiry;
        resolve(inquiry);
        changed();
      },
    };
    changed();
  });
}

/**
 * Performs an operation that shows plates or people's data, with the purpose in force, which is asked for first. Where
 * something is awaited before it, `isHere` is from before that (`while-here.ts`).
 */
export function lookFor<D extends AnyDefinition>(
  name: string,
  input: InputOf<D>,
  isHere = whileHere(),
): Promise<AnswerOf<D>> {
  return withPurpose((purpose) => perform<D>(name, input, purpose), isHere);
}

/** As `lookFor`, for an operation that answers with a file. */
export function lookForFile<D extends AnyDefinition>(
  name: string,
  input: InputOf<D>,
  isHere = whileHere(),
): Promise<AnsweredFile> {
  return withPurpose((purpose) => performForFile<D>(name, input, purpose), isHere);
}

/** The address at which a picture is looked at, under the purpose in force. */
export async function addressOfLook<D extends AnyDefinition>(
  name: string,
  input: InputOf<D>,
  isHere = whileHere(),
): Promise<string> {
  const { id } = await inForce(isHere);
  const { path, rest } = await requestOf(name, input);
  return queried(path, rest, { id });
}

/** Refusals of a purpose that is one of the policy, but has not the number that this needs: it is asked for anew. */
const ofOtherNumber = new Set(['case-missing', 'other-case']);

/** Does what needs a purpose, with the one in force; asks for another where that does not do. */
export async function withPurpose<Answer>(
  look: (purpose: { id: string }) => Promise<Answer>,
  isHere = whileHere(),
): Promise<Answer> {
  let { id } = await inForce(isHere);
  for (;;) {
    try {
      return await look({ id });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.code === 'inquiry-unknown') {
        current = null;
        ({ id } = await inForce(isHere));
      } else if (ofOtherNumber.has(error.code)) {
        const stated = await statePurpose(wordsOf(error), isHere);
        if (stated === null) throw new NoPurpose('No other purpose was stated.');
        ({ id } = stated);
      } else throw error;
    }
  }
}

/** In a line above a screen: the purpose in force, and a key to state another. */
export function purposeLine(): TemplateResult {
  const isInForce = current !== null && Date.parse(current.until) > unitNowMs();
  const words = isInForce ? `Purpose: ${inquiryWords(current)}` : 'No purpose stated yet';
  return html`<p class="purpose-line">
    <span>${words}</span>
    ${key({ label: isInForce ? 'Change' : 'State it', kind: 'quiet', onPress: () => void statePurpose() })}
  </p>`;
}

/** Who is asked types at once, or takes the keys with Tab; the element is on the page a moment after it is made. */
const beginHere = (dialog?: Element) =>
  queueMicrotask(() => dialog?.querySelector<HTMLElement>('input, button')?.focus());

function view(): TemplateResult | null {
  if (asking === null) return null;
  const asked = asking;
  const { purposes = [], inquiryAsks } = page.session ?? {};
  const needsNumber = asked.needsNumber || inquiryAsks === 'case_and_reason';
  const close = () => asked.settle(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    const { purpose, caseNumber, incidentNumber, reason } = asked;
    try {
      const stated = { purpose: purpose ?? '', caseNumber, incidentNumber, reason };
      asked.settle(await perform<typeof beginInquiry>('inquiries.begin', stated));
    } catch (error) {
      asked.problem = wordsOf(error);
      changed();
    }
  };
  const field = (label: string, name: 'caseNumber' | 'incidentNumber' | 'reason') =>
    html`<label class="field"
      ><span>${label}</span>
      <input
        name=${name}
        autocomplete="off"
        maxlength=${name === 'reason' ? 1000 : 64}
        .value=${asked[name]}
        @input=${(event: Event) => {
          asked[name] = (event.target as HTMLInputElement).value;
        }}
    /></label>`;
  return html`<div class="over">
    <div class="dialog" role="dialog" aria-modal="true" aria-label="Purpose" ${ref(beginHere)}><form @submit=${submit}>
      <h2>Why do you look?</h2>
      ${choice({
        legend: 'Purpose',
        values: purposes.map((value) => ({ value, label: codeWords(value) })),
        chosen: asked.purpose,
        onChoose: (purpose) => {
          asked.purpose = purpose;
          changed();
        },
      })}
      <div class="two-numbers">
        ${field(needsNumber ? 'Case number' : 'Case number, if there is one', 'caseNumber')}
        ${field('or incident number', 'incidentNumber')}
      </div>
      ${field(inquiryAsks === 'none' ? 'Reason, if you wish' : 'Reason, in words', 'reason')}
      ${asked.problem === '' ? nothing : html`<p class="refusal" role="alert">${asked.problem}</p>`}
      <div class="step-keys">
        <button type="submit" class="key first">Go on</button>
        ${key({ label: 'Cancel', kind: 'quiet', onPress: close })}
      </div>
    </form></div>
  </div>`;
}

// Nothing is looked at where its screen is left.
askOverScreens({ view, takeBack: () => asking?.settle(null) });
