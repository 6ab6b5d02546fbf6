import type { Command } from '@commander-js/extra-typings';
import {
  type ReportView,
  reportOutcomes,
  reportStates,
} from '../accountability/verification/report.ts';
import {
  answerReport,
  closeReport,
  listOwnReports,
  listReports,
  openReport,
  reportError,
  takeReport,
} from '../accountability/verification/report-operations.ts';
import { localTime } from '../platform/local-time.ts';
import { configured } from './configured.ts';
import { oneOf } from './one-of.ts';
import { perform, print } from './perform.ts';
import { below, fittedTable } from './text.ts';

/** `lookout report-error` and `lookout reports …`: errors and violations, and what becomes of them. */
export function registerReports(program: Command): void {
  configured(program.command('report-error'))
    .argument('<subject>', 'what it is about, such as a camera, a hot list or a search')
    .description('report an error or a suspected violation to those who supervise')
    .requiredOption('--text <text>', 'what happened')
    .option('--violation', 'a suspected or confirmed violation of the policy')
    .option('--about <username>', 'of whom the violation is reported; they never see the report')
    .option('--hit <id>', 'the hit that it is about; its short id does')
    .option('--json', 'as JSON')
    .action(async (subject, options) => {
      const { text, violation, hit: hitId, about } = options;
      const kind = violation ? ('violation' as const) : ('error' as const);
      const input = { kind, subject, text, hitId, about };
      print(options, await perform(options, reportError, input), ({ number, readers }) =>
        readers.length === 0
          ? `Reported as number ${number}. NOBODY on this unit may read it: no active account has that right. It went to headquarters; speak to a supervisor.`
          : `Reported as number ${number}, to ${readers.join(', ')}. You are told what becomes of it: lookout notices`,
      );
    });

  const group = program
    .command('reports')
    .description('reports of errors and violations: your own, and those that you look after');

  configured(group.command('mine'))
    .description('show your own reports and what became of them')
    .option('--json', 'as JSON')
    .action(async (options) => {
      print(options, await perform(options, listOwnReports, {}), (reports) =>
        reports.length === 0 ? 'You have reported nothing.' : reports.map(describe).join('\n\n'),
      );
    });

  configured(group.command('list'))
    .description('show reports that are not closed, newest first')
    .option(
      '--state <state>',
      [...reportStates, 'open', 'all'].join(', '),
      oneOf([...reportStates, 'open', 'all']),
    )
    .option('--violations', 'violations alone')
    .option('--errors', 'errors alone')
    .option('--limit <n>', 'at most this many')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { state, violations, errors, limit } = options;
      const kind = violations ? ('violation' as const) : errors ? ('error' as const) : undefined;
      print(options, await perform(options, listReports, { state, kind, limit }), listText);
    });

  step(group.command('show'), 'show a report and everything that was done about it').action(
    async (number, options) =>
      print(options, await perform(options, openReport, { number }), describe),
  );
  step(group.command('take'), 'take a report up; the person who sent it is told').action(
    async (number, options) =>
      print(options, await perform(options, takeReport, { number }), describe),
  );
  step(group.command('answer'), 'write to the person who sent a report')
    .requiredOption('--text <text>', 'the answer')
    .action(async (number, options) => {
      const input = { number, text: options.text };
      print(options, await perform(options, answerReport, input), describe);
    });
  step(group.command('close'), 'close a report; the person who sent it is told')
    .requiredOption('--outcome <outcome>', reportOutcomes.join(', '), oneOf(reportOutcomes))
    .requiredOption('--note <text>', 'what was found and done')
    .action(async (number, options) => {
      const { outcome, note } = options;
      print(options, await perform(options, closeReport, { number, outcome, note }), describe);
    });
}

function step(command: Command, words: string) {
  return configured(command)
    .argument('<number>', 'number of the report')
    .description(words)
    .option('--json', 'as JSON');
}

function listText(reports: readonly ReportView[]): string {
  if (reports.length === 0) return 'No such report.';
  return fittedTable(
    ['no.', 'at', 'kind', 'state', 'from', 'about'],
    reports.map(({ number, at, kind, state, by, subject }) => [
      String(number),
      localTime(at),
      kind,
      state,
      by,
      subject,
    ]),
  );
}

function describe(report: ReportView): string {
  const { number, kind, at, by, subject, text, hitId, about, state, steps } = report;
  return [
    `Report ${number}: ${kind}, ${state}`,
    `  at     ${localTime(at)}`,
    `  from   ${by}`,
    ...(about === null ? [] : [`  of     ${about}`]),
    ...(hitId === null ? [] : [`  hit    ${hitId}`]),
    `  about  ${subject}`,
    below(text, 9),
    ...steps.flatMap(({ at: when, kind: done, by: who, outcome, text: words }) => [
      `  ${localTime(when)}  ${done}${outcome === null ? '' : ` (${outcome.replaceAll('_', ' ')})`} by ${who}`,
      ...(words === null ? [] : [below(words, 9)]),
    ]),
  ].join('\n');
}
