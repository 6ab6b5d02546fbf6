import { expect, test } from 'vitest';
import { classify } from '../../src/alerts/classify.ts';
import { asReported, spokenAnswer, spokenText, titleOf } from '../../src/alerts/wording.ts';
import { categorySchema } from '../../src/hotlist/hit-match.ts';
import { exampleAlert, exampleConsensus, exampleHit, exampleMatch } from './sample-alerts.ts';

const classOf = (over: Parameters<typeof exampleMatch>[0]) => classify(exampleMatch(over));

test('every category is only ever possible (ALT-4)', () => {
  for (const category of categorySchema.options) expect(titleOf(category)).toMatch(/^Possible /);
});

test('the class follows category, list type and certainty', () => {
  expect(classOf({ entry: { category: 'amber' } })).toBe('urgent');
  expect(classOf({ entry: { category: 'violent_person' } })).toBe('urgent');
  expect(classOf({ entry: { category: 'felony_vehicle' } })).toBe('urgent');
  expect(classOf({})).toBe('standard');
  expect(classOf({ entry: { category: 'gang' } })).toBe('informational');
  expect(classOf({ tier: 'near' })).toBe('near');
  expect(classOf({ tier: 'near', entry: { category: 'amber' } })).toBe('near');
  expect(classOf({ stateAgreement: 'differs' })).toBe('near');
  expect(classOf({ stateAgreement: 'unconfirmed' })).toBe('standard');
  expect(classOf({ tier: 'near', stateAgreement: 'differs' })).toBe('informational');
  expect(classOf({ tier: 'partial' })).toBe('informational');
});

test('a specific list is informational whatever it says (ALT-6)', () => {
  for (const category of categorySchema.options) {
    expect(classOf({ list: { type: 'specific' }, entry: { category } })).toBe('informational');
  }
});

test('what a list calls stolen is passed on as reported', () => {
  expect(asReported('STOLEN 11/02')).toBe('Reported: STOLEN 11/02');
  expect(asReported('Reported stolen')).toBe('Reported stolen');
  expect(asReported('Taken from a driveway')).toBe('Taken from a driveway');
});

test('the voice spells the plate and names state and vehicle', () => {
  const match = exampleMatch({ entry: { year: null } });
  expect(spokenText(exampleAlert(exampleHit({ match })))).toBe(
    'Possible stolen vehicle. California. 7, A, B, C, 1, 2, 3. Gray Honda Accord.',
  );
});

test('DSP-4: the voice says what dispatch has found, and of which vehicle', () => {
  const alert = exampleAlert(exampleHit());
  expect(spokenAnswer('verified', alert)).toBe(
    'Verified by dispatch. California. 7, A, B, C, 1, 2, 3.',
  );
  expect(spokenAnswer('not_verified', alert)).toMatch(/^Not verified by dispatch\. No action\./);
});

test('the voice announces a near match and a differing state', () => {
  const near = exampleHit({
    read: exampleConsensus('7A8C123', { state: { code: 'NV', p: 0.99 } }),
    match: exampleMatch({ tier: 'near', stateAgreement: 'differs' }),
  });
  expect(spokenText(exampleAlert(near))).toBe(
    'Possible stolen vehicle. Near match. State differs, read Nevada, listed California. ' +
      '7, A, 8, C, 1, 2, 3. Listed as 7, A, B, C, 1, 2, 3. Gray Honda Accord.',
  );
});

test.each([
  ['listed', '12345', 'DV12345', 'Listed with small letters D, V, read without them.'],
  ['read', 'DV12345', '12345', 'Read with small letters D, V, listed without them.'],
] as const)('the voice says which has small stacked letters: %s', (where, plate, listed, words) => {
  const stacked = { text: 'DV', in: where };
  const match = exampleMatch({ tier: 'near', stacked, entry: { plate: listed } });
  const text = spokenText(exampleAlert(exampleHit({ read: exampleConsensus(plate), match })));
  expect(text).toContain(`Listed as ${[...listed].join(', ')}. ${words}`);
});

test('the voice is given no marks of a list that could be commands', () => {
  const entry = { make: '<audio src="x"/>', model: '[[Eks]]', colour: null };
  const text = spokenText(exampleAlert(exampleHit({ match: exampleMatch({ entry }) })));
  expect(text).toContain('audio src x Eks.');
});
