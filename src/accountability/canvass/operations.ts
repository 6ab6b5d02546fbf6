import { z } from 'zod';
import { listOf, record } from '../gate/answer.ts';
import { change, look } from '../gate/definition.ts';
import { byId, nothing } from '../gate/input-fields.ts';
import type { StakeoutResult } from '../search/results.ts';
import type { Canvass } from './canvass.ts';

/** A canvass with the vehicles that this unit saw in it. */
export interface CanvassResult extends StakeoutResult {
  canvass: Canvass;
}

/** The longest canvass, hours. */
export const longestH = 72;

export const beginCanvass = change({
  name: 'canvass.begin',
  http: { method: 'POST', path: '/canvasses' },
  permission: 'detections.stakeout',
  category: 'Stakeout Browsing',
  // The case or incident number is that of the inquiry.
  inquiry: true,
  input: z.strictObject({
    place: z.string().trim().min(3).max(200).describe('What happened and where, without names'),
    hours: z
      .number()
      .positive()
      .max(longestH)
      .default(12)
      .describe('It ends by itself after so many hours'),
  }),
  answer: record<Canvass>(),
});

export const joinCanvass = change({
  name: 'canvass.join',
  http: { method: 'POST', path: '/canvasses/:id/join' },
  permission: 'detections.stakeout',
  category: 'Stakeout Browsing',
  inquiry: true,
  input: byId,
  answer: record<Canvass>(),
  object: ({ id }) => `canvass ${id}`,
});

export const endCanvass = change({
  name: 'canvass.end',
  http: { method: 'POST', path: '/canvasses/end' },
  permission: 'detections.stakeout',
  category: 'Stakeout Browsing',
  input: nothing,
  answer: record<Canvass>(),
});

export const listCanvasses = look({
  name: 'canvass.list',
  http: { method: 'GET', path: '/canvasses' },
  permission: 'detections.stakeout',
  category: 'Stakeout Browsing',
  input: nothing,
  answer: listOf<Canvass>(),
  results: (canvasses) => canvasses.length,
});

export const showCanvass = look({
  name: 'canvass.show',
  http: { method: 'GET', path: '/canvasses/:id' },
  permission: 'detections.stakeout',
  category: 'Stakeout Browsing',
  inquiry: true,
  input: byId,
  answer: record<CanvassResult>(),
  object: ({ id }) => `canvass ${id}`,
  results: ({ detections }) => detections,
});
