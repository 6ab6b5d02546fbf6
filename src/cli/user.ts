import type { Command } from '@commander-js/extra-typings';
import { checkDays } from '../accountability/access/account-days.ts';
import type { AccountReview, AccountView } from '../accountability/access/account-view.ts';
import {
  approveAccount,
  changeAccount,
  closeAccount,
  confirmAccount,
  createAccount,
  deactivateAccount,
  listAccounts,
  listTrainings,
  reactivateAccount,
  recordTraining,
  releaseAccount,
  resetPassword,
  resetSecondFactor,
  reviewAccounts,
} from '../accountability/access/operations.ts';
import type { TemporaryPassword } from '../accountability/access/temporary-password.ts';
import type { OperationDefinition } from '../accountability/gate/definition.ts';
import { type ListSource, listSources } from '../accountability/gate/operation.ts';
import { roles } from '../accountability/gate/permissions.ts';
import { systemClock } from '../platform/clock.ts';
import { localDay, localTime } from '../platform/local-time.ts';
import { Problem } from '../platform/problem.ts';
import { configured, type OptionsOf } from './configured.ts';
import { lastLoginWords } from './last-login.ts';
import { oneOf } from './one-of.ts';
import { perform, print } from './perform.ts';
import { askNewSecret, linesOfStdin } from './terminal.ts';
import { fittedTable } from './text.ts';
import { openOwnPeople } from './unit-client.ts';

/** `lookout user …`: who may work on this unit. */
export function registerUser(program: Command): void {
  const group = program.command('user').description('accounts: who may work on this unit');

  configured(group.command('list'))
    .description('show every account')
    .option('--json', 'as JSON')
    .action(async (options) => print(options, await perform(options, listAccounts, {}), listText));

  configured(group.command('review'))
    .description('show every account with what to look at: unused, untrained, not cleared (USR-11)')
    .option('--json', 'as JSON')
    .action(async (options) =>
      print(options, await perform(options, reviewAccounts, {}), reviewText),
    );

  attributes(group.command('create'))
    .argument('<username>', 'name to log in by')
    .description('make an account; it waits for approval')
    .requiredOption('--requested-by <who>', 'who asked for the account, and how')
    .option('--json', 'as JSON')
    .action(async (username, options) => {
      const { requestedBy } = options;
      const { name, role, organisation, ...rest } = attributesOf(options);
      if (name === undefined || role === undefined || organisation === undefined) {
        throw new Problem('--name, --role and --organisation must be given');
      }
      const input = { username, requestedBy, name, role, organisation, ...rest };
      print(options, await perform(options, createAccount, input), stateText);
    });

  attributes(group.command('change'))
    .argument('<username>', 'whose account')
    .description('change an account; a change of role ends its sessions')
    .option('--retraining <why>', 'retraining is due: blocks the login (USR-12)')
    .option('--retrained', 'the retraining is done')
    .option('--json', 'as JSON')
    .action(async (username, options) => {
      const retraining = options.retrained === true ? null : options.retraining;
      const input = { username, ...attributesOf(options), retraining };
      print(options, await perform(options, changeAccount, input), stateText);
    });

  changing(
    group,
    'approve',
    approveAccount,
    handedText,
    'approve an account; prints its temporary password',
  );
  changing(
    group,
    'reset-password',
    resetPassword,
    handedText,
    'give an account a temporary password',
  );
  changing(
    group,
    'confirm',
    confirmAccount,
    stateText,
    'approve, as the second person, an account that its maker approved alone',
  );
  changing(group, 'release', releaseAccount, stateText, 'end the lockout after wrong tries');
  changing(group, 'reactivate', reactivateAccount, stateText, 'open a deactivated account again');
  changing(
    group,
    'reset-second-factor',
    resetSecondFactor,
    stateText,
    'take back a lost second factor',
  );
  reasoned(group, 'deactivate', deactivateAccount, 'close an account for a while');
  reasoned(group, 'close', closeAccount, 'close an account for good: the person has left');

  firstCommand(group).action(makeFirst);

  configured(group.command('rescue'))
    .argument('<username>', 'an administrator')
    .description('let an administrator in again when no other can; recorded in the audit log')
    .option('--json', 'as JSON')
    .action(async (username, options) => {
      await using own = await openOwnPeople(options);
      print(options, await own.people.rescue(username, own.from), handedText);
    });
}

/** What is said of a person, when their account is made and later. */
function attributes(command: Command) {
  return personal(command)
    .option('--role <role>', 'role, as in "lookout policy explain"', oneOf(roles))
    .option(
      '--lists <sources>',
      'sources of the lists that they may see: department,state,federal, or none, as for a new account (USR-9)',
      sourcesOf,
    );
}

