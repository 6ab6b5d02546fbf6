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
