import { html, nothing, type TemplateResult } from 'lit-html';
import { ask, Refused, wordsOf } from '../api.ts';
import { changed, page, type Waiting } from '../state.ts';
import { unlock } from '../stream.ts';
import { classMarks } from '../words.ts';

let message = '';
let isAsking = false;

/** The lock over the page: asks for the password of the person whose session it is, and says what waits. */
export function lockScreen(isSlim: boolean): TemplateResult {
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const password = String(new FormData(form).get('password') ?? '');
    isAsking = true;
    message = '';
    changed();
    try {
      await ask('POST', '/api/session/unlock', { password });
      unlock();
    } catch (error) {
      const code = error instanceof Refused ? error.code : '';
      if (code === 'session-over' || code === 'not-logged-in') location.reload();
      message = wordsOf(error);
    } finally {
      form.reset();
      isAsking = false;
      changed();
    }
  };
  return html`<section class="lock ${isSlim ? 'slim' : ''}" aria-label="Locked">
    <form class="entrance-form" @submit=${submit}>
      ${page.waiting === null ? nothing : waitingLines(page.waiting)}
      <h2>Locked</h2>
      <p>${page.session?.name ?? ''}, enter your password. Alerts still sound.</p>
      <label class="field"
        ><span>Password</span>
        <input name="password" type="password" required maxlength="1024" autocomplete="current-password"
      /></label>
      <p class="entrance-message" role="alert">${message}</p>
      <button type="submit" ?disabled=${isAsking}>Unlock</button>
    </form>
  </section>`;
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
