import { type Permission, plateBearing, type Role } from '../gate/permissions.ts';
import type { Policy } from './policy.ts';

/** The source of the agency's own values; behind a colon, where that is. */
export const ownSource = 'configuration';

/** Roles that maintain the system and may not see plates or images (USR-7). */
export const blindRoles: readonly Role[] = ['maintenance', 'it_manager'];

/** Permissions that a separate row of the policy grants to roles, and the path of that row. */
const givenByRow: readonly [Permission, (policy: Policy) => readonly Role[], string][] = [
  ['accounts.create', (policy) => policy.accounts.createRoles, 'accounts.createRoles'],
  [
    'hotplates.approve',
    ({ hotplates }) => [...hotplates.approveNew, ...hotplates.approveChange],
    'hotplates.approveNew and approveChange',
  ],
  ['capture.order', (policy) => policy.capture.orderRoles, 'capture.orderRoles'],
  ['releases.approve', (policy) => policy.releases.approverRoles, 'releases.approverRoles'],
];

/** One sentence for each pair of values that contradict each other, with both values and their sources. */
export function contradictions(policy: Policy, sources: ReadonlyMap<string, string>): string[] {
  const faults: string[] = [];
  const quote = (path: string, value: unknown) => {
    const from = sources.get(path);
    return `${path} ${JSON.stringify(value)}${from === undefined ? '' : ` (${from})`}`;
  };
  /** `low` must not exceed `high`; null means no limit. */
  const ordered = (
    low: [path: string, value: number],
    high: [path: string, value: number | null],
    unit = 1,
  ) => {
    if (high[1] === null || low[1] * unit <= high[1]) return;
    faults.push(`${quote(...low)} is above ${quote(...high)}`);
  };

  const { retention, hotplates, hotlist, accounts, audit } = policy;
  const spans: [string, { minDays: number; maxDays: number | null } | undefined][] = [
    ['retention.reads', retention.reads],
    ['retention.hits', retention.hits],
    ['retention.images', retention.images],
  ];
  for (const [source, { reads, hits, images }] of Object.entries(retention.sources)) {
    const path = `retention.sources.${source}`;
    spans.push([`${path}.reads`, reads], [`${path}.hits`, hits], [`${path}.images`, images]);
  }
  for (const [path, span] of spans) {
    if (span === undefined) continue;
    ordered([`${path}.minDays`, span.minDays], [`${path}.maxDays`, span.maxDays]);
    if (retention.edgeStore === 'transient' && span.minDays > 0) {
      faults.push(
        `${quote(`${path}.minDays`, span.minDays)} requires keeping what ` +
          `${quote('retention.edgeStore', retention.edgeStore)} deletes at once`,
      );
    }
  }
  ordered(
    ['hotplates.remindAfterDays', hotplates.remindAfterDays],
    ['hotplates.maxDays', hotplates.maxDays],
  );
  ordered(['hotlist.refreshH', hotlist.refreshH], ['hotlist.maxAgeH', hotlist.maxAgeH]);
  if (accounts.sessionLockMin > accounts.reloginH * 60) {
    faults.push(
      `${quote('accounts.sessionLockMin', accounts.sessionLockMin)} minutes is longer than ` +
        `${quote('accounts.reloginH', accounts.reloginH)} hours: the login would end before the lock`,
    );
  }
  ordered(
    ['audit.sampleWindowDays', audit.sampleWindowDays],
    ['audit.retentionMinDays', audit.retentionMinDays],
  );
  ordered(
    ['audit.intervalDays', audit.intervalDays],
    ['audit.retentionMinDays', audit.retentionMinDays],
  );
  const isOwn = (path: string) => sources.get(path)?.startsWith(ownSource) === true;
  if (audit.calendar !== null && isOwn('audit.intervalDays') && !isOwn('audit.calendar')) {
    faults.push(
      `${quote('audit.intervalDays', audit.intervalDays)} counts for nothing beside ` +
        `${quote('audit.calendar', audit.calendar)}; set audit.calendar: null as well`,
    );
  }
  if (hotplates.partial && hotplates.maxWildcards === 0) {
    faults.push(
      `${quote('hotplates.partial', true)} allows partial plates and ` +
        `${quote('hotplates.maxWildcards', 0)} allows none`,
    );
  }
  if (hotplates.requiredFields.includes('approvedBy') && !hotplates.fourEyes) {
    faults.push(
      `${quote('hotplates.requiredFields', hotplates.requiredFields)} requires an approver and ` +
        `${quote('hotplates.fourEyes', false)} does not`,
    );
  }
  for (const [role, permissions = []] of Object.entries(policy.roles)) {
    for (const [permission, rolesOf, row] of givenByRow) {
      if (permissions.includes(permission) && !rolesOf(policy).includes(role as Role)) {
        faults.push(
          `${quote(`roles.${role}`, permissions)} holds ${permission}, which ${row} ` +
            `${JSON.stringify(rolesOf(policy))} does not give it`,
        );
      }
    }
  }
  for (const role of blindRoles) {
    const seen = [
      ...(policy.roles[role] ?? []),
      ...givenByRow.flatMap(([permission, rolesOf]) =>
        rolesOf(policy).includes(role) ? [permission] : [],
      ),
    ].filter((permission) => plateBearing.includes(permission));
    if (seen.length > 0) {
      faults.push(
        `roles.${role}: ${[...new Set(seen)].join(', ')} would show plates to a role that may not see any (B 466.10)`,
      );
    }
  }
  return faults;
}
