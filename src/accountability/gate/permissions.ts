/**
 * Everything that a person may be permitted to do (USR-6, USR-7). A role is a set of permissions, which the profile in
 * force defines (`policy.roles`). Each operation requires exactly one.
 */
export const permissions = [
  'alerts.watch',
  'alerts.respond',
  'alerts.enforce',
  'capture.order',
  'detections.search',
  'detections.stakeout',
  'images.view',
  'results.export',
  'hotlist.browse',
  'hotlist.manage',
  'hotplates.enter',
  'hotplates.approve',
  'hotplates.delete-any',
  'accounts.read',
  'accounts.create',
  'accounts.approve',
  'accounts.change',
  'audit.read',
  'audit.manage',
  'holds.read',
  'holds.set',
  'holds.lift',
  'retention.read',
  'retention.purge',
  'evidence.make',
  'releases.request',
  'releases.approve',
  'statistics.read',
  'errors.report',
  'reports.read',
  'reports.violations',
  'training.record',
  'officials.name',
  'policy.read',
  'diagnostics.read',
  'cameras.aim',
] as const;
export type Permission = (typeof permissions)[number];

/** Permissions to see plates or images; the maintenance role has none of them (USR-7). */
export const plateBearing: readonly Permission[] = [
  'alerts.watch',
  'alerts.respond',
  'alerts.enforce',
  'detections.search',
  'detections.stakeout',
  'images.view',
  'results.export',
  'hotlist.browse',
  'hotlist.manage',
  'hotplates.enter',
  'hotplates.approve',
  'hotplates.delete-any',
  'audit.read',
  'holds.read',
  'holds.set',
  'holds.lift',
  'evidence.make',
  'releases.request',
  'releases.approve',
  'reports.read',
  'reports.violations',
];

/** The roles (V 426.3.1, A 429.5, N 429.4.1, B 466.7, B 466.10). */
export const roles = [
  'officer',
  'detective',
  'crime_analyst',
  'dispatcher',
  'dispatch_supervisor',
  'records_clerk',
  'police_assistant',
  'supervisor',
  'watch_commander',
  'auto_theft_sergeant',
  'operations_commander',
  'administrative_commander',
  'chief',
  'alpr_administrator',
  'it_manager',
  'auditor',
  'training_coordinator',
  'maintenance',
] as const;
export type Role = (typeof roles)[number];

/** "ALPR administrator", from `alpr_administrator`. */
export const roleWords = (role: string): string =>
  role
    .replaceAll('_', ' ')
    .replace(/^alpr\b/, 'ALPR')
    .replace(/^it\b/, 'IT');
