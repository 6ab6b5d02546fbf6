import { type AuditEntry, type AuditUnit, bareEntry } from './audit-record.ts';
import type { Deed } from './deeds.ts';

/** An entry about what the unit does by itself. */
export function ownEntry(
  operation: Deed,
  unit: AuditUnit,
  changes: Partial<AuditEntry> = {},
): AuditEntry {
  const who = entityOf('unit', `Unit ${unit.id}`, unit.agency);
  return { ...bareEntry, category: 'System', operation, who, from: 'unit', ...changes };
}

/** An entry about what headquarters has done on the unit; `by`: who there, as it says. */
export function headquartersEntry(
  operation: Deed,
  agency: string,
  {
    by = 'headquarters',
    ...rest
  }: Pick<AuditEntry, 'category'> & Partial<AuditEntry> & { by?: string },
): AuditEntry {
  const who = entityOf('headquarters', by, agency);
  return { ...bareEntry, operation, who, from: 'headquarters', ...rest };
}

/** An entry about what another unit has done with what is here; `by`: who there, as it says. */
export function otherUnitEntry(
  operation: Deed,
  { agency, id }: AuditUnit,
  {
    by = `Unit ${id}`,
    ...rest
  }: Pick<AuditEntry, 'category'> & Partial<AuditEntry> & { by?: string },
): AuditEntry {
  const who = entityOf(id, by, agency);
  return { ...bareEntry, operation, who, from: `unit ${id}`, ...rest };
}

/** One that acts without an account. */
function entityOf(username: string, name: string, organisation: string): AuditEntry['who'] {
  return { account: null, username, name, role: null, organisation };
}