/** Without what the policy decides for the first administrator. */
function personal(command: Command) {
  return configured(command)
    .option('--name <name>', 'full name')
    .option('--organisation <name>', 'organisation')
    .option('--course <name>', 'training course (USR-2)')
    .option('--completed <day>', 'day it was completed, such as 2026-01-31')
    .option('--expires <day>', 'last day on which it holds')
    .option('--clets <day>', 'last day on which the CLETS clearance holds (USR-5)');
}

function sourcesOf(text: string): ListSource[] {
  if (text === 'none') return [];
  return text.split(',').map((word) => oneOf(listSources)(word.trim()));
}

/** What was given: in a change, what is undefined stays. */
function attributesOf(options: OptionsOf<typeof attributes>) {
  const { name, role, organisation, clets: cletsUntil, lists } = options;
  const { course, completed: completedOn, expires: expiresOn = null } = options;
  if ((course === undefined) !== (completedOn === undefined)) {
    throw new Problem('--course and --completed belong together');
  }
  const training =
    course === undefined || completedOn === undefined
      ? undefined
      : { course, completedOn, expiresOn };
  return { name, role, organisation, cletsUntil, training, listSources: lists };
}

/** A change that needs no more than whose account it is. */
function changing<Answer>(
  group: Command,
  verb: string,
  operation: OperationDefinition<{ username: string }, { username: string }, Answer>,
  textOf: (answer: Answer) => string,
  description: string,
): void {
  configured(group.command(verb))
    .argument('<username>', 'whose account')
    .description(description)
    .option('--json', 'as JSON')
    .action(async (username, options) =>
      print(options, await perform(options, operation, { username }), textOf),
    );
}

function reasoned(
  group: Command,
  verb: string,
  operation: typeof closeAccount,
  description: string,
): void {
  configured(group.command(verb))
    .argument('<username>', 'whose account')
    .description(description)
    .requiredOption('--reason <text>', 'why; kept with the account')
    .option('--json', 'as JSON')
    .action(async (username, options) => {
      const input = { username, reason: options.reason };
      print(options, await perform(options, operation, input), stateText);
    });
}

function firstCommand(group: Command) {
  return personal(group.command('first'))
    .description('make the first administrator, or show the one-time code for the page to do it')
    .option('--username <name>', 'make the account at once under this name')
    .option('--password-stdin', 'read the password from standard input');
}

async function makeFirst(options: OptionsOf<typeof firstCommand>): Promise<void> {
  checkFirst(options);
  await using own = await openOwnPeople(options);
  const { people, from } = own;
  const code = people.firstStartCode();
  if (code === null) throw new Problem('this unit has accounts: "lookout login"');
  const { username } = options;
  if (username === undefined) {
    process.stdout.write(
      `One-time code for the first administrator: ${code}\nGive it on the page, or make the account here: ` +
        'lookout user first --username … --name … --organisation … --course … --completed … --clets …\n',
    );
    return;
  }
  const { name = '', organisation = '', training, cletsUntil } = attributesOf(options);
  checkDays({ training, cletsUntil }, systemClock());
  const [password = ''] = options.passwordStdin
    ? await linesOfStdin()
    : [await askNewSecret('Password: ')];
  const first = { username, password, code, name, organisation, training, cletsUntil };
  const made = await people.makeFirstAdministrator(first, from);
  process.stdout.write(`${made.username} is the first administrator. Log in: lookout login\n`);
  if (options.course === undefined || options.clets === undefined) {
    process.stdout.write(
      'Training or CLETS clearance is not on file: what that closes stays closed until another administrator enters it.\n',
    );
  }
}

/** Throws a Problem that names the options that the account lacks, before a password is asked for. */
function checkFirst(options: OptionsOf<typeof firstCommand>): void {
  const { username, name, organisation, course, completed, clets } = options;
  const given = { username, name, organisation, course, completed, clets };
  if (Object.values(given).every((value) => value === undefined)) return;
  const missing = (names: readonly (keyof typeof given)[]) =>
    names.filter((each) => !given[each]).map((each) => `--${each}`);
  const needed = missing(['username', 'name', 'organisation']);
  if (needed.length === 0) return;
  const plates = missing(['course', 'completed', 'clets']).join(', ');
  if (plates === '') throw new Problem(`${needed.join(', ')} must be given`);
  throw new Problem(
    `${needed.join(', ')} must be given; without ${plates} the account may not see plates, ` +
      'until another administrator enters them',
  );
}

