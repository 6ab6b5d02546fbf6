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

/** The second factor: set up once, taken back by an administrator. */
export function secondFactorPart(): (session: SessionView) => TemplateResult {
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
