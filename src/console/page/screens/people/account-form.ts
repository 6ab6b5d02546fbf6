import { html, nothing, type TemplateResult } from 'lit-html';
import type { AccountView } from '../../../../accountability/access/account-view.ts';
import type { changeAccount } from '../../../../accountability/access/operations.ts';
import type { ListSource } from '../../../../accountability/gate/operation.ts';
import type { Role } from '../../../../accountability/gate/permissions.ts';
import type { showPolicy } from '../../../../accountability/policy/operations.ts';
import { roleNames, roleWords, sourceNames } from '../../account-words.ts';
import { type InputOf, perform } from '../../api.ts';
import { checkField, selectField, textField } from '../../parts/field.ts';
import { changed, may, page } from '../../state.ts';

/** What a person has typed about someone's account; days are `2027-01-31`, empty: none. */
export interface AccountForm {
  username: string;
  name: string;
  role: Role | '';
  organisation: string;
  requestedBy: string;
  lists: ListSource[];
  course: string;
  completedOn: string;
  expiresOn: string;
  cletsUntil: string;
  retraining: string;
}

export function newAccountForm(): AccountForm {
  return {
    username: '',
    name: '',
    role: '',
    organisation: page.session?.organisation ?? '',
    requestedBy: '',
    lists: [],
    course: '',
    completedOn: '',
    expiresOn: '',
    cletsUntil: '',
    retraining: '',
  };
}

/** The form with what an account says. */
export function formOfAccount(account: AccountView): AccountForm {
  const { training } = account;
  return {
    username: account.username,
    name: account.name,
    role: account.role as Role,
    organisation: account.organisation,
    requestedBy: account.requestedBy,
    lists: [...account.listSources],
    course: training?.course ?? '',
    completedOn: training?.completedOn ?? '',
    expiresOn: training?.expiresOn ?? '',
    cletsUntil: account.cletsUntil ?? '',
    retraining: account.retraining ?? '',
  };
}

/** The training as typed; null where none is, undefined where only a part of it is. */
export function typedTraining({
  course,
  completedOn,
  expiresOn,
}: Pick<AccountForm, 'course' | 'completedOn' | 'expiresOn'>) {
  const named = course.trim();
  if (named === '' && completedOn === '' && expiresOn === '') return null;
  if (named === '' || completedOn === '') return undefined;
  return { course: named, completedOn, expiresOn: expiresOn === '' ? null : expiresOn };
}

/** What a form says differently from the account, as the unit takes it; undefined if its training is half typed. */
export function changesOf(
  form: AccountForm,
  account: AccountView,
): Omit<InputOf<typeof changeAccount>, 'username'> | undefined {
  const training = typedTraining(form);
  if (training === undefined) return undefined;
  const { role } = form;
  const [name, organisation] = [form.name.trim(), form.organisation.trim()];
  const cletsUntil = form.cletsUntil === '' ? null : form.cletsUntil;
  const retraining = form.retraining.trim() === '' ? null : form.retraining.trim();
  const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  return {
    ...(name !== account.name && { name }),
    ...(organisation !== account.organisation && { organisation }),
    ...(role !== '' && role !== account.role && { role }),
    ...(!isSame(training, account.training) && { training }),
    ...(cletsUntil !== account.cletsUntil && { cletsUntil }),
    ...(retraining !== account.retraining && { retraining }),
    ...(!isSame([...form.lists].sort(), [...account.listSources].sort()) && {
      listSources: form.lists,
    }),
  };
}

/** The roles that may do something under the policy in force; all where this person may not read it. */
export async function rolesOfPolicy(): Promise<Role[]> {
  const all = Object.keys(roleNames) as Role[];
  if (!may('policy.read')) return all;
  try {
    const { values } = await perform<typeof showPolicy>('policy.explain', {});
    const isEmpty = (role: Role) =>
      values.some(
        ({ path, value }) => path === `roles.${role}` && Array.isArray(value) && value.length === 0,
      );
    return all.filter((role) => !isEmpty(role));
  } catch {
    // The unit refuses a role that has nothing to do.
    return all;
  }
}

/** The fields of an account; `isNew`: also who it is for and who asked for it. */
export function accountFields(
  form: AccountForm,
  roles: readonly Role[],
  isNew: boolean,
): TemplateResult {
  const text = (
    name: 'username' | 'name' | 'organisation' | 'requestedBy' | 'course' | 'retraining',
    label: string,
    longest: number,
    more: { hint?: string; isRequired?: boolean } = {},
  ) =>
    textField({
      ...{ name, label, longest, value: form[name], ...more },
      onInput: (value) => {
        form[name] = value;
      },
    });
  const day = (name: 'completedOn' | 'expiresOn' | 'cletsUntil', label: string, hint?: string) =>
    textField({
      ...{ name, label, type: 'date', value: form[name], hint },
      onInput: (value) => {
        form[name] = value;
      },
    });
  const offered = form.role === '' || roles.includes(form.role) ? roles : [...roles, form.role];
  return html`${
    isNew
      ? text('username', 'Username', 64, {
          hint: 'To log in by: 2 to 64 of a-z, 0-9 and . _ -',
          isRequired: true,
        })
      : nothing
  }
    ${text('name', 'Full name', 120, { isRequired: true })}
    ${selectField<Role | ''>({
      name: 'role',
      label: 'Role',
      values: [
        ...(form.role === '' ? [{ value: '' as const, label: 'Choose a role' }] : []),
        ...offered.map((value) => ({ value, label: roleWords(value) })),
      ],
      chosen: form.role,
      onChoose: (role) => {
        form.role = role;
        changed();
      },
      isRequired: true,
      ...(isNew ? {} : { hint: 'Another role ends what they are logged in to.' }),
    })}
    ${text('organisation', 'Organisation', 120, { isRequired: true })}
    ${
      isNew
        ? text('requestedBy', 'Requested by', 200, {
            hint: 'Who asked for the account, and how: Sgt. Moss, e-mail of 12 May',
            isRequired: true,
          })
        : nothing
    }
    <fieldset class="whole checks">
      <legend>Lists that they may see, besides the agency’s own hot plates</legend>
      ${(Object.keys(sourceNames) as ListSource[]).map((source) =>
        checkField({
          name: `list-${source}`,
          label: sourceNames[source],
          isOn: form.lists.includes(source),
          onChange: (isOn) => {
            form.lists = isOn
              ? [...form.lists, source]
              : form.lists.filter((each) => each !== source);
          },
        }),
      )}
    </fieldset>
    ${text('course', 'Training course', 120)} ${day('completedOn', 'Completed on')}
    ${day('expiresOn', 'Training holds until', 'Empty: it has no end')}
    ${day('cletsUntil', 'CLETS clearance until', 'Without it no plate is shown where the policy asks for it')}
    ${
      isNew
        ? nothing
        : html`<div class="whole">
            ${text('retraining', 'Retraining is due, because', 300, {
              hint: 'Closes the login until it is done. Empty: none is due',
            })}
          </div>`
    }`;
}
