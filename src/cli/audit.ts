import { writeFile } from 'node:fs/promises';
import type { Command } from '@commander-js/extra-typings';
import { auditCategories } from '../accountability/audit/audit-record.ts';
import type { WholeVerification } from '../accountability/audit/audit-verification.ts';
import { deedKinds } from '../accountability/audit/deed-kinds.ts';
import type { UnitLogState } from '../accountability/audit/unit-records.ts';
import { type Memorandum, verdicts } from '../accountability/oversight/memorandum.ts';
import {
  type AuditPage,
  auditOutcomes,
  exportAudit,
  fileMemo,
  finishMemo,
  judgeInquiry,
  listAudit,
  listMemos,
  listReviewsDue,
  listUnitLogs,
  openMemo,
  purgeAudit,
  reportUse,
  sampleInquiries,
  verifyAudit,
} from '../accountability/oversight/operations.ts';
import { counted } from '../platform/counted.ts';
import { localDay, localTime } from '../platform/local-time.ts';
import { configured, type OptionsOf, readConfig } from './configured.ts';
import { oneOf } from './one-of.ts';
import { perform, print, shown } from './perform.ts';
import { tableFormOf } from './table-form.ts';
import { below, fittedTable, table } from './text.ts';
import { fromWords, timeWords, toWords } from './time-words.ts';

