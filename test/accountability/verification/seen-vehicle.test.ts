import { describe, expect, it, test } from 'vitest';
import {
  confirmVisual,
  disposeHit,
  listWrongAlerts,
  measurePrecision,
  openHit,
  recordEnforcement,
} from '../../../src/accountability/verification/operations.ts';
import {
  comparePlates,
  compareWithEntry,
} from '../../../src/accountability/verification/seen-vehicle.ts';
import { noImages, sampleDetection, sampleHit } from '../../records/samples.ts';
import { matchOf, openVerification } from './open-verification.ts';

const sampleRead = sampleHit(sampleDetection()).read;
const read = { ...sampleRead, plate: '5KRT418' };
const near = matchOf(
  { plate: '5KRT41B', category: 'felony_vehicle' },
  { tier: 'near', differences: [{ position: 6, read: '8', listed: 'B', p: 0.2 }] },
);

describe('a plate as it was seen, beside the listed one', () => {
  test.each([
    ['5KRT41B', '5KRT41B', false, 'listed'],
    ['5KRT418', '5KRT41B', false, 'other'],
    ['5KRT41?', '5KRT41B', false, 'unsure'],
    ['5KRT4??', '5KRT41B', false, 'unsure'],
    ['6KRT41?', '5KRT41B', false, 'other'],
    ['5KRT41', '5KRT41B', false, 'other'],
    ['?', '5KRT41B', false, 'unsure'],
    ['????', '5KRT41B', true, 'unsure'],
    ['482D67', '482D6?', false, 'listed'],
    ['482D6?', '482D6?', false, 'listed'],
    ['482E67', '482D6?', false, 'other'],
    ['48?D67', '482D6?', false, 'unsure'],
    ['7TW9', '7TW*', false, 'listed'],
    ['7TV9', '7TW*', false, 'other'],
    ['KOB4417', 'K0B4417', true, 'listed'],
    ['KOB4417', 'K0B4417', false, 'unsure'],
    ['KOB4418', 'K0B4417', false, 'other'],
    ['KO?4417', 'K0B4417', true, 'unsure'],
  ] as const)('%s beside %s (O is 0: %s): %s (VER-1)', (seen, listed, oIsZero, likeness) => {
    expect(comparePlates(seen, listed, oIsZero)).toBe(likeness);
  });
});

test('PRA-9: small stacked letters that a person leaves out as the reader did decide nothing', () => {
  const stacked = { text: 'DV', in: 'listed' } as const;
  const match = matchOf({ plate: 'DV12345' }, { tier: 'near', stacked });
  const hit = { ...sampleHit(sampleDetection()), match, read: { ...sampleRead, plate: '12345' } };
  const likeness = (plate: string) => compareWithEntry(hit, { plate, state: null }, false);
  expect(likeness('DV12345')).toBe('listed');
  expect(likeness('12345')).toBe('unsure');
  expect(likeness('12346')).toBe('other');
});

