import type { Command } from '@commander-js/extra-typings';
import { offices, officialWords, type Tenure } from '../accountability/officials/official.ts';
import {
  listOfficials,
  nameOfficial,
  type OfficialsView,
} from '../accountability/officials/operations.ts';
import { localTime } from '../platform/local-time.ts';
import { configured } from './configured.ts';
import { oneOf } from './one-of.ts';
import { perform, print } from './perform.ts';
import { table } from './text.ts';

/** `lookout official list|name`. */
export function registerOfficial(program: Command): void {
  const group = program
    .command('official')
    .description('who oversees the operation, who is its custodian, and who was before');

  configured(group.command('list'))
    .description('everyone who holds, held or will hold an office')
    .option('--json', 'as JSON')
    .action(async (options) => {
      print(options, await perform(options, listOfficials, {}), listText);
    });

  configured(group.command('name'))
    .description('enter who holds an office from a day on; it gives no right, which roles do')
    .requiredOption('--office <office>', offices.join(' or '), oneOf(offices))
    .requiredOption('--title <title>', 'the title, such as "Investigations Bureau Captain"')
    .requiredOption('--name <name>', 'the name')
    .option('--from <day>', 'the first day; may be a past one', 'today')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { office, title, name, from } = options;
      const input = { office, title, name, from };
      print(options, await perform(options, nameOfficial, input), listText);
    });
}

function listText({ overseer, custodian }: OfficialsView): string {
  return [
    ...['Oversees the operation:', tenuresText(overseer)],
    ...['', 'Custodian:', custodian.length === 0 ? 'Nobody is entered.' : tenuresText(custodian)],
  ].join('\n');
}

function tenuresText(tenures: readonly Tenure[]): string {
  return table(
    ['who', 'from', 'to', 'entered'],
    tenures.map((tenure) => [
      officialWords(tenure),
      tenure.from ?? 'the beginning',
      tenure.to ?? '',
      tenure.entered === null
        ? 'the configuration says it'
        : `${localTime(tenure.entered.at)} by ${tenure.entered.by}`,
    ]),
  );
}
