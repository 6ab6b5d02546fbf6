import { getAt } from '../../config/tree.ts';
import type { PolicyInForce } from './load-policy.ts';
import { policySchema } from './policy.ts';

/** One value of the policy in force. */
export interface ExplainedValue {
  /** Dotted path, such as `retention.reads.maxDays`. */
  path: string;
  value: unknown;
  /** The policy section, or `configuration`. */
  from: string;
}

/** Every value in force, in the order of the schema. */
export function explainPolicy({ policy, sources }: PolicyInForce): ExplainedValue[] {
  // Of the roles, those of the profile stand before those that it takes over.
  const order = Object.entries(policySchema.shape).flatMap(([section, values]) =>
    'shape' in values ? Object.keys(values.shape).map((name) => `${section}.${name}`) : [section],
  );
  const rank = (path: string) =>
    order.findIndex((each) => path === each || path.startsWith(`${each}.`));
  return [...sources]
    .map(([path, from]) => ({ path, value: getAt(policy, path.split('.')), from }))
    .sort((a, b) => rank(a.path) - rank(b.path));
}
