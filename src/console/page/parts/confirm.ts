import { html, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import { askOverScreens } from '../questions.ts';
import { changed } from '../state.ts';
import { whileHere } from '../while-here.ts';
import { key } from './key.ts';

interface Question {
  /** What is asked: "Remove this hot plate?" */
  title: string;
  /** What will happen, in sentences. */
  words: string | TemplateResult;
  /** The deed, as its key says it: "Remove". */
  deed: string;
  /** `danger`: it cannot be taken back. */
  kind?: 'danger' | 'first';
}

let asking: (Question & { settle: (isMeant: boolean) => void }) | null = null;

/**
 * Asks before a deed, over the screen; resolves with whether it is meant. A second question takes the first back. Where
 * something is awaited before it, `isHere` is from before that: nothing is asked where the person has left the screen.
 */
export function confirmDeed(question: Question, isHere = whileHere()): Promise<boolean> {
  if (!isHere()) return Promise.resolve(false);
  asking?.settle(false);
  return new Promise((resolve) => {
    asking = {
      ...question,
      settle: (isMeant) => {
        asking = null;
        resolve(isMeant);
        changed();
      },
    };
    changed();
  });
}

/** Holds the focus within the question until it is answered; the element is on the page a moment after it is made. */
const show = (element?: Element) => {
  if (!(element instanceof HTMLDialogElement)) return;
  queueMicrotask(() => {
    if (element.isConnected && !element.open) element.showModal();
  });
};

function view(): TemplateResult | null {
  if (asking === null) return null;
  const { title, words, deed, kind = 'danger', settle } = asking;
  const cancel = (event: Event) => {
    event.preventDefault();
    settle(false);
  };
  return html`<dialog class="dialog question" aria-labelledby="question" ${ref(show)} @cancel=${cancel}>
    <h2 id="question">${title}</h2>
    <div class="question-words">${words}</div>
    <div class="step-keys">
      ${key({ label: 'Cancel', onPress: () => settle(false), kind: 'quiet' })}
      ${key({ label: deed, onPress: () => settle(true), kind, name: 'deed' })}
    </div>
  </dialog>`;
}

askOverScreens({ view, takeBack: () => asking?.settle(false) });
