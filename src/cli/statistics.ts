import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { isFileAnswer } from '../accountability/gate/answer.ts';
import { type ConfiguredOptions, configured } from './configured.ts';
import { perform } from './perform.ts';

interface Options extends ConfiguredOptions {
  months: string;
  as: string;
  output?: string;
}

/** `lookout statistics`: the figures for the agency's website. */
export function registerStatistics(program: Command): void {
  configured(program.command('statistics'))
    .description('public figures by month: reads, hits, their accuracy, retention; no plates')
    .option('--months <n>', 'how many months back', '12')
    .addOption(
      new Option('--as <form>', 'form').choices(['json', 'csv', 'markdown']).default('markdown'),
    )
    .option('--output <file>', 'write them to this file')
    .action(async (options: Options) => {
      const { months, as, output } = options;
      const answer = await perform<unknown>(options, 'statistics.make', { months, as });
      const text = isFileAnswer(answer)
        ? Buffer.from(answer.bytes).toString()
        : `${JSON.stringify(answer, null, 2)}\n`;
      if (output === undefined) process.stdout.write(text);
      else writeFileSync(output, text);
    });
}
