import { writeFileSync } from 'node:fs';
import type { Command } from '@commander-js/extra-typings';
import {
  approveRelease,
  exportReleaseLog,
  listReleases,
  refuseRelease,
  requestRelease,
  verifyRelease,
} from '../accountability/releases/operations.ts';
import {
  type ReleaseRequest,
  releaseAskSchema,
  releaseRequestSchema,
} from '../accountability/releases/release-request.ts';
import { configured } from './configured.ts';
import { oneOf } from './one-of.ts';
import { perform, print } from './perform.ts';
import { tableFormOf } from './table-form.ts';
import { table } from './text.ts';

const kinds = releaseAskSchema.shape.kind.options;
const states = releaseRequestSchema.shape.state.options;

/** `lookout release request|verify|approve|refuse|list|log`. */
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
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { agency, person, purpose, data, reference = '', kind } = options;
      const input = { agency, person, purpose, data, reference, kind };
      print(options, await perform(options, requestRelease, input), stateText);
    });

  step(group, 'verify', 'note how the agency was verified')
    .requiredOption('--how <text>', 'in words')
    .action(async (id, options) => {
      const { how } = options;
      print(options, await perform(options, verifyRelease, { id, how }), stateText);
    });
  decision(group, 'approve', 'approve a request; the role that may is set by the policy');
  decision(group, 'refuse', 'turn a request down; it stays on file');

  configured(group.command('list'))
    .description('show the requests on file')
    .option('--state <state>', states.join(', '), oneOf(states))
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

function decision(group: Command, verb: 'approve' | 'refuse', description: string): void {
  const operation = verb === 'approve' ? approveRelease : refuseRelease;
  step(group, verb, description)
    .requiredOption('--why <text>', 'in words')
    .action(async (id, options) => {
      const { why } = options;
      print(options, await perform(options, operation, { id, why }), stateText);
    });
}

function step(group: Command, verb: string, description: string) {
  return configured(group.command(verb))
    .argument('<id>', 'id of the request')
    .description(description)
    .option('--json', 'as JSON');
}

function stateText({ number, id, state, agency }: ReleaseRequest): string {
  return `Request ${number} of ${agency} is ${state}. Its id: ${id}`;
}

function listText(requests: ReleaseRequest[]): string {
  if (requests.length === 0) return 'No request is on file.';
  const heading = [
    'number',
    'state',
    'agency',
    'person',
    'purpose',
    'decided by',
    'packages',
    'id',
  ];
  const rows = requests.map(({ number, state, agency, person, purpose, decided, packages, id }) => [
    ...[number, state, agency, person, purpose, decided?.name ?? '–', String(packages.length), id],
  ]);
  return table(heading, rows);
}
