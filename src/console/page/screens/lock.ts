import { html, nothing, type TemplateResult } from 'lit-html';
import type { SessionView } from '../../../accountability/access/login-api.ts';
import type { LoginHelp } from '../../../accountability/access/login-help.ts';
import { ask, Refused, wordsOf } from '../api.ts';
import { key } from '../parts/key.ts';
import { helpView } from '../parts/login-help.ts';
import { type PinPad, pinPad } from '../parts/pin-pad.ts';
import { askKey, canAskKey, whyNoKey } from '../security-key.ts';
import { sessionOver } from '../session-end.ts';
import { changed, page, type Waiting } from '../state.ts';
import { unlock } from '../stream.ts';
import { classMarks } from '../words.ts';

let message = '';
let help: LoginHelp | null = null;
let isAsking = false;
/** Somebody wants to give the password although a PIN is set. */
let byPassword = false;
const pad: PinPad = { value: '' };

/** The lock over the page: asks for the PIN or the password of the person whose session it is, and says what waits. */
export function lockScreen(isSlim: boolean): TemplateResult {
  const { session, waiting, lockFault } = page;
  const isByPin = session?.pin === 'set' && !byPassword;
  return html`<section class="lock ${isSlim ? 'slim' : ''} ${isByPin ? 'by-pin' : ''}" aria-label="Locked">
    <form class="entrance-form" @submit=${submit}>
      ${waiting === null ? nothing : waitingLines(waiting)}
      <h1>Locked</h1>
      <p>${session?.name ?? ''}, enter your ${isByPin ? 'PIN' : 'password'}. Alerts still sound.</p>
      ${lockFault === null ? nothing : html`<p class="lock-fault" role="alert">${lockFault}</p>`}
      ${
        isByPin
          ? pinPad(pad, {
              ...{ label: 'PIN', deed: 'Unlock', isDisabled: isAsking },
              below: html`<p class="entrance-message" role="alert">${message}</p>
                ${otherWay('Use the password', true)}`,
            })
          : html`<label class="field"
              ><span>Password</span>
              <input name="password" type="password" required maxlength="1024" autocomplete="current-password"
            /></label>`
      }
      ${
        isByPin
          ? nothing
          : html`<p class="entrance-message" role="alert">${message}</p>
              ${help === null ? nothing : helpView(help)}
              <button type="submit" ?disabled=${isAsking}>Unlock</button>
              ${session?.pin === 'set' ? otherWay('Use the PIN', false) : nothing}`
      }
      ${session !== null && session.keys > 0 ? byKey(session.namedUrl) : nothing}
    </form>
  </section>`;
}

const otherWay = (label: string, isPassword: boolean) =>
  key({
    label,
    kind: 'quiet',
    onPress: () => {
      byPassword = isPassword;
      message = '';
      pad.value = '';
      changed();
    },
  });

const byKey = (namedUrl: string | null) => (canAskKey() ? keyButton() : whyNoKey(namedUrl));

/** A touch of a key that knows its owner. */
const keyButton = () =>
  key({
    label: 'Use a security key',
    kind: 'quiet',
    isDisabled: isAsking,
    onPress: () =>
      void prove(async () => ({
        key: await askKey(await ask('POST', '/api/session/keys/question', { use: 'unlock' })),
      })),
  });

async function submit(event: SubmitEvent): Promise<void> {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  // The password or the PIN, under its name.
  const proof = Object.fromEntries(new FormData(form));
  await prove(async () => proof);
  form.reset();
}

/** Unlocks the session by what proves who is there, or shows why not. */
async function prove(proofOf: () => Promise<object>): Promise<void> {
  if (isAsking) return;
  isAsking = true;
  message = '';
  help = null;
  changed();
  try {
    const view = await ask<SessionView>('POST', '/api/session/unlock', await proofOf());
    if (page.session !== null) page.session = { ...page.session, ...view };
    byPassword = false;
    unlock();
  } catch (error) {
    const code = error instanceof Refused ? error.code : '';
    if (code === 'session-over' || code === 'not-logged-in') sessionOver();
    if (code === 'pin-over' && page.session !== null)
      page.session = { ...page.session, pin: 'unset' };
    message = wordsOf(error);
    help = error instanceof Refused ? error.help : null;
  } finally {
    pad.value = '';
    isAsking = false;
    changed();
  }
}

const waitingNames: Record<keyof Waiting, string> = {
  urgent: 'urgent',
  standard: 'standard',
  near: 'to compare',
  informational: 'informational',
};

/** How many alerts wait, by class; nothing else of them. */
export function waitingLines(waiting: Waiting): TemplateResult | typeof nothing {
  const classes = (Object.keys(waitingNames) as (keyof Waiting)[]).filter(
    (name) => waiting[name] > 0,
  );
  if (classes.length === 0) return nothing;
  const words = classes.map((name) => `${classMarks[name]} ${waiting[name]} ${waitingNames[name]}`);
  return html`<p class="lock-alert" role="status">Alerts wait: ${words.join(', ')}</p>`;
}
