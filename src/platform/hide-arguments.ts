import { withoutSecrets } from './without-secrets.ts';

/**
 * Takes secrets out of this process's arguments, which every user of the computer can read (`ps`): the address of a
 * camera that was given with `--set`.
 */
export function hideArguments(): void {
  const line = [process.execPath, ...process.execArgv, ...process.argv.slice(1)].join(' ');
  const bare = withoutSecrets(line);
  if (bare !== line) process.title = bare;
}
