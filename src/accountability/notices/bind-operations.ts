import type { Actor, Operation } from '../gate/operation.ts';
import type { Decisions } from './notice.ts';
import type { Notices } from './notices.ts';
import { countWaiting, listNotices, listReceipts, readNotices } from './operations.ts';

/** What people do with notices, on this unit. */
export function noticeOperations(deps: {
  notices: Notices;
  /** Reports that nobody has taken up, of those that a person may read. */
  reportsWaiting: (actor: Actor) => number;
  decisionsFor: (actor: Actor, nowMs: number) => Decisions;
}): Operation[] {
  const { notices, reportsWaiting, decisionsFor } = deps;
  return [
    listNotices.does((options, { actor, nowMs }) => {
      notices.gather(nowMs);
      return notices.list(actor, options);
    }),
    readNotices.does(({ numbers }, { actor, nowMs }) => ({
      read: notices.read(actor, numbers, nowMs),
    })),
    countWaiting.does((_, { actor, nowMs }) => {
      notices.gather(nowMs);
      return {
        notices: notices.unread(actor),
        reports: reportsWaiting(actor),
        decisions: decisionsFor(actor, nowMs),
      };
    }),
    listReceipts.does(({ kind, id }, { nowMs }) => {
      notices.gather(nowMs);
      return notices.receipts(kind, id);
    }),
  ];
}
