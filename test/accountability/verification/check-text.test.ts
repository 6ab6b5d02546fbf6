import { describe, expect, it } from 'vitest';
import { declareExigent, disposeHit } from '../../../src/accountability/verification/operations.ts';
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
});
