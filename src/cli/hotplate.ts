import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline/promises';
import type { Command } from '@commander-js/extra-typings';
import {
  type Finding,
  type HotPlate,
  removalOutcomes,
  type ShownHotPlate,
} from '../accountability/hotplates/hot-plate.ts';
import type { HotPlateWithLog } from '../accountability/hotplates/hot-plates.ts';
import {
  approveHotPlate,
  changeHotPlate,
  enterHotPlate,
  listAwaiting,
  listHotPlates,
  listReminders,
  lookUpPastReads,
  previewWildcards,
  refreshHotPlate,
  refuseHotPlate,
  removeHotPlate,
  renewHotPlate,
  reportRecovered,
  showHotPlate,
} from '../accountability/hotplates/operations.ts';
import type { Reminder } from '../accountability/hotplates/reminders.ts';
import { hotCategories } from '../config/hot-categories.ts';
import { localTime } from '../platform/local-time.ts';
import { Problem } from '../platform/problem.ts';
import { headingNames } from '../position/heading.ts';
import { configured, type OptionsOf } from './configured.ts';
import { oneOf } from './one-of.ts';
import { perform, print, shown } from './perform.ts';
import { ask, isInteractive } from './terminal.ts';
import { table } from './text.ts';
import { inquiring } from './unit-client.ts';

const expiresWords = 'to the end of this day, or to this time; in place of --days';

