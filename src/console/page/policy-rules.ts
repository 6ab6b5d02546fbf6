import type { showPolicy } from '../../accountability/policy/operations.ts';
import type { Policy } from '../../accountability/policy/policy.ts';
import { perform } from './api.ts';
import { may } from './state.ts';

/** What the policy in force says about hot plates; a rule that this person may not read is missing. */
export type HotPlateRules = Partial<Policy['hotplates']> & {
  deniedCategories?: Policy['hotlist']['deniedCategories'];
};

/** Asks for the rules, so that a form asks for what the unit will want; the unit itself decides. */
export async function readHotPlateRules(): Promise<HotPlateRules> {
  if (!may('policy.read')) return {};
  try {
    const { values } = await perform<typeof showPolicy>('policy.explain', {});
    const rules = values.flatMap(({ path, value }) => {
      const name = /^hotplates\.(\w+)$/.exec(path)?.[1];
      if (path === 'hotlist.deniedCategories') return [['deniedCategories', value]];
      return name === undefined ? [] : [[name, value]];
    });
    return Object.fromEntries(rules) as HotPlateRules;
  } catch {
    // The form asks for everything then, and the unit says what it lacks.
    return {};
  }
}
