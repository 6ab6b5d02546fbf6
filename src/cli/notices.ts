import type { Command } from '@commander-js/extra-typings';
import type { NoticeList, Receipt, Waiting } from '../accountability/notices/notice.ts';
import {
  countWaiting,
  listNotices,
  listReceipts,
  readNotices,
} from '../accountability/notices/operations.ts';
import { counted } from '../platform/counted.ts';
import { localTime } from '../platform/local-time.ts';
import { type ConfiguredOptions, configured } from './configured.ts';
import { oneOf } from './one-of.ts';
import { perform, print } from './perform.ts';
import { below } from './text.ts';

/** `lookout notices` and `lookout receipts`: what you must know, and who read what. */
export function registerNotices(program: Command): void {
  configured(program.command('notices'))
    .description('show what you have not read yet, and note that you read it')
    .option('--all', 'those that you have read, too')
    .option('--keep', 'show them without noting that you read them')
    .option('--limit <n>', 'at most this many')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { all, keep, limit } = options;
      const answer = await perform(options, listNotices, { all: all === true, limit });
      print(options, answer, noticesText);
      const numbers = answer.notices
        .filter(({ readAt }) => readAt === null)
        .map(({ number }) => number);
      if (keep !== true && numbers.length > 0) await perform(options, readNotices, { numbers });
    });

  configured(program.command('receipts'))
    .argument('<kind>', 'hit or hotplate', oneOf(['hit', 'hotplate']))
    .argument('<id>', 'its id')
    .description('show who was told of a hit, or of a hot plate and its hits, and who read it')
    .option('--json', 'as JSON')
    .action(async (kind, id, options) => {
      print(options, await perform(options, listReceipts, { kind, id }), (receipts) =>
        receipts.map(receiptText).join('\n'),
      );
    });
}

/** What waits for the person who is logged in, in a sentence; null if nothing does. */
export async function waitingWords(options: ConfiguredOptions): Promise<string | null> {
  return waitingText(await perform(options, countWaiting, {}));
}

function waitingText({ notices, reports }: Waiting): string | null {
  const parts = [
    ...(notices > 0 ? [`${counted(notices, 'notice')} not read: lookout notices`] : []),
    ...(reports > 0
      ? [`${counted(reports, 'report')} of errors or violations not taken up: lookout reports list`]
      : []),
  ];
  return parts.length === 0 ? null : parts.join('\n');
}

function noticesText({ notices, unread, dropped }: NoticeList): string {
  const left = unread - notices.filter(({ readAt }) => readAt === null).length;
  return [
    ...(notices.length === 0 ? ['Nothing new for you.'] : []),
    ...notices.map(({ number, at, kind, text, about, readAt }) => {
      const read = readAt === null ? 'new' : `read ${localTime(readAt)}`;
      const head = `${String(number).padStart(5)}  ${localTime(at)}  ${kind}, ${read}`;
      const open = about?.startsWith('hit ') ? `. lookout hit show ${about.slice(4)}` : '';
      return `${head}\n${below(`${text}${open}`, 7)}`;
    }),
    ...(left > 0 ? [`${left} more are not read; --limit shows more.`] : []),
    ...(dropped > 0 ? [`${dropped} older ones were dropped, because there were too many.`] : []),
  ].join('\n');
}

function receiptText({ number, at, kind, text, to, read }: Receipt): string {
  const who = read.map(({ by, at: when }) => `${by} at ${localTime(when)}`).join('; ');
  return [
    `${String(number).padStart(5)}  ${localTime(at)}  ${kind}, to ${to}`,
    below(text, 7),
    below(read.length === 0 ? 'not read yet' : `read by ${who}`, 7),
  ].join('\n');
}
