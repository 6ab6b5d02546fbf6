import './platform/no-telemetry.ts';

import { Command } from '@commander-js/extra-typings';
import { exitOnBrokenPipe } from './cli/broken-pipe.ts';
import { registerCommands } from './cli/commands.ts';
import { hideArguments } from './platform/hide-arguments.ts';
import { isOfTheSystem, messageOf, Problem } from './platform/problem.ts';
import { release, releaseMadeAt, releaseWords } from './version.ts';

const program = new Command('lookout')
  .description('Edge daemon for licence-plate readers')
  .version(releaseWords(release, releaseMadeAt))
  .showHelpAfterError();

hideArguments();
exitOnBrokenPipe();

try {
  await registerCommands(program, process.argv[2]);
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`lookout: ${messageOf(error)}\n`);
  const isExplained = error instanceof Problem || isOfTheSystem(error);
  if (!isExplained) process.stderr.write(`${(error as Error).stack ?? ''}\n`);
  process.exitCode = 1;
}
