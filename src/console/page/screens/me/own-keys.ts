import { html, nothing, type TemplateResult } from 'lit-html';
import type { SessionView } from '../../../../accountability/access/login-api.ts';
import type * as operations from '../../../../accountability/access/operations.ts';
import type { KeyView } from '../../../../accountability/access/own-keys.ts';
import { ask, perform } from '../../api.ts';
import { onThisUnit } from '../../here-words.ts';
import { confirmDeed } from '../../parts/confirm.ts';
import { textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { canAskKey, makeKey, whyNoKey } from '../../security-key.ts';
import { changed, page, tell } from '../../state.ts';
import { when } from '../../words.ts';
import { newWork } from '../../work.ts';
import { formOf } from './form-of.ts';
import { isFreshLogin, passwordAgain } from './password-again.ts';

/** Security keys and passkeys of the person who is logged in. */
export function keysPart(): (session: SessionView) => TemplateResult {
  let keys: KeyView[] | null = null;
  let name = '';
  let isAdding = false;
  const password = passwordAgain('keys');
  const work = newWork();

  const take = (all: KeyView[]) => {
    keys = all;
    if (page.session !== null) page.session = { ...page.session, keys: all.length };
    changed();
  };
  const load = async () => {
    const all = await work.run(() => perform<typeof operations.listKeys>('passkeys.list', {}));
    if (all !== undefined) take(all);
  };
  void load();

  const add = async () => {
    const added = await work.run(async () => {
      const made = await makeKey(await ask('POST', '/api/session/keys/offer', {}));
      return ask<KeyView>('POST', '/api/session/keys', { name, made, ...password.given() });
    });
    password.forget();
    if (added === undefined) return;
    isAdding = false;
    name = '';
    take([...(keys ?? []), added]);
    tell(
      added.unlocks
        ? 'The key is registered: each login asks for it, and it unlocks this page.'
        : 'The key is registered: each login asks for it. It does not unlock, as it does not know you.',
      'done',
    );
  };
  const remove = async ({ id, name: called }: KeyView, { secondFactor }: SessionView) => {
    const isLast = !secondFactor && keys?.length === 1;
    const isMeant = await confirmDeed({
      title: `Remove ${called}?`,
      words: isLast
        ? 'It is your only second factor: each login then asks for the password alone, or for a new one to be set up where the policy asks for one.'
        : 'It logs nobody in any more. Your other second factors stay.',
      deed: 'Remove it',
    });
    if (!isMeant) return;
    const done = await work.run(() =>
      perform<typeof operations.removeKey>('passkeys.remove', { id, ...password.given() }),
    );
    password.forget();
    if (done === undefined) return;
    take((keys ?? []).filter((each) => each.id !== id));
    tell('The key is removed.', 'done');
  };

  const line = (each: KeyView, session: SessionView) => html`<li class="own-key">
    <span
      ><b>${each.name}</b> <small>for ${each.site}, registered ${when(Date.parse(each.addedAt))},
      ${each.usedAt === null ? 'not used yet' : `used ${when(Date.parse(each.usedAt))}`};
      ${each.unlocks ? 'unlocks the page' : 'second factor alone'}</small></span
    >
    ${key({ label: `Remove ${each.name}`, kind: 'quiet', onPress: () => void remove(each, session) })}
  </li>`;

  const form = () =>
    formOf(
      work,
      'Register it',
      () => void add(),
      html`<div class="whole">
        ${textField({
          ...{ name: 'key-name', label: 'What you call it', value: name, longest: 60 },
          ...{ isRequired: true, hint: 'Such as: blue key on my ring' },
          onInput: (value) => {
            name = value;
          },
        })}
      </div>`,
    );

  const adding = () => {
    if (canAskKey()) {
      if (isAdding) return form();
      return html`${work.line()}
        <div class="row-keys">
          ${key({
            label: 'Register a security key',
            onPress: () => {
              isAdding = true;
              changed();
            },
          })}
        </div>`;
    }
    return html`${work.line()} ${whyNoKey(page.session?.namedUrl ?? null)}`;
  };

  return (session) => html`<section class="part" aria-labelledby="keys">
    <h2 id="keys">Security keys</h2>
    <p>
      A security key or passkey is a second factor: each login asks for a touch. One that knows you
      by a finger, a face or a PIN of its own also unlocks this page. It works ${onThisUnit()} alone.
    </p>
    ${keys === null || keys.length === 0 ? nothing : html`<ul class="own-keys">${keys.map((each) => line(each, session))}</ul>`}
    ${isFreshLogin(session) ? nothing : password.field()} ${adding()}
  </section>`;
}
