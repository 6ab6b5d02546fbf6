import { describe, expect, it } from 'vitest';
import {
  declareExigent,
  disposeHit,
  liftMute,
  listMutes,
  listOpenHits,
  listWrongAlerts,
  openHit,
} from '../../../src/accountability/verification/operations.ts';
import { reportError } from '../../../src/accountability/verification/report-operations.ts';
import { alertMessageSchema, reportMessageSchema } from '../../../src/uplink/messages.ts';
import { waitingOf } from '../../records/open-records.ts';
import { noImages, sampleDetection, sampleHit } from '../../records/samples.ts';
import { cpuMs } from '../../support/cpu-time.ts';
import { matchOf, openVerification, raisedAtMs } from './open-verification.ts';

describe('closing an alert', () => {
  it('VER-8: an alert waits until it is disposed of; then dispatch and the entering member are notified', async () => {
    const { storeHit, act, dispose, updates, verification, outbox } = openVerification('vallejo');
    const hit = await storeHit({ match: matchOf({ enteredBy: 'Ofc. R. Tan' }) });
    expect((await act(listOpenHits, {})).hits.map(({ id }) => id)).toEqual([hit.id]);
    expect(verification.isOpen(hit.detectionId)).toBe(true);

    const { view } = await dispose(hit, { outcome: 'not_located', notes: 'Lost at 5th and Main.' });
    expect(view).toMatchObject({
      state: 'disposed',
      disposition: { outcome: 'not_located', cadNumber: '26-0042', notes: 'Lost at 5th and Main.' },
    });
    expect((await act(listOpenHits, {})).hits).toEqual([]);
    expect(verification.isOpen(hit.detectionId)).toBe(false);
    expect(updates().at(-1)).toMatchObject({
      event: 'alert.disposed',
      to: ['dispatch', 'entering_member'],
      enteringMember: 'Ofc. R. Tan',
      plate: '8ABC123',
      state: 'disposed',
      lane: 'hit',
      disposition: { outcome: 'not_located', cadNumber: '26-0042' },
      by: { username: 'officer', role: 'officer' },
    });
    const message = waitingOf(outbox).find((each) => each.topic === 'alert');
    const envelope = {
      id: message?.id,
      type: 'alert',
      agency: 'test-pd',
      unit: 'unit-7',
      sentAt: hit.raisedAt,
      body: JSON.parse(message?.json ?? ''),
    };
    expect(alertMessageSchema.parse(envelope)).toEqual(envelope);

    await expect(act(declareExigent, { id: hit.id, text: 'It came back again.' })).rejects.toThrow(
      /is closed/,
    );
  });

  it('VER-8: an outcome is mandatory and from a closed list', async () => {
    const { storeHit, dispose, performRaw } = openVerification();
    const hit = await storeHit();
    const close = (more: object) =>
      performRaw({ role: 'officer' }, 'hits.dispose', {
        id: hit.id,
        cadNumber: '26-0042',
        ...more,
      });
    await expect(close({})).rejects.toThrow(/outcome/);
    await expect(close({ outcome: 'went well' })).rejects.toThrow(/arrest/);
    await expect(dispose(hit, { outcome: 'no_action', cadNumber: '!' })).rejects.toThrow(
      /cad number: does not match this agency's format: letters, digits, - and \/, with three digits/,
    );
  });

  it('VER-9: a number has the agency’s form as a whole, not somewhere in it', async () => {
    const overrides = { inquiry: { caseNumberPattern: '\\d{2}-\\d{4}' } };
    const { storeHit, dispose } = openVerification('vallejo', { overrides });
    const hit = await storeHit();
    await expect(dispose(hit, { outcome: 'no_action', reportNumber: 'X26-00427' })).rejects.toThrow(
      /does not match this agency's format: as the agency’s policy sets it, \\d\{2\}-\\d\{4\}/,
    );
    await dispose(hit, { outcome: 'no_action', reportNumber: '26-0042' });
  });

  it.each([
    ['napa', true],
    ['vallejo', true],
    ['napa', false],
  ] as const)('VER-9: under %s documented_in is required: %s', async (profile, documentedIn) => {
    const { storeHit, act } = openVerification(profile, {
      overrides: documentedIn ? {} : { verification: { documentedIn } },
    });
    const hit = await storeHit();
    const bare = act(disposeHit, { id: hit.id, outcome: 'not_located' });
    if (documentedIn) await expect(bare).rejects.toThrow(/CAD or incident number, a report number/);
    else await bare;
    for (const where of [
      { cadNumber: '26-0042' },
      { reportNumber: 'R26-77' },
      { notes: 'CAD notes of unit 7.' },
    ]) {
      const other = await storeHit();
      await act(disposeHit, { id: other.id, outcome: 'not_located', ...where });
      if (!documentedIn) continue;
      // Who closes it once more must know that it is closed.
      await expect(act(disposeHit, { id: other.id, outcome: 'no_action' })).rejects.toThrow(
        /^This alert is closed: not_located, .* Another disposition corrects that\. Say where this is documented/,
      );
    }
  });

  it('VER-8: the hits of one vehicle on several lists close together, an entry only for itself', async () => {
    const { records, act, dispose, notWanted, verification } = openVerification();
    const detection = sampleDetection();
    const first = sampleHit(detection);
    const second = sampleHit(detection, {
      match: matchOf({ id: 'bolo-9' }, { list: { ...first.match.list, id: 'bolo', name: 'BOLO' } }),
    });
    await records.storeHits({ hits: [first, second], detection, images: noImages });
    await notWanted(second);
    const stale = await dispose(second, { outcome: 'stale_entry' });
    expect(stale.also).toEqual([]);
    expect(verification.open(first.id).state).toBe('raised');

    const third = sampleHit(detection, { match: matchOf({ id: 'svs-2' }) });
    await records.storeHits({ hits: [third], detection, images: noImages });
    const gone = await dispose(first, { outcome: 'not_located' });
    expect(gone.also).toEqual([third.id]);
    expect(verification.open(third.id).disposition?.outcome).toBe('not_located');
    expect(verification.open(second.id).disposition?.outcome).toBe('stale_entry');
    expect((await act(listOpenHits, {})).hits).toEqual([]);
  });

  it('VER-8: withdrawn and repeated hits ask for no disposition of their own', async () => {
    const { storeHit, act, records } = openVerification();
    const hit = await storeHit();
    await storeHit({ repeatOf: hit.id });
    const brief = await storeHit();
    await records.storeHits({
      hits: [{ ...brief, state: 'withdrawn', revision: 2 }],
      detection: sampleDetection({ id: brief.detectionId }),
      images: noImages,
    });
    const open = async () => (await act(listOpenHits, {})).hits.map(({ id }) => id);
    expect(await open()).toEqual([hit.id]);
    // A vehicle that matches again is open again.
    await records.storeHits({
      hits: [{ ...brief, state: 'amended', revision: 3 }],
      detection: sampleDetection({ id: brief.detectionId }),
      images: noImages,
    });
    expect(await open()).toEqual([brief.id, hit.id]);
  });

  it('VER-8: what is done about another sighting of a hit is done about the hit (DSP-5)', async () => {
    const { storeHit, act, seeAll, dispose, dispatch, time, audited, updates, verification } =
      openVerification();
    const hit = await storeHit();
    const seenAgain = sampleDetection();
    const again = await storeHit({ repeatOf: hit.id }, seenAgain);
    // There it was found on another list, too.
    const { list } = matchOf({});
    const other = await storeHit(
      { match: matchOf({ id: 'o-1' }, { list: { ...list, id: 'bolo' } }) },
      seenAgain,
    );
    // Another vehicle, taken for this one for a moment.
    const mistaken = sampleDetection();
    await storeHit({ repeatOf: hit.id, state: 'withdrawn' }, mistaken);
    const apart = await storeHit({ match: matchOf({ id: 'a-1' }) }, mistaken);

    expect((await seeAll(again)).id).toBe(hit.id);
    expect(audited.at(-1)?.object).toBe(`hit ${hit.id}`);
    dispatch(again, 'verified', time.ms);
    expect(await act(openHit, { id: hit.id })).toMatchObject({ state: 'validated' });
    const shown = await act(openHit, { id: again.id });
    expect(shown).toMatchObject({ id: again.id, repeatOf: hit.id, state: 'validated' });
    expect(shown.visual.vehicle?.answer).toBe('yes');

    const closed = await dispose(again, { outcome: 'arrest' });
    expect([closed.view.id, closed.also]).toEqual([hit.id, [other.id]]);
    expect(updates().filter(({ event }) => event === 'alert.disposed')).toMatchObject([
      { hitId: hit.id },
      { hitId: other.id },
    ]);
    expect(verification.standing(again.id)?.state).toBe('disposed');
    expect(verification.precision('all', 0, time.ms + 1).figures).toMatchObject([{ right: 2 }]);
    const open = (await act(listOpenHits, {})).hits.map(({ id }) => id);
    expect(open).toEqual([apart.id]);
    // The first sighting may be purged before the later one.
    const lost = '0192aaaa-0000-7000-8000-000000000001';
    const alone = await storeHit({ repeatOf: lost });
    expect((await dispose(alone, { outcome: 'no_action' })).view.id).toBe(alone.id);
  });

  it('VER-11: a misread keeps what was read and what it was, and is counted by camera', async () => {
    const { storeHit, act, dispose, verification } = openVerification();
    const hit = await storeHit({ head: 'left' });
    await expect(dispose(hit, { outcome: 'misread_characters' })).rejects.toThrow(/as it is on/);
    await expect(
      dispose(hit, { outcome: 'misread_characters', correctedPlate: '8abc 123' }),
    ).rejects.toThrow(/as it is on/);
    await dispose(hit, { outcome: 'misread_characters', correctedPlate: 'babc-123' });
    const other = await storeHit({ head: 'left' });
    await expect(dispose(other, { outcome: 'misread_state' })).rejects.toThrow(/state of issue/);
    await dispose(other, { outcome: 'misread_state', correctedState: 'NV' });

    const errors = await act(listWrongAlerts, {}, 'auditor');
    expect(errors).toMatchObject([
      {
        hitId: hit.id,
        head: 'left',
        outcome: 'misread_characters',
        correction: {
          original: { plate: '8ABC123', state: 'CA' },
          corrected: { plate: 'BABC123', state: 'CA' },
        },
      },
      { outcome: 'misread_state', correction: { corrected: { plate: '8ABC123', state: 'NV' } } },
    ]);
    expect(verification.precision('head', 0, Number.MAX_SAFE_INTEGER / 1000).figures).toMatchObject(
      [{ group: 'left', wrong: 2, errors: { misread_characters: 1, misread_state: 1 } }],
    );
  });

  it('VER-11: closing it again corrects a disposition; both stay on record', async () => {
    const { storeHit, dispose, notWanted, verification, time } = openVerification();
    const hit = await storeHit();
    await notWanted(hit);
    await dispose(hit, { outcome: 'stale_entry' });
    time.ms += 60_000;
    const { view } = await dispose(hit, { outcome: 'not_located' });
    expect(view.disposition?.outcome).toBe('not_located');
    expect(view.steps.map(({ kind }) => kind)).toEqual(['status', 'disposition', 'disposition']);
    const { figures } = verification.precision('all', 0, time.ms + 1);
    expect(figures).toMatchObject([{ wrong: 0, undetermined: 1 }]);
  });

  it('what was decided outlives the hit without its plate, and the steps go with it', async () => {
    const { storeHit, dispose, db, verification, time } = openVerification();
    const hit = await storeHit();
    await dispose(hit, { outcome: 'not_located' });
    db.prepare('DELETE FROM hit WHERE id = ?').run(hit.id);
    expect(db.prepare('SELECT count(*) FROM verification_step').pluck().get()).toBe(0);
    expect(verification.precision('all', 0, time.ms + 1).figures[0]?.undetermined).toBe(1);
    const kept = JSON.stringify(db.prepare('SELECT * FROM verification_outcome').all());
    expect(kept).not.toContain('8ABC123');
  });
});

