import { z } from 'zod';
import { record } from '../gate/answer.ts';
import { change, look } from '../gate/definition.ts';
import { nothing, wholeDay } from '../gate/input-fields.ts';
import { type Office, offices, officialSchema, type Tenure } from './official.ts';

/** Everyone who held, holds or will hold each office, oldest first. */
export interface OfficialsView extends Record<Office, Tenure[]> {
  /** The unit's day, such as `2026-01-31`. */
  today: string;
}

export const listOfficials = look({
  name: 'officials.list',
  http: { method: 'GET', path: '/officials' },
  permission: 'policy.read',
  category: 'System',
  input: nothing,
  answer: record<OfficialsView>(),
});

export const nameOfficial = change({
  name: 'officials.name',
  http: { method: 'POST', path: '/officials' },
  permission: 'officials.name',
  category: 'Configuration Change',
  input: officialSchema.extend({
    office: z.enum(offices),
    from: wholeDay.prefault('today').describe('The first day; today if it is left out'),
  }),
  answer: record<OfficialsView>(),
  object: ({ office }) => `office ${office}`,
});
