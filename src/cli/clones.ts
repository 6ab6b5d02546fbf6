import type { Command } from '@commander-js/extra-typings';
import {
  type CloneFinding,
  type CloneFindings,
  cloneVerdicts,
  type OpenedClone,
} from '../accountability/clones/finding.ts';
import { judgeClone, listClones, openClone } from '../accountability/clones/operations.ts';
import { localTime } from '../platform/local-time.ts';
import { configured } from './configured.ts';
import { oneOf } from './one-of.ts';
import { perform, print } from './perform.ts';
import { pairsTable } from './search.ts';
import { table } from './text.ts';
import { inquiring } from './unit-client.ts';

/** `lookout clones list|show|judge`: at headquarters, plates that were read in two places. */
export function registerClones(program: Command): void {
  const group = program
    .command('clones')
    .description(
      'at headquarters: plates that two units read where no car can have been both times',
    );

  configured(group.command('list'))
    .description('the findings, newest first, without plates')
    .option('--all', 'those that somebody has judged, too')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { all } = options;
      print(options, await perform(options, listClones, { all: all === true }), listText);
    });

  inquiring(group.command('show'))
    .argument('<id>', 'id of the finding')
    .description('one finding with its plate and its reads')
    .option('--json', 'as JSON')
    .action(async (id, options) => {
      print(options, await perform(options, openClone, { id }), openedText);
    });

  configured(group.command('judge'))
    .argument('<id>', 'id of the finding')
    .argument('<verdict>', cloneVerdicts.join(', '), oneOf(cloneVerdicts))
    .description('say what it is; a later verdict takes the place of an earlier one')
    .option('--note <text>', 'why; with other, what it is')
    .option('--json', 'as JSON')
    .action(async (id, verdict, options) => {
      const { note } = options;
      print(options, await perform(options, judgeClone, { id, verdict, note }), judgedText);
    });
}

function listText({ findings, open, more }: CloneFindings): string {
  if (findings.length === 0) return 'No finding waits for a verdict.';
  const rows = findings.map((each) => [
    ...[each.id, localTime(each.latestAt), each.units.join(' and ')],
    ...[`${(each.leastM / 1000).toFixed(1)} km`, `${Math.round(each.mostS)} s`, String(each.times)],
    judgedText(each),
  ]);
  const columns = ['finding', 'last', 'units', 'at least', 'at most', 'times', 'what it is'];
  return `${table(columns, rows)}\n${open} not judged.${more ? ' There are more than listed.' : ''}`;
}

function openedText(finding: OpenedClone): string {
  const { plate, state, times, pairs } = finding;
  return `${plate}${state === null ? '' : ` (${state})`}, ${times} times in two places. ${judgedText(finding)}\n${pairsTable(pairs)}`;
}

function judgedText({ judged }: CloneFinding): string {
  if (judged === null) return 'not judged';
  const { verdict, note, by, at } = judged;
  return `${verdict.replaceAll('_', ' ')}, by ${by}, ${localTime(at)}${note === null ? '' : `: ${note}`}`;
}
