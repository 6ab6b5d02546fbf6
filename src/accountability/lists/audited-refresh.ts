import type { Hotlist } from '../../hotlist/hotlist.ts';
import type { ImportResult } from '../../hotlist/import-result.ts';
import { messageOf } from '../../platform/problem.ts';
import { type AuditEntry, type AuditWriter, bareEntry } from '../audit/audit-record.ts';

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
  hotlist: Pick<Hotlist, 'status' | 'importFile' | 'on'>;
  audit: AuditWriter;
  agency: string;
  from: 'headquarters' | 'unit';
}) {
  const { hotlist, audit, agency, from } = deps;
  return {
    status: () => hotlist.status(),
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
  };
}
