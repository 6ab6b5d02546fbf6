import { html, nothing, type TemplateResult } from 'lit-html';
import type { SessionView } from '../../../../accountability/access/login-api.ts';
import type * as operations from '../../../../accountability/access/operations.ts';
import { perform } from '../../api.ts';
import { dayWords } from '../../days.ts';
import { textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { printKey } from '../../parts/printed.ts';
import { changed, page, tell } from '../../state.ts';
import { unitNowMs } from '../../words.ts';
import { newWork } from '../../work.ts';
import { formOf } from './form-of.ts';
import { isFreshLogin, passwordAgain } from './password-again.ts';

/** Codes for when the phone is lost: how many are left, and a new set, shown and printed this once. */
export function recoveryCodesPart(): (session: SessionView) => TemplateResult {
  let isAsked = false;
  let code = '';
  let made: readonly string[] | null = null;
  const password = passwordAgain('recovery');
  const work = newWork();
  const show = (isOpen: boolean) => {
    isAsked = isOpen;
    made = null;
    changed();
  };
  const make = async () => {
    const given = code.trim() === '' ? {} : { code: code.trim() };
    const done = await work.run(() =>
      perform<typeof operations.makeRecoveryCodes>('second-factor.recovery-codes', {
        ...given,
        ...password.given(),
      }),
    );
    if (done === undefined) return;
    password.forget();
    code = '';
    made = done.codes;
    if (page.session !== null) page.session = { ...page.session, recoveryCodes: made.length };
    tell('New recovery codes are made. Those of before are good no more.', 'done');
  };
  const sheet = (session: SessionView, codes: readonly string[]) => html`<div class="printed">
      <h3>Recovery codes of ${session.name}</h3>
      <p>
        ${page.session?.at.agency} / ${page.session?.at.unit}, ${dayWords(unitNowMs())}. Each is good
        once here, in place of a code of the app. Keep them where the phone is not.
      </p>
      <ol class="recovery-codes">
        ${codes.map((each) => html`<li class="one-time">${each}</li>`)}
      </ol>
    </div>
    <p class="doubt">They are shown this once: print them or write them down now.</p>
    <div class="row-keys">
      ${printKey({ label: 'Print them', name: 'Recovery codes' })}
      ${key({ label: 'I have them', onPress: () => show(false) })}
    </div>`;
  const ask = (session: SessionView) =>
    formOf(
      work,
      'Make ten codes',
      () => void make(),
      html`${textField({
        name: 'recovery-app-code',
        label: 'Code of the app that you use now',
        value: code,
        longest: 16,
        isRequired: session.keys === 0,
        onInput: (value) => {
          code = value;
        },
      })}
      ${isFreshLogin(session) ? nothing : password.field()}`,
    );
  return (session) => {
    const { recoveryCodes: left } = session;
    if (made !== null) return sheet(session, made);
    return html`<p>
        ${
          left === 0
            ? 'You have no recovery codes for when the phone is lost.'
            : `Recovery codes: ${left} left. Each is good once, on this computer alone.`
        }
      </p>
      ${
        isAsked
          ? ask(session)
          : html`<div class="row-keys">
              ${key({
                label: left === 0 ? 'Make recovery codes' : 'Make new recovery codes',
                onPress: () => show(true),
              })}
            </div>`
      }`;
  };
}
