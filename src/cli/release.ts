import { writeFileSync } from 'node:fs';
import type { Command } from '@commander-js/extra-typings';
import {
  approveRelease,
  exportReleaseLog,
  listReleases,
  refuseRelease,
  requestRelease,
  verifyRelease,
  withdrawRelease,
} from '../accountability/releases/operations.ts';
import {
  type ReleaseView,
  releaseAskSchema,
  requestCoverWords,
  shownState,
  shownStates,
} from '../accountability/releases/release-request.ts';
import { localTime } from '../platform/local-time.ts';
import { Problem } from '../platform/problem.ts';
import { configured } from './configured.ts';
import { oneOf } from './one-of.ts';
import { perform, print } from './perform.ts';
import { circle } from './search.ts';
import { tableFormOf } from './table-form.ts';
import { table } from './text.ts';
import { fromWords, toWords } from './time-words.ts';

const kinds = releaseAskSchema.shape.kind.options;

/** `lookout release request|verify|approve|refuse|withdraw|list|log`. */
export function registerRelease(program: Command): void {
  const group = program.command('release').description('requests of other agencies for data');

  configured(group.command('request'))
    .description('enter the written request of another agency')
    .requiredOption('--agency <name>', 'name of the agency')
    .requiredOption('--person <name>', 'name of the person requesting')
    .requiredOption('--purpose <text>', 'intended purpose of obtaining the information')
    .requiredOption('--data <text>', 'what is asked for')
    .option('--reference <text>', 'where the written request is filed')
    .option('--kind <kind>', kinds.join(', '), oneOf(kinds), 'law_enforcement')
    .option(
      '--plates <plate...>',
      'the plates that are asked for, each whole, with its state: CA:7ABC123 (without one: of any state)',
    )
    .option('--circle <lat,lon,metres>', 'the place of a stakeout', circle)
    .requiredOption('--from <time...>', `when the vehicles were seen: ${fromWords}`)
    .requiredOption('--to <time...>', `${toWords}; one for each --from`)
    .option('--packages <n>', 'how many packages are asked for (default: 1)')
    .option('--until <day>', 'to the end of this day at the latest (default: as the policy says)')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { agency, person, purpose, data, reference = '', kind } = options;
      const covers = { ...coverOf(options), spans: spansOf(options) ?? [] };
      const input = { agency, person, purpose, data, reference, kind, covers };
      print(options, await perform(options, requestRelease, input), stateText);
    });

  step(group, 'verify', 'note how the agency was verified')
    .requiredOption('--how <text>', 'in words')
    .action(async (id, options) => {
      const { how } = options;
      print(options, await perform(options, verifyRelease, { id, how }), stateText);
    });
  step(
    group,
    'approve',
    'approve a request, all of it or less; the role that may is set by the policy',
  )
    .requiredOption('--why <text>', 'in words')
    .option('--values-act-considered', 'the California Values Act was considered')
    .option(
      '--plates <plate...>',
      'these plates only, such as CA:7ABC123 of a plate without a state',
    )
    .option('--circle <lat,lon,metres>', 'within this circle only', circle)
    .option('--from <time...>', 'from then only; one --to for each')
    .option('--to <time...>', 'up to then only')
    .option('--packages <n>', 'so many packages only')
    .option('--until <day>', 'to the end of this day only')
    .action(async (id, options) => {
      const { why, valuesActConsidered = false } = options;
      const narrow = { ...coverOf(options), spans: spansOf(options) };
      const input = { id, why, valuesActConsidered, narrow };
      print(options, await perform(options, approveRelease, input), stateText);
    });
  step(group, 'refuse', 'turn a request down; it stays on file')
    .requiredOption('--why <text>', 'in words')
    .action(async (id, options) => {
      const { why } = options;
      print(options, await perform(options, refuseRelease, { id, why }), stateText);
    });

  step(group, 'withdraw', 'take an approval back; nothing more is released under it')
    .requiredOption('--why <text>', 'in words')
    .action(async (id, options) => {
      const { why } = options;
      print(options, await perform(options, withdrawRelease, { id, why }), withdrawnText);
    });

  configured(group.command('list'))
    .description('show the requests on file')
    .option('--state <state>', shownStates.join(', '), oneOf(shownStates))
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { state } = options;
      print(options, await perform(options, listReleases, { state }), listText);
    });

  configured(group.command('log'))
    .description('the log of requests as a table')
    .option('--output <file>', 'write it to this file: .csv or .xlsx')
    .action(async ({ output, ...options }) => {
      const as = output === undefined ? 'csv' : tableFormOf(output);
      const input = { as, utc: options.utc === true };
      const { bytes } = await perform(options, exportReleaseLog, input);
      if (output === undefined) process.stdout.write(bytes);
      else writeFileSync(output, bytes, { mode: 0o600 });
    });
}

interface CoverOptions {
  plates?: string[] | undefined;
  circle?: ReturnType<typeof circle> | undefined;
  from?: string[] | undefined;
  to?: string[] | undefined;
  packages?: string | undefined;
  until?: string | undefined;
}

/** What a request covers besides its times, in the fields that are given. */
function coverOf({ plates, circle: area, packages, until }: CoverOptions) {
  return {
    ...(plates && { plates }),
    ...(area && { area }),
    ...(packages !== undefined && { packages: Number(packages) }),
    ...(until !== undefined && { until }),
  };
}

/** The spans of time: each --from with its --to, in their order. */
function spansOf({ from = [], to = [] }: CoverOptions) {
  if (from.length !== to.length) throw new Problem('give one --to for each --from');
  return from.length === 0 ? undefined : from.map((each, at) => ({ from: each, to: to[at] ?? '' }));
}

function step(group: Command, verb: string, description: string) {
  return configured(group.command(verb))
    .argument('<request>', 'number of the request, such as 2026-0007, or its id')
    .description(description)
    .option('--json', 'as JSON');
}

function stateText(request: ReleaseView): string {
  const { number, id, state, agency, warnings } = request;
  return [
    `Request ${number} of ${agency} is ${standingText(request)}. Its id: ${id}`,
    `  It ${state === 'approved' ? 'covers' : 'asks for'} ${requestCoverWords(request)}.`,
    ...warnings.map((each) => `  Note: ${each}.`),
  ].join('\n');
}

function withdrawnText(request: ReleaseView): string {
  const { number, agency, packages } = request;
  return [
    `The approval of request ${number} of ${agency} is withdrawn: nothing more is released under it.`,
    ...packages.map(
      ({ id, at }) =>
        `  Package ${id} of ${localTime(at)} can no longer be fetched; whoever has a copy must give it back.`,
    ),
  ].join('\n');
}

function standingText(request: ReleaseView): string {
  const { standing } = request;
  const state = shownState(request);
  return standing === null || standing === 'open' ? state : `${state}, ${standing}`;
}

function listText(requests: ReleaseView[]): string {
  if (requests.length === 0) return 'No request is on file.';
  const heading = [
    'number',
    'state',
    'agency',
    'person',
    'purpose',
    'decided by',
    'packages',
    'until',
    'id',
  ];
  const rows = requests.map((request) => {
    const { number, agency, person, purpose, decided, packages, granted, id } = request;
    const made = granted === null ? '–' : `${packages.length} of ${granted.packages}`;
    return [
      ...[number, standingText(request), agency, person, purpose, decided?.name ?? '–'],
      ...[made, granted === null ? '–' : localTime(granted.until), id],
    ];
  });
  return table(heading, rows);
}
