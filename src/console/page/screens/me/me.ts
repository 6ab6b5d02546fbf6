import { html, type TemplateResult } from 'lit-html';
import type { SessionView } from '../../../../accountability/access/login-api.ts';
import { lastLoginWords, listWords, permissionWords, roleWords } from '../../account-words.ts';
import type { Screen } from '../../screen.ts';
import { page } from '../../state.ts';
import { capital, when } from '../../words.ts';
import { keysPart } from './own-keys.ts';
import { passwordPart } from './own-password.ts';
import { pinPart } from './own-pin.ts';
import { secondFactorPart } from './own-second-factor.ts';

/** A person's own account: what they may do, and their password and second factor. */
export function me(): Screen {
  const password = passwordPart();
  const factor = secondFactorPart();
  const pin = pinPart();
  const keys = keysPart();
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
        ${pin(session)} ${password()} ${factor(session)} ${keys(session)}
      </section>`;
    },
  };
}

const isFirstLogin = ({ lastLoginAt, lastLoginElsewhereOn }: SessionView) =>
  lastLoginAt === null && lastLoginElsewhereOn === null;

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
    <dd>
      ${
        isFirstLogin(session)
          ? 'None before this'
          : `${lastLoginWords(session)}. If that was not you, tell an administrator.`
      }
    </dd>
  </dl>`;
}
