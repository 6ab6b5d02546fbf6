import { expect, it } from 'vitest';
import { searchDetections } from '../../../src/accountability/search/operations.ts';
import {
  listOwnReports,
  reportError,
} from '../../../src/accountability/verification/report-operations.ts';
import { openStaffedUnit } from '../../support/staffed-unit.ts';

/** Turns what follows it around, on screens and on paper. */
const turn = '\u202E';

it.each([
  ['a NUL', 'Stolen \0 car', 'text: character 8 cannot be read (U+0000)'],
  ['an escape to a terminal', '\x1B[2J', 'text: character 1 cannot be read (U+001B)'],
  [
    'a character that was lost on the way',
    'Jos\uFFFD',
    'text: character 4 cannot be read (U+FFFD)',
  ],
  ['half a character', 'a \uD83D b', 'text: character 3 cannot be read (U+D83D)'],
])(
  '%s in a text is refused by field and place, and lines and tabs are taken',
  async (_, text, words) => {
    const { as, join } = await openStaffedUnit('vallejo');
    join('lee', 'officer');
    const report = { kind: 'error' as const, subject: 'Camera front' };
    await expect(as('lee', reportError, { ...report, text })).rejects.toThrow(
      `${words}; type this text anew instead of pasting it`,
    );
    expect(await as('lee', listOwnReports, {})).toEqual([]);
    const taken = 'First line\n\tsecond, \u{1F694} José';
    await as('lee', reportError, { ...report, text: taken });
    expect(await as('lee', listOwnReports, {})).toMatchObject([{ text: taken }]);
  },
);

it('marks that turn text around are in no record, and right-to-left letters stay', async () => {
  const { as, join, accountability } = await openStaffedUnit('vallejo');
  join('lee', 'officer');
  join('reyes', 'detective');
  const text = `Read as ${turn}321CBA8\u202C, by ${turn}eel .R; \u05E9\u05DC\u05D5\u05DD`;
  await as('lee', reportError, { kind: 'error', subject: `Camera ${turn}tnorf`, text });
  expect(await as('lee', listOwnReports, {})).toMatchObject([
    { subject: 'Camera tnorf', text: 'Read as 321CBA8, by eel .R; \u05E9\u05DC\u05D5\u05DD' },
  ]);
  const reason = `Burglaries ${turn}teertS niaM`;
  const inquiry = { purpose: 'investigation', caseNumber: '26-0042', reason };
  await as('reyes', searchDetections, { plate: '8LVN362' }, inquiry);
  const looks = JSON.stringify(accountability.audit.read({}, { limit: 50, newest: true }));
  expect(looks).toContain('Burglaries teertS niaM');
  expect(looks).not.toContain(turn);
});
