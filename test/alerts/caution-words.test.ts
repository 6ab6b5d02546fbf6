import { expect, test } from 'vitest';
import { cautionsIn } from '../../src/alerts/caution-words.ts';

test.each([
  ['Suspect armed and dangerous', ['ARMED', 'VIOLENT']],
  ['DANGEROUS, ARMED', ['ARMED', 'VIOLENT']],
  ['DO NOT STOP WITHOUT BACKUP', ['DO NOT STOP', 'BACKUP']],
  ['Backup required. Do not stop alone.', ['DO NOT STOP', 'BACKUP']],
  ['requires back-up; stop: do not', ['DO NOT STOP', 'BACKUP']],
  ['Don’t approach, call for a cover unit', ['DO NOT STOP', 'BACKUP']],
  ['vehicle is not to be stopped', ['DO NOT STOP']],
  ['observe only', ['DO NOT STOP']],
  ['Caution: officer safety', ['OFFICER SAFETY']],
  ['SAFETY OF THE OFFICER', ['OFFICER SAFETY']],
  ['Abducted child, 4, may need insulin', ['MINOR', 'MEDICAL']],
  ['risk of flight', ['ESCAPE']],
  ['Flight risk; rifle in the trunk', ['ARMED', 'ESCAPE']],
  ['SUICIDAL SUBJECT, CONTAGIOUS', ['SUICIDAL', 'HAZARDOUS']],
])('of "%s" it tells %j', (reason, told) => {
  expect(cautionsIn(reason)).toEqual(told);
});

test.each([
  'Taken from a driveway',
  'unarmed, not violent',
  'Not armed. No weapons.',
  'non-violent offender',
  'minor damage to the left door, child seat in the back',
  'Minor rear dents',
  'Stolen from St. Mary medical center',
  'disabled placard hangs from the mirror, backup camera broken',
  'Alarmed vehicle, harmed nobody, begun in May',
  'Stop and identify',
  'Armed Forces plate',
])('of "%s" it tells nothing', (reason) => {
  expect(cautionsIn(reason)).toEqual([]);
});

test('the cautions of all texts come in one order, each once', () => {
  expect(cautionsIn('Child in the car', 'backup, weapon', 'weapons')).toEqual([
    'ARMED',
    'BACKUP',
    'MINOR',
  ]);
});
