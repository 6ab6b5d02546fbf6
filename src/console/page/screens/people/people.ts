import { html, nothing, type TemplateResult } from 'lit-html';
import type { AccountReview } from '../../../../accountability/access/account-view.ts';
import type * as operations from '../../../../accountability/access/operations.ts';
import type { TemporaryPassword } from '../../../../accountability/access/temporary-password.ts';
import { accountStanding, lastLoginWords, roleWords, trainingWords } from '../../account-words.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { type Column, table } from '../../parts/table.ts';
import { tabs } from '../../parts/tabs.ts';
import type { Screen } from '../../screen.ts';
import { changed, may, tell } from '../../state.ts';
import { newWork } from '../../work.ts';
import { handedPassword } from './one-time-password.ts';

type Tab = 'here' | 'look' | 'left';

/** Everyone who may work on this unit, whose account waits for approval, and whom to look at. */
export function people(): Screen {
  let all: AccountReview[] | null = null;
  let tab: Tab = 'here';
  let sought = '';
  let handed: TemporaryPassword | null = null;
  const review = () => perform<typeof operations.reviewAccounts>('users.review', {});
  const work = newWork(async () => {
    all = await review();
  });

  const load = async () => {
    all = (await work.run(review)) ?? all;
    changed();
  };
  void load();

  const approve = async ({ username, name }: AccountReview) => {
    const given = await work.run(() =>
      perform<typeof operations.approveAccount>('users.approve', { username }),
    );
    if (given === undefined) return;
    handed = given;
    tell(`The account of ${name} is approved.`, 'done');
    await load();
  };
  const isShown = ({ username, name, role, organisation }: AccountReview) =>
    [username, name, roleWords(role), organisation].some((text) =>
      text.toLowerCase().includes(sought.trim().toLowerCase()),
    );
  const open = ({ username }: AccountReview) => go(`people/${username}`);

  return {
    comeBack: () => void load(),
    view() {
      const loaded = all ?? [];
      const waiting = loaded.filter(({ state }) => state === 'pending');
      const groups: Record<Tab, AccountReview[]> = {
        here: loaded.filter(({ state }) => state !== 'closed'),
        look: loaded.filter(({ findings }) => findings.length > 0),
        left: loaded.filter(({ state }) => state === 'closed'),
      };
      return html`<section class="screen wide">
        <div class="screen-head">
          <h1>People</h1>
          ${
            may('accounts.create')
              ? key({ label: 'New account', kind: 'first', onPress: () => go('new-account') })
              : nothing
          }
        </div>
        ${work.line()}
        ${
          handed === null
            ? nothing
            : handedPassword(handed, () => {
                handed = null;
                changed();
              })
        }
        ${waitingView(waiting, (one) => void approve(one), open)}
        ${tabs<Tab>({
          label: 'Which people',
          values: [
            { value: 'here', label: 'Everyone', count: all && groups.here.length },
            { value: 'look', label: 'To look at', count: all && groups.look.length },
            { value: 'left', label: 'Closed', count: all && groups.left.length },
          ],
          chosen: tab,
          onChoose: (next) => {
            tab = next;
            changed();
          },
        })}
        <div class="filters">
          ${textField({
            name: 'sought',
            label: 'Name, role or organisation',
            type: 'search',
            value: sought,
            onInput: (value) => {
              sought = value;
              changed();
            },
          })}
        </div>
        ${
          all === null
            ? html`<p>${work.refusal === '' ? 'Loading…' : ''}</p>`
            : table({
                caption: 'Accounts',
                columns: tab === 'look' ? [...columns, lookAt] : columns,
                rows: groups[tab].filter(isShown),
                empty: sought.trim() === '' ? 'Nobody.' : `Nobody with “${sought.trim()}”.`,
                keyOf: ({ username }) => username,
                onOpen: open,
              })
        }
      </section>`;
    },
  };
}

const standing = (account: AccountReview): TemplateResult => {
  const { words, mood } = accountStanding(account);
  return html`<span class=${mood}>${words}</span>`;
};

const columns: Column<AccountReview>[] = [
  { title: 'Name', cell: ({ name }) => name },
  { title: 'Username', cell: ({ username }) => username },
  { title: 'Role', cell: ({ role }) => roleWords(role) },
  { title: 'State', cell: standing },
  { title: 'Last login', cell: lastLoginWords },
  { title: 'Training', cell: ({ training }) => trainingWords(training) },
  { title: 'CLETS until', cell: ({ cletsUntil }) => cletsUntil ?? 'None on file' },
];

const lookAt: Column<AccountReview> = {
  title: 'What to look at',
  cell: ({ findings }) =>
    html`<ul class="plain-list">${findings.map((each) => html`<li>${each}</li>`)}</ul>`,
};

/** Accounts that nobody has approved yet, each with its key for those who may. */
function waitingView(
  waiting: readonly AccountReview[],
  onApprove: (one: AccountReview) => void,
  onOpen: (one: AccountReview) => void,
): TemplateResult | typeof nothing {
  if (waiting.length === 0) return nothing;
  return html`<section class="part" aria-labelledby="waiting">
    <h2 id="waiting">Waiting for approval</h2>
    ${waiting.map(
      (one) => html`<div class="waiting-one">
        <p>
          <b>${one.name}</b>, ${roleWords(one.role)}, ${one.organisation}
          <br /><span class="quiet-words">Requested by ${one.requestedBy}; made by ${one.createdBy}</span>
        </p>
        <div class="row-keys">
          ${
            may('accounts.approve')
              ? key({ label: `Approve ${one.name}`, onPress: () => onApprove(one) })
              : nothing
          }
          ${key({ label: `Look at ${one.name}`, kind: 'quiet', onPress: () => onOpen(one) })}
        </div>
      </div>`,
    )}
  </section>`;
}
