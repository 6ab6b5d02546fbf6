import { html, nothing, type TemplateResult } from 'lit-html';
import type { SessionView } from '../../../../accountability/access/login-api.ts';
import type * as operations from '../../../../accountability/access/operations.ts';
import type { SecondFactorOffer } from '../../../../accountability/access/second-factors.ts';
import { perform } from '../../api.ts';
import { textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { qrCode } from '../../parts/qr-code.ts';
import { changed, page, tell } from '../../state.ts';
import { newWork } from '../../work.ts';
import { formOf } from './form-of.ts';
import { recoveryCodesPart } from './own-recovery-codes.ts';
import { isFreshLogin, passwordAgain } from './password-again.ts';

/** The authenticator app as a second factor: set up, moved to another phone; taken back by an administrator. */
export function secondFactorPart(): (session: SessionView) => TemplateResult {
  let offer: SecondFactorOffer | null = null;
  let code = '';
  /** Another phone is to take the place of the one that is set up. */
  let isMoving = false;
  let presentCode = '';
  const password = passwordAgain('factor');
  const codes = recoveryCodesPart();
  const work = newWork();
  const begin = async () => {
    const given = presentCode === '' ? {} : { code: presentCode };
    offer =
      (await work.run(() =>
        perform<typeof operations.offerSecondFactor>('second-factor.offer', {
          ...given,
          ...password.given(),
        }),
      )) ?? offer;
    password.forget();
    presentCode = '';
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
    tell(
      isMoving
        ? 'The other phone is set up: the codes of the one before are good no more.'
        : 'Your second factor is set up: each login asks for a code from now on.',
      'done',
    );
    isMoving = false;
  };
  const enrolment = ({ secret, qr }: SecondFactorOffer) => html`<p>
      Point the authenticator app of your phone at this code, or type the secret below it. Then type
      the code that the app shows.
    </p>
    ${qrCode(qr, 'QR code of the secret, for an authenticator app')}
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
    )}
    <p class="quiet-words">It takes effect when its first code is confirmed.</p>`;
  const notSetUp = () => html`<p>
      With a second factor, nobody logs in by your password alone: each login asks for a code of
      your phone.
    </p>
    ${work.line()}
    <div class="row-keys">${key({ label: 'Set up a second factor', onPress: () => void begin() })}</div>`;
  const moving = (session: SessionView) => html`<p>
      The phone that is set up stays good until the other one has shown its first code.
    </p>
    ${formOf(
      work,
      'Go on',
      () => void begin(),
      html`${textField({
        name: 'present-code',
        label: 'Code of the app that you use now',
        value: presentCode,
        longest: 16,
        isRequired: session.keys === 0,
        ...(session.keys === 0 ? {} : { hint: 'Or leave it empty: you have a security key' }),
        onInput: (value) => {
          presentCode = value;
        },
      })}
      ${isFreshLogin(session) ? nothing : password.field()}`,
    )}`;
  const setUp = (session: SessionView) => html`<p>
      It is set up: each login asks for a code. ${
        session.keys > 0
          ? 'Your security key stands in for it where you have it with you.'
          : 'It is your only second factor: if the phone is lost, a recovery code lets you in, and else only an administrator. A security key below is a second one.'
      }
    </p>
    ${codes(session)} ${
      isMoving
        ? moving(session)
        : html`<div class="row-keys">
            ${key({
              label: 'Use another phone',
              onPress: () => {
                isMoving = true;
                changed();
              },
            })}
          </div>`
    }`;
  return (session) => html`<section class="part" aria-labelledby="factor">
    <h2 id="factor">Second factor</h2>
    ${offer !== null ? enrolment(offer) : session.secondFactor ? setUp(session) : notSetUp()}
    <p class="quiet-words">
      If all your second factors are lost, and no recovery code is left, an administrator takes them
      back on the screen People, and you set up new ones.
    </p>
  </section>`;
}
