import { loadPolicy } from '../accountability/policy/load-policy.ts';
import type { Policy } from '../accountability/policy/policy.ts';
import { endlessRows } from '../accountability/retention/keep-times.ts';
import type { LoadedConfig } from '../config/load.ts';
import { messageOf } from '../platform/problem.ts';
import { about, type Finding } from './check.ts';

/** The policy in force; what it leaves to the agency; and what no unit can do for it. */
export function policyFindings({ config, origins }: Pick<LoadedConfig, 'config' | 'origins'>) {
  const found = about('policy', 'policy');
  try {
    const { profile, title, policy } = loadPolicy(config.policy, origins);
    return [found.ok(`${profile}: ${title}`), ...endlessRetention(profile, policy), noDescriptions];
  } catch (error) {
    return [found.failure(messageOf(error), 'Correct policy in the configuration.')];
  }
}

/** Some policies leave the longest time to the agency's records retention schedule, which the configuration must then name. */
function endlessRetention(profile: string, { retention }: Policy): Finding[] {
  const paths = endlessRows(retention);
  if (paths.length === 0) return [];
  const found = about('retention', 'retention');
  return [
    found.warning(
      `${paths.join(', ')} have no longest time under ${profile}, so nothing of them is ever deleted for its age`,
      `Set policy.overrides.retention.${paths[0]}.maxDays, and so on, as the agency's records retention schedule says.`,
    ),
  ];
}

const noDescriptions = about('policy', 'descriptions').ok(
  "this unit reads plates; it cannot tell a vehicle's make, model, colour or kind",
);
