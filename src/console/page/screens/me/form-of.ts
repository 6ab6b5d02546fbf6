import { html, type TemplateResult } from 'lit-html';
import type { Work } from '../../work.ts';

/** A form of one section; `onSend` is called when it is sent. */
export function formOf(work: Work, deed: string, onSend: () => void, fields: TemplateResult) {
  const submit = (event: Event) => {
    event.preventDefault();
    onSend();
  };
  return html`<form class="form" @submit=${submit}>
    ${fields}
    <div class="whole">${work.line()}</div>
    <div class="whole row-keys">
      <button type="submit" class="key first" ?disabled=${work.isBusy}>${deed}</button>
    </div>
  </form>`;
}
