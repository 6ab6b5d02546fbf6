import { html, nothing, type TemplateResult } from 'lit-html';
import type { AccountReview, AccountView } from '../../../../accountability/access/account-view.ts';
import type * as operations from '../../../../accountability/access/operations.ts';
import type { TemporaryPassword } from '../../../../accountability/access/temporary-password.ts';
import type { Role } from '../../../../accountability/gate/permissions.ts';
import {
  accountStanding,
  lastLoginWords,
  listWords,
  roleWords,
  trainingWords,
} from '../../account-words.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { confirmDeed } from '../../parts/confirm.ts';
import { areaField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import type { Screen } from '../../screen.ts';
import { changed, may, page, tell } from '../../state.ts';
import { capital, when } from '../../words.ts';
import { newWork } from '../../work.ts';
import {
  type AccountForm,
  accountFields,
  changesOf,
  formOfAccount,
  rolesOfPolicy,
} from './account-form.ts';
import { handedPassword } from './one-time-password.ts';

type Ending = 'deactivate' | 'close';

const endings: Record<Ending, { title: string; words: string; deed: string; done: string }> = {
  deactivate: {
    title: 'Deactivate this account?',
    words:
      'They are logged out at once and cannot log in until an administrator opens the account again.',
    deed: 'Deactivate the account',
    done: 'The account is deactivated.',
  },
  close: {
    title: 'Close this account for good?',
    words:
      'They are logged out at once and can never log in with it again. The username is never given to anyone else.',
    deed: 'Close the account',
    done: 'The account is closed.',
  },
};

/** One account, with everything that may be done with it. */
export function person(username: string): Screen {
  let account: AccountReview | null = null;
  let isThere = true;
  let handed: TemporaryPassword | null = null;
  let form: AccountForm | null = null;
  let roles: Role[] = [];
  let ending: Ending | null = null;
  let reason = '';
  const review = async () => {
    const all = await perform<typeof operations.reviewAccounts>('users.review', {});
    account = all.find((each) => each.username === username) ?? null;
    isThere = account !== null;
  };
  const work = newWork(review);

  const load = async () => {
    await work.run(review);
    changed();
  };
  void load();

  /** Does it, says so, and shows the account as it is then. */
  const act = async (words: string, ask: () => Promise<AccountView>): Promise<boolean> => {
    if ((await work.run(ask)) === undefined) return false;
    tell(words, 'done');
    await load();
    return true;
  };
  const hand = async (words: string, ask: () => Promise<TemporaryPassword>) => {
    const given = await work.run(ask);
    if (given === undefined) return;
    handed = given;
    tell(words, 'done');
    await load();
  };

  const approve = ({ name }: AccountReview) =>
    hand(`The account of ${name} is approved.`, () =>
      perform<typeof operations.approveAccount>('users.approve', { username }),
    );
  const resetPassword = async ({ name }: AccountReview) => {
    const isMeant = await confirmDeed({
      title: `Give ${name} a temporary password?`,
      words: 'Their own password ends, and they are logged out everywhere here.',
      deed: 'Give a temporary password',
    });
    if (!isMeant) return;
    await hand('They log in with the temporary password.', () =>
      perform<typeof operations.resetPassword>('users.reset-password', { username }),
    );
  };
  const resetSecondFactor = async ({ name }: AccountReview) => {
    const isMeant = await confirmDeed({
      title: `Take back the second factor of ${name}?`,
      words:
        'Their security keys here are forgotten with it. They log in by their password alone until they set up another, and are logged out everywhere here. Be sure that it is they who ask.',
      deed: 'Take it back',
    });
    if (!isMeant) return;
    await act('The second factor is taken back.', () =>
      perform<typeof operations.resetSecondFactor>('users.reset-second-factor', { username }),
    );
  };
  const end = async () => {
    if (ending === null) return;
    const which = ending;
    const input = { username, reason };
    const isDone = await act(endings[which].done, () =>
      which === 'close'
        ? perform<typeof operations.closeAccount>('users.close', input)
        : perform<typeof operations.deactivateAccount>('users.deactivate', input),
    );
    if (!isDone) return;
    ending = null;
    reason = '';
    changed();
  };
  const beginChange = async (told: AccountReview) => {
    roles = await rolesOfPolicy();
    form = formOfAccount(told);
    ending = null;
    changed();
  };
  const save = async (typed: AccountForm, told: AccountReview) => {
    const changes = changesOf(typed, told);
    if (changes === undefined) {
      work.refusal =
        'Give both the training course and the day on which it was completed, or neither.';
      return changed();
    }
    if (Object.keys(changes).length === 0) {
      form = null;
      return tell('Nothing was changed.', 'done');
    }
    const isDone = await act(`${told.name} is changed.`, () =>
      perform<typeof operations.changeAccount>('users.change', { username, ...changes }),
    );
    if (!isDone) return;
    form = null;
    changed();
  };

  const keys = (told: AccountReview): TemplateResult => {
    const { state } = told;
    const beginEnding = (which: Ending) => {
      ending = which;
      form = null;
      changed();
    };
    const simple = (label: string, words: string, ask: () => Promise<AccountView>) =>
      key({ label, onPress: () => void act(words, ask) });
    const { approvedBy, createdBy } = told;
    const isAlone = approvedBy === createdBy && createdBy !== page.session?.username;
    return html`<div class="row-keys">
      ${
        may('accounts.approve') && state === 'pending'
          ? key({ label: 'Approve', kind: 'first', onPress: () => void approve(told) })
          : nothing
      }
      ${
        may('accounts.approve') && isAlone && state !== 'closed'
          ? simple('Confirm as the second person', `${told.name} is confirmed.`, () =>
              perform<typeof operations.confirmAccount>('users.confirm', { username }),
            )
          : nothing
      }
      ${
        may('accounts.change') && state !== 'closed'
          ? html`${
              told.lockedOutAt === null
                ? nothing
                : simple('End the lock-out', `${told.name} may log in again.`, () =>
                    perform<typeof operations.releaseAccount>('users.release', { username }),
                  )
            }
            ${
              state === 'deactivated'
                ? simple('Reactivate', `The account of ${told.name} is open again.`, () =>
                    perform<typeof operations.reactivateAccount>('users.reactivate', { username }),
                  )
                : nothing
            }
            ${key({ label: 'Change', onPress: () => void beginChange(told) })}
            ${state === 'pending' ? nothing : key({ label: 'Temporary password', onPress: () => void resetPassword(told) })}
            ${told.secondFactor || told.keys > 0 ? key({ label: told.keys > 0 ? 'Take back second factor and keys' : 'Take back the second factor', onPress: () => void resetSecondFactor(told) }) : nothing}
            ${state === 'deactivated' ? nothing : key({ label: 'Deactivate', kind: 'danger', onPress: () => beginEnding('deactivate') })}
            ${key({ label: 'Close account', kind: 'danger', onPress: () => beginEnding('close') })}`
          : nothing
      }
      ${may('training.record') ? key({ label: 'Trainings', kind: 'quiet', onPress: () => go(`trainings/${username}`) }) : nothing}
    </div>`;
  };

  const cancel = () => {
    form = null;
    ending = null;
    work.refusal = '';
    changed();
  };
  const changeView = (typed: AccountForm, told: AccountReview): TemplateResult => {
    const submit = (event: Event) => {
      event.preventDefault();
      void save(typed, told);
    };
    return html`<section class="part" aria-labelledby="change">
      <h2 id="change">Change this account</h2>
      <form class="form" @submit=${submit}>
        ${accountFields(typed, roles, false)}
        <div class="whole">${work.line()}</div>
        <div class="whole step-keys">
          ${key({ label: 'Cancel', kind: 'quiet', onPress: cancel })}
          <button type="submit" class="key first" ?disabled=${work.isBusy}>Save</button>
        </div>
      </form>
    </section>`;
  };
  const endingView = (which: Ending): TemplateResult => {
    const { title, words, deed } = endings[which];
    const submit = (event: Event) => {
      event.preventDefault();
      void end();
    };
    return html`<section class="part" aria-labelledby="ending">
      <h2 id="ending">${title}</h2>
      <p>${words}</p>
      <form class="form" @submit=${submit}>
        <div class="whole">
          ${areaField({
            name: 'reason',
            label: 'Why',
            hint: 'Kept with the account',
            value: reason,
            longest: 300,
            isRequired: true,
            onInput: (value) => {
              reason = value;
            },
          })}
        </div>
        <div class="whole">${work.line()}</div>
        <div class="whole step-keys">
          ${key({ label: 'Cancel', kind: 'quiet', onPress: cancel })}
          <button type="submit" class="key danger" ?disabled=${work.isBusy}>${deed}</button>
        </div>
      </form>
    </section>`;
  };

  return {
    comeBack: () => void load(),
    view() {
      const told = account;
      const isOwn = username === page.session?.username;
      return html`<section class="screen wide">
        <div class="screen-head">
          <h1>${told?.name ?? username}</h1>
          ${key({ label: 'All people', kind: 'quiet', onPress: () => go('people') })}
        </div>
        ${form === null && ending === null ? work.line() : nothing}
        ${isThere ? nothing : html`<p class="empty">There is no account ${username}.</p>`}
        ${
          handed === null
            ? nothing
            : handedPassword(handed, () => {
                handed = null;
                changed();
              })
        }
        ${
          told === null
            ? nothing
            : html`${findingsView(told)}
                ${
                  isOwn
                    ? html`<p class="quiet-words">This is your own account: another administrator changes it.</p>
                        <div class="row-keys">${key({ label: 'My account', onPress: () => go('me') })}</div>`
                    : keys(told)
                }
                ${form === null ? nothing : changeView(form, told)}
                ${ending === null ? nothing : endingView(ending)} ${factsOf(told)}`
        }
      </section>`;
    },
  };
}

function findingsView({ findings }: AccountReview): TemplateResult | typeof nothing {
  if (findings.length === 0) return nothing;
  return html`<ul class="findings">
    ${findings.map((each) => html`<li class="doubt"><b>Look at:</b> ${capital(each)}.</li>`)}
  </ul>`;
}

function factsOf(told: AccountReview): TemplateResult {
  const { words, mood } = accountStanding(told);
  const at = (time: string | null) => (time === null ? '' : `, ${when(Date.parse(time))}`);
  return html`<dl class="fact-list">
    <dt>Username</dt>
    <dd>${told.username}</dd>
    <dt>State</dt>
    <dd>
      <b class=${mood}>${words}</b> since
      ${when(Date.parse(told.stateSince))}${told.stateReason === null ? nothing : html`: ${told.stateReason}`}
    </dd>
    <dt>Role</dt>
    <dd>${roleWords(told.role)}</dd>
    <dt>Organisation</dt>
    <dd>${told.organisation}</dd>
    <dt>Last login</dt>
    <dd>${lastLoginWords(told)}</dd>
    <dt>Training</dt>
    <dd>${trainingWords(told.training)}</dd>
    ${
      told.retraining === null
        ? nothing
        : html`<dt>Retraining</dt>
            <dd class="doubt">${told.retraining}; no login before it is done</dd>`
    }
    <dt>CLETS clearance</dt>
    <dd>${told.cletsUntil === null ? 'None on file' : `until ${told.cletsUntil}`}</dd>
    <dt>Lists</dt>
    <dd>${listWords(told.listSources)}</dd>
    <dt>Second factor</dt>
    <dd>${secondFactorWords(told)}</dd>
    <dt>Password</dt>
    <dd>${told.temporaryPassword ? 'Temporary, not changed yet' : told.state === 'pending' ? 'None yet' : 'Their own'}</dd>
    <dt>Requested by</dt>
    <dd>${told.requestedBy}</dd>
    <dt>Made by</dt>
    <dd>${told.createdBy}${at(told.createdAt)}</dd>
    <dt>Approved by</dt>
    <dd>${told.approvedBy === null ? 'Nobody yet' : `${told.approvedBy}${at(told.approvedAt)}`}</dd>
  </dl>`;
}

function secondFactorWords({ secondFactor, keys }: AccountView): string {
  const registered = keys === 0 ? [] : [keys === 1 ? '1 security key' : `${keys} security keys`];
  const all = [...(secondFactor ? ['authenticator app'] : []), ...registered];
  return all.length === 0 ? 'None' : capital(all.join(', '));
}