describe('a near match whose picture shows the listed plate', () => {
  it.each(['vallejo', 'napa'])(
    'under %s it is validated, acted on, and no vehicle is silenced (VER-2, VER-11)',
    async (profile) => {
      const { storeHit, act, confirm, dispose, verification } = openVerification(profile);
      const hit = await storeHit({ read, match: near });
      const seen = await act(confirmVisual, {
        ...{ id: hit.id, shows: '5krt 41b', state: 'yes', vehicle: 'yes' },
      });
      expect(seen).toMatchObject({
        state: 'visually_verified',
        visual: { characters: { answer: 'yes', shows: '5KRT41B' } },
      });
      expect((await confirm(hit)).state).toBe('validated');
      await act(recordEnforcement, { id: hit.id, action: 'stop' });
      const { muted, view } = await dispose(hit, { outcome: 'arrest' });
      expect(muted).toBeNull();
      expect(view.disposition?.correction).toMatchObject({
        original: { plate: '5KRT418' },
        corrected: { plate: '5KRT41B' },
      });
      expect(verification.isMuted(near, '5KRT418')).toBe(false);
      const { figures } = await act(measurePrecision, {});
      expect(figures).toMatchObject([{ right: 1, wrong: 0, misreads: 1, precision: 1 }]);
      expect(await act(listWrongAlerts, {}, 'auditor')).toMatchObject([
        { hitId: hit.id, outcome: 'arrest', correction: { corrected: { plate: '5KRT41B' } } },
      ]);
    },
  );

  it('a plain yes or no about the read is not taken: it would verify or deny the wrong plate (VER-1)', async () => {
    const { storeHit, act } = openVerification();
    const hit = await storeHit({ read, match: near });
    for (const characters of ['yes', 'no'] as const) {
      await expect(act(confirmVisual, { id: hit.id, characters, vehicle: 'yes' })).rejects.toThrow(
        /not the listed one \(≈\): give the plate as the picture/,
      );
    }
    expect((await act(openHit, { id: hit.id })).state).toBe('raised');
    const said = await act(confirmVisual, { id: hit.id, characters: 'unknown' });
    expect(said.state).toBe('raised');
    expect((await act(confirmVisual, { id: hit.id, shows: '5KRT418' })).state).toBe('mismatch');
    await expect(
      act(confirmVisual, { id: hit.id, characters: 'yes', shows: '5KRT41B' }),
    ).rejects.toThrow(/Give one of the two/);
  });

  it('closed as a misread whose plate is the listed one: a right alert, a read error, no silence (VER-11)', async () => {
    const { storeHit, act, dispose, verification } = openVerification();
    const hit = await storeHit({ read, match: near });
    const closed = await dispose(hit, {
      ...{ outcome: 'misread_characters', correctedPlate: '5KRT41B' },
    });
    expect(closed.muted).toBeNull();
    expect(closed.prompt).toContain('the alert was right and is not silenced');
    expect(verification.isMuted(near, '5KRT418')).toBe(false);
    const { figures } = await act(measurePrecision, {});
    expect(figures).toMatchObject([{ right: 1, wrong: 0, misreads: 1, errors: {} }]);
  });

  it('what cannot be made out silences nothing either, and says nothing of the alert (VER-11)', async () => {
    const { storeHit, act, dispose, verification } = openVerification();
    const hit = await storeHit({ read, match: near });
    const { muted } = await dispose(hit, {
      ...{ outcome: 'misread_characters', correctedPlate: '5KRT41?' },
    });
    expect(muted).toBeNull();
    expect(verification.isMuted(near, '5KRT418')).toBe(false);
    const { figures } = await act(measurePrecision, {});
    expect(figures).toMatchObject([{ right: 0, wrong: 0, undetermined: 1, misreads: 1 }]);
  });

  it('another plate is another vehicle: that reading is silent, and the alert was wrong (VER-11)', async () => {
    const { storeHit, act, dispose, verification } = openVerification();
    const hit = await storeHit({ read, match: near });
    await act(confirmVisual, { id: hit.id, shows: '5KRT418' });
    await dispose(hit, { outcome: 'misread_characters', correctedPlate: '5KRT416' });
    expect(verification.isMuted(near, '5KRT418')).toBe(true);
    const { figures } = await act(measurePrecision, {});
    expect(figures).toMatchObject([{ wrong: 1, misreads: 1 }]);
  });
});

describe('a plate that only looks different', () => {
  it('O and 0 are one letter of a list that writes O as zero (VER-2)', async () => {
    const { storeHit, act } = openVerification();
    const list = { ...matchOf({}).list, id: 'ncic' };
    const hit = await storeHit({
      read: { ...sampleRead, plate: 'KOB4417' },
      match: matchOf({ plate: 'K0B4417' }, { list }),
    });
    const seen = await act(confirmVisual, { id: hit.id, shows: 'KOB4417' });
    expect(seen.visual.characters?.answer).toBe('yes');
  });

  it('the state of issue that the picture shows is compared with the listed one (VER-2)', async () => {
    const { storeHit, act, dispose, verification } = openVerification();
    const hit = await storeHit();
    const see = (showsState: string) => act(confirmVisual, { id: hit.id, showsState });
    expect((await see('California')).visual.state?.answer).toBe('yes');
    expect((await see('NV')).visual.state?.answer).toBe('no');
    await expect(see('Nowhere')).rejects.toThrow(/no state of issue/);
    await see('ca');
    const misread = await storeHit({
      read: { ...sampleRead, state: { code: 'NV', p: 0.99 } },
      match: matchOf({}, { stateAgreement: 'differs' }),
    });
    const closed = await dispose(misread, { outcome: 'misread_state', correctedState: 'CA' });
    expect(closed.muted).toBeNull();
    expect(verification.isMuted(misread.match, '8ABC123')).toBe(false);
  });

  it('a part that is listed is still there in another reading of the plate (VER-2)', async () => {
    const { storeHit, act } = openVerification('barstow');
    const hit = await storeHit({
      read: { ...sampleRead, plate: '482D61' },
      match: matchOf({ plate: '482D6?' }, { tier: 'partial' }),
    });
    await expect(act(confirmVisual, { id: hit.id, characters: 'no' })).rejects.toThrow(/--shows/);
    const seen = await act(confirmVisual, { id: hit.id, shows: '482D67' });
    expect(seen.visual.characters?.answer).toBe('yes');
    await act(disposeHit, { id: hit.id, outcome: 'not_located', notes: 'Lost at the bridge.' });
    const { figures } = await act(measurePrecision, {});
    expect(figures).toMatchObject([{ misreads: 1 }]);
  });
});