/** `lookout audit list|verify|sample|report|due|export|purge`. */
export function registerAudit(program: Command): void {
  const group = program.command('audit').description('the log of who looked at and did what');

  filtered(group.command('list'))
    .description(
      'show records, newest first; --json and export also say from where, and the category',
    )
    .option('--limit <n>', 'at most this many', '50')
    .option('--before <record>', 'go on before this record, or where the page before ended')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { limit, before } = options;
      const input = { ...filterOf(options), limit, before };
      print(options, await perform(options, listAudit, input), listText);
    });

  configured(group.command('verify'))
    .description(
      'check the whole log of a data folder; needs no login and no running daemon, so that a seized disk can be checked (--set unit.dataDir=DIR). Ends with 1 when something is wrong',
    )
    .option('--any-unit', 'whosever log it is: do not hold it against the configured unit')
    .option(
      '--recorded',
      'as the person who is logged in, so that the log records it and the health is green again',
    )
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { unit } = readConfig(options).config;
      const { verifyDataFolder } = await import('../accountability/audit/verify-data-folder.ts');
      const { checkUnitLogsOf } = await import('../headquarters/unit-logs/unit-records.ts');
      const verification = options.recorded
        ? await perform(options, verifyAudit, {})
        : {
            ...verifyDataFolder(unit.dataDir, options.anyUnit ? null : unit),
            units: checkUnitLogsOf(unit.dataDir),
          };
      print(options, verification, verificationText);
      const unitsAreSound = (verification.units ?? []).every(({ sound }) => sound);
      if (!verification.sound || !unitsAreSound) process.exitCode = 1;
    });

  configured(group.command('units'))
    .description('at headquarters: how far the log of each unit has come')
    .option('--json', 'as JSON')
    .action(async (options) => {
      print(options, await perform(options, listUnitLogs, {}), (units) =>
        units.length === 0 ? 'No unit has sent a record here.' : unitsTable(units),
      );
    });

  configured(group.command('sample'))
    .description('draw inquiries at random, judge them by the policy, and write the memorandum')
    .option('--n <count>', 'how many; at least, and by default, as the policy says')
    .option('--window <time>', 'of this time back, such as 6mo (default: as the policy says)')
    .option('--from <time>', `in place of --window, ${fromWords}`)
    .option('--to <time>', `${toWords} (default: now)`)
    .option('--seed <text>', 'repeats an earlier draw')
    .option('-o, --output <file>', 'write the memorandum (Markdown) to this file')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { n, window, from, to, seed, output } = options;
      const input = { n, window, from, to, seed };
      const answer = await perform(options, sampleInquiries, input);
      if (output !== undefined)
        await writeFile(output, shown(options, answer.memo), { mode: 0o600 });
      print(options, answer, ({ sample, memorandum, memo }) => {
        if (output === undefined) return memo;
        const failed = sample.inquiries.filter(({ complete }) => !complete).length;
        return `Memorandum ${memorandum.name}: ${sample.inquiries.length} of ${sample.population} inquiries drawn with seed ${sample.seed}: ${failed} with faults. The draft is in ${output}; judge each: lookout audit judge ${memorandum.name} NO --verdict … --note …`;
      });
    });

  configured(group.command('memos'))
    .description('show the memoranda: drawn, finished, filed')
    .option('--json', 'as JSON')
    .action(async (options) => {
      print(options, await perform(options, listMemos, {}), (memoranda) =>
        memoranda.length === 0 ? 'No audit was drawn yet.' : memosTable(memoranda),
      );
    });

  memo(group.command('memo'), 'show a memorandum')
    .option('-o, --output <file>', 'write it (Markdown) to this file')
    .action(async (number, options) => {
      const answer = await perform(options, openMemo, { number });
      const { output } = options;
      if (output === undefined) return print(options, answer, ({ memo: text }) => text);
      await writeFile(output, shown(options, answer.memo), { mode: 0o600 });
      print(options, answer, ({ memorandum }) => `${memoWords(memorandum)} It is in ${output}.`);
    });

  memo(group.command('judge'), 'enter or change your verdict on one drawn inquiry')
    .argument('<inquiry>', 'its number in the memorandum')
    .requiredOption('--verdict <verdict>', verdicts.join(', '), oneOf(verdicts))
    .requiredOption('--note <text>', 'what you looked into, and why it is so')
    .action(async (number, inquiry, options) => {
      const { verdict, note } = options;
      const input = { number, inquiry, verdict, note };
      print(options, await perform(options, judgeInquiry, input), memoWords);
    });

  memo(group.command('finish'), 'make a memorandum final: every inquiry is judged').action(
    async (number, options) =>
      print(options, await perform(options, finishMemo, { number }), memoWords),
  );

  memo(group.command('filed'), 'note where the memorandum and its papers are filed')
    .requiredOption('--where <place>', 'such as "Professional Standards, file 2026-14"')
    .action(async (number, options) => {
      const input = { number, where: options.where };
      print(options, await perform(options, fileMemo, input), memoWords);
    });

  configured(group.command('report'))
    .description(
      'activity, purposes of queries, requests of other agencies, unusual activity, data errors',
    )
    .option('--window <time>', 'of this time back, such as 90d (default: as the policy says)')
    .option('--from <time>', `in place of --window, ${fromWords}`)
    .option('--to <time>', `${toWords} (default: now)`)
    .option(
      '--zone <name>',
      "whose night it is, such as America/Los_Angeles (default: this unit's)",
    )
    .option('-o, --output <file>', 'write the report (Markdown) to this file')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { window, from, to, zone, output } = options;
      const input = { window, from, to, zone };
      const answer = await perform(options, reportUse, input);
      if (output !== undefined)
        await writeFile(output, shown(options, answer.text), { mode: 0o600 });
      print(options, answer, ({ report, text }) =>
        output === undefined
          ? text
          : `${report.records} records, ${report.unusual.length} unusual. The report is in ${output}.`,
      );
    });

  configured(group.command('due'))
    .description('when the next audit and report are due')
    .option('--json', 'as JSON')
    .action(async (options) => {
      print(options, await perform(options, listReviewsDue, {}), (due) =>
        table(
          ['what', 'every', 'last', 'due', ''],
          due.map(({ what, every, lastAt, dueAt, overdue }) => [
            what,
            every,
            lastAt === null ? 'never' : localDay(lastAt),
            localDay(Date.parse(dueAt) - 1),
            overdue ? 'OVERDUE' : '',
          ]),
        ),
      );
    });

  filtered(group.command('export'))
    .description('write records as a table')
    .requiredOption('-o, --output <file>', 'the file to write: .csv or .xlsx')
    .action(async (options) => {
      const input = {
        ...filterOf(options),
        as: tableFormOf(options.output),
        utc: options.utc === true,
      };
      const { bytes } = await perform(options, exportAudit, input);
      await writeFile(options.output, bytes, { mode: 0o600 });
      process.stdout.write(`${options.output}: ${bytes.length} bytes\n`);
    });

  configured(group.command('purge'))
    .description('remove old records by a decision that stays on record')
    .requiredOption('--before <time>', `records older than ${timeWords}`)
    .requiredOption('--decision <text>', 'why they are no longer needed')
    .requiredOption('--decided-by <name>', 'who decided it')
    .action(async (options) => {
      const { before, decision, decidedBy } = options;
      const input = { before, decision, decidedBy };
      const done = await perform(options, purgeAudit, input);
      const { removed, upTo, decidedIn, ofUnits, before: at } = done;
      process.stdout.write(
        shown(
          options,
          `${removed} records of before ${localTime(at)}, up to ${upTo}, ${ofUnits === null ? '' : `and ${ofUnits} of the units, `}are gone; record ${decidedIn} states the decision.\n`,
        ),
      );
    });
}

function memo(command: Command, words: string) {
  return configured(command)
    .argument('<number>', 'number of the memorandum on this unit, or its name, such as car-7-0001')
    .description(words)
    .option('--json', 'as JSON');
}

function memoWords({ name, state, inquiries, verdicts: given, filed }: Memorandum): string {
  const left = inquiries - given.length;
  const judged =
    left === 0
      ? `all ${inquiries} inquiries are judged`
      : `${given.length} of ${inquiries} inquiries are judged`;
  const next =
    state === 'final'
      ? ' Note where it is filed: lookout audit filed.'
      : state === 'open' && left === 0
        ? ' Make it final: lookout audit finish.'
        : '';
  return `Memorandum ${name}: ${state}, ${judged}${filed === null ? '' : `, filed at ${filed.where}`}.${next}`;
}

