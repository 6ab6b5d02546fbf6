import type { AccountView } from '../../accountability/access/account-view.ts';
import type { ListSource } from '../../accountability/gate/operation.ts';
import type { Permission, Role } from '../../accountability/gate/permissions.ts';
import { when } from './words.ts';

export const roleNames: Record<Role, string> = {
  officer: 'Officer',
  detective: 'Detective',
  crime_analyst: 'Crime analyst',
  dispatcher: 'Dispatcher',
  dispatch_supervisor: 'Dispatch supervisor',
  records_clerk: 'Records clerk',
  police_assistant: 'Police assistant',
  supervisor: 'Supervisor',
  watch_commander: 'Watch commander',
  auto_theft_sergeant: 'Auto theft sergeant',
  operations_commander: 'Operations commander',
  administrative_commander: 'Administrative commander',
  chief: 'Chief',
  alpr_administrator: 'ALPR administrator',
  it_manager: 'IT manager',
  auditor: 'Auditor',
  training_coordinator: 'Training coordinator',
  maintenance: 'Maintenance',
};

/** A role as people say it; its code where this page does not know it. */
export const roleWords = (role: string): string => roleNames[role as Role] ?? role;

export const permissionNames: Record<Permission, string> = {
  'alerts.watch': 'see alerts',
  'alerts.respond': 'verify and close alerts',
  'alerts.enforce': 'record stops and arrests',
  'capture.order': 'enter court orders on where plates are read',
  'detections.search': 'search the reads',
  'detections.stakeout': 'see who was at several places',
  'images.view': 'see pictures',
  'results.export': 'save what was found',
  'hotlist.browse': 'look into hot lists',
  'hotlist.manage': 'import hot lists, switch them on and off',
  'hotplates.enter': 'enter hot plates',
  'hotplates.approve': 'approve hot plates',
  'hotplates.delete-any': 'remove the hot plates of others',
  'accounts.read': 'see the accounts',
  'accounts.create': 'make accounts',
  'accounts.approve': 'approve accounts',
  'accounts.change': 'change and close accounts',
  'audit.read': 'read the audit log',
  'audit.manage': 'carry out audits',
  'holds.read': 'see what is held',
  'holds.set': 'hold records for a case',
  'holds.lift': 'lift holds',
  'retention.read': 'see how long records are kept',
  'retention.purge': 'purge records',
  'evidence.make': 'make evidence packages',
  'releases.request': 'enter requests of other agencies',
  'releases.approve': 'decide on requests of other agencies',
  'statistics.read': 'see the figures',
  'errors.report': 'report errors and violations',
  'reports.read': 'look after reports of errors',
  'reports.violations': 'look after reports of violations',
  'training.record': 'record trainings',
  'officials.name': 'enter who oversees the operation',
  'policy.read': 'read the policy in force',
  'diagnostics.read': 'see how the equipment works',
  'cameras.aim': 'set up cameras, with plates covered in their pictures',
};

export const permissionWords = (permission: string): string =>
  permissionNames[permission as Permission] ?? permission;

export const sourceNames: Record<ListSource, string> = {
  department: 'Lists of the department',
  state: 'Lists of the state',
  federal: 'Federal lists',
};

/** Which lists someone may see: the agency's own hot plates are open to everyone who sees plates. */
export const listWords = (sources: readonly ListSource[]): string =>
  sources.length === 0
    ? 'The agency’s own hot plates alone'
    : `The agency’s own hot plates; lists of: ${sources.join(', ')}`;

export const stateNames: Record<AccountView['state'], string> = {
  pending: 'Waits for approval',
  active: 'Active',
  deactivated: 'Deactivated',
  closed: 'Closed',
};

/** How an account stands, with the class that colours it. */
export function accountStanding({
  state,
  lockedOutAt,
  retraining,
}: Pick<AccountView, 'state' | 'lockedOutAt' | 'retraining'>): { words: string; mood: string } {
  if (state === 'closed') return { words: stateNames.closed, mood: '' };
  if (state !== 'active') return { words: stateNames[state], mood: 'doubt' };
  if (lockedOutAt !== null) return { words: 'Locked out', mood: 'bad' };
  if (retraining !== null) return { words: 'Retraining is due', mood: 'doubt' };
  return { words: stateNames.active, mood: 'good' };
}

/** When someone last logged in: a time on this unit, or on another the day, which alone is known of it. */
export function lastLoginWords(
  of: Pick<AccountView, 'lastLoginAt' | 'lastLoginElsewhereOn'>,
): string {
  if (of.lastLoginElsewhereOn !== null) {
    return `${of.lastLoginElsewhereOn} (day in UTC), on another unit`;
  }
  return of.lastLoginAt === null ? 'Never' : when(Date.parse(of.lastLoginAt));
}

/** "ALPR basics, 2026-01-15, until 2027-01-15" */
export function trainingWords(training: AccountView['training']): string {
  if (training === null) return 'None on file';
  const { course, completedOn, expiresOn } = training;
  return `${course}, ${completedOn}${expiresOn === null ? '' : `, until ${expiresOn}`}`;
}
