import { z } from 'zod';
import { describeIssue, type JsonSchema } from '../../config/describe-issue.ts';
import type { PolicyConfig } from '../../config/sections/policy.ts';
import { setAt, type Tree } from '../../config/tree.ts';
import { Problem } from '../../platform/problem.ts';
import { type Permission, type Role, roles } from '../gate/permissions.ts';
import { contradictions, ownSource } from './contradictions.ts';
import { type Policy, policySchema } from './policy.ts';
import { readProfile } from './read-profile.ts';

/** The policy in force, and the source of each value by its dotted path. */
export interface PolicyInForce {
  profile: string;
  title: string;
  policy: Policy;
  sources: ReadonlyMap<string, string>;
}

/**
 * The profile overlaid with the agency's own values. Throws a Problem that lists every unknown key, value outside its
 * range, and pair of contradicting values, with their sources.
 *
 * @param origins where the configuration's values are from, by dotted path, such as a file and its line.
 */
export function loadPolicy(
  config: PolicyConfig,
  origins: ReadonlyMap<string, string> = new Map(),
): PolicyInForce {
  const { values, sources, title } = readProfile(config.profile);
  const sourceOf = (path: string): string => {
    const at = `policy.overrides.${path}`;
    const whole = origins.get(at) ?? [...origins].find(([key]) => key.startsWith(`${at}.`))?.[1];
    return whole === undefined ? ownSource : `${ownSource}: ${whole}`;
  };
  overlay(config.overrides, [], { values, sources, sourceOf });

  const parsed = policySchema.safeParse(values);
  if (!parsed.success) {
    throw refused(parsed.error.issues.flatMap((issue) => describe(issue, values, sources)));
  }
  const policy = parsed.data;
  const faults = contradictions(policy, sources);
  if (faults.length > 0) throw refused(faults);
  grant(policy);
  return { profile: config.profile, title, policy, sources };
}

function refused(faults: string[]): Problem {
  return new Problem(
    `the policy in force is refused:\n${faults.map((fault) => `  policy.${fault}`).join('\n')}`,
  );
}

/** Overlays the agency's values on the profile's: objects key by key, everything else as a whole. */
function overlay(
  tree: Tree,
  path: string[],
  onto: { values: Tree; sources: Map<string, string>; sourceOf: (path: string) => string },
): void {
  const { values, sources, sourceOf } = onto;
  for (const [key, value] of Object.entries(tree)) {
    const at = [...path, key];
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      overlay(value as Tree, at, onto);
      continue;
    }
    setAt(values, at, value);
    // `retention.sources` is one value until an agency sets a source of its own.
    for (let length = 1; length < at.length; length += 1) {
      sources.delete(at.slice(0, length).join('.'));
    }
    sources.set(at.join('.'), sourceOf(at.join('.')));
  }
}

/** Adds the permissions that the rows on approval and accounts grant, so that they are stated in one place. */
function grant(policy: Policy): void {
  const give = (role: Role, permission: Permission) => {
    policy.roles[role] = [...new Set([...(policy.roles[role] ?? []), permission])];
  };
  for (const role of policy.accounts.createRoles) give(role, 'accounts.create');
  for (const role of policy.capture.orderRoles) give(role, 'capture.order');
  for (const [role, permissions] of Object.entries(policy.roles)) {
    if (permissions.includes('accounts.change')) give(role as Role, 'training.record');
  }
  for (const role of policy.hotplates.approveNew) give(role, 'hotplates.approve');
  for (const role of policy.hotplates.approveChange) give(role, 'hotplates.approve');
  for (const role of policy.releases.approverRoles) give(role, 'releases.approve');
}

let schema: JsonSchema | null = null;

function describe(
  issue: z.core.$ZodIssue,
  values: Tree,
  sources: ReadonlyMap<string, string>,
): string[] {
  if (issue.code === 'unrecognized_keys' && issue.path.join('.') === 'roles') {
    return issue.keys.map((key) => `roles.${key}: unknown role; allowed: ${roles.join(', ')}`);
  }
  // A list is one value with one source; a fault names the item.
  const origins = new Map(sources);
  issue.path.forEach((_, length) => {
    const from = sources.get(issue.path.slice(0, length).join('.'));
    if (from !== undefined) origins.set(issue.path.join('.'), from);
  });
  schema ??= z.toJSONSchema(policySchema, { io: 'input' }) as JsonSchema;
  return describeIssue(issue, values, origins, schema);
}
