import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';
import { type AuditEntry, type AuditWriter, bareEntry } from '../audit/audit-record.ts';
import type { Deed } from '../audit/deeds.ts';
import type { HotPlates } from './hot-plates.ts';

const everyMs = 60_000;
const wrongClock = 'the clock by which it had expired was wrong';

/**
 * Records expired entries once a minute, in the audit log and for headquarters. The matcher does not depend on it: it
 * ignores an entry from its expiry on.
 */
export function createEntryExpiry(deps: {
  hotPlates: HotPlates;
  audit: AuditWriter;
  agency: string;
  clock: Clock;
  /** Whether the clock is reliable; while it is not, no entry is recorded as expired. */
  believesClock: () => boolean;
  /** Whether another source confirms it; then entries that a wrong clock ended are put back. */
  isClockConfirmed: () => boolean;
  log: Log;
}): { start(): void } & Disposable {
  const { hotPlates, audit, agency, clock, believesClock, isClockConfirmed, log } = deps;
  let timer: NodeJS.Timeout | null = null;

  const entryOf = (
    category: AuditEntry['category'],
    operation: Deed,
    id: string,
    note: string,
  ): AuditEntry => ({
    ...bareEntry,
    category,
    operation,
    who: { account: null, username: 'unit', name: 'unit', role: null, organisation: agency },
    from: 'unit',
    object: `hotplate ${id}`,
    note,
  });

  function look(): void {
    try {
      if (!believesClock()) return;
      const nowMs = clock();
      if (isClockConfirmed()) {
        for (const id of hotPlates.wronglyExpiredIds(nowMs)) {
          audit.append(entryOf('Hot Plate Upload', 'hotplates.restore', id, wrongClock));
          hotPlates.restore(id, nowMs);
        }
      }
      for (const id of hotPlates.dueIds(nowMs)) {
        audit.append(entryOf('Hot Plate Delete', 'hotplates.expire', id, 'the entry has expired'));
        hotPlates.expire(id, nowMs);
      }
    } catch (error) {
      // A full disk or a locked database: tried again in the next minute.
      log.warn({ problem: messageOf(error) }, 'the expiry of hot plates could not be recorded');
    }
  }

  return {
    start() {
      look();
      timer = setInterval(look, everyMs);
      timer.unref();
    },
    [Symbol.dispose]() {
      if (timer !== null) clearInterval(timer);
    },
  };
}
