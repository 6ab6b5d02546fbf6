import { z } from 'zod';
import { record } from '../gate/answer.ts';
import { change, look } from '../gate/definition.ts';
import { flag, wholeNumber } from '../gate/input-fields.ts';
import {
  type CloneFinding,
  type CloneFindings,
  cloneVerdicts,
  type OpenedClone,
} from './finding.ts';

// At headquarters. The list shows units, times and distances, and no plate; who opens a finding looks at past reads, with a
// purpose.

const object = ({ id }: { id: string }) => `two places ${id}`;

export const listClones = look({
  name: 'clones.list',
  http: { method: 'GET', path: '/clones' },
  permission: 'detections.search',
  category: 'Detection Browsing',
  input: z.strictObject({
    all: flag.default(false).describe('Those that were judged, too'),
    limit: wholeNumber(1, 500).default(100),
  }),
  answer: record<CloneFindings>(),
  results: ({ findings }) => findings.length,
});

export const openClone = look({
  name: 'clones.open',
  http: { method: 'GET', path: '/clones/:id' },
  permission: 'detections.search',
  category: 'Detection Browsing',
  inquiry: true,
  input: z.strictObject({ id: z.uuid() }),
  answer: record<OpenedClone>(),
  object,
  results: ({ pairs }) => pairs.length,
});

export const judgeClone = change({
  name: 'clones.judge',
  http: { method: 'POST', path: '/clones/:id/judge' },
  permission: 'detections.search',
  category: 'Detection Browsing',
  input: z
    .strictObject({
      id: z.uuid(),
      verdict: z.enum(cloneVerdicts),
      note: z.string().trim().min(3).max(500).optional().describe('Why'),
    })
    .refine(({ verdict, note }) => verdict !== 'other' || note !== undefined, {
      path: ['note'],
      message: 'say what it is',
    }),
  answer: record<CloneFinding>(),
  object,
});
