import type { Command } from '@commander-js/extra-typings';
import type { Login, SessionView, SignedIn } from '../accountability/access/login-api.ts';
import { loginHelp, loginHelpLines } from '../accountability/access/login-help.ts';
import {
  changePassword,
  confirmSecondFactor,
  lockSession,
  makeRecoveryCodes,
  offerSecondFactor,
} from '../accountability/access/operations.ts';
import { Refusal } from '../accountability/gate/refusal.ts';
import { localTime } from '../platform/local-time.ts';
import { Problem } from '../platform/problem.ts';
import { type ConfiguredOptions, configured, type OptionsOf, readConfig } from './configured.ts';
import { lastLoginWords } from './last-login.ts';
import { waitingWords } from './notices.ts';
import { perform } from './perform.ts';
import { qrText } from './qr-text.ts';
import { sessionFile } from './session-file.ts';
import { ask, askNewSecret, askSecret, isInteractive, linesOfStdin } from './terminal.ts';
import { openLoginApi } from './unit-client.ts';

/** `lookout login|logout|whoami|lock|unlock|password|second-factor`: the user's own session. */
export function registerLogin(program: Command): void {
  loginCommand(program).action(logIn);

  configured(program.command('logout'))
    .description('end your session')
    .action(async (options) => {
      const file = sessionFile(readConfig(options).config.unit);
      const token = file.read();
      if (token === null) throw new Problem('you are not logged in');
      await using loginApi = await openLoginApi(options);
      try {
        await loginApi.logout(token);
      } catch (error) {
        if (!(error instanceof Refusal) || error.status !== 401) throw error;
      }
      file.remove();
      say('Logged out.');
    });

  configured(program.command('whoami'))
    .description('show who is logged in, and what they may do')
    .option('--json', 'as JSON')
    .action(async (options) => {
      await using loginApi = await openLoginApi(options);
      const session = await loginApi.session(ownToken(options));
      say(options.json ? JSON.stringify(session, null, 2) : describe(session));
      if (!options.json && session.must === null && !session.locked) await sayWhatWaits(options);
    });

  configured(program.command('lock'))
    .description('lock your session until you give the password')
    .action(async (options) => {
      await perform(options, lockSession, {});
      say('Locked. "lookout unlock" opens it.');
    });

  configured(program.command('unlock'))
    .description('unlock your session by your password')
    .option('--password-stdin', 'read the password from standard input')
    .action(async (options) => {
      await using loginApi = await openLoginApi(options);
      await loginApi.unlock(ownToken(options), await passwordOf(options));
      say('Unlocked.');
    });

  configured(program.command('password'))
    .description('change your password')
    .option('--password-stdin', 'read the present and the new one from two lines of standard input')
    .action(async (options) => {
      const [current = '', next = ''] = options.passwordStdin
        ? await linesOfStdin()
        : [await askSecret('Present password: '), await askNewSecret('New password: ')];
      await perform(options, changePassword, { current, next });
      say('The password is changed. Your other sessions are ended.');
    });

  configured(program.command('second-factor'))
    .description('set up a second factor: an authenticator program on your phone')
    .option('--confirm <code>', 'the first code, when the secret was shown before')
    .option('--replace <code>', 'for another phone: a code of the one that you use now')
    .option(
      '--recovery-codes <code>',
      'make ten codes for when the phone is lost: a code of the app that you use now',
    )
    .action(async (options) => {
      if (options.recoveryCodes !== undefined) {
        const asked = { code: options.recoveryCodes };
        const { codes } = await perform(options, makeRecoveryCodes, asked);
        say(codes.join('\n'));
        say(
          'Each is good once on this unit, in place of a code of the app. They are not shown again; those of before are good no more.',
        );
        return;
      }
      let code = options.confirm;
      if (code === undefined) {
        const { secret, uri, qr } = await perform(
          options,
          offerSecondFactor,
          options.replace === undefined ? {} : { code: options.replace },
        );
        if (isInteractive()) say(qrText(qr));
        say(`Secret: ${secret.replace(/(.{4})(?=.)/g, '$1 ')}\n${uri}`);
        if (!isInteractive()) {
          say('Then give the code that it shows: lookout second-factor --confirm CODE');
          return;
        }
        code = await ask('Code that the program shows: ');
      }
      await perform(options, confirmSecondFactor, { code });
      say('Your second factor is set up; each login asks for a code from now on.');
    });
}

