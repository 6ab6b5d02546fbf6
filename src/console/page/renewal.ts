import { html, nothing, type TemplateResult } from 'lit-html';
import { ask, wordsOf } from './api.ts';
import { askKey, canAskKey } from './security-key.ts';
import { page, tell } from './state.ts';
import { onRefusal } from './stream.ts';

/** Renews the session before it ends, without leaving the alert. `ends`: when that is, in words. */
export function renewForm(ends: string): TemplateResult {
  const { session } = page;
  return html`<form class="notice-line" @submit=${renew}>
    <p>${ends}</p>
    <input
      name="password"
      type="password"
      required
      aria-label="Your password"
      placeholder="Your password"
      autocomplete="current-password"
    />
    ${
      session?.secondFactor
        ? html`<input
            name="secondFactor"
            required
            inputmode="numeric"
            maxlength="16"
            aria-label="Code of your second factor"
            placeholder="Code"
            autocomplete="one-time-code"
          />`
        : nothing
    }
    <button type="submit" class="key">Stay logged in</button>
    ${
      (session?.keys ?? 0) > 0 && canAskKey()
        ? html`<button type="submit" class="key" name="byKey" value="yes" formnovalidate>
            With a security key
          </button>`
        : nothing
    }
  </form>`;
}

async function renew(event: SubmitEvent): Promise<void> {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  // The password, and the code or a key where a second factor is enrolled.
  const { byKey, ...typed } = Object.fromEntries(new FormData(form, event.submitter));
  try {
    const key = byKey && (await keyOf());
    const renewed = await ask<NonNullable<typeof page.session>>(
      'POST',
      '/api/session/renew',
      key ? { password: typed.password, key } : typed,
    );
    if (page.session !== null) page.session = { ...page.session, ...renewed };
    tell('You stay logged in.', 'noted');
  } catch (error) {
    onRefusal(error);
    tell(wordsOf(error), 'refused');
  }
  form.reset();
}

/** What a key answers to the question that the unit asks before it renews the session. */
async function keyOf(): Promise<unknown> {
  return askKey(await ask('POST', '/api/session/keys/question', { use: 'renew' }));
}
