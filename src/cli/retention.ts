import type { Command } from '@commander-js/extra-typings';
import { officialWords } from '../accountability/officials/official.ts';
import {
  noteRetentionReview,
  previewPurge,
  purgeNow,
  type RetentionStatus,
  showRetention,
} from '../accountability/retention/operations.ts';
import type { PurgePreview } from '../accountability/retention/preview.ts';
import type { PurgeRun } from '../accountability/retention/purge-runs.ts';
import type { ReviewState } from '../accountability/retention/review.ts';
import type { KindHeld } from '../accountability/retention/sources.ts';
import type { RemovedByRule } from '../accountability/retention/tally.ts';
import { localDay, localTime } from '../platform/local-time.ts';
import { configured } from './configured.ts';
import { oneOf } from './one-of.ts';
import { perform, print } from './perform.ts';
import { table } from './text.ts';

const modes = ['mobile', 'fixed'] as const;

/** `lookout retention status|run|reviewed`. */
export function registerRetention(program: Command): void {
  const group = program
    .command('retention')
    .description('how long data is kept, and letting it go');

  configured(group.command('status'))
    .description('times in force, the last purge, and cases whose reads are about to go')
    .option('--json', 'as JSON')
    .action(async (options) => {
      print(options, await perform(options, showRetention, {}), statusText);
    });

  configured(group.command('run'))
    .description('purge what is due now; the daemon does this every hour by itself')
    .option('--older-than <days>', 'also what is older and acknowledged; never below the minimum')
    .option('--head <id>', 'of this source alone')
    .option(
      '--mode <mode>',
      'at headquarters: of cars (mobile) or poles (fixed) alone',
      oneOf(modes),
    )
    .option('--preview', 'only say what would go')
    .option('--decision <text>', 'why it is no longer needed; with --older-than')
    .option('--decided-by <name>', 'who decided it, the custodian; with --older-than')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { olderThan: olderThanDays, head, mode, preview, decision, decidedBy } = options;
      const order = { olderThanDays, head, mode };
      if (preview) {
        print(options, await perform(options, previewPurge, order), previewText);
        return;
      }
      const input = { ...order, decision, decidedBy };
      print(options, await perform(options, purgeNow, input), runText);
    });

  configured(group.command('reviewed'))
    .description('note that the times were thought over, which is due again after a while')
    .requiredOption('--note <text>', 'what the review came to')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { note } = options;
      const state = await perform(options, noteRetentionReview, { note });
      print(options, state, reviewText);
    });
}

function statusText(status: RetentionStatus): string {
  const { edgeStore, sources, pictures, endless, review, nearPurge, holds, lastRun, problem } =
    status;
  const { custodian, mayPurge } = status;
  const heading = ['source', 'kind', 'at least', 'at most', 'here', 'goes next', 'by'];
  const days = (count: number | null) => (count === null ? 'no end is set' : `${count} days`);
  const rows = sources.flatMap(({ name, is, kinds }) =>
    kinds.map((each) => [
      ...[is === 'vendor' ? `${name} (vendor)` : name, each.kind],
      ...[days(each.minDays), days(each.maxDays), hereText(each), nextText(each), each.from],
    ]),
  );
  const warnings = nearPurge.map(({ caseNumber, detections, held, daysLeft }) =>
    daysLeft === null
      ? `  case ${caseNumber}: ${detections} detections past or near their time, all held`
      : `  case ${caseNumber}: ${detections} detections (${held} held), the first goes in ${daysLeft} days: ` +
        'hold them, or pack them with "lookout evidence make"',
  );
  return [
    edgeStore === 'transient'
      ? 'Nothing stays on this unit once headquarters has acknowledged it, but open hits, hits closed in the last 12 hours,\n' +
        'and what may be evidence until a day after it was packed.'
      : 'Data stays here for its time.',
    rows.length === 0 ? 'There are no records.' : table(heading, rows),
    `${pictures.files} pictures of all sources, ${Math.round(pictures.bytes / 2 ** 20)} MiB.`,
    custodian === null
      ? 'No custodian is entered: "lookout official name --office custodian".'
      : `Custodian: ${officialWords(custodian)}.`,
    `Roles that may purge: ${mayPurge.join(', ')}.`,
    ...(endless.length === 0
      ? []
      : [
          `Nothing of ${endless.join(', ')} is deleted for its age: the policy leaves the longest time to the records ` +
            `retention schedule. Set policy.overrides.retention.${endless[0]}.maxDays, and so on, as it says, or order it: ` +
            '"lookout retention run --older-than".',
        ]),
    `${holds} holds in force.`,
    lastRun === null ? 'Nothing was purged yet.' : runText(lastRun),
    reviewText(review),
    ...(warnings.length > 0 ? ['Soon to be purged:', ...warnings] : []),
    ...(problem === null ? [] : [`Problem: ${problem}`]),
  ].join('\n');
}

function runText(run: PurgeRun | null): string {
  if (run === null) return 'Nothing is due.';
  const lines = run.removed.map(removedText);
  return [`Purge of ${localTime(run.startedAt)} (${run.why}):`, ...lines].join('\n');
}

function removedText(removed: RemovedByRule): string {
  const { rule, head, detections, hits, images, unacknowledged, from, to } = removed;
  return (
    `  ${detections} detections, ${hits} hits, ${images} images of ${head}, seen ${localTime(from)} to ${localTime(to)}, by ${rule}` +
    (unacknowledged > 0 ? `; ${unacknowledged} messages that headquarters never got` : '')
  );
}

function previewText({ goes, kept, more }: PurgePreview): string {
  const { held, waiting, needed } = kept;
  return [
    goes.length === 0 ? 'Nothing would go now.' : `Would go now${more ? ', and more' : ''}:`,
    ...goes.map(removedText),
    `Kept all the same: ${held} under a hold, ${waiting} that headquarters has not got, ${needed} with a hit that may be needed.`,
  ].join('\n');
}

function hereText({ count, more, oldestAt }: KindHeld): string {
  const since = oldestAt === null ? '' : ` since ${localDay(oldestAt)}`;
  return count === null ? since.trim() : `${more ? 'more than ' : ''}${count}${since}`;
}

function nextText({ goesBy, goesAt }: KindHeld): string {
  if (goesBy === 'nothing') return '';
  if (goesBy === 'order') return 'by an order alone';
  const day = goesAt === null ? '' : localDay(goesAt);
  return goesBy === 'time'
    ? day
    : `once headquarters has it${day === '' ? '' : `, at the latest ${day}`}`;
}

function reviewText({ since: sinceAt, dueAt: due, isDue }: ReviewState): string {
  const since = localDay(sinceAt);
  if (due === null) return `Last review, or first start: ${since}; the policy sets no next date.`;
  const dueAt = localDay(due);
  return isDue
    ? `A review of these times was due ${dueAt}: think them over, then "lookout retention reviewed".`
    : `Last review, or first start: ${since}; the next is due ${dueAt}.`;
}
