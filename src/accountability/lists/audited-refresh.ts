import type { Hotlist, WithdrawRequest } from '../../hotlist/hotlist.ts';
import type { ImportResult } from '../../hotlist/import-result.ts';
import { isoTime } from '../../platform/clock.ts';
import { messageOf } from '../../platform/problem.ts';
import { type AuditEntry, type AuditWriter, bareEntry } from '../audit/audit-record.ts';
import { headquartersEntry } from '../audit/unattended-entry.ts';

/** A list file that no person imports. */
export interface UnattendedImport {
  listId: string;
  file: string;
  asOf: string;
  sha256?: string;
  /** Rows that the file has by its source. */
  entries?: number;
  /** `entries`: headquarters' dry run and guards have judged it, and it is older or shorter where a person there meant it. */
  form?: 'entries';
}

/**
 * The lists as headquarters (over the link) and the unit itself import into them. The audit log records each import
 * before anything changes, and again when it is done or refused (HOT-2, AUD-4). If the log cannot be written, the list
 * is unchanged and the file is tried again later.
 */
export function auditedRefresh(deps: {
  hotlist: Pick<Hotlist, 'status' | 'importFile' | 'withdraw' | 'sequences' | 'on'>;
  audit: AuditWriter;
  agency: string;
  from: 'headquarters' | 'unit';
}) {
  const { hotlist, audit, agency, from } = deps;
  return {
    status: () => hotlist.status(),
    sequences: hotlist.sequences,
    on: (event: 'lost', listener: () => void) => hotlist.on(event, listener),
    async importFile({ sha256, entries, form, ...file }: UnattendedImport): Promise<ImportResult> {
      const { listId, asOf } = file;
      const entry: AuditEntry = {
        ...bareEntry,
        category: 'Hot List Upload',
        operation: 'hotlist.refresh',
        outcome: 'started',
        from,
        who: { account: null, username: from, name: from, role: null, organisation: agency },
        object: `hot list ${listId}`,
        query: { list: listId, asOf, sha256: sha256 ?? null },
      };
      audit.append(entry);
      try {
        const request = {
          ...{ ...file, by: from },
          ...(sha256 !== undefined && { sha256 }),
          ...(entries !== undefined && { entries }),
          ...(form !== undefined && { form, force: true }),
        };
        const result = await hotlist.importFile(request);
        audit.append({ ...entry, outcome: 'done', results: result.entries });
        return result;
      } catch (error) {
        audit.append({ ...entry, outcome: 'failed', note: messageOf(error) });
        throw error;
      }
    },
    /** Takes a list out of use that headquarters took back. */
    async withdraw(request: WithdrawRequest): Promise<{ entries: number }> {
      const { listId, by, atMs } = request;
      const entry = headquartersEntry('hotlist.withdraw', agency, {
        ...{ category: 'Hot List Delete', outcome: 'started', object: `hot list ${listId}` },
        ...(by !== null && { by }),
        query: { list: listId, by, at: isoTime(atMs) },
      });
      audit.append(entry);
      try {
        const { entries } = await hotlist.withdraw(request);
        audit.append({ ...entry, outcome: 'done', results: entries });
        return { entries };
      } catch (error) {
        audit.append({ ...entry, outcome: 'failed', note: messageOf(error) });
        throw error;
      }
    },
  };
}
