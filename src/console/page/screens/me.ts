import { html, nothing, type TemplateResult } from 'lit-html';
import type { SessionView } from '../../../accountability/access/login-api.ts';
import type * as operations from '../../../accountability/access/operations.ts';
import type { SecondFactorOffer } from '../../../accountability/access/second-factors.ts';
import { lastLoginWords, listWords, permissionWords, roleWords } from '../account-words.ts';
import { perform } from '../api.ts';
import { textField } from '../parts/field.ts';
import { key } from '../parts/key.ts';
import type { Screen } from '../screen.ts';
import { changed, page, tell } from '../state.ts';
import { capital, when } from '../words.ts';
import { newWork, type Work } from '../work.ts';

/** A person's own account: what they may do, and their password and second factor. */
export function me(): Screen {
  const password = passwordPart();
  const factor = secondFactorPart();
  return {
    view() {
      const { session } = page;
      if (session === null) return html`<section class="screen wide"><h1>My account</h1></section>`;
      return html`<section class="screen wide">
        <h1>My account</h1>
        ${factsOf(session)}
        <section class="part" aria-labelledby="rights">
          <h2 id="rights">What I may do</h2>
          ${session.restrictions.map((each) => html`<p class="refusal">${each}</p>`)}
          ${
            session.permissions.length === 0
              ? html`<p>Nothing yet.</p>`
              : html`<ul class="rights">
                  ${session.permissions.map((each) => html`<li>${capital(permissionWords(each))}</li>`)}
                </ul>`
          }
        </section>
        ${password()} ${factor(session)}
      </section>`;
    },
  };
}

function factsOf(session: SessionView): TemplateResult {
  return html`<dl class="fact-list">
    <dt>Name</dt>
    <dd>${session.name} (${session.username})</dd>
    <dt>Role</dt>
    <dd>${roleWords(session.role)}, ${session.organisation}</dd>
    <dt>Lists</dt>
    <dd>${listWords(session.listSources)}</dd>
    <dt>Logged in</dt>
    <dd>
      since ${when(Date.parse(session.loggedInAt))}, until ${when(Date.parse(session.endsAt))} at
      the latest
    </dd>
    <dt>Last login</dt>
    <dd>${lastLoginWords(session)}. If that was not you, tell an administrator.</dd>
  </dl>`;
}

/** A form of one section; `onSend` is called when it is sent. */
function formOf(work: Work, deed: string, onSend: () => void, fields: TemplateResult) {
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

function passwordPart(): () => TemplateResult {
  const typed = { current: '', next: '', again: '' };
  const work = newWork();
  const change = async () => {
    if (typed.next !== typed.again) {
      work.refusal = 'The two new passwords do not match.';
      return changed();
    }
    const { current, next } = typed;
    const done = await work.run(() =>
      perform<typeof operations.changePassword>('password.change', { current, next }),
    );
    if (done === undefined) return;
    Object.assign(typed, { current: '', next: '', again: '' });
    tell('Your password is changed. Your other sessions are ended.', 'done');
  };
  const field = (name: keyof typeof typed, label: string) =>
    textField({
      ...{ name, label, type: 'password', value: typed[name], isRequired: true, longest: 1024 },
      onInput: (value) => {
        typed[name] = value;
      },
    });
  return () => html`<section class="part" aria-labelledby="password">
    <h2 id="password">Password</h2>
    ${formOf(
      work,
      'Change the password',
      () => void change(),
      html`<div class="whole">${field('current', 'Present password')}</div>
        ${field('next', 'New password')} ${field('again', 'Repeat the new password')}`,
    )}
  </section>`;
}

function secondFactorPart(): (session: SessionView) => TemplateResult {
  let offer: SecondFactorOffer | null = null;
  let code = '';
  const work = newWork();
  const begin = async () => {
    offer =
      (await work.run(() =>
        perform<typeof operations.offerSecondFactor>('second-factor.offer', {}),
      )) ?? offer;
    changed();
  };
  const confirm = async () => {
    const done = await work.run(() =>
      perform<typeof operations.confirmSecondFactor>('second-factor.confirm', { code }),
    );
    if (done === undefined) return;
    offer = null;
    code = '';
    if (page.session !== null) page.session = { ...page.session, secondFactor: true };
    tell('Your second factor is set up: each login asks for a code from now on.', 'done');
  };
  const enrolment = ({ secret }: SecondFactorOffer) => html`<p>
      Type this secret into the authenticator app of your phone, then type the code that it shows.
    </p>
    <p class="one-time">${secret.replace(/(.{4})(?=.)/g, '$1 ')}</p>
    ${formOf(
      work,
      'Set it up',
      () => void confirm(),
      textField({
        name: 'code',
        label: 'Code that the app shows',
        value: code,
        longest: 16,
        isRequired: true,
        onInput: (value) => {
          code = value;
        },
      }),
    )}`;
  return ({ secondFactor }) => html`<section class="part" aria-labelledby="factor">
    <h2 id="factor">Second factor</h2>
    ${
      secondFactor
        ? html`<p>It is set up: each login asks for a code. An administrator takes a lost one back.</p>`
        : offer === null
          ? html`<p>
                With a second factor, nobody logs in by your password alone: each login asks for a
                code of your phone.
              </p>
              ${work.line()}
              <div class="row-keys">${key({ label: 'Set up a second factor', onPress: () => void begin() })}</div>`
          : enrolment(offer)
    }
    ${secondFactor ? nothing : html`<p class="quiet-words">It takes effect when its first code is confirmed.</p>`}
  </section>`;
}
