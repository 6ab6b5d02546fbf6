import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Role } from '../../../src/accountability/gate/permissions.ts';
import {
  declareExigent,
  disposeHit,
  openHit,
  recordEnforcement,
  strikeText,
} from '../../../src/accountability/verification/operations.ts';
import { waitingOf } from '../../records/open-records.ts';
import { noImages, sampleDetection, sampleHit } from '../../records/samples.ts';
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

  it.each(['vallejo', 'napa', 'barstow'])(
    'HOT-9: under %s who decides about hot plates strikes what an officer wrote, who is not there any more',
    async (profile) => {
      const { storeHit, act, perform, policy, verification, db } = openVerification(profile);
      const hit = await storeHit();
      await act(declareExigent, { id: hit.id, text: personal });
      const strike = { id: hit.id, what: 'exigent' } as const;
      const as = (role: Role) => ({ role, username: role, permissions: policy.roles[role] ?? [] });
      await expect(perform(as('detective'), strikeText, strike)).rejects.toThrow(
        /Another person wrote this/,
      );
      const [decides = 'supervisor'] = policy.hotplates.approveChange;
      await perform(as(decides), strikeText, strike);
      expect(verification.open(hit.id)).toMatchObject({ texts: [], remarks: [] });
      expect(JSON.stringify(db.prepare('SELECT * FROM verification_step').all())).not.toContain(
        'Smith',
      );
    },
  );

  it('HOT-9: every text is told with what to look at again, also one that a later step replaced, and all of a sort are struck', async () => {
    const { storeHit, act } = openVerification('vallejo');
    const hit = await storeHit();
    await act(declareExigent, { id: hit.id, text: personal });
    const view = await act(declareExigent, { id: hit.id, text: 'It drives off.' });
    expect(view.texts).toMatchObject([
      {
        what: 'exigent',
        text: personal,
        username: 'officer',
        doubts: ["looks like a person's name", 'looks like a date of birth'],
      },
      { what: 'exigent', text: 'It drives off.', doubts: [] },
    ]);
    expect(view.remarks).toContain('the exigent reason looks like a date of birth');
    const struck = await act(strikeText, { id: hit.id, what: 'exigent' });
    expect(struck).toMatchObject({ texts: [], remarks: [] });
  });

  it("HOT-9: notes are struck in the vehicle's other hits, which were closed with them, and in what waits for headquarters", async () => {
    const { records, dispose, act, db, outbox, updates } = openVerification('vallejo');
    const detection = sampleDetection();
    const first = sampleHit(detection);
    const { match } = first;
    const entry = { ...match.entry, id: 'svs-2' };
    const second = sampleHit(detection, { match: { ...match, entry } });
    await records.storeHits({ hits: [first, second], detection, images: noImages });
    const said = { outcome: 'not_located', notes: personal, textLookedThrough: true } as const;
    expect((await dispose(first, said)).also).toEqual([second.id]);
    await act(strikeText, { id: first.id, what: 'notes' });
    expect(JSON.stringify(waitingOf(outbox))).not.toContain('Smith');
    expect(JSON.stringify(db.prepare('SELECT * FROM verification_step').all())).not.toContain(
      'Smith',
    );
    const struck = updates().filter(({ event }) => event === 'alert.text-struck');
    expect(new Set(struck.map(({ hitId }) => hitId))).toEqual(new Set([first.id, second.id]));
  });

  it('HOT-9: struck words are on the disk no more, neither in the database nor in its write-ahead log', async () => {
    const { storeHit, act, dataDir } = openVerification('vallejo');
    const hit = await storeHit();
    await act(declareExigent, { id: hit.id, text: personal });
    const onDisk = () =>
      readdirSync(dataDir).filter(
        (name) =>
          name.startsWith('lookout.db') && readFileSync(join(dataDir, name)).includes('John Smith'),
      );
    expect(onDisk()).not.toEqual([]);
    await act(strikeText, { id: hit.id, what: 'exigent' });
    await vi.waitFor(() => expect(onDisk()).toEqual([]), 20_000);
  });
});
