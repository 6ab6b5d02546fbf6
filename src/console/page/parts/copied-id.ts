import { html, type TemplateResult } from 'lit-html';
import { tell } from '../state.ts';
import { key } from './key.ts';

/** Puts a text on the clipboard, and says so without showing it again. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tell('Copied.', 'noted');
  } catch {
    tell('This browser does not let the page copy.', 'refused');
  }
}

/** The id of something that other programs and papers name by it, with a key that copies it. `what`: "of the package". */
export const copiedId = (id: string, what: string): TemplateResult => html`<span class="copied-id">
  <code class="anywhere">${id}</code>
  ${key({ label: html`Copy<span class="said"> the id ${what}</span>`, kind: 'quiet', onPress: () => void copyText(id) })}
</span>`;