/** `lookout hotplate …`: entries that people create on this unit. */
export function registerHotplate(program: Command): void {
  const group = program
    .command('hotplate')
    .description('enter, approve, renew and remove hot plates');

  entryFields(group.command('enter'))
    .description('enter a hot plate; the plate is asked for twice where it is not given')
    .option('--description', 'an entry without a plate, by the description of the vehicle')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { category, description } = options;
      if (category === undefined) throw new Problem('--category must be given');
      const plate = description === true ? {} : await askPlate(options);
      const input = { ...fieldsOf(options), category, ...plate };
      print(options, await perform(options, enterHotPlate, input), describeResult);
    });

  step(group.command('approve'), 'approve a new entry, or a change or renewal that was asked for')
    .option('--note <text>', 'what you note, such as why the first to approve was not asked')
    .option('--text-looked-through', 'accept the text despite the remarks')
    .option('--yes', 'do not ask whether what is shown is to be approved')
    .action(async (id, options) => {
      const { note, textLookedThrough } = options;
      const [entry] = await perform(options, listAwaiting, { id });
      if (entry !== undefined && !options.json) {
        process.stdout.write(shown(options, `${approvalText(entry)}\n`));
        if (options.yes !== true && isInteractive()) {
          const answer = await ask('Approve it? Type yes: ');
          if (answer.toLowerCase() !== 'yes') {
            process.stdout.write('Not approved.\n');
            process.exitCode = 1;
            return;
          }
        }
      }
      const input = { id, note, textLookedThrough, revision: entry?.revision };
      print(options, await perform(options, approveHotPlate, input), describeResult);
    });

  configured(group.command('awaiting'))
    .description('for approvers: what awaits approval, with its plate')
    .option('--json', 'as JSON')
    .action(async (options) => {
      print(options, await perform(options, listAwaiting, {}), (entries) =>
        entries.length === 0 ? 'Nothing awaits approval.' : entries.map(approvalText).join('\n\n'),
      );
    });

  step(group.command('refuse'), 'turn down a new entry, or a change or renewal')
    .requiredOption('--note <text>', 'why')
    .action(async (id, options) => {
      const input = { id, note: options.note };
      print(options, await perform(options, refuseHotPlate, input), describeResult);
    });

  entryFields(group.command('change'))
    .argument('<id>', 'id of the hot plate')
    .description('change an entry; what is not given stays')
    .requiredOption('--why <text>', 'why it is changed')
    .option('--json', 'as JSON')
    .action(async (id, options) => {
      const plate = options.plate === undefined ? {} : await askPlate(options);
      const draft = { ...fieldsOf(options), ...plate };
      const input = { id, draft, reason: options.why };
      print(options, await perform(options, changeHotPlate, input), describeResult);
    });

  step(group.command('renew'), 'ask for another term')
    .option('--days <n>', 'days that are added to the term that runs; of an ended one, from today')
    .option('--expires <day>', expiresWords)
    .requiredOption('--why <text>', 'why the need still exists')
    .action(async (id, options) => {
      const { days, expires, why } = options;
      const input = {
        id,
        days: days === undefined ? undefined : Number(days),
        expires,
        reason: why,
      };
      print(options, await perform(options, renewHotPlate, input), describeResult);
    });

  step(group.command('refresh'), 'confirm that your entry is still good').action(
    async (id, options) =>
      print(options, await perform(options, refreshHotPlate, { id }), describeResult),
  );

  step(group.command('remove'), 'remove an entry; its log stays')
    .requiredOption('--outcome <outcome>', removalOutcomes.join(', '), oneOf(removalOutcomes))
    .option('--note <text>', 'what you note')
    .action(async (id, options) => {
      const { outcome, note } = options;
      print(options, await perform(options, removeHotPlate, { id, outcome, note }), describeResult);
    });

  step(group.command('recovered'), 'the vehicle is found: remove its entry at once')
    .option('--note <text>', 'what you note')
    .action(async (id, options) => {
      const input = { id, note: options.note };
      print(options, await perform(options, reportRecovered, input), describeResult);
    });

  look(group.command('list'), 'show entries: those active or awaiting approval')
    .option('--states <states>', 'such as active,expired')
    .action(async (options) => {
      const { states } = options;
      print(options, await perform(options, listHotPlates, { states }), (entries) =>
        entries.length === 0
          ? 'No such hot plate.'
          : entryTable(entries, options.showPlates === true),
      );
    });

  look(group.command('show'), 'show an entry and everything that was done to it')
    .argument('<id>')
    .action(async (id, options) => {
      const found = await perform(options, showHotPlate, { id });
      print(options, found, (each) => describe(each, options));
    });

  for (const [name, operation, words] of [
    ['preview', previewWildcards, 'how many past reads a plate with ? or * would have matched'],
    ['past-reads', lookUpPastReads, 'whether a plate was read here before'],
  ] as const) {
    look(group.command(name), words)
      .argument('<plate>')
      .action(async (plate, options) => {
        const found = await perform(options, operation, { plate });
        print(options, found, ({ ever, more, last30Days }) => {
          return `Past reads: ${ever}${more ? ' or more' : ''}, ${last30Days} of them in the last 30 days.`;
        });
      });
  }

  configured(group.command('reminders'))
    .description('show old entries, and ended ones without an outcome')
    .option('--all', "everyone's")
    .option('--json', 'as JSON')
    .action(async (options) => {
      const input = { all: options.all === true };
      print(options, await perform(options, listReminders, input), reminderTable);
    });
}

function step(command: Command, words: string) {
  return configured(command)
    .argument('<id>', 'id of the hot plate')
    .description(words)
    .option('--json', 'as JSON');
}

function look(command: Command, words: string) {
  return inquiring(command)
    .description(words)
    .option('--show-plates', 'show the plates too')
    .option('--json', 'as JSON, with the plates');
}

function entryFields(command: Command) {
  return configured(command)
    .option('--plate <plate>', 'plate; ? one character, * a run')
    .option('--again <plate>', 'the plate a second time')
    .option('--state <state>', 'issuing state, such as CA')
    .option('--category <category>', hotCategories.join(', '), oneOf(hotCategories))
    .option('--reason <text>', 'why it is on the list; no names, addresses or CLETS data')
    .option('--synopsis <text>', 'nature of the originating call')
    .option('--case <number>', 'case number')
    .option(
      '--last-heading <direction>',
      'which way it went when it was last seen: N, NE, E, SE, S, SW, W or NW',
      oneOf(headingNames),
    )
    .option('--days <n>', 'days until it expires')
    .option('--expires <day>', expiresWords)
    .option('--make <make>')
    .option('--model <model>')
    .option('--colour <colour>')
    .option('--year <year>')
    .option('--body <body>', 'such as van, sedan')
    .option(
      '--mark <text>',
      'a mark that distinguishes this vehicle; may be repeated',
      (value: string, before: string[] = []) => [...before, value],
    );
}

