import { Command } from 'commander';
import { messageOf, Problem } from './platform/problem.ts';

const program = new Command('lookout')
  .description('Edge daemon for licence-plate readers')
  .version('0.1.0');

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`lookout: ${messageOf(error)}\n`);
  if (!(error instanceof Problem)) process.stderr.write(`${(error as Error).stack ?? ''}\n`);
  process.exitCode = 1;
}
