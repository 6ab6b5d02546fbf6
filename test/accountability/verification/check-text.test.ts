import { describe, expect, it } from 'vitest';
import {
  declareExigent,
  disposeHit,
  openHit,
  recordEnforcement,
  strikeText,
} from '../../../src/accountability/verification/operations.ts';
import { openVerification } from './open-verification.ts';

const personal = 'Suspect John Smith DOB 1/2/1970';

describe('what an officer notes', () => {
  it('HOT-9: notes with a name and a date of birth are not recorded where the policy turns them down', async () => {
    const { storeHit, dispose } = openVerification('strict');
    const hit = await storeHit();
    const telling = dispose(hit, { outcome: 'no_action', notes: personal });
    await expect(telling).rejects.toThrow(
      /the text of the notes looks like a person's name; the text of the notes looks like a date of birth/,
    );
    await expect(telling).rejects.not.toThrow(/Smith|1970/);
    const { view } = await dispose(hit, { outcome: 'no_action', notes: 'Parked and empty.' });
    expect(view.remarks).toEqual([]);
  });

  it('HOT-9: where the policy only warns, the notes are kept and the officer gets a remark', async () => {
    const { storeHit, act } = openVerification('strict', {
      overrides: { hotplates: { lint: 'warn' } },
    });
    const hit = await storeHit();
    const { view } = await act(disposeHit, {
      id: hit.id,
      outcome: 'no_action',
      notes: personal,
      cadNumber: '26-0042',
    });
    expect(view.disposition?.notes).toBe(personal);
    expect(view.remarks).toContain("the text of the notes looks like a person's name");
  });

  it('HOT-9: an exigent reason is recorded at once whatever it says, and remarked', async () => {
    const { storeHit, act, seeAll } = openVerification('vallejo');
    const hit = await storeHit();
    await seeAll(hit);
    const text = 'Robbery suspect John Smith DOB 1/2/1970 shoots from the vehicle.';
    const view = await act(declareExigent, { id: hit.id, text });
    expect(view.exigent?.text).toBe(text);
    expect(view.remarks).toContain('the exigent reason looks like a date of birth');
  });

  it.each(['vallejo', 'napa'])(
    'HOT-9: under %s a person looks first: nothing is stored until they say that it must stand',
    async (profile) => {
      const { storeHit, act, seeAll, confirm, db } = openVerification(profile);
      const hit = await storeHit();
      await seeAll(hit);
      await confirm(hit);
      const stop = { id: hit.id, action: 'stop', note: personal } as const;
      const telling = act(recordEnforcement, stop);
      await expect(telling).rejects.toThrow(
        /the note looks like a person's name.*--text-looked-through/,
      );
      await expect(telling).rejects.not.toThrow(/Smith|1970/);
      expect((await act(openHit, { id: hit.id })).actions).toEqual([]);
      const stored = () => JSON.stringify(db.prepare('SELECT body FROM verification_step').all());
      expect(stored()).not.toContain('Smith');
      const { actions } = await act(recordEnforcement, { ...stop, textLookedThrough: true });
      expect(actions).toMatchObject([{ action: 'stop', note: personal }]);
    },
  );

  it('HOT-9: a text that should not stand is struck: the step stays, its text is gone, and it is on record who did it', async () => {
    const unit = openVerification('vallejo');
    const { storeHit, act, perform, audited, updates, db } = unit;
    const hit = await storeHit();
    const text = 'Robbery suspect John Smith DOB 1/2/1970 shoots from the vehicle.';
    await act(declareExigent, { id: hit.id, text });
    const strike = { id: hit.id, what: 'exigent' } as const;
    const other = { role: 'officer', username: 'reyes', permissions: ['alerts.respond'] } as const;
    await expect(perform(other, strikeText, strike)).rejects.toThrow(/Another person wrote this/);
    const view = await act(strikeText, strike);
    expect(view).toMatchObject({
      state: 'exigent',
      exigent: { text: '(struck)', by: 'Test officer (officer)' },
      remarks: [],
    });
    expect(view.steps).toMatchObject([
      { kind: 'exigent', struck: { by: 'Test officer (officer)' } },
    ]);
    expect(JSON.stringify(db.prepare('SELECT * FROM verification_step').all())).not.toContain(
      'Smith',
    );
    expect(JSON.stringify(audited)).not.toContain('Smith');
    expect(audited.at(-2)).toMatchObject({
      operation: 'hits.strike-text',
      category: 'Disposition',
      query: { what: 'exigent' },
    });
    expect(updates().at(-1)).toMatchObject({ event: 'alert.text-struck', note: 'exigent' });
    await expect(act(strikeText, strike)).rejects.toThrow(/struck already/);
    await expect(act(strikeText, { id: hit.id, what: 'note' })).rejects.toThrow(/no such text/);
  });
});
