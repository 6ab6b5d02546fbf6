import { html } from 'lit-html';
import type { createAccount } from '../../../../accountability/access/operations.ts';
import type { Role } from '../../../../accountability/gate/permissions.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { key } from '../../parts/key.ts';
import type { Screen } from '../../screen.ts';
import { changed, tell } from '../../state.ts';
import { newWork } from '../../work.ts';
import { accountFields, newAccountForm, rolesOfPolicy, typedTraining } from './account-form.ts';

/** Makes an account, which waits for the approval of another person. */
export function newAccount(): Screen {
  const form = newAccountForm();
  const work = newWork();
  let roles: Role[] | null = null;
  void rolesOfPolicy().then((all) => {
    roles = all;
    changed();
  });

  const make = async () => {
    const training = typedTraining(form);
    const { role } = form;
    if (training === undefined || role === '') {
      work.refusal =
        role === ''
          ? 'Choose a role.'
          : 'Give both the training course and the day on which it was completed, or neither.';
      return changed();
    }
    const { username, name, organisation, requestedBy, lists } = form;
    const made = await work.run(() =>
      perform<typeof createAccount>('users.create', {
        ...{ username, name, role, organisation, requestedBy, training, listSources: lists },
        cletsUntil: form.cletsUntil === '' ? null : form.cletsUntil,
      }),
    );
    if (made === undefined) return;
    tell(`${made.name} has an account, which waits for the approval of another person.`, 'done');
    go(`people/${made.username}`);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    void make();
  };

  return {
    view: () => html`<section class="screen wide">
      <div class="screen-head">
        <h1>New account</h1>
        ${key({ label: 'All people', kind: 'quiet', onPress: () => go('people') })}
      </div>
      ${
        roles === null
          ? html`<p>Loading…</p>`
          : html`<form class="form" @submit=${submit}>
              ${accountFields(form, roles, true)}
              <div class="whole">${work.line()}</div>
              <div class="whole step-keys">
                <button type="submit" class="key first" ?disabled=${work.isBusy}>
                  Make the account
                </button>
              </div>
            </form>`
      }
    </section>`,
  };
}
