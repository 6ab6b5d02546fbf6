/**
 * Why an entry is on a list: the files of the NCIC LPR extract (FMT-2) and local kinds. A list's own codes are mapped
 * to these by its layout.
 */
export const hotCategories = [
  'stolen_vehicle',
  'stolen_plate',
  'felony_vehicle',
  'wanted_person',
  'warrant',
  'missing_person',
  'protection_order',
  'extreme_risk_protection_order',
  'gang',
  'threat_screening',
  'supervised_release',
  'sex_offender_registry',
  'immigration_violator',
  'protective_interest',
  'violent_person',
  'amber',
  'bolo',
  'local',
  'other',
] as const;

export type HotCategory = (typeof hotCategories)[number];

/** Officer safety and life at risk. */
const urgentCategories: ReadonlySet<HotCategory> = new Set([
  'amber',
  'violent_person',
  'felony_vehicle',
  'threat_screening',
]);

/** Registers of people who are not wanted: useful to know, never urgent. */
const informationalCategories: ReadonlySet<HotCategory> = new Set([
  'gang',
  'supervised_release',
  'sex_offender_registry',
  'immigration_violator',
  'protective_interest',
]);

/** How urgent an entry is by its category alone. */
export function urgencyOf(category: HotCategory): 'urgent' | 'standard' | 'informational' {
  if (urgentCategories.has(category)) return 'urgent';
  return informationalCategories.has(category) ? 'informational' : 'standard';
}
