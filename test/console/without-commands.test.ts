import { expect, test } from 'vitest';
import { withoutCommands } from '../../src/console/page/without-commands.ts';

test.each([
  ['why: give at least 3 characters', 'Why: give at least 3 characters'],
  ['plate again: is missing; reason: give text', 'Plate again: is missing; Reason: give text'],
  ['Closed: arrest', 'Closed: arrest'],
  ['Give the reason (--reason) in words.', 'Give the reason in words.'],
  [
    'State the purpose of this inquiry (--purpose audit | investigation), and a reason (--reason).',
    'State the purpose of this inquiry, and a reason.',
  ],
  [
    'There is no canvass 7 on this unit. "lookout canvass list" shows them.',
    'There is no canvass 7 on this unit.',
  ],
  [
    'It is silenced. Is that plate right? "lookout hit mutes" shows it, "lookout hit lift-mute" ends it.',
    'It is silenced. Is that plate right?',
  ],
  [
    'is not the id of a hot list; "lookout hotlist status" shows them',
    'is not the id of a hot list',
  ],
  [
    'A package for Napa PD needs an approved release request: enter one with "lookout release request".',
    'A package for Napa PD needs an approved release request: enter one.',
  ],
  [
    'has expired. Say how it ended (lookout hotplate remove 3f --outcome) or ask for another term (lookout hotplate renew)',
    'has expired. Say how it ended or ask for another term',
  ],
  [
    'Retraining is asked for: late. Record it when it is done: lookout training record --retrained',
    'Retraining is asked for: late. Record it when it is done',
  ],
  [
    'The audit report is due in 3 days (each year): lookout audit report',
    'The audit report is due in 3 days (each year)',
  ],
  [
    'This plate is already on the list, as hot plate 01a22a21-908f-7b32-9535-cf07c68c8075 (active); change or renew that one.',
    'This plate is already on the list, as hot plate (active); change or renew that one.',
  ],
  [
    'Hot plate 01a22a21-908f-7b32-9535-cf07c68c8075 (stolen vehicle, case 26-0040001) was read by car-7',
    'Hot plate (stolen vehicle, case 26-0040001) was read by car-7',
  ],
])('the page says no option and no command of a terminal: %s', (told, shown) => {
  expect(withoutCommands(told)).toBe(shown);
});
