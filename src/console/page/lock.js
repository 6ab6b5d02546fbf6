import { ask } from './api.js';
import { el } from './dom.js';

/**
 * The lock over the page: asks for the password of the person whose session it is.
 * @param {string} name of that person
 * @param {() => void} onUnlocked
 */
export function lockView(name, onUnlocked) {
  const message = el('p.entrance-message', { role: 'alert' });
  const input = el('input', {
    name: 'password',
    type: 'password',
    required: true,
    maxlength: 1024,
    autocomplete: 'current-password',
  });
  const button = el('button', { type: 'submit' }, 'Unlock');
  const form = el(
    'form.entrance-form',
    {},
    el('p.lock-alert', { hidden: true }, 'There is an alert. Unlock to see it.'),
    el('h2', {}, 'Locked'),
    el('p', {}, `${name}, enter your password. Alerts still sound.`),
    el('label.field', {}, el('span', {}, 'Password'), input),
    message,
    button,
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    message.textContent = '';
    try {
      await ask('POST', '/api/session/unlock', { password: input.value });
      onUnlocked();
    } catch (error) {
      // The session itself is over: the login form comes instead.
      if (error.code === 'session-over' || error.code === 'not-logged-in') location.reload();
      else message.textContent = error.message;
    } finally {
      input.value = '';
      button.disabled = false;
    }
  });
  return el('section.lock', { 'aria-label': 'Locked' }, form);
}

/** Says on a locked page that there is an alert, and nothing more. */
export function announceAlert(root) {
  const line = root.querySelector('.lock-alert');
  if (line !== null) line.hidden = false;
}
