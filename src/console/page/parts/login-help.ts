import { html, type TemplateResult } from 'lit-html';
import type { LoginHelp } from '../../../accountability/access/login-help.ts';

/** What to do about a login that was refused: for who stands here, and for who can let them in. */
export const helpView = ({ you, administrator }: LoginHelp): TemplateResult =>
  html`<dl class="login-help">
    <dt>What you can do</dt>
    <dd>${you}</dd>
    <dt>What an administrator can do</dt>
    <dd>${administrator}</dd>
  </dl>`;
