import { html, type TemplateResult } from 'lit-html';
import type { TemporaryPassword } from '../../../../accountability/access/temporary-password.ts';
import { key } from '../../parts/key.ts';
import { tell } from '../../state.ts';
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

/** Puts a text on the clipboard, and says so without showing it again. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tell('Copied.', 'noted');
  } catch {
    tell('This browser does not let the page copy.', 'refused');
  }
}
