import { expect, test } from 'vitest';
import { classify } from '../../src/alerts/classify.ts';
import { speakableNow } from '../../src/alerts/speakable.ts';
import { asReported, spokenAnswer, spokenText, titleOf } from '../../src/alerts/wording.ts';
import { type Category, categorySchema } from '../../src/hotlist/hit-match.ts';
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
  expect(spokenText(exampleAlert(exampleHit({ match })), 'letters', 'plate')).toBe(
    '7, A, B, C, 1, 2, 3. California. Possible stolen vehicle. Gray Honda Accord.',
  );
});

test('DSP-4: the voice says what dispatch has found, and of which vehicle', () => {
  const alert = exampleAlert(exampleHit());
  expect(spokenAnswer('verified', alert, 'letters', 'plate')).toBe(
    'Verified by dispatch. 7, A, B, C, 1, 2, 3. California.',
  );
  expect(spokenAnswer('not_verified', alert, 'letters', 'plate')).toMatch(
    /^Not verified by dispatch\. No action\./,
  );
});

test('the voice says of a plate that is not read what is listed, and no text as read', () => {
  const unread = exampleHit({
    read: exampleConsensus('2ABC123'),
    unread: true,
    match: exampleMatch({ tier: 'near', stateAgreement: 'unconfirmed' }),
  });
  expect(spokenText(exampleAlert(unread), 'letters', 'plate')).toBe(
    'Plate not read. Possible match. Listed as 7, A, B, C, 1, 2, 3. ' +
      'California, not confirmed. Possible stolen vehicle. Gray Honda Accord.',
  );
  const part = exampleMatch({ tier: 'partial', entry: { plate: '7AB*' } });
  const read = exampleConsensus('2ABC123', { alternatives: [{ plate: '7ABC123', p: 0.3 }] });
  expect(spokenText(exampleAlert(exampleHit({ read, match: part })), 'letters', 'plate')).toMatch(
    /^2, A, B, C, 1, 2, 3\. Possible match\. /,
  );
  expect(spokenAnswer('verified', exampleAlert(unread), 'letters', 'plate')).toBe(
    'Verified by dispatch. 7, A, B, C, 1, 2, 3. California, not confirmed.',
  );
});

test('the voice announces a near match and a differing state', () => {
  const near = exampleHit({
    read: exampleConsensus('7A8C123', { state: { code: 'NV', p: 0.99 } }),
    match: exampleMatch({ tier: 'near', stateAgreement: 'differs' }),
  });
  expect(spokenText(exampleAlert(near), 'letters', 'plate')).toBe(
    '7, A, 8, C, 1, 2, 3. Near match. Listed as 7, A, B, C, 1, 2, 3. ' +
      'State differs, read Nevada, listed California. Possible stolen vehicle. Gray Honda Accord.',
  );
});

test('the voice says of a listed part of a plate that it is one, and which', () => {
  const match = exampleMatch({ tier: 'partial', entry: { plate: '7AB*' } });
  expect(spokenText(exampleAlert(exampleHit({ match })), 'letters', 'plate')).toMatch(
    /^7, A, B, C, 1, 2, 3\. Partial match\. Listed as 7, A, B, anything\. California\. /,
  );
});

test.each([
  ['listed', '12345', 'DV12345', 'Listed with small letters D, V, read without them.'],
  ['read', 'DV12345', '12345', 'Read with small letters D, V, listed without them.'],
] as const)(
  'PRA-9: the voice says which has small stacked letters: %s',
  (where, plate, listed, words) => {
    const stacked = { text: 'DV', in: where };
    const match = exampleMatch({ tier: 'near', stacked, entry: { plate: listed } });
    const text = spokenText(
      exampleAlert(exampleHit({ read: exampleConsensus(plate), match })),
      'letters',
      'plate',
    );
    expect(text).toContain(`Listed as ${[...listed].join(', ')}. ${words}`);
  },
);

test.each([
  ['letters', '7, A, B, C, 1, 2, 3.', '4, any character, W, X, anything.'],
  ['apco', '7, Adam, Boy, Charles, 1, 2, 3.', '4, any character, William, X-ray, anything.'],
  ['icao', '7, Alfa, Bravo, Charlie, 1, 2, 3.', '4, any character, Whiskey, X-ray, anything.'],
] as const)(
  'ALT-8: the voice says the letters of a plate by the alphabet %s',
  (spelling, read, listed) => {
    const match = exampleMatch({ tier: 'near', entry: { plate: '4?WX*' } });
    const alert = exampleAlert(exampleHit({ match }));
    expect(spokenText(alert, spelling, 'plate')).toMatch(
      new RegExp(`^${read} Near match. Listed as `),
    );
    expect(spokenText(alert, spelling, 'plate')).toContain(listed);
    expect(spokenAnswer('verified', alert, spelling, 'plate')).toContain(read);
  },
);

test('the voice says words, and never a code of NCIC', () => {
  const colours =
    'BGE BLK BLU BRO CPR DBL GLD GRY GRN LBL MAR MUL ONG RED SIL TAN WHI YEL BLK/WHI XXX'.split(
      ' ',
    );
  const makes =
    'CHEV DODG FORD FRHT GMC HD HOND KAWK KW LNDR MERZ NISS PTRB TOYT VOLK QQQQ BMW JEEP MINI'.split(
      ' ',
    );
  const models = 'ACC CAM F15 SIL QQ 4RN CIV YUKON EDGE'.split(' ');
  const states = 'CA NE NB SK ON DC PR US MX QC WY'.split(' ');
  for (let index = 0; index < 200; index += 1) {
    const pick = (from: string[]) => from[index % from.length] ?? '';
    const entry = {
      colour: pick(colours),
      make: pick(makes),
      model: pick(models),
      state: pick(states),
      category: pick([...categorySchema.options]) as Category,
    };
    const hit = exampleHit({ match: exampleMatch({ entry }) });
    const said = spokenText(exampleAlert(hit), 'apco', 'plate').replace(
      /^7, Adam, Boy, Charles, 1, 2, 3\. /,
      '',
    );
    expect(said.match(/\b[A-Z]{2,}\b/g)?.filter((word) => !namedByLetters.has(word)) ?? []).toEqual(
      [],
    );
    expect(said).not.toMatch(/undefined|null/);
  }
});
const namedByLetters = new Set(['AMBER', 'BOLO', 'BMW', 'GMC', 'US', 'YUKON', 'EDGE']);

test('the voice is given no marks of a list that could be commands', () => {
  const entry = { make: '<audio src="x"/>', model: '[[Eks]]', colour: null };
  const text = spokenText(
    exampleAlert(exampleHit({ match: exampleMatch({ entry }) })),
    'letters',
    'plate',
  );
  expect(text).toContain('audio src x Eks.');
});

test('ALT-9: before a passenger, or by its setting, the voice says how urgent an alert is and no more', () => {
  const alert = exampleAlert(exampleHit());
  expect(speakableNow('plate', false)).toBe('plate');
  for (const speakable of [speakableNow('plate', true), speakableNow('class', false)]) {
    const urgent = { ...alert, class: 'urgent' } as const;
    expect(spokenText(urgent, 'letters', speakable)).toBe('Urgent alert. See the screen.');
    expect(spokenText(alert, 'apco', speakable)).toBe('Alert. See the screen.');
    expect(spokenAnswer('verified', alert, 'letters', speakable)).toBe(
      'Verified by dispatch. See the screen.',
    );
  }
});
