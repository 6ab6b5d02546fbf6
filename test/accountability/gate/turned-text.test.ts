import { expect, it } from 'vitest';
import { searchDetections } from '../../../src/accountability/search/operations.ts';
import {
  listOwnReports,
  reportError,
} from '../../../src/accountability/verification/report-operations.ts';
import { openStaffedUnit } from '../../support/staffed-unit.ts';

/** Turns what follows it around, on screens and on paper. */
const turn = '\u202E';

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
