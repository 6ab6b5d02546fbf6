import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { Problem } from '../platform/problem.ts';

/** Whether someone sits at a terminal and can be asked. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true;
}

/** Asks on the terminal and gives the line that was typed. */
export async function ask(question: string): Promise<string> {
  if (!isInteractive())
    throw new Problem(`${question.trim()} is asked on a terminal, and this is none`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}

/** Asks for a secret; nothing that is typed shows. */
export async function askSecret(question: string): Promise<string> {
  const [secret = ''] = await askSecrets([question]);
  return secret;
}

/** Asks for a new secret twice, since nobody sees what is typed. Throws a Problem if the two differ. */
export async function askNewSecret(question: string): Promise<string> {
  const [secret = '', again] = await askSecrets([question, 'The same again: ']);
  if (again !== secret) throw new Problem('the two differ');
  return secret;
}

/** Asks for one secret after the other. The terminal shows nothing from the first question to the last answer. */
async function askSecrets(questions: readonly string[]): Promise<string[]> {
  const { stdin, stderr } = process;
  if (!isInteractive()) {
    throw new Problem(
      `${questions[0]?.trim()} is asked on a terminal; in a script use --password-stdin`,
    );
  }
  const secrets: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const askNext = () => void stderr.write(questions[secrets.length] ?? '');
  let typed: string[] = [];
  const take = (part: string) => {
    for (const char of part) {
      if (char === '\u0003' || char === '\u0004') return reject(new Problem('given up'));
      if (char === '\r' || char === '\n') {
        secrets.push(typed.join(''));
        typed = [];
        stderr.write('\n');
        if (secrets.length === questions.length) return resolve();
        askNext();
      } else if (char === '\u007f' || char === '\b') typed.pop();
      else if (char === '\u0015') typed = [];
      else if (char >= ' ') typed.push(char);
    }
  };
  // Before the question: what is typed as soon as it stands there must not show.
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.resume();
  stdin.on('data', take);
  askNext();
  try {
    await promise;
    return secrets;
  } finally {
    stdin.off('data', take);
    stdin.setRawMode(false);
    stdin.pause();
  }
}

/** The lines of standard input, for scripts that pass secrets. */
export async function linesOfStdin(): Promise<string[]> {
  return (await text(process.stdin)).split(/\r?\n/);
}
