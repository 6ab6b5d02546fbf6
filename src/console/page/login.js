import { ask } from './api.js';
import { el } from './dom.js';

const stage = document.getElementById('entrance');

/** A labelled field. */
function field(label, attributes) {
  return el('label.field', {}, el('span', {}, label), el('input', attributes));
}

const username = () =>
  field('Username', {
    name: 'username',
    required: true,
    maxlength: 64,
    autocomplete: 'username',
    autocapitalize: 'none',
    spellcheck: 'false',
  });

const password = (label, name, autocomplete) =>
  field(label, { name, type: 'password', required: true, maxlength: 1024, autocomplete });

/**
 * Puts a form on the page. Its values go to `send`; a refusal is shown in it.
 * @param {string} title
 * @param {string} button
 * @param {(Node | null)[]} fields
 * @param {(values: Record<string, string>, form: HTMLFormElement) => Promise<void>} send
 */
function showForm(title, button, fields, send) {
  const message = el('p.entrance-message', { role: 'alert' });
  const submit = el('button', { type: 'submit' }, button);
  const form = el('form.entrance-form', {}, el('h2', {}, title), ...fields, message, submit);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    submit.disabled = true;
    message.textContent = '';
    try {
      await send(Object.fromEntries(new FormData(form)), form);
    } catch (error) {
      message.textContent =
        error.name === 'TypeError' || error.name === 'TimeoutError'
          ? 'Lookout does not answer. Is it running?'
          : error.message;
    } finally {
      submit.disabled = false;
    }
  });
  stage.replaceChildren(form);
  form.querySelector('input:not([type=checkbox])')?.focus();
}

function showLogin(notice, said = '') {
  const code = field('Code of your second factor', {
    name: 'secondFactor',
    inputmode: 'numeric',
    autocomplete: 'one-time-code',
    maxlength: 16,
  });
  code.hidden = true;
  showForm(
    'Log in',
    'Log in',
    [
      el('p.entrance-said', {}, said),
      username(),
      password('Password', 'password', 'current-password'),
      code,
      el('p.notice', {}, notice),
      el(
        'label.check',
        {},
        el('input', { type: 'checkbox', name: 'noticeAcknowledged', required: true }),
        el('span', {}, 'I have read this notice.'),
      ),
    ],
    async (values) => {
      try {
        const { session } = await ask('POST', '/api/session', {
          username: values.username,
          password: values.password,
          noticeAcknowledged: values.noticeAcknowledged === 'on',
          ...(values.secondFactor ? { secondFactor: values.secondFactor } : {}),
        });
        goOn(session);
      } catch (error) {
        if (error.code === 'second-factor-missing') {
          code.hidden = false;
          code.querySelector('input').focus();
        }
        throw error;
      }
    },
  );
}

function showFirstStart(notice) {
  showForm(
    'First start: create the administrator',
    'Create this account',
    [
      el(
        'p',
        {},
        'This unit has no accounts yet. Lookout printed a one-time code when it started.',
      ),
      field('One-time code', {
        name: 'code',
        required: true,
        maxlength: 16,
        placeholder: 'XXXX-XXXX',
        autocomplete: 'off',
        spellcheck: 'false',
      }),
      username(),
      field('Full name', { name: 'name', required: true, maxlength: 120, autocomplete: 'name' }),
      field('Organisation', { name: 'organisation', required: true, maxlength: 120 }),
      password('New password', 'password', 'new-password'),
      password('Repeat the password', 'again', 'new-password'),
      el('p', {}, 'Without training and CLETS clearance the account may not see plates.'),
      field('Training course', { name: 'course', maxlength: 120 }),
      field('Completed on', { name: 'completedOn', type: 'date' }),
      field('Valid until', { name: 'expiresOn', type: 'date' }),
      field('CLETS clearance until', { name: 'cletsUntil', type: 'date' }),
    ],
    async ({ again, course, completedOn, expiresOn, cletsUntil, ...person }) => {
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
  );
}

function showPasswordChange() {
  showForm(
    'Choose your own password',
    'Change the password',
    [
      el('p', {}, 'This is a temporary password. Choose your own to continue.'),
      password('Current password', 'current', 'current-password'),
      password('New password', 'next', 'new-password'),
      password('Repeat the password', 'again', 'new-password'),
    ],
    async ({ current, next, again }) => {
      checkSame(next, again);
      await ask('POST', '/api/password', { input: { current, next } });
      goOn(await ask('GET', '/api/session'));
    },
  );
}

async function showSecondFactor() {
  const { secret } = await ask('POST', '/api/second-factor', {});
  showForm(
    'Set up your second factor',
    'Confirm',
    [
      el(
        'p',
        {},
        'Type this secret into your authenticator app, then type the code that it shows.',
      ),
      el('p.secret', {}, secret.replace(/(.{4})(?=.)/g, '$1 ')),
      field('Code', {
        name: 'code',
        required: true,
        inputmode: 'numeric',
        maxlength: 16,
        autocomplete: 'one-time-code',
      }),
    ],
    async ({ code }) => {
      await ask('POST', '/api/second-factor/confirm', { input: { code } });
      goOn(await ask('GET', '/api/session'));
    },
  );
}

function checkSame(one, other) {
  if (one !== other) throw new Error('The two new passwords do not match.');
}

/** To the alerts, or to what must be done first. */
function goOn({ must }) {
  if (must === 'change-password') showPasswordChange();
  else if (must === 'enrol-second-factor') void showSecondFactor();
  else location.replace('/');
}

async function begin() {
  const { agency, unit, notice, firstStart } = await ask('GET', '/api/session/form');
  document.getElementById('unit').textContent = `${agency} / ${unit}`;
  const session = await ask('GET', '/api/session').catch(() => null);
  if (session !== null && session.must !== null) goOn(session);
  else if (firstStart) showFirstStart(notice);
  else showLogin(notice);
}

begin().catch(() => {
  stage.replaceChildren(el('p.entrance-message', {}, 'Lookout does not answer. Trying again…'));
  setTimeout(() => location.reload(), 3000);
});
