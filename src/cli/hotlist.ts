import { accessSync, constants, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import {
  browseHotList,
  checkHotListFile,
  deleteHotList,
  disableHotList,
  enableHotList,
  importHotList,
  type ListVersionView,
  listVersionsOfList,
  rollBackHotList,
} from '../accountability/lists/operations.ts';
import { openUploadFolder } from '../accountability/lists/upload-folder.ts';
import { loadPolicy } from '../accountability/policy/load-policy.ts';
import type { Config } from '../config/schema.ts';
import type { HotEntry, ListStatus } from '../hotlist/hit-match.ts';
import { createHotlist } from '../hotlist/hotlist.ts';
import type { ImportResult } from '../hotlist/import-result.ts';
import { localDay, localTime } from '../platform/local-time.ts';
import { createLog } from '../platform/log.ts';
import { fileFault, messageOf, Problem } from '../platform/problem.ts';
import { giveToServiceUser } from '../platform/service-user.ts';
import { askStatus } from './ask-status.ts';
import { configured, type OptionsOf, readConfig } from './configured.ts';
import { perform, shown } from './perform.ts';
import { age, table } from './text.ts';
import { inquiring, isOurs } from './unit-client.ts';

/** Largest file that is sent to a running daemon instead of being put into the unit's folder. */
const maxSent = 3 * 1024 * 1024;

/** `lookout hotlist import|check|list|status|enable|disable|delete`. */
export function registerHotlist(program: Command): void {
  const group = program.command('hotlist').description('import, choose and look at the hot lists');

  fileCommand(group.command('import'))
    .description('replace a hot list by a file; a running daemon takes it up at once')
    .option('--dry-run', 'read, check and count only')
    .option('--force', 'import although the list shrank, is older, or has many unusable rows')
    .action((list, file, options) => importFile(list, file, options));

  fileCommand(group.command('check'))
    .description('say what an import would do, and what is odd about the file')
    .action((list, file, options) => importFile(list, file, { ...options, dryRun: true }));

  inquiring(group.command('list'))
    .argument('<list>', 'id of the hot list')
    .description('show entries of a hot list')
    .option('--limit <n>', 'entries to show', '20')
    .option('--offset <n>', 'entries to skip', '0')
    .option('--plate <plate>', 'only entries of this plate and those it may be taken for')
    .option('--show-plates', 'show the plates too')
    .option('--json', 'as JSON, with the plates')
    .action(async (list, options) => {
      const { plate } = options;
      const input = {
        list,
        limit: wholeNumber(options.limit, '--limit'),
        offset: wholeNumber(options.offset, '--offset'),
        plate,
      };
      const entries = await perform(options, browseHotList, input);
      if (options.json) return write(`${JSON.stringify(entries, null, 2)}\n`);
      write(shown(options, entryTable(entries, options.showPlates === true)));
    });

  configured(group.command('status'))
    .description('show every hot list, its age and state; needs no login, shows no plate')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { config, isInstalled } = readConfig(options);
      giveToServiceUser(config.unit.dataDir, isInstalled);
      // Who may not open the data folder hears it of the daemon, as "lookout status" does.
      const lists = isOurs(config.unit.dataDir)
        ? await ownLists(config)
        : (await askStatus(config)).hotlists;
      if (options.json) write(`${JSON.stringify(lists, null, 2)}\n`);
      else if (lists.length === 0) write('No hot list is configured: hotlist.lists is empty.\n');
      else write(shown(options, statusTable(lists)));
    });

  for (const verb of ['enable', 'disable'] as const) {
    configured(group.command(verb))
      .argument('<list>', 'id of the hot list')
      .description(
        verb === 'enable'
          ? 'let a hot list alert on this unit; at headquarters, on every unit'
          : 'keep a hot list from alerting on this unit; at headquarters, on every unit',
      )
      .action(async (list, options) => {
        const operation = verb === 'enable' ? enableHotList : disableHotList;
        const status = await perform(options, operation, { list });
        write(`${status.name}: ${status.enabled ? 'on' : 'off'} by ${status.chosen?.by ?? '–'}\n`);
      });
  }

  configured(group.command('versions'))
    .argument('<list>', 'id of the hot list')
    .description('at headquarters: show the versions of a hot list that went to all units')
    .option('--json', 'as JSON')
    .action(async (list, options) => {
      const versions = await perform(options, listVersionsOfList, { list });
      if (options.json) write(`${JSON.stringify(versions, null, 2)}\n`);
      else if (versions.length === 0) write(`${list}: no version went to the units from here.\n`);
      else write(shown(options, versionTable(versions)));
    });

  configured(group.command('roll-back'))
    .argument('<list>', 'id of the hot list')
    .argument('<version>', 'the version, as "lookout hotlist versions" shows it')
    .requiredOption('--why <text>', 'why, for the log and the versions')
    .description('at headquarters: put an earlier version in force again, here and on all units')
    .action(async (list, version, options) => {
      const input = { list, version: wholeNumber(version, 'version'), reason: options.why };
      const done = await perform(options, rollBackHotList, input);
      write(
        `${list}: version ${input.version} is in force again as version ${done.version}, with ${done.entries} entries\n`,
      );
    });

  configured(group.command('delete'))
    .argument('<list>', 'id of the hot list')
    .description(
      'take a hot list out of force and delete its entries from this unit; at headquarters, from every unit',
    )
    .action(async (list, options) => {
      const { deleted } = await perform(options, deleteHotList, { list });
      write(`${list}: ${deleted} entries deleted\n`);
    });
}

