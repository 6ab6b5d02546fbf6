import { html, type TemplateResult } from 'lit-html';
import type * as operations from '../../../../accountability/access/operations.ts';
import { perform } from '../../api.ts';
import { textField } from '../../parts/field.ts';
import { changed, tell } from '../../state.ts';
import { newWork } from '../../work.ts';
import { formOf } from './form-of.ts';

/** The password, by the present one. */
export function passwordPart(): () => TemplateResult {
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
