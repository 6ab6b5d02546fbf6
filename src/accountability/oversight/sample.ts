import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { AuditFilter } from '../audit/audit-filter.ts';
import type { AuditRecord } from '../audit/audit-record.ts';
import type { WholeLog } from '../audit/whole-log.ts';
import type { Policy } from '../policy/policy.ts';
import { type BrowsingInquiry, faultsOf, remarksOn } from './judge-inquiry.ts';
import type { Period } from './period.ts';

/** A drawn inquiry with what a program can say of its record. */
export interface JudgedInquiry extends BrowsingInquiry {
  /** Whether the record holds all that the policy demands. Not a verdict: that is the auditor's. */
  complete: boolean;
  faults: string[];
  /** What the auditor should read twice. */
  remarks: string[];
}

/** A random sample of people's searches and looks (AUD-6). */
export interface AuditSample extends Period {
  /** Makes the draw repeatable: the same seed and the same inquiries give the same sample. */
  seed: string;
  /** Whether the program drew the seed; otherwise the auditor supplied it. */
  seedDrawn: boolean;
  asked: number;
  population: number;
  /** SHA-256 over the keys of all inquiries; shows whether a repeated draw had the same population. */
  populationSha256: string;
  inquiries: JudgedInquiry[];
}

/** Looks at past detections in any form: people who only export are sampled too. */
const browsing: readonly AuditFilter[] = [
  { category: 'Detection Browsing' },
  { category: 'Stakeout Browsing' },
  { operation: 'results.export' },
];

/** Deeds in those categories that show no detection, and ask for no purpose. */
const shownNothing: ReadonlySet<string> = new Set(['canvass.list', 'canvass.end']);

/**
 * Draws detection-browsing inquiries of people in a period. Each inquiry's ticket is HMAC-SHA-256 of its key under the
 * seed, and the lowest tickets are drawn, so that no one can steer the draw and anyone can repeat it.
 */
export async function sampleAudit(input: {
  log: Pick<WholeLog, 'all'>;
  /** Whose own log it is. */
  unit: string;
  policy: Policy['inquiry'];
  period: Period;
  n: number;
  seed?: string | undefined;
}): Promise<AuditSample> {
  const { log, unit, policy, period, n } = input;
  const seed = input.seed ?? randomBytes(16).toString('hex');
  const inquiries = new Map<string, BrowsingInquiry>();
  for (const filter of browsing) {
    for await (const record of log.all({ ...period, ...filter })) {
      if (record.outcome !== 'done' || record.who.account === null) continue;
      if (shownNothing.has(record.operation)) continue;
      const key = record.inquiry?.id ?? keyOf(record, unit);
      const known = inquiries.get(key);
      if (known) known.looks.push(record);
      else inquiries.set(key, { key, inquiry: record.inquiry, looks: [record] });
    }
  }
  const ticketOf = (key: string) => createHmac('sha256', seed).update(key).digest('hex');
  const drawn = [...inquiries.values()]
    .map((inquiry) => ({ inquiry, ticket: ticketOf(inquiry.key) }))
    .sort((a, b) => (a.ticket < b.ticket ? -1 : 1))
    .slice(0, n);
  const keys = [...inquiries.keys()].sort().join('\n');
  return {
    ...period,
    seed,
    seedDrawn: input.seed === undefined,
    asked: n,
    population: inquiries.size,
    populationSha256: createHash('sha256').update(keys).digest('hex'),
    inquiries: drawn.map(({ inquiry }) => {
      const faults = faultsOf(inquiry, policy);
      const looks = inquiry.looks.toSorted(inOrder);
      return {
        ...inquiry,
        looks,
        complete: faults.length === 0,
        faults,
        remarks: remarksOn(inquiry),
      };
    }),
  };
}

const keyOf = ({ unit, seq }: AuditRecord, own: string): string =>
  unit === own ? `record ${seq}` : `record ${unit} ${seq}`;

/** By time; of one unit by number, since its clock may have been set back. */
function inOrder(one: AuditRecord, other: AuditRecord): number {
  if (one.unit === other.unit) return one.seq - other.seq;
  return one.at < other.at ? -1 : 1;
}
