import type { AuditCategory } from './audit-record.ts';

/** Kinds of deeds, for whoever reads the log. Looks come first: they are what a log of looks is for. */
export const deedKinds = [
  'looks',
  'alerts',
  'lists',
  'keeping',
  'accounts',
  'settings',
  'oversight',
  'unit',
] as const;
export type DeedKind = (typeof deedKinds)[number];

/** The kind of each category. */
const kindOf: Record<AuditCategory, DeedKind> = {
  'Detection Browsing': 'looks',
  'Stakeout Browsing': 'looks',
  'Image View': 'looks',
  'Hit List Browsing': 'looks',
  'Hot List Browsing': 'looks',
  Export: 'looks',
  Disposition: 'alerts',
  'Hot List Upload': 'lists',
  'Hot Plate Upload': 'lists',
  'Hot List Delete': 'lists',
  'Hot Plate Delete': 'lists',
  Hold: 'keeping',
  Purge: 'keeping',
  Release: 'keeping',
  'User Login': 'accounts',
  'Account Change': 'accounts',
  'Configuration Change': 'settings',
  'Audit Access': 'oversight',
  'Error Report': 'oversight',
  System: 'unit',
};

/** The categories of a kind. */
export function categoriesOf(kind: DeedKind): AuditCategory[] {
  return (Object.keys(kindOf) as AuditCategory[]).filter((category) => kindOf[category] === kind);
}

/** The kind of a category; one that no release of today knows is the unit's own. */
export function kindOfCategory(category: string): DeedKind {
  return Object.hasOwn(kindOf, category) ? kindOf[category as AuditCategory] : 'unit';
}
