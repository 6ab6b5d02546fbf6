import { html, nothing, render, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import type { LoginForm, SessionView, SignedIn } from '../../accountability/access/login-api.ts';
import type { LoginHelp } from '../../accountability/access/login-help.ts';
import type { SecondFactorOffer } from '../../accountability/access/second-factors.ts';
import type { UnitView } from '../unit-view.ts';
import { ask, Refused, wordsOf } from './api.ts';
import { helpView } from './parts/login-help.ts';
import { qrCode } from './parts/qr-code.ts';
import { waitingLines } from './screens/lock.ts';
import { askKey, canAskKey, makeKey, whyNoKey } from './security-key.ts';
import type { Waiting } from './state.ts';
import { recallTheme } from './theme.ts';
import { undoneWords } from './undone.ts';

interface Form extends LoginForm {
  waiting?: Waiting;
  must: SessionView['must'];
  mode: UnitView['mode'];
  /** Whether the page is on another computer. */
  isElsewhere: boolean;
  needsSecondFactor: boolean;
  /** Where the page has a name, which security keys need. */
  namedUrl: string | null;
}
type Values = Record<string, string>;

const stage = document.getElementById('entrance') ?? document.body;
let form: Form | null = null;
let codeIsAsked = false;
/** The second factor may be a security key. */
let keyIsAsked = false;

interface Field {
  label: string;
  name: string;
  type?: string;
  isOptional?: boolean;
  autocomplete?: string;
  maxlength?: number;
  inputmode?: string;
  placeholder?: string;
}

/** A labelled field. */
function field({ label, name, type = 'text', isOptional = false, ...rest }: Field): TemplateResult {
  return html`<label class="field"
    ><span>${label}</span>
    <input
      name=${name}
      type=${type}
      ?required=${!isOptional}
      maxlength=${rest.maxlength ?? 1024}
      autocomplete=${rest.autocomplete ?? 'off'}
      inputmode=${rest.inputmode ?? nothing}
      placeholder=${rest.placeholder ?? nothing}
      autocapitalize="none"
      spellcheck="false"
  /></label>`;
}

const username = () =>
  field({ label: 'Username', name: 'username', maxlength: 64, autocomplete: 'username' });
const password = (label: string, name: string, autocomplete: string) =>
  field({ label, name, type: 'password', autocomplete });

/** A form on the page: its values go to `send`; a refusal is shown in it. */
interface Asked {
  title: string;
  button: string;
  fields: () => TemplateResult;
  /** Below the button. */
  after?: () => TemplateResult | typeof nothing;
  send: (values: Values) => Promise<void>;
}

let asked: Asked | null = null;
let message = '';
let help: LoginHelp | null = null;
let isSending = false;

function draw(): void {
  if (asked === null) return;
  const { title, button, fields, after } = asked;
  render(
    html`${form?.waiting === undefined ? nothing : waitingLines(form.waiting)}
      <form class="entrance-form" @submit=${submit}>
        <h2>${title}</h2>
        ${fields()}
        <p class="entrance-message" role="alert">${message}</p>
        ${help === null ? nothing : helpView(help)}
        <button type="submit" ?disabled=${isSending}>${button}</button>
        ${after?.() ?? nothing}
      </form>`,
    stage,
  );
}

async function submit(event: SubmitEvent): Promise<void> {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const values = Object.fromEntries(new FormData(form, event.submitter)) as Values;
  // A key that is disabled loses the focus.
  const held = document.activeElement;
  isSending = true;
  message = '';
  help = null;
  draw();
  try {
    await asked?.send(values);
  } catch (error) {
    message = wordsOf(error);
    help = error instanceof Refused ? error.help : null;
  } finally {
    isSending = false;
    draw();
    if (document.activeElement === document.body && held instanceof HTMLElement) held.focus();
  }
}

function show(next: Asked): void {
  asked = next;
  message = '';
  help = null;
  // The fields of the form before must not keep what was typed.
  render(nothing, stage);
  draw();
  stage.querySelector<HTMLInputElement>('input:not([type=checkbox])')?.focus();
}

const said = (text: string) =>
  text === '' ? nothing : html`<p class="entrance-said" role="status">${text}</p>`;

function showLogin(notice: string, before = ''): void {
  codeIsAsked = form?.needsSecondFactor ?? false;
  keyIsAsked = codeIsAsked;
  show({
    title: 'Log in',
    button: 'Log in',
    fields: () => html`${said(before)} ${username()}
      ${password('Password', 'password', 'current-password')}
      ${codeIsAsked ? codeField('Code of your second factor', 'secondFactor', !form?.needsSecondFactor) : nothing}
      <p class="notice">${notice}</p>
      <label class="check"
        ><input type="checkbox" name="noticeAcknowledged" required />
        <span>I have read this notice.</span></label
      >`,
    after: () => (keyIsAsked ? byKey() : nothing),
    async send(values) {
      try {
        const { session } = await ask<SignedIn>('POST', '/api/session', {
          username: values.username,
          password: values.password,
          noticeAcknowledged: values.noticeAcknowledged === 'on',
          ...(values.secondFactor ? { secondFactor: values.secondFactor } : {}),
          ...(values.byKey ? { key: await keyOf(values) } : {}),
        });
        typedAtLogin = values.password ?? null;
        goOn(session);
      } catch (error) {
        const code = error instanceof Refused ? error.code : '';
        codeIsAsked ||= code === 'second-factor-missing';
        keyIsAsked ||= code === 'second-factor-missing' || code === 'key-missing';
        throw error;
      }
    },
  });
}

const byKey = () => (canAskKey() ? keyButton() : whyNoKey(form?.namedUrl ?? null));

/** Sends the form as its other button does, and asks a key in the place of the code. */
const keyButton = () =>
  html`<button type="submit" name="byKey" value="yes" formnovalidate ?disabled=${isSending}>
    Log in with a security key
  </button>`;

/** What a key answers to the question that the unit asks who knows this password. */
async function keyOf({ username, password }: Values): Promise<unknown> {
  return askKey(await ask('POST', '/api/session/login-key', { username, password }));
}

/** A code of six digits. `isNext`: it takes the focus as it appears. */
const codeField = (label: string, name: string, isNext = true) =>
  html`<label class="field"
    ><span>${label}</span>
    <input
      name=${name}
      required
      inputmode="numeric"
      autocomplete="one-time-code"
      maxlength="16"
      ${ref((input) => {
        // It is on the page a moment after it is made.
        if (isNext) queueMicrotask(() => (input as HTMLInputElement | undefined)?.focus());
      })}
  /></label>`;

function showFirstStart(notice: string): void {
  show({
    title: 'First start: create the administrator',
    button: 'Create this account',
    fields: () => html`<p>
        There are no accounts here yet. Lookout printed a one-time code when it started. A password
        has 12 characters or more.
      </p>
      ${field({ label: 'One-time code', name: 'code', maxlength: 16, placeholder: 'XXXX-XXXX' })}
      ${username()}
      ${field({ label: 'Full name', name: 'name', maxlength: 120, autocomplete: 'name' })}
      ${field({ label: 'Organisation', name: 'organisation', maxlength: 120 })}
      ${password('New password', 'password', 'new-password')}
      ${password('Repeat the password', 'again', 'new-password')}
      <p>Without training and CLETS clearance the account may not see plates.</p>
      ${field({ label: 'Training course', name: 'course', maxlength: 120, isOptional: true })}
      ${field({ label: 'Completed on', name: 'completedOn', type: 'date', isOptional: true })}
      ${field({ label: 'Training holds until (empty: it has no end)', name: 'expiresOn', type: 'date', isOptional: true })}
      ${field({ label: 'CLETS clearance until', name: 'cletsUntil', type: 'date', isOptional: true })}`,
    async send({ again, course, completedOn, expiresOn, cletsUntil, ...person }) {
      checkSame(person.password, again);
      if (Boolean(course) !== Boolean(completedOn)) {
        throw new Error('Give both the training course and the day it was completed, or neither.');
      }
      await ask('POST', '/api/first-administrator', {
        ...person,
        training: course ? { course, completedOn, expiresOn: expiresOn || null } : null,
        cletsUntil: cletsUntil || null,
      });
      showLogin(notice, 'The account was created. Log in with it.');
    },
  });
}

/** The first account is made on the unit itself. */
function showNoAccounts(): void {
  render(
    html`<p>
      There are no accounts here yet. The first one is made on this computer itself, not over the network: sudo lookout user first
    </p>`,
    stage,
  );
}

/** The password with which somebody has just logged in, so that a temporary one is typed once; gone with this form. */
let typedAtLogin: string | null = null;

function showPasswordChange(): void {
  const temporary = typedAtLogin;
  typedAtLogin = null;
  show({
    title: 'Choose your own password',
    button: 'Change the password',
    fields: () => html`<p>
        This is a temporary password. Choose your own to continue, with 12 characters or more.
      </p>
      ${temporary === null ? password('Current password', 'current', 'current-password') : nothing}
      ${password('New password', 'next', 'new-password')}
      ${password('Repeat the password', 'again', 'new-password')}`,
    async send({ current = temporary ?? '', next, again }) {
      checkSame(next, again);
      await ask('POST', '/api/password', { input: { current, next } });
      goOn(await ask<SessionView>('GET', '/api/session'));
    },
  });
}

/** Which second factor: an app, or a security key where this page has a name and the browser can ask one. */
async function showSecondFactor(): Promise<void> {
  if (!canAskKey()) return showApp(whyNoKey(form?.namedUrl ?? null));
  show({
    title: 'Set up your second factor',
    button: 'Authenticator app',
    fields: () => html`<p>
      The policy asks for a second factor at each login. Choose one now; more can be set up later on
      the screen My account, so that a lost one shuts you out of nothing.
    </p>`,
    after: () =>
      html`<button type="button" ?disabled=${isSending} @click=${showKey}>Security key</button>`,
    send: () => showApp(nothing),
  });
}

async function showApp(more: TemplateResult | typeof nothing): Promise<void> {
  const { secret, qr } = await ask<SecondFactorOffer>('POST', '/api/second-factor', { input: {} });
  show({
    title: 'Set up your second factor',
    button: 'Confirm',
    fields: () => html`<p>
        Point your authenticator app at this code, or type the secret below it. Then type the code
        that the app shows.
      </p>
      ${qrCode(qr, 'QR code of the secret, for an authenticator app')}
      <p class="secret">${secret.replace(/(.{4})(?=.)/g, '$1 ')}</p>
      ${more} ${codeField('Code', 'code')}`,
    after: otherFactor,
    async send({ code }) {
      await ask('POST', '/api/second-factor/confirm', { input: { code } });
      goOn(await ask<SessionView>('GET', '/api/session'));
    },
  });
}

function showKey(): void {
  let isPasswordAsked = false;
  show({
    title: 'Set up your second factor',
    button: 'Register this key',
    fields: () => html`<p>
        Put the security key into this computer or hold it ready. The browser asks for a touch, and
        each login here does from then on.
      </p>
      ${field({ label: 'What you call it', name: 'name', maxlength: 60, placeholder: 'Blue key on my ring' })}
      ${isPasswordAsked ? password('Password', 'password', 'current-password') : nothing}`,
    after: otherFactor,
    async send({ name, password: again }) {
      const made = await makeKey(await ask('POST', '/api/session/keys/offer', {}));
      try {
        await ask('POST', '/api/session/keys', {
          ...{ name, made },
          ...(again === undefined ? {} : { password: again }),
        });
      } catch (error) {
        isPasswordAsked ||= error instanceof Refused && error.code === 'password-missing';
        throw error;
      }
      goOn(await ask<SessionView>('GET', '/api/session'));
    },
  });
}

/** Back to the choice, where there is one. */
const otherFactor = () =>
  canAskKey()
    ? html`<button type="button" ?disabled=${isSending} @click=${() => void showSecondFactor()}>
        Another kind
      </button>`
    : nothing;

function checkSame(one: string | undefined, other: string | undefined): void {
  if (one !== other) throw new Error('The two new passwords do not match.');
}

/** To the alerts, or to what must be done first. */
function goOn({ must }: Pick<SessionView, 'must'>): void {
  if (must === 'change-password') showPasswordChange();
  else if (must === 'enrol-second-factor') void showSecondFactor();
  // To where the person was when their session ended (session-end.ts).
  else location.reload();
}

async function begin(): Promise<void> {
  form = await ask<Form>('GET', '/api/session/form');
  document.body.dataset.surface = form.mode === 'mobile' && !form.isElsewhere ? 'car' : 'desk';
  const name = document.getElementById('unit');
  if (name !== null) name.textContent = `${form.agency} / ${form.unit}`;
  if (form.must !== null) goOn(form);
  else if (form.firstStart && form.isElsewhere) showNoAccounts();
  else if (form.firstStart) showFirstStart(form.notice);
  else showLogin(form.notice, undoneWords());
}

recallTheme();
begin().catch(() => {
  stage.textContent = 'Lookout does not answer. Trying again…';
  setTimeout(() => location.reload(), 3000);
});
