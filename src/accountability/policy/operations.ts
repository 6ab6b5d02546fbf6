import { z } from 'zod';
import { type Operation, operation } from '../gate/operation.ts';
import { explainPolicy } from './explain-policy.ts';
import type { PolicyInForce } from './load-policy.ts';

/** For the page: the policy in force, each value beside the section that it comes from. */
export function policyOperations(deps: { inForce: PolicyInForce }): Operation[] {
  const { inForce } = deps;
  return [
    operation({
      name: 'policy.explain',
      http: { method: 'GET', path: '/policy' },
      permission: 'policy.read',
      category: 'System',
      inquiry: false,
      effect: 'look',
      input: z.strictObject({}),
      run: () => ({
        profile: inForce.profile,
        title: inForce.title,
        values: explainPolicy(inForce),
      }),
      results: ({ values }) => values.length,
    }),
  ];
}
