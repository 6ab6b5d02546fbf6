import { type AuditEntry, bareEntry } from '../audit/audit-record.ts';
import type { Account } from './account.ts';

/** An audit record about an account or session, for events that are not operations. */
export function entryAbout(
  account: Account | null,
  rest: Pick<AuditEntry, 'operation' | 'from'> & Partial<AuditEntry>,
): AuditEntry {
  return {
    ...bareEntry,
    category: 'User Login',
    who: {
      account: account?.id ?? null,
      username: account?.username ?? '',
      name: account?.name ?? '',
      role: account?.role ?? null,
      organisation: account?.organisation ?? '',
    },
    ...rest,
  };
}
