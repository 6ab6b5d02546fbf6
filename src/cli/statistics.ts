import { writeFileSync } from 'node:fs';
import type { Command } from '@commander-js/extra-typings';
import { isFileAnswer } from '../accountability/gate/answer.ts';
import { makeStatistics, statisticsForms } from '../accountability/releases/operations.ts';
import { configured } from './configured.ts';
import { oneOf } from './one-of.ts';
import { perform, shown } from './perform.ts';

/** `lookout statistics`: the figures for the agency's website. */
export function registerStatistics(program: Command): void {
  configured(program.command('statistics'))
    .description('public figures by month: reads, hits, their accuracy, retention; no plates')
    .option('--months <n>', 'how many months back', '12')
    .option('--as <form>', statisticsForms.join(', '), oneOf(statisticsForms), 'markdown')
    .option('--output <file>', 'write them to this file')
    .action(async (options) => {
      const { months, as, output } = options;
      const answer = await perform(options, makeStatistics, { months, as });
      const text = isFileAnswer(answer)
        ? shown(options, Buffer.from(answer.bytes).toString())
        : `${JSON.stringify(answer, null, 2)}\n`;
      if (output === undefined) process.stdout.write(text);
      else writeFileSync(output, text);
    });
}
