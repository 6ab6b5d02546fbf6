import type { Command } from '@commander-js/extra-typings';
import {
  noteRetentionReview,
  purgeNow,
  type RetentionStatus,
  showRetention,
} from '../accountability/retention/operations.ts';
import type { PurgeRun } from '../accountability/retention/purge-runs.ts';
import type { ReviewState } from '../accountability/retention/review.ts';
import { localDay, localTime } from '../platform/local-time.ts';
import { configured } from './configured.ts';
import { perform, print } from './perform.ts';
import { table } from './text.ts';

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
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { olderThan: olderThanDays, head } = options;
      const input = { olderThanDays, head };
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
  const { edgeStore, spans, endless, review, nearPurge, holds, lastRun, problem } = status;
  const heading = ['head', 'kind', 'at least', 'at most', 'by'];
  const days = (count: number | null) => (count === null ? 'no end is set' : `${count} days`);
  const rows = spans.map((span) => [
    ...[span.head, span.kind, days(span.minDays), days(span.maxDays), span.from],
  ]);
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
      : 'Data stays on this unit for its time.',
    rows.length === 0 ? 'There are no records.' : table(heading, rows),
    ...(endless.length === 0
      ? []
      : [
          `Nothing of ${endless.join(', ')} is deleted for its age: the policy leaves the longest time to the records ` +
            `retention schedule. Set policy.overrides.retention.${endless[0]}.maxDays, and so on, as it says.`,
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
  const lines = run.removed.map(
    ({ rule, head, detections, hits, images, unacknowledged, from, to }) =>
      `  ${detections} detections, ${hits} hits, ${images} images of ${head}, seen ${localTime(from)} to ${localTime(to)}, by ${rule}` +
      (unacknowledged > 0 ? `; ${unacknowledged} messages that headquarters never got` : ''),
  );
  return [`Purge of ${localTime(run.startedAt)} (${run.why}):`, ...lines].join('\n');
}

function reviewText({ since: sinceAt, dueAt: due, isDue }: ReviewState): string {
  const since = localDay(sinceAt);
  if (due === null) return `Last review, or first start: ${since}; the policy sets no next date.`;
  const dueAt = localDay(due);
  return isDue
    ? `A review of these times was due ${dueAt}: think them over, then "lookout retention reviewed".`
    : `Last review, or first start: ${since}; the next is due ${dueAt}.`;
}
