import { html, nothing, type TemplateResult } from 'lit-html';
import type { SessionView } from '../../../../accountability/access/login-api.ts';
import type * as operations from '../../../../accountability/access/operations.ts';
import { perform } from '../../api.ts';
import { key } from '../../parts/key.ts';
import { type PinPad, pinPad } from '../../parts/pin-pad.ts';
import { changed, page, tell } from '../../state.ts';
import { newWork } from '../../work.ts';
import { isFreshLogin, passwordAgain } from './password-again.ts';

/** The PIN that unlocks this session: typed twice on the same pad. */
export function pinPart(): (session: SessionView) => TemplateResult {
  const pad: PinPad = { value: '' };
  let first: string | null = null;
  const password = passwordAgain('pin');
  let isOpen = false;
  const work = newWork();
  const forget = () => {
    pad.value = '';
    first = null;
  };
  const keep = (pin: 'set' | 'unset', words: string) => {
    if (page.session !== null) page.session = { ...page.session, pin };
    tell(words, 'done');
  };
  const take = async () => {
    work.refusal = '';
    const pin = pad.value;
    pad.value = '';
    if (first === null) {
      first = pin;
      return changed();
    }
    if (first !== pin) {
      first = null;
      work.refusal = 'The two PINs do not match. Begin again.';
      return changed();
    }
    forget();
    const done = await work.run(() =>
      perform<typeof operations.setPin>('session.set-pin', { pin, ...password.given() }),
    );
    password.forget();
    if (done === undefined) return;
    isOpen = false;
    keep('set', 'Your PIN is set. It unlocks this session until you log out.');
  };
  const remove = async () => {
    const done = await work.run(() =>
      perform<typeof operations.removePin>('session.remove-pin', {}),
    );
    if (done !== undefined) keep('unset', 'Your PIN is removed. The password unlocks.');
  };
  const form = (isFresh: boolean) => html`<form
    class="form"
    @submit=${(event: Event) => {
      event.preventDefault();
      void take();
    }}
  >
    ${isFresh ? nothing : html`<div class="whole">${password.field()}</div>`}
    <div class="whole">${work.line()}</div>
    <div class="whole">
      ${pinPad(pad, {
        label: first === null ? 'New PIN, six digits or more' : 'Repeat the PIN',
        deed: first === null ? 'Next' : 'Set it',
        isDisabled: work.isBusy,
      })}
    </div>
  </form>`;
  const open = () => {
    isOpen = true;
    changed();
  };
  const body = (session: SessionView): TemplateResult => {
    const { pin } = session;
    if (pin === 'not-allowed') {
      return html`<p>The policy in force lets no PIN unlock this page: the password does.</p>`;
    }
    if (pin === 'set') {
      return html`<p>
          A PIN unlocks this session until you log out. After three wrong ones the password is asked for.
        </p>
        ${work.line()}
        <div class="row-keys">${key({ label: 'Remove the PIN', onPress: () => void remove() })}</div>`;
    }
    return html`<p>
        When this page locks itself, a PIN opens it by touch. It holds for this session alone, until
        you log out.
      </p>
      ${
        isOpen
          ? form(isFreshLogin(session))
          : html`<div class="row-keys">${key({ label: 'Set a PIN', onPress: open })}</div>`
      }`;
  };
  return (session) => html`<section class="part" aria-labelledby="pin">
    <h2 id="pin">PIN of this session</h2>
    ${body(session)}
  </section>`;
}
