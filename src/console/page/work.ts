import { html, nothing, type TemplateResult } from 'lit-html';
import { Refused, wordsOf } from './api.ts';
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

/**
 * `onChanged`: looks up anew what the screen shows, where the unit refuses a deed since somebody has done something about the
 * same thing meanwhile.
 */
export function newWork(onChanged?: () => Promise<void>): Work {
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
          if (error instanceof Refused && error.status === 409) {
            // What it shows stays where it cannot be looked up; the refusal says what happened.
            void onChanged?.().then(changed, () => undefined);
          }
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