const handedText = ({ username, temporaryPassword, holdsUntil }: TemporaryPassword): string =>
  `${username}: temporary password ${temporaryPassword}, until ${localTime(holdsUntil)}; it must be changed at the first login`;

const stateText = (account: AccountView): string =>
  `${account.username}: ${account.state}, ${account.role}, requested by ${account.requestedBy}` +
  (account.approvedBy === null ? '' : `, approved by ${account.approvedBy}`) +
  (account.retraining === null ? '' : `; no login before retraining (${account.retraining})`) +
  (account.training === null
    ? '; no training on record, which most policies ask for before the readers or their data are used ("lookout user change --course --completed")'
    : '') +
  `\n${listsText(account)}`;

/** Which lists an account may see, and how to give it others (USR-9). */
function listsText({ username, listSources: given }: AccountView): string {
  const lacking = listSources.filter((source) => !given.includes(source));
  const sees = `It may see the agency’s own hot plates${given.map((source) => `, ${source} lists`).join('')}`;
  if (lacking.length === 0) return `${sees}.`;
  const all = [...given, ...lacking].join(',');
  return `${sees}; not ${lacking.join(', ')} lists, nor their hits where the policy restricts them ("lookout user change ${username} --lists ${all}").`;
}

function listText(accounts: readonly AccountView[]): string {
  const heading = ['who', 'role, state', 'training', 'due', 'CLETS, lists', 'last login'];
  return fittedTable(heading, accounts.map(row));
}

function reviewText(accounts: readonly AccountReview[]): string {
  const lookAt = accounts
    .filter(({ findings }) => findings.length > 0)
    .map(({ username, findings }) => `${username}: ${findings.join('; ')}`);
  return [listText(accounts), '', ...(lookAt.length > 0 ? lookAt : ['Nothing to look at.'])].join(
    '\n',
  );
}

const row = (account: AccountView): string[] => [
  `${account.username} (${account.name})`,
  `${account.role}, ${account.lockedOutAt === null ? account.state : 'locked out'}`,
  trainingWords(account.training),
  account.trainingDue ?? '–',
  `${account.cletsUntil ?? '–'}; ${account.listSources.join(' ') || 'no lists'}`,
  lastLoginWords(account, localDay),
];

function trainingWords(training: AccountView['training']): string {
  if (training === null) return '–';
  const { course, completedOn, expiresOn } = training;
  return `${course}, ${completedOn}${expiresOn === null ? '' : `, until ${expiresOn}`}`;
}

/** `lookout training …`: for those who keep the trainings. */
export function registerTraining(program: Command): void {
  const group = program.command('training').description('trainings on file, and who is due');

  configured(group.command('list'))
    .description('show who is trained in what, and who is due')
    .option('--due', 'those who are due alone')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const all = await perform(options, listTrainings, {});
      print(
        options,
        all.filter(({ due }) => due !== null || options.due !== true),
        (people) =>
          fittedTable(
            ['username', 'name', 'role', 'training', 'due'],
            people.map(({ username, name, role, training, due }) => [
              username,
              name,
              role,
              trainingWords(training),
              due ?? '–',
            ]),
          ),
      );
    });

  configured(group.command('history'))
    .argument('<username>', 'whose')
    .description('show every training and retraining of a person, and who entered it')
    .option('--json', 'as JSON')
    .action(async (username, options) => {
      const person = (await perform(options, listTrainings, {})).find(
        (each) => each.username === username,
      );
      print(options, person?.history ?? [], (history) =>
        fittedTable(
          ['what', 'course or reason', 'completed', 'until', 'entered by', 'entered'],
          history.map((entry) => [
            entry.kind,
            entry.course ?? entry.note ?? '–',
            entry.completedOn ?? '–',
            entry.expiresOn ?? '–',
            entry.enteredBy,
            localTime(entry.enteredAt),
          ]),
        ),
      );
    });

  configured(group.command('record'))
    .argument('<username>', 'who was trained')
    .description('record a completed training')
    .requiredOption('--course <name>', 'training course')
    .requiredOption('--completed <day>', 'day it was completed, such as 2026-01-31')
    .option('--expires <day>', 'last day on which it holds')
    .option('--retrained', 'it is the retraining that was asked for')
    .option('--json', 'as JSON')
    .action(async (username, options) => {
      const { course, completed: completedOn, expires: expiresOn = null, retrained } = options;
      const input = { username, course, completedOn, expiresOn, retrained: retrained === true };
      print(options, await perform(options, recordTraining, input), ({ training, due }) =>
        [`${username}: ${trainingWords(training)}`, ...(due === null ? [] : [`due: ${due}`])].join(
          '; ',
        ),
      );
    });
}
