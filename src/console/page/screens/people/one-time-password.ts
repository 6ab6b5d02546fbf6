import { html, type TemplateResult } from 'lit-html';
import type { TemporaryPassword } from '../../../../accountability/access/temporary-password.ts';
import { copyText } from '../../parts/copied-id.ts';
import { key } from '../../parts/key.ts';
import { when } from '../../words.ts';

/** A temporary password, which is shown this once; `onDone` takes it off the screen. */
export function handedPassword(
  { username, temporaryPassword, holdsUntil }: TemporaryPassword,
  onDone: () => void,
): TemplateResult {
  return html`<section class="part" aria-labelledby="handed">
    <h2 id="handed">Temporary password of ${username}</h2>
    <p class="one-time">${temporaryPassword}</p>
    <p>
      It is shown this once. Pass it on to ${username}, who changes it at the first login. It holds
      until ${when(Date.parse(holdsUntil))}.
    </p>
    <div class="row-keys">
      ${key({ label: 'Copy', onPress: () => void copyText(temporaryPassword) })}
      ${key({ label: 'I have passed it on', kind: 'first', onPress: onDone })}
    </div>
  </section>`;
}
