import { csvText } from '../../platform/csv.ts';
import { localTime } from '../../platform/local-time.ts';
import { tenureWords } from '../officials/official.ts';
import type { Accuracy, Statistics } from './statistics.ts';

const header = ['month', 'reads', 'unread plates', 'hits', 'judged right', 'judged wrong'];

/** One row per month. */
export function statisticsCsv({ months }: Statistics): Promise<string> {
  const columns = [...header, 'undetermined', 'accuracy', 'accuracy low', 'accuracy high'];
  const rows = months.map(({ month, reads, unread, hits, accuracy }) => {
    const { right, wrong, undetermined, precision, interval } = accuracy;
    const shares = [precision, interval?.low, interval?.high].map((share) =>
      share == null ? null : Number(share.toFixed(4)),
    );
    return [month, reads, unread, hits, right, wrong, undetermined, ...shares];
  });
  return csvText(columns, rows);
}

/** A page for the agency's website. */
export function statisticsMarkdown(statistics: Statistics): string {
  const { agency, unit, madeAt, overseers, retentionDays, storedOnUnit, months } = statistics;
  const kept = Object.entries(retentionDays).map(
    ([kind, days]) =>
      `${kind} ${days === null ? 'as the records schedule says' : `at most ${days} days`}`,
  );
  const transient =
    storedOnUnit === 'transient'
      ? ' Data is deleted from the reader once headquarters has received it; hits that may be evidence stay until they are packed.'
      : '';
  return [
    `# Automated licence plate reader: figures of ${agency}, unit ${unit}`,
    '',
    `Made ${localTime(madeAt)}. In charge: ${tenureWords(overseers)}`,
    '',
    `| ${[...header, 'accuracy of hits'].join(' | ')} |`,
    `|---|${'---:|'.repeat(header.length)}`,
    ...months.map(({ month, reads, unread, hits, accuracy }) => {
      const { right, wrong } = accuracy;
      return `| ${[month, reads, unread, hits, right, wrong, accuracyText(accuracy)].join(' | ')} |`;
    }),
    '',
    `Kept: ${kept.join('; ')}.${transient}`,
    '',
    'A hit is a plate that may be on a list; its accuracy is the share of the judged hits that were right, with the ' +
      '95 % interval of that share.',
    '',
  ].join('\n');
}

function accuracyText({ precision, interval }: Accuracy): string {
  if (precision === null || interval === null) return '–';
  const percent = (share: number) => (share * 100).toFixed(1);
  return `${percent(precision)} % (${percent(interval.low)} to ${percent(interval.high)})`;
}