describe('a plate of which no text counts as read', () => {
  const possible = { ...read, confidence: 0.4, alternatives: [{ plate: '5KRT41B', p: 0.31 }] };
  const unread = { read: possible, match: near, unread: true } as const;

  it('is named by the listed one, and no text is given as read', async () => {
    const { storeHit, act } = openVerification();
    const hit = await storeHit(unread, sampleDetection({ read: null, unread: 'low_confidence' }));
    expect(await act(openHit, { id: hit.id })).toMatchObject({
      plate: null,
      named: '≈ 5KRT41B',
      likeliest: '5KRT418',
      isListedAsRead: false,
      odds: '40 % 5KRT418, 31 % 5KRT41B (listed)',
    });
  });

  it('a plain yes or no is not taken: nothing was read (VER-1)', async () => {
    const { storeHit, act } = openVerification();
    const hit = await storeHit(unread);
    for (const characters of ['yes', 'no'] as const) {
      await expect(act(confirmVisual, { id: hit.id, characters })).rejects.toThrow(
        /does not count as read \(≈\): give the plate as the picture/,
      );
    }
  });

  it('the listed plate on the vehicle is a right alert, and no error of the reader', async () => {
    const { storeHit, act, confirm, dispose } = openVerification();
    const hit = await storeHit(unread);
    const seen = await act(confirmVisual, {
      ...{ id: hit.id, shows: '5KRT41B', state: 'yes', vehicle: 'yes' },
    });
    expect(seen.state).toBe('visually_verified');
    expect((await confirm(hit)).state).toBe('validated');
    await act(recordEnforcement, { id: hit.id, action: 'stop' });
    const { view } = await dispose(hit, { outcome: 'arrest' });
    expect(view.disposition?.correction).toBeNull();
    const { figures } = await act(measurePrecision, {});
    expect(figures).toMatchObject([{ right: 1, wrong: 0, misreads: 0 }]);
  });

  it('what was seen stays when it counts as read later, if that is the listed plate', async () => {
    const { storeHit, act, records } = openVerification();
    const detection = sampleDetection();
    const { unread: _, ...hit } = await storeHit(unread, detection);
    await act(confirmVisual, { id: hit.id, shows: '5KRT41B', state: 'yes', vehicle: 'yes' });
    const asRead = async (plate: string, revision: number) => {
      const now = { ...hit, state: 'amended', revision, read: { ...read, plate } } as const;
      await records.storeHits({ hits: [now], detection, images: noImages });
      return (await act(openHit, { id: hit.id })).state;
    };
    expect(await asRead('5KRT41B', 2)).toBe('visually_verified');
    expect(await asRead('5KRT418', 3)).toBe('raised');
  });

  it('closed as another vehicle it silences the plate that a person made out, and is told as not read (VER-11)', async () => {
    const { storeHit, act, dispose, verification } = openVerification();
    const hit = await storeHit(unread);
    const { view } = await dispose(hit, {
      ...{ outcome: 'misread_characters', correctedPlate: '5KRT416' },
    });
    expect(view.disposition?.correction).toMatchObject({
      original: { plate: null },
      corrected: { plate: '5KRT416' },
    });
    expect(verification.isMuted(near, '5KRT416')).toBe(true);
    expect(verification.isMuted(near, '5KRT418')).toBe(false);
    const { figures } = await act(measurePrecision, {});
    expect(figures).toMatchObject([{ wrong: 1 }]);
  });

  it('closed without the plate as a whole it silences nothing (VER-11)', async () => {
    const { storeHit, dispose, verification } = openVerification();
    const hit = await storeHit(unread);
    const { muted } = await dispose(hit, {
      ...{ outcome: 'misread_characters', correctedPlate: '6KRT41?' },
    });
    expect(muted).toBeNull();
    expect(verification.isMuted(near, '5KRT418')).toBe(false);
    await expect(
      dispose(await storeHit(unread), { outcome: 'misread_characters' }),
    ).rejects.toThrow(/Give the plate as it is on the vehicle/);
  });
});

it('a part that covers only a possible text is not listed as read (VER-1)', async () => {
  const { storeHit, act } = openVerification('barstow');
  const hit = await storeHit({
    read: { ...sampleRead, plate: '482E61', alternatives: [{ plate: '482D61', p: 0.2 }] },
    match: matchOf({ plate: '482D6?' }, { tier: 'partial' }),
  });
  await expect(act(confirmVisual, { id: hit.id, characters: 'yes' })).rejects.toThrow(
    /not the listed one/,
  );
  const seen = await act(confirmVisual, { id: hit.id, shows: '482E61' });
  expect(seen.visual.characters?.answer).toBe('no');
});
