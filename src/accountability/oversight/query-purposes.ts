import type { AuditRecord } from '../audit/audit-record.ts';

/** How often a person looked for one purpose, in one category (B 466.6(d)). */
export interface PurposeCount {
  username: string;
  name: string;
  purpose: string;
  category: string;
  looks: number;
  /** Different inquiries. */
  inquiries: number;
  /** Inquiries with a case or incident number. */
  numbered: number;
  /** Whether the policy in force names the purpose. */
  inPolicy: boolean;
}

/** Counts purposes of queries, record by record. */
export function createQueryPurposes(purposes: readonly string[]) {
  const counts = new Map<string, PurposeCount & { seen: Set<string> }>();
  return {
    add({ outcome, inquiry, who, category }: AuditRecord): void {
      if (outcome !== 'done' || inquiry === null) return;
      const { purpose } = inquiry;
      const key = JSON.stringify([who.username, purpose, category]);
      const count = counts.get(key) ?? {
        username: who.username,
        name: who.name,
        purpose,
        category,
        looks: 0,
        inquiries: 0,
        numbered: 0,
        inPolicy: purposes.includes(purpose),
        seen: new Set<string>(),
      };
      count.looks += 1;
      if (!count.seen.has(inquiry.id)) {
        count.seen.add(inquiry.id);
        count.inquiries += 1;
        if (inquiry.caseNumber !== null || inquiry.incidentNumber !== null) count.numbered += 1;
      }
      counts.set(key, count);
    },
    counts: (): PurposeCount[] =>
      [...counts.values()]
        .map(({ seen: _, ...count }) => count)
        .sort(
          (a, b) =>
            a.username.localeCompare(b.username) ||
            a.purpose.localeCompare(b.purpose) ||
            a.category.localeCompare(b.category),
        ),
  };
}
