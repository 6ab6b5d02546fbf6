import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { FileAnswer } from '../accountability/gate/answer.ts';
import type { ReleaseRequest } from '../accountability/releases/release-request.ts';
import { type ConfiguredOptions, configured } from './configured.ts';
import { perform, print } from './perform.ts';
import { table } from './text.ts';

interface Options extends ConfiguredOptions {
  json?: boolean;
}

interface AskOptions extends Options {
  agency: string;
  person: string;
  purpose: string;
  data: string;
  reference?: string;
  kind: string;
}

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
    .option('--kind <kind>', 'law_enforcement, prosecution or other', 'law_enforcement')
    .option('--json', 'as JSON')
    .action(async (options: AskOptions) => {
      const { agency, person, purpose, data, reference = '', kind } = options;
      const input = { agency, person, purpose, data, reference, kind };
      print(options, await perform<ReleaseRequest>(options, 'releases.request', input), stateText);
    });

  step(group, 'verify', 'note how the agency was verified', '--how <text>');
  step(group, 'approve', 'approve a request; the role that may is set by the policy');
  step(group, 'refuse', 'turn a request down; it stays on file');

  configured(group.command('list'))
    .description('show the requests on file')
    .option('--state <state>', 'requested, verified, approved or refused')
    .option('--json', 'as JSON')
    .action(async (options: Options & { state?: string }) => {
      const { state } = options;
      const input = state === undefined ? {} : { state };
      print(options, await perform<ReleaseRequest[]>(options, 'releases.list', input), listText);
    });

  configured(group.command('log'))
    .description('the log of requests as CSV')
    .option('--output <file>', 'write it to this file')
    .action(async (options: Options & { output?: string }) => {
      const { bytes } = await perform<FileAnswer>(options, 'releases.log');
      if (options.output === undefined) process.stdout.write(bytes);
      else writeFileSync(options.output, bytes, { mode: 0o600 });
    });
}

function step(
  group: Command,
  name: 'verify' | 'approve' | 'refuse',
  description: string,
  flag = '--why <text>',
): void {
  configured(group.command(name))
    .argument('<id>', 'id of the request')
    .description(description)
    .requiredOption(flag, 'in words')
    .option('--json', 'as JSON')
    .action(async (id: string, options: Options & { how?: string; why?: string }) => {
      const { how, why } = options;
      const input = { id, ...(how === undefined ? { why } : { how }) };
      print(options, await perform<ReleaseRequest>(options, `releases.${name}`, input), stateText);
    });
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