function versionTable(versions: ListVersionView[]): string {
  const rows = versions.map((each, at) => [
    String(each.version),
    standingOf(each, at === 0),
    String(each.entries),
    localTime(each.asOf),
    localTime(each.inUseAt),
    each.publishedAt === null ? '–' : localTime(each.publishedAt),
    each.by ?? '–',
    each.note ?? '',
  ]);
  const heading = ['version', 'standing', 'entries', 'as of', 'in use', 'sent', 'by', 'why'];
  const first = versions.at(-1)?.version ?? 1;
  const older =
    first > 1 ? `Versions before ${first} are kept no longer; the audit log tells of them.\n` : '';
  return `${table(heading, rows)}\n${older}`;
}

function standingOf({ publishedAt, withdrawn }: ListVersionView, isNewest: boolean): string {
  const kind = withdrawn === null ? '' : withdrawn === 'off' ? 'switched off' : 'deleted';
  if (publishedAt === null) return isNewest ? `${kind} waits for the link`.trim() : 'not sent';
  if (kind !== '') return kind;
  return isNewest ? 'in force' : 'replaced';
}

/** The states of the lists, read from the unit's database. */
async function ownLists(config: Config): Promise<ListStatus[]> {
  const { policy } = loadPolicy(config.policy);
  await using hotlist = createHotlist({
    path: join(config.unit.dataDir, 'hotlist.db'),
    config: config.hotlist,
    policy,
    log: createLog({ level: 'warn' }),
    // Only the daemon deletes: a command may have been started with another configuration by mistake.
    maintain: false,
  });
  return hotlist.status();
}

function fileCommand(command: Command) {
  return configured(command)
    .argument('<list>', 'id of the hot list')
    .argument('<file>', 'the file, laid out as hotlist.lists says')
    .option(
      '--as-of <time>',
      'when the source made the list, such as 2026-11-21 06:00; or file-time',
    )
    .option('--rejects <file>', 'write the rows that cannot be used to this CSV file')
    .option('--sha256 <hash>', 'refuse the file unless this is its SHA-256')
    .option('--show-plates', 'show plates in the samples of a dry run')
    .option('--json', 'as JSON');
}

/** `--force` is of the import alone, and a check is a dry run. */
type FileOptions = OptionsOf<typeof fileCommand> & {
  force?: true | undefined;
  dryRun?: true | undefined;
};

async function importFile(list: string, file: string, options: FileOptions): Promise<void> {
  const { asOf, rejects, sha256, force, dryRun } = options;
  const { config, isInstalled } = readConfig(options);
  const { dataDir } = config.unit;
  giveToServiceUser(dataDir, isInstalled);
  const sent = await hand(file, dataDir);
  await using cleanup = new AsyncDisposableStack();
  if ('upload' in sent) cleanup.defer(() => openUploadFolder(dataDir).remove(sent.upload));
  const { rejectsCsv, ...result } = await perform(
    options,
    dryRun === true ? checkHotListFile : importHotList,
    { list, ...sent, asOf, sha256, force: force === true, rejects: rejects !== undefined },
  );
  if (rejects !== undefined && rejectsCsv !== null) {
    writeFileSync(rejects, rejectsCsv, { mode: 0o600 });
  }
  const samples = options.showPlates === true ? result.samples : result.samples.map(withoutPlate);
  if (options.json) write(`${JSON.stringify({ ...result, samples }, null, 2)}\n`);
  else write(shown(options, report(result, options)));
  if (result.refusal !== null) throw new Problem(`not to be imported: ${result.refusal}`);
}