type EntryOptions = OptionsOf<typeof entryFields>;

function fieldsOf(options: EntryOptions) {
  const { state, category, reason, synopsis, days, expires, make, model, colour, year, body } =
    options;
  const traits = { make, model, colour, year, body, identifiers: options.mark };
  const isDescribed = Object.values(traits).some((trait) => trait !== undefined);
  return {
    state,
    category,
    reason,
    synopsis,
    caseNumber: options.case,
    lastHeading: options.lastHeading,
    days: days === undefined ? undefined : Number(days),
    expires,
    vehicle: isDescribed ? traits : undefined,
  };
}

/** The plate, typed twice: from the options, or from the terminal, so that it is not in the shell's history. */
async function askPlate(options: EntryOptions): Promise<{ plate: string; plateAgain: string }> {
  const { plate, again } = options;
  if (plate !== undefined && again !== undefined) return { plate, plateAgain: again };
  if (!stdin.isTTY) {
    throw new Problem('--plate and --again: give the plate twice; there is no terminal to ask on');
  }
  const lines = createInterface({ input: stdin, output: stdout });
  try {
    const first = plate ?? (await lines.question('Plate: '));
    return { plate: first, plateAgain: await lines.question('Plate again: ') };
  } finally {
    lines.close();
  }
}

/** The result of a step and findings for a person to check. Shows no plate, since the person has typed it. */
function describeResult(entry: HotPlate): string {
  const { id, state, pending, pastReads, content } = entry;
  const findings = pending?.findings ?? entry.findings;
  const expires = state === 'active' ? (content?.expires ?? null) : null;
  return [
    `Hot plate ${id}: ${stateWords(entry)}`,
    ...(pastReads === null ? [] : [`  would have matched ${pastReads} reads of the last 30 days`]),
    ...findings.map(findingLine),
    ...(expires === null ? [] : [`  expires ${localTime(expires)}`]),
    ...(pending?.kind === 'renewal' && pending.content.expires !== null
      ? [`  once the renewal is approved: expires ${localTime(pending.content.expires)}`]
      : []),
  ].join('\n');
}

function findingLine({ kind, message }: Finding): string {
  return `  ${kind === 'untold' ? 'note' : 'look again'}: ${message}`;
}

function stateWords({ state, pending, findings }: HotPlate): string {
  if (pending !== null) return `${state}; a ${pending.kind} awaits approval`;
  if (state === 'draft')
    return 'held back: its text must be changed or looked through, then approved';
  if (state === 'active' && findings.some(({ kind }) => kind === 'untold')) {
    return 'active, but alerts on nothing';
  }
  return state === 'awaiting' ? 'awaits approval' : state;
}

function entryTable(entries: readonly HotPlate[], showPlates: boolean): string {
  const heading = ['id', 'state', 'plate', 'of', 'category', 'case', 'entered by', 'expires'];
  const rows = entries.map((entry) => [
    entry.id,
    entry.pending === null ? stateWords(entry) : `${entry.state}, ${entry.pending.kind} asked`,
    plateWords(entry, showPlates),
    entry.content?.issuer ?? '–',
    entry.content?.category ?? '–',
    entry.content?.caseNumber ?? '–',
    entry.enteredBy.name,
    endOf(entry.content?.expires),
  ]);
  return table(heading, rows);
}

function plateWords({ content }: HotPlate, showPlates: boolean): string {
  if (content === null) return '(removed)';
  if (content.plate === null) return '(description)';
  return showPlates ? content.plate : '·'.repeat(content.plate.length);
}

