import { record } from '../gate/answer.ts';
import { look } from '../gate/definition.ts';
import { nothing } from '../gate/input-fields.ts';
import type { ExplainedValue } from './explain-policy.ts';

/** A value in force; `title` and `says` for people, null for the rights of a role. */
export type ToldSetting = ExplainedValue & { title: string | null; says: string | null };

/** The policy in force, each value with the section of its source. */
export const showPolicy = look({
  name: 'policy.explain',
  http: { method: 'GET', path: '/policy' },
  permission: 'policy.read',
  category: 'System',
  input: nothing,
  answer: record<{ profile: string; title: string; values: ToldSetting[] }>(),
  results: ({ values }) => values.length,
});