describe('silence after a disposition', () => {
  it('HOT-11: a recovered vehicle is to be taken off its list and is silent at once', async () => {
    const { storeHit, seeAll, confirm, dispose, verification, time } = openVerification();
    const match = matchOf({}, { list: { ...matchOf({}).list, type: 'specific', name: 'BOLO' } });
    const hit = await storeHit({ match });
    await seeAll(hit);
    await confirm(hit);
    expect(verification.isMuted(match, '8ABC123')).toBe(false);
    const closed = await dispose(hit, { outcome: 'recovered' });
    expect(closed.prompt).toContain('remove svs-1 from BOLO');
    expect(closed.muted).toEqual({ scope: 'entry', until: null });
    expect(verification.isMuted(match, '8ABC123')).toBe(true);
    // The pass that it was disposed of in goes on as it was; the next one is silent.
    expect(verification.isMuted(match, '8ABC123', raisedAtMs)).toBe(false);
    expect(verification.isMuted(match, '8ABC123', time.ms + 1000)).toBe(true);
    // Read a little differently it is the same vehicle.
    expect(verification.isMuted({ ...match, tier: 'near' }, 'BABC123')).toBe(true);
  });

  it.each(['stale_entry', 'bad_entry', 'not_wanted'] as const)(
    'VER-11: after %s the vehicle is silent until its entry changes',
    async (outcome) => {
      const { storeHit, dispose, notWanted, verification, time } = openVerification();
      const hit = await storeHit();
      if (outcome !== 'bad_entry') {
        // Nobody silences a vehicle without the source that says so.
        await expect(dispose(hit, { outcome })).rejects.toThrow(
          /who confirmed that it is no longer wanted/,
        );
        await notWanted(hit);
      }
      await dispose(hit, { outcome });
      expect(verification.isMuted(hit.match, '8ABC123')).toBe(true);
      time.ms += 400 * 86_400_000;
      expect(verification.isMuted(hit.match, '8ABC123')).toBe(true);
      // The list's age and version are no change of the entry.
      const { list } = hit.match;
      const newer = { ...hit.match, list: { ...list, asOf: '2026-04-01T00:00:00.000Z', ageS: 5 } };
      expect(verification.isMuted(newer, '8ABC123')).toBe(true);
      expect(verification.isMuted(matchOf({ reason: 'Stolen again' }), '8ABC123')).toBe(false);
      expect(verification.isMuted(matchOf({ id: 'svs-2' }), '8ABC123')).toBe(false);
      const elsewhere = { ...hit.match, list: { ...list, id: 'bolo' } };
      expect(verification.isMuted(elsewhere, '8ABC123')).toBe(false);
    },
  );

  it('VER-11: a near misread silences that reading; the wanted plate itself still alerts', async () => {
    const { storeHit, dispose, verification } = openVerification();
    const base = sampleHit(sampleDetection());
    const match = matchOf({ plate: 'BABC123' }, { tier: 'near' });
    const hit = await storeHit({ match, read: base.read });
    await dispose(hit, { outcome: 'misread_characters', correctedPlate: '8ABC128' });
    expect(verification.isMuted(match, '8ABC123')).toBe(true);
    expect(verification.isMuted({ ...match, tier: 'exact' }, 'BABC123')).toBe(false);
  });

  it('VER-11: a misread that looks just like the wanted plate is silent for a shift, not for good', async () => {
    const { storeHit, dispose, verification, time } = openVerification();
    const hit = await storeHit();
    const closed = await dispose(hit, { outcome: 'misread_state', correctedState: 'NV' });
    expect(closed.muted).toMatchObject({ scope: 'plate' });
    expect(verification.isMuted(hit.match, '8ABC123')).toBe(true);
    time.ms += 12 * 3_600_000;
    expect(verification.isMuted(hit.match, '8ABC123')).toBe(false);
  });

  it('a wildcard entry stays awake for other plates', async () => {
    const { storeHit, dispose, notWanted, verification } = openVerification();
    const match = matchOf({ plate: '8A*' }, { tier: 'partial' });
    const hit = await storeHit({ match });
    await notWanted(hit);
    await dispose(hit, { outcome: 'not_wanted' });
    expect(verification.isMuted(match, '8ABC123')).toBe(true);
    expect(verification.isMuted(match, '8AXX999')).toBe(false);
  });

  it('mutes are listed, and lifted by who manages the lists', async () => {
    const { storeHit, dispose, act, verification } = openVerification();
    const hit = await storeHit();
    await dispose(hit, { outcome: 'bad_entry' });
    const [mute] = await act(listMutes, {});
    expect(mute).toMatchObject({ list: 'svs', entry: 'svs-1', outcome: 'bad_entry', until: null });
    await act(liftMute, { id: mute?.id ?? '' }, 'alpr_administrator');
    expect(verification.isMuted(hit.match, '8ABC123')).toBe(false);
    await expect(act(liftMute, { id: mute?.id ?? '' })).rejects.toThrow(/no mute/);
  });

  it('asking whether an entry is muted is cheap', async () => {
    const { storeHit, dispose, verification } = openVerification();
    const hit = await storeHit();
    await dispose(hit, { outcome: 'bad_entry' });
    const before = cpuMs();
    for (let count = 0; count < 1000; count += 1) verification.isMuted(hit.match, '8ABC123');
    expect(cpuMs() - before).toBeLessThan(1000);
  });
});

describe('error reports', () => {
  it('VER-12: an employee reports a violation: audited, kept, and sent to a supervisor', async () => {
    const { act, audited, outbox } = openVerification('barstow');
    const text = 'A search was run on a neighbour without a case.';
    const report = await act(reportError, {
      kind: 'violation',
      subject: 'Search without a case',
      text,
    });
    expect(audited.at(-1)).toMatchObject({
      category: 'Error Report',
      operation: 'errors.report',
      outcome: 'done',
      object: 'report of a violation',
      query: {},
    });
    const message = waitingOf(outbox).find((each) => each.topic === 'report');
    const body = JSON.parse(message?.json ?? '');
    expect(body).toMatchObject({ id: report.id, kind: 'violation', text, to: ['supervisor'] });
    const envelope = {
      id: message?.id,
      type: 'report',
      agency: 'test-pd',
      unit: 'unit-7',
      sentAt: new Date(raisedAtMs).toISOString(),
      body,
    };
    expect(reportMessageSchema.parse(envelope)).toEqual(envelope);
    await expect(act(reportError, { kind: 'error', subject: 'x', text })).rejects.toThrow(
      /subject/,
    );
  });
});