function describe({ entry, log }: HotPlateWithLog, { showPlates }: OptionsOf<typeof look>): string {
  const { content, approvedBy, approvalNote, ended } = entry;
  const facts: Fact[] = [
    ['state', stateWords(entry)],
    ['plate', plateWords(entry, showPlates === true)],
    ...contentFacts(content),
    ['entered by', `${entry.enteredBy.name} (${entry.enteredBy.role})`],
    ['approved by', approvedBy === null ? null : `${approvedBy.name} (${approvedBy.role})`],
    ['note', approvalNote],
    ['renewals', String(entry.renewals)],
    ['confirm by', entry.refreshBy && localTime(entry.refreshBy)],
    ['expires', content?.expires && localTime(content.expires)],
    [
      'ended',
      ended === null ? null : `${localTime(ended.at)}: ${ended.outcome ?? 'no outcome recorded'}`,
    ],
  ];
  const lines = facts.flatMap(([name, value]) =>
    value === null || value === undefined ? [] : `  ${name.padEnd(14)}${value}`,
  );
  const steps = log.map(({ at, kind, by, note }) => [
    localTime(at),
    kind,
    by?.name ?? 'unit',
    note ?? '',
  ]);
  return [
    `Hot plate ${entry.id}`,
    ...lines,
    ...(entry.pending?.findings ?? entry.findings).map(findingLine),
    '',
    table(['when', 'what', 'who', 'note'], steps),
  ].join('\n');
}

/** When an entry expires; a dash for one that does not. */
function endOf(expires: string | null | undefined): string {
  return expires == null ? '–' : localTime(expires);
}

/** What an approver decides on: the entry, or the change or renewal that is asked for, with its plate. */
function approvalText(entry: ShownHotPlate): string {
  const { pending } = entry;
  const content = pending?.content ?? entry.content;
  const by = pending?.by ?? entry.enteredBy;
  const findings = pending?.findings ?? entry.findings;
  const facts: Fact[] = [
    ['plate', content === null ? null : (content.plate ?? '(description)')],
    ...contentFacts(content),
    ['expires', content?.expires && localTime(content.expires)],
    ['asked by', `${by.name} (${by.role})`],
    ['why', pending?.reason],
    ['past reads', entry.pastReads === null ? null : `${entry.pastReads} in the last 30 days`],
  ];
  return [
    `Hot plate ${entry.id}: ${pending === null ? 'a new entry' : `a ${pending.kind}`}`,
    ...facts.flatMap(([name, value]) => (value ? [`  ${name.padEnd(14)}${value}`] : [])),
    ...findings.map(findingLine),
  ].join('\n');
}

/** A line of a hot plate: its name, and what is left out if there is none. */
type Fact = [name: string, value: string | null | undefined];

/** What an entry says besides its plate. */
function contentFacts(content: HotPlate['content']): Fact[] {
  return [
    ['issuing state', content?.issuer],
    ['category', content?.category],
    ['reason', content?.reason],
    ['synopsis', content?.synopsis],
    ['case', content?.caseNumber],
    ['vehicle', vehicleWords(content)],
  ];
}

function vehicleWords(content: HotPlate['content']): string | null {
  if (content === null) return null;
  const { colour, year, make, model, body, identifiers } = content.vehicle;
  const words = [colour, year, make, model, body].filter((each) => each !== null).join(' ');
  return [words, ...identifiers].filter((each) => each !== '').join(', ') || null;
}

const reminderWords: Record<Reminder['why'], string> = {
  old: 'on the list for long: remove it?',
  'no-outcome': 'ended: with what outcome?',
  refresh: 'still good? It stops alerting soon: refresh it',
  lapsed: 'does not alert: refresh or remove it',
};

function reminderTable(reminders: readonly Reminder[]): string {
  if (reminders.length === 0) return 'Nothing to remind of.';
  const heading = ['id', 'why', 'days', 'category', 'case', 'entered by', 'expires'];
  const rows = reminders.map((reminder) => [
    reminder.id,
    reminderWords[reminder.why],
    String(reminder.ageDays),
    reminder.category,
    reminder.caseNumber ?? '–',
    reminder.enteredBy,
    endOf(reminder.expires),
  ]);
  return table(heading, rows);
}
