import { join } from 'node:path';
import type { Command } from 'commander';
import type { HotEntry, ListStatus } from '../hotlist/hit-match.ts';
import { createHotlist, type Hotlist } from '../hotlist/hotlist.ts';
import type { ImportRequest, ImportResult } from '../hotlist/import-result.ts';
import { createLog } from '../platform/log.ts';
import { Problem } from '../platform/problem.ts';
import { type ConfiguredOptions, configured, readConfig } from './configured.ts';
import { age, table } from './text.ts';

interface FileOptions extends ConfiguredOptions {
  asOf?: string;
  rejects?: string;
  sha256?: string;
  force?: boolean;
  dryRun?: boolean;
  showPlates?: boolean;
  json?: boolean;
}

interface ListOptions extends ConfiguredOptions {
  limit: string;
  offset: string;
  showPlates?: boolean;
}

/** `lookout hotlist import|check|list|status`. */
export function registerHotlist(program: Command): void {
  const group = program.command('hotlist').description('import and look at the hot lists');

  fileCommand(group.command('import'))
    .description('replace a hot list by a file; a running daemon takes it up at once')
    .option('--dry-run', 'read, check and count only')
    .option('--force', 'import although the list shrank, is older, or has many unusable rows')
    .action((list: string, file: string, options: FileOptions) => importFile(list, file, options));

  fileCommand(group.command('check'))
    .description('say what an import would do, and what is odd about the file')
    .action((list: string, file: string, options: FileOptions) =>
      importFile(list, file, { ...options, dryRun: true }),
    );

  configured(group.command('list'))
    .argument('<list>', 'id of the hot list')
    .description('show entries of a hot list')
    .option('--limit <n>', 'entries to show', '20')
    .option('--offset <n>', 'entries to skip', '0')
    .option('--show-plates', 'show the plates too')
    .action(async (list: string, options: ListOptions) => {
      await using hotlist = open(options);
      const limit = wholeNumber(options.limit, '--limit');
      const offset = wholeNumber(options.offset, '--offset');
      const entries = hotlist.entries(list, { limit, offset });
      const status = hotlist.status().find(({ id }) => id === list);
      write(
        `${status?.name ?? list}: ${status?.entries ?? 0} entries, ${status?.state ?? 'empty'}\n`,
      );
      write(entryTable(entries, options.showPlates === true));
    });

  configured(group.command('status'))
    .description('show every hot list, its age and state')
    .option('--json', 'as JSON')
    .action(async (options: ConfiguredOptions & { json?: boolean }) => {
      await using hotlist = open(options);
      const lists = hotlist.status();
      if (options.json) write(`${JSON.stringify(lists, null, 2)}\n`);
      else if (lists.length === 0) write('No hot list is configured: hotlist.lists is empty.\n');
      else write(statusTable(lists));
    });
}

function fileCommand(command: Command): Command {
  return configured(command)
    .argument('<list>', 'id of the hot list')
    .argument('<file>', 'the file, laid out as hotlist.lists says')
    .option(
      '--as-of <time>',
      'when the source made the list, such as 2026-11-21T06:00:00Z; or file-time',
    )
    .option('--rejects <file>', 'write the rows that cannot be used to this CSV file')
    .option('--sha256 <hash>', 'refuse the file unless this is its SHA-256')
    .option('--show-plates', 'show plates in the samples of a dry run')
    .option('--json', 'as JSON');
}

async function importFile(listId: string, file: string, options: FileOptions): Promise<void> {
  const { asOf, rejects, sha256, force, dryRun } = options;
  const request: ImportRequest = {
    ...{ listId, file },
    ...(asOf === undefined ? {} : { asOf }),
    ...(rejects === undefined ? {} : { rejectsFile: rejects }),
    ...(sha256 === undefined ? {} : { sha256 }),
    force: force === true,
    dryRun: dryRun === true,
  };
  await using hotlist = open(options);
  const result = await hotlist.importFile(request);
  const samples = options.showPlates === true ? result.samples : result.samples.map(withoutPlate);
  if (options.json) write(`${JSON.stringify({ ...result, samples }, null, 2)}\n`);
  else write(report(result, options));
  if (result.refusal !== null) throw new Problem(`not to be imported: ${result.refusal}`);
}

function open(options: ConfiguredOptions): Hotlist {
  const { config } = readConfig(options);
  return createHotlist({
    path: join(config.unit.dataDir, 'hotlist.db'),
    config: config.hotlist,
    log: createLog({ level: 'warn' }),
    // Only the daemon deletes: a command may have been given another configuration by mistake.
    maintain: false,
  });
}

function report(result: ImportResult, options: FileOptions): string {
  const { entries, wildcards, previousEntries, records, rejected, expired, duplicates } = result;
  const before = previousEntries === null ? 'the first import' : `${previousEntries} before`;
  const lines = [
    `${result.listId}: ${result.dryRun ? 'would hold' : 'holds'} ${entries} entries (${before}), ` +
      `${wildcards} of them with ? or *; as of ${result.asOf}`,
    `  ${records} rows: ${rejected} unusable, ${expired} already expired, ${duplicates} repeated`,
    ...result.rejects
      .slice(0, 10)
      .map(
        ({ column, reason, rows, firstRow }) =>
          `    ${rows} × ${column ?? 'the row'} ${reason} (first: row ${firstRow})`,
      ),
    ...(options.rejects !== undefined ? [`  the unusable rows are in ${options.rejects}`] : []),
    `  near matching: at most ${perThousand(result.nearPer1000)} more alerts in 1000 vehicles that are on no list`,
    ...result.warnings.map((warning) => `  note: ${warning}`),
    `  sha256 ${result.sha256}, ${result.bytes} bytes, ${(result.ms / 1000).toFixed(1)} s`,
  ];
  if (result.samples.length > 0) lines.push('first entries:');
  const samples = entryTable(result.samples, options.showPlates === true);
  return `${lines.join('\n')}\n${result.samples.length > 0 ? samples : ''}`;
}

function perThousand(value: number): string {
  return value < 0.01 ? '0.01' : value.toPrecision(2);
}

function withoutPlate(entry: HotEntry): Omit<HotEntry, 'plate'> {
  const { plate: _, ...rest } = entry;
  return rest;
}

function entryTable(entries: HotEntry[], showPlates: boolean): string {
  const heading = ['plate', 'state', 'category', 'reason', 'vehicle', 'case', 'entered', 'expires'];
  const rows = entries.map((entry) => [
    showPlates ? entry.plate : '·'.repeat(entry.plate.length),
    entry.state ?? '–',
    entry.category,
    entry.reason,
    [entry.colour, entry.year, entry.make, entry.model].filter(Boolean).join(' ') || '–',
    entry.caseNumber ?? '–',
    entry.entryDate?.slice(0, 10) ?? '–',
    entry.expires?.slice(0, 16) ?? '–',
  ]);
  return `${table(heading, rows)}\n`;
}

function statusTable(lists: ListStatus[]): string {
  const heading = ['list', 'state', 'entries', 'age', 'as of', 'name', 'problem'];
  const rows = lists.map((list) => [
    list.id,
    list.state,
    String(list.entries),
    list.ageS === null ? '–' : age(list.ageS),
    list.asOf ?? '–',
    list.name,
    list.problem ?? '',
  ]);
  return `${table(heading, rows)}\n`;
}

function wholeNumber(text: string, option: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Problem(`${option}: "${text}" is no whole number`);
}

function write(text: string): void {
  process.stdout.write(text);
}
