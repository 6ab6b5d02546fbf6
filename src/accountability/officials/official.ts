import { z } from 'zod';

/**
 * The offices that a policy names: who oversees the operation (V 426.2(c), N 429.4.1(e), W 432.2.1(e), B 466.3.1(e)), and
 * the Custodian of Records, with whom retention and destruction are decided (V 426.3.1(e), W 432.2.1(f), B 466.3.1(f)).
 */
export const offices = ['overseer', 'custodian'] as const;
export type Office = (typeof offices)[number];

const line = z.string().trim().min(1).max(100);

/** Who holds an office, by title and name. */
export const officialSchema = z.strictObject({
  title: line.describe('The title: Investigations Bureau Captain'),
  name: line,
});
export type Official = z.output<typeof officialSchema>;

/** One entry of an office: who holds it from a day on, as every unit of the agency knows it. */
const entrySchema = officialSchema.extend({
  from: z.iso.date().describe('The first day, of the zone of whoever entered it'),
  enteredAt: z.iso.datetime().describe('Of two entries for one day the later one counts'),
  enteredBy: z.string().max(300),
});

/** Who holds an office from which day on, for the other units of the agency: every entry that counts. */
export const sharedOfficeSchema = z.strictObject({
  office: z.enum(offices),
  entries: z.array(entrySchema).max(1000),
});
export type SharedOffice = z.infer<typeof sharedOfficeSchema>;

/** The id of an office in messages, the same on every unit. */
export const officeKey: Record<Office, string> = {
  overseer: '6f666669-6365-8000-8000-000000000001',
  custodian: '6f666669-6365-8000-8000-000000000002',
};

/** What two units know of an office as one: of each day the entry that was made last. */
export function joinOffices(one: SharedOffice, other: SharedOffice): SharedOffice {
  const days = new Map<string, SharedOffice['entries'][number]>();
  for (const entry of [...one.entries, ...other.entries]) {
    const known = days.get(entry.from);
    if (known === undefined || known.enteredAt < entry.enteredAt) days.set(entry.from, entry);
  }
  const entries = [...days.values()].sort((left, right) => (left.from < right.from ? -1 : 1));
  return { office: one.office, entries };
}

/** Who held an office from when to when, as days of the unit's zone such as `2026-01-31`. */
export interface Tenure extends Official {
  /** The first day; null: from the beginning, as the configuration says. */
  from: string | null;
  /** The last day; null: until somebody follows. */
  to: string | null;
  /** Who entered it, and when; null where the configuration says it. */
  entered: { by: string; at: string } | null;
}

/** "Captain, A. Moss" */
export const officialWords = ({ title, name }: Official): string => `${title}, ${name}`;

/** "Captain, A. Moss (to 2026-06-30); Captain, B. Roe (from 2026-07-01)"; of one alone its title and name. */
export function tenureWords(tenures: readonly Tenure[]): string {
  if (tenures.length === 1) return tenures.map(officialWords).join('');
  return tenures
    .map((tenure) => {
      const { from, to } = tenure;
      const days = [
        ...(from === null ? [] : [`from ${from}`]),
        ...(to === null ? [] : [`to ${to}`]),
      ];
      return `${officialWords(tenure)} (${days.join(' ')})`;
    })
    .join('; ');
}
