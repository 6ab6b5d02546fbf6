import type { Operation } from '../gate/operation.ts';
import { explainPolicy } from './explain-policy.ts';
import type { PolicyInForce } from './load-policy.ts';
import { showPolicy } from './operations.ts';
import { settingWords } from './setting-words.ts';

/** The operation to look at the policy in force, on this unit. */
export function policyOperations({ inForce }: { inForce: PolicyInForce }): Operation[] {
  return [
    showPolicy.does(() => ({
      profile: inForce.profile,
      title: inForce.title,
      values: explainPolicy(inForce).map((value) => ({
        ...value,
        ...(settingWords(value) ?? { title: null, says: null }),
      })),
    })),
  ];
}