function loginCommand(program: Command) {
  return configured(program.command('login'))
    .argument('[username]', 'who you are; asked for when left out')
    .description('log in to this unit; further commands then go under your name')
    .option('--password-stdin', 'read the password from standard input')
    .option('--second-factor <code>', 'the code of your second factor, or a recovery code')
    .option('--acknowledge-notice', 'you have read the use notice (for scripts)');
}

type LoginOptions = OptionsOf<typeof loginCommand>;

async function logIn(typedName: string | undefined, options: LoginOptions): Promise<void> {
  const { unit } = readConfig(options).config;
  await using loginApi = await openLoginApi(options);
  const { notice, firstStart } = await loginApi.form();
  if (firstStart) {
    throw new Problem(
      'there is no account on this unit yet. "lookout user first" creates the first administrator.',
    );
  }
  process.stderr.write(`${notice}\n\n`);
  if (options.acknowledgeNotice !== true) {
    const answer = await ask('Type yes when you have read this notice: ');
    if (answer.toLowerCase() !== 'yes') throw new Problem('the notice was not acknowledged');
  }
  const username = typedName ?? (await ask('Username: '));
  const password = await passwordOf(options);
  const { secondFactor } = options;
  const login: Login = {
    username,
    password,
    noticeAcknowledged: true,
    ...(secondFactor === undefined ? {} : { secondFactor }),
  };
  const file = sessionFile(unit);
  const before = file.read();
  const { token, session } = await withHelp(() => withSecondFactor(loginApi.login, login));
  file.write(token);
  if (before !== null) await loginApi.logout(before).catch(() => undefined);
  say(describe(session));
  if (session.must === null) await sayWhatWaits(options);
  if (session.must === 'change-password') say('Change your password first: lookout password');
  if (session.must === 'enrol-second-factor') {
    say('Set up your second factor first: lookout second-factor');
  }
}

/** A login that is refused says what to do. */
async function withHelp(login: () => Promise<SignedIn>): Promise<SignedIn> {
  try {
    return await login();
  } catch (error) {
    const help = error instanceof Refusal ? loginHelp(error.code) : null;
    if (help === null || !(error instanceof Refusal)) throw error;
    const { status, code, message } = error;
    throw new Refusal(status, code, [message, ...loginHelpLines(help)].join('\n'));
  }
}

async function withSecondFactor(
  login: (login: Login) => Promise<SignedIn>,
  input: Login,
): Promise<SignedIn> {
  try {
    return await login(input);
  } catch (error) {
    const isAsked = error instanceof Refusal && error.code === 'second-factor-missing';
    if (!isAsked || !isInteractive()) throw error;
    return login({ ...input, secondFactor: await ask('Code of your second factor: ') });
  }
}

async function passwordOf({ passwordStdin }: Pick<LoginOptions, 'passwordStdin'>): Promise<string> {
  if (passwordStdin !== true) return askSecret('Password: ');
  const [password = ''] = await linesOfStdin();
  return password;
}

/** Notices and reports that wait; the login itself does not hang on them. */
async function sayWhatWaits(options: ConfiguredOptions): Promise<void> {
  const waiting = await waitingWords(options).catch(() => null);
  if (waiting !== null) say(waiting);
}

function ownToken(options: ConfiguredOptions): string {
  const token = sessionFile(readConfig(options).config.unit).read();
  if (token === null) throw new Problem('you are not logged in; type "lookout login" first');
  return token;
}

function describe(session: SessionView): string {
  return [
    `${session.username} (${session.name}, ${session.role}, ${session.organisation})`,
    `logged in until ${localTime(session.endsAt)}${session.locked ? ', locked' : ''}; ` +
      `last login ${lastLoginWords(session, localTime)}`,
    ...(session.secondFactor ? [`recovery codes: ${session.recoveryCodes} left`] : []),
    `may: ${session.permissions.join(', ') || 'nothing yet'}`,
    ...session.restrictions,
  ].join('\n');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
