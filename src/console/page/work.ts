import { html, nothing, type TemplateResult } from 'lit-html';
import { wordsOf } from './api.ts';
import { NoPurpose } from './purpose.ts';
import { askedOn } from './questions.ts';
import { changed } from './state.ts';
import { onRefusal } from './stream.ts';
import { beginOn } from './while-here.ts';

/** What a screen asks of the unit, one thing after the other, and why the last one did not work. */
export interface Work {
  readonly isBusy: boolean;
  /** The unit's sentence; empty while nothing is wrong. */
  refusal: string;
  /** The purpose was asked for and not stated, so nothing was shown. */
  readonly lacksPurpose: boolean;
  /** Does it; undefined if it was refused, or while something else is being done. */
  run<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined>;
  /** The refusal, as the unit words it. */
  line(): TemplateResult | typeof nothing;
}

export function newWork(): Work {
  const screen = askedOn();
  let isBusy = false;
  let lacksPurpose = false;
  const work: Work = {
    get isBusy() {
      return isBusy;
    },
    get lacksPurpose() {
      return lacksPurpose;
    },
    refusal: '',
    async run(ask) {
      if (isBusy) return undefined;
      isBusy = true;
      changed();
      try {
        const answer = await beginOn(screen, ask);
        work.refusal = '';
        lacksPurpose = false;
        return answer;
      } catch (error) {
        lacksPurpose = error instanceof NoPurpose;
        if (!lacksPurpose) {
          onRefusal(error);
          work.refusal = wordsOf(error);
        }
        return undefined;
      } finally {
        isBusy = false;
        changed();
      }
    },
    line: () =>
      work.refusal === '' ? nothing : html`<p class="refusal" role="alert">${work.refusal}</p>`,
  };
  return work;
}