/** Puts the file into the unit's folder, or sends it if this user may not write there. */
async function hand(
  file: string,
  dataDir: string,
): Promise<{ upload: string } | { content: string }> {
  const size = sizeOf(file);
  try {
    return { upload: await openUploadFolder(dataDir).copy(file) };
  } catch (error) {
    if (size <= maxSent) return { content: readFileSync(file).toString('base64') };
    throw new Problem(
      `${file}: cannot be put into ${dataDir} (${messageOf(error)}), and is too large to be sent. ` +
        'Run the command as the user of the service.',
    );
  }
}

function sizeOf(file: string): number {
  try {
    accessSync(file, constants.R_OK);
    const stat = statSync(file);
    if (!stat.isDirectory()) return stat.size;
  } catch (error) {
    throw new Problem(`${file}: cannot be read (${fileFault(error)})`);
  }
  throw new Problem(`${file}: cannot be read (it is a folder)`);
}

function report(result: ImportResult, options: FileOptions): string {
  const { entries, wildcards, previousEntries, records, rejected, expired, duplicates } = result;
  const denied = Object.values(result.denied).reduce((sum, rows) => sum + rows, 0);
  const before = previousEntries === null ? 'the first import' : `${previousEntries} before`;
  const lines = [
    `${result.listId}: ${result.dryRun ? 'would hold' : 'holds'} ${entries} entries (${before}), ` +
      `${wildcards} of them with ? or *; as of ${localTime(result.asOf)}`,
    `  ${records} rows: ${rejected} unusable, ${expired} already expired, ${duplicates} repeated, ` +
      `${result.withoutPlate} without a plate, ${denied} of categories that the policy takes no entry of`,
    ...whatWasDone(result),
    ...(options.rejects !== undefined ? [`  the unusable rows are in ${options.rejects}`] : []),
    `  near matching by one confusable character: at most ${perThousand(result.nearPer1000)} more alerts in 1000 vehicles that are on no list`,
    ...result.warnings.map((warning) => `  note: ${warning}`),
    `  sha256 ${result.sha256}, ${result.bytes} bytes, ${(result.ms / 1000).toFixed(1)} s`,
  ];
  if (result.samples.length > 0) lines.push('first entries:');
  const samples = entryTable(result.samples, options.showPlates === true);
  return `${lines.join('\n')}\n${result.samples.length > 0 ? samples : ''}`;
}

/** Rejected and repaired rows as a table: number of rows, the first one, the cell, the fault and the repair. */
function whatWasDone({ rejects, repairs, marks }: ImportResult): string[] {
  const rows = [
    ...rejects.map(({ column, reason, rows, firstRow }) => [
      String(rows),
      String(firstRow),
      column ?? 'the row',
      reason,
      'refused',
    ]),
    ...repairs.map(({ column, seen, done, rows, firstRow }) => [
      String(rows),
      String(firstRow),
      column ?? 'the row',
      seen,
      done,
    ]),
    ...marks.map(({ row, kind, count }) => [
      '1',
      String(row),
      'the row',
      `is a ${kind === 'leading' ? 'header' : 'trailer'}${count === null ? '' : ` that says ${count} rows`}`,
      'not a vehicle',
    ]),
  ];
  if (rows.length === 0) return [];
  return table(['rows', 'first', 'cell', 'seen', 'done'], rows)
    .split('\n')
    .map((line) => `    ${line}`);
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
    entry.entryDate === null ? '–' : localDay(entry.entryDate),
    entry.expires === null ? '–' : localTime(entry.expires),
  ]);
  return `${table(heading, rows)}\n`;
}

function statusTable(lists: ListStatus[]): string {
  const heading = [
    'list',
    'state',
    'entries',
    'age',
    'as of',
    'source',
    'type',
    'from',
    'name',
    'problem',
  ];
  const rows = lists.map((list) => [
    list.id,
    list.state,
    String(list.entries),
    list.ageS === null ? '–' : age(list.ageS),
    list.asOf === null ? '–' : localTime(list.asOf),
    list.source,
    list.type,
    list.importedBy ?? '–',
    list.name,
    list.problem ?? '',
  ]);
  return `${table(heading, rows)}\n`;
}

function wholeNumber(text: string, option: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Problem(`${option}: "${text}" is not a whole number`);
}

function write(text: string): void {
  process.stdout.write(text);
}
