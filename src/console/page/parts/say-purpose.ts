import { html, type TemplateResult } from 'lit-html';
import { key } from './key.ts';

/** On a screen whose question for the purpose was closed: what it would show, and the key that asks again. */
export const sayPurpose = (what: string, onPress: () => void): TemplateResult =>
  html`<p>${what} once it is said what for.</p>
    <div class="row-keys">${key({ label: 'Say it', onPress })}</div>`;
