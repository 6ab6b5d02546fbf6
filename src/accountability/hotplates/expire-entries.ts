import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';
import type { AuditWriter } from '../audit/audit-record.ts';
import type { HotPlates } from './hot-plates.ts';

const everyMs = 60_000;

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
  log: Log;
}): { start(): void } & Disposable {
  const { hotPlates, audit, agency, clock, believesClock, log } = deps;
  let timer: NodeJS.Timeout | null = null;

  function look(): void {
    try {
      if (!believesClock()) return;
      for (const id of hotPlates.dueIds(clock())) {
        audit.append({
          category: 'Hot Plate Delete',
          operation: 'hotplates.expire',
          outcome: 'done',
          who: { account: null, username: 'unit', name: 'unit', role: null, organisation: agency },
          from: 'unit',
          session: null,
          object: `hotplate ${id}`,
          query: null,
          results: null,
          inquiry: null,
          note: 'the entry has expired',
        });
        hotPlates.expire(id, clock());
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