function memosTable(memoranda: readonly Memorandum[]): string {
  return fittedTable(
    ['memorandum', 'state', 'period', 'drawn', 'judged', 'filed'],
    memoranda.map((each) => [
      each.name,
      each.state,
      `${localDay(each.from)} to ${localDay(each.to)}`,
      `${localDay(each.drawn.at)} by ${each.drawn.by}`,
      `${each.verdicts.length} of ${each.inquiries}`,
      each.filed === null ? '–' : `${localDay(each.filed.at)}: ${each.filed.where}`,
    ]),
  );
}

function filtered(command: Command) {
  return configured(command)
    .option('--from <time>', fromWords)
    .option('--to <time>', toWords)
    .option('--category <name>', "such as 'Detection Browsing'", oneOf(auditCategories))
    .option(
      '--kind <kind>',
      `${deedKinds.join(', ')}: looks are looks at plates and pictures`,
      oneOf(deedKinds),
    )
    .option('--operation <name>', 'such as detections.search')
    .option('--outcome <name>', 'done, started, refused or failed', oneOf(auditOutcomes))
    .option('--username <name>', 'of this person')
    .option('--inquiry <id>', 'of this inquiry')
    .option('--plate <plate>', 'whose query names this plate')
    .option('--unit <id>', 'at headquarters: of this unit alone');
}

function filterOf(options: OptionsOf<typeof filtered>) {
  const { from, to, category, kind, operation, outcome, username, inquiry, plate, unit } = options;
  return { from, to, category, kind, operation, outcome, username, inquiry, plate, unit };
}

/** Each record as a line of who did what when, and below it what it was about, no wider than the screen. */
function listText({ records, next, span, overview }: AuditPage): string {
  // The first page says it; on those behind it the records of several units do.
  const ofUnits =
    (overview?.units ?? null) !== null || new Set(records.map((each) => each.unit)).size > 1;
  const entries = records.map((record) => {
    const { unit, seq, at, who, operation, deed, outcome, results, inquiry, note } = record;
    const found = results === null ? '' : `, ${counted(results, 'result')}`;
    const why = [inquiry?.purpose, inquiry?.caseNumber, inquiry?.incidentNumber].filter(Boolean);
    const reason = inquiry?.reason ? `"${inquiry.reason}"` : '';
    // Words shorten an id; who goes on from here needs it whole.
    const whole = /-[0-9a-f]{12}/.test(record.object ?? '') ? `(${record.object})` : '';
    const about = [[...why, reason].filter(Boolean).join(' '), record.about, note ?? '', whole]
      .map((part) => part.replace(/\s+/g, ' ').trim())
      .filter((part) => part !== '');
    const number = String(seq).padStart(6);
    const head = `${ofUnits ? `${unit} ` : ''}${number}  ${localTime(at)}  ${who.username || '–'}`;
    return [
      head,
      below(`${deed} (${operation}): ${outcome}${found}`, 8),
      ...(about.length === 0 ? [] : [below(about.join('; '), 8)]),
    ].join('\n');
  });
  const within = span.from === null && span.to === null ? [] : [span.text];
  const more = next === null ? [] : [`More: --before ${next}`];
  return [...within, ...(entries.length === 0 ? ['No such record.'] : entries), ...more].join('\n');
}

function unitsTable(units: readonly UnitLogState[]): string {
  return table(
    ['unit', 'records', 'newest', 'of', 'missing', 'vouched for to', 'contradicted'],
    units.map((each) => [
      each.unit,
      ...[each.records, each.seq].map(String),
      localTime(each.last),
      String(each.missing),
      each.anchoredSeq === 0 ? '–' : String(each.anchoredSeq),
      each.contradictedAt === null
        ? ''
        : `${localTime(each.contradictedAt)}: both versions are kept`,
    ]),
  );
}

function verificationText(found: WholeVerification): string {
  const { records, head, first, last, purged, findings, more } = found;
  const lines = [
    `Audit log of ${found.agency ?? '?'}/${found.unit ?? '?'}, log ${found.log ?? '?'}`,
    `${records} records from ${first === null ? '–' : localTime(first)} to ${last === null ? '–' : localTime(last)}` +
      (purged > 0 ? `; ${purged} were purged by decision` : ''),
    `Newest: ${head?.seq ?? '–'} ${head?.hash ?? ''}`,
    found.sound
      ? 'Sound: no record was changed, removed, reordered, cut off or put in.'
      : 'NOT SOUND: the log was tampered with, is damaged, or is missing.',
    ...findings.map(({ fault, text }) => `  ${fault}: ${text}`),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    ...(found.units ?? []).map(
      ({ unit, records: sent, seq, missing, sound, findings: faults }) =>
        `Unit ${unit}: ${sent} records to ${seq}${missing === 0 ? '' : `, ${missing} are not here`}; ${sound ? 'the chain holds' : `NOT SOUND: ${faults.join(' ')}`}`,
    ),
  ];
  return lines.join('\n');
}
