import { describe, expect, it } from 'vitest';
import {
  checkOccupant,
  confirmStatus,
  confirmVisual,
  declareExigent,
  disposeHit,
  listHits,
  listOpenHits,
  openHit,
  recordEnforcement,
  startConfirmation,
} from '../../../src/accountability/verification/operations.ts';
import { matchOf, openVerification, raisedAtMs } from './open-verification.ts';

describe('what an officer sees', () => {
  it('VER-1: the observed plate is compared with the one that was read, on its own', async () => {
    const { storeHit, act } = openVerification();
    const hit = await storeHit();
    const before = await act(openHit, { id: hit.id });
    expect(before).toMatchObject({
      state: 'raised',
      plate: '8ABC123',
      visual: { characters: null },
    });
    const after = await act(confirmVisual, { id: hit.id, characters: 'yes' });
    expect(after.visual.characters).toEqual({
      answer: 'yes',
      shows: null,
      at: new Date(raisedAtMs + 10_000).toISOString(),
      by: 'Test officer (officer)',
    });
    expect(after.visual.state).toBeNull();
  });

  it('VER-2: only three times yes is visually verified; each answer keeps who and when', async () => {
    const { storeHit, act, time } = openVerification();
    const hit = await storeHit();
    const see = (input: object) => act(confirmVisual, { id: hit.id, ...input });
    expect((await see({ characters: 'yes', state: 'yes' })).state).toBe('raised');
    expect((await see({ vehicle: 'unknown' })).state).toBe('raised');
    time.ms += 5000;
    const seen = await see({ vehicle: 'yes' });
    expect(seen.state).toBe('visually_verified');
    expect(seen.visual.vehicle?.at).toBe(new Date(raisedAtMs + 15_000).toISOString());
    expect(seen.visual.state?.at).toBe(new Date(raisedAtMs + 10_000).toISOString());
    const mismatch = await see({ vehicle: 'no' });
    expect(mismatch.state).toBe('mismatch');
    expect(mismatch.act).toMatchObject({ allowed: false });
    await expect(see({})).rejects.toThrow(/say what you see: whether the characters/);
  });

  it('VER-2: when the read or the entry changes, the officer looks again', async () => {
    const { storeHit, seeAll, records, verification } = openVerification();
    const hit = await storeHit();
    expect((await seeAll(hit)).state).toBe('visually_verified');
    const { detectionId: id, agency, unit, head, fix, direction, motion } = hit;
    const amended = {
      ...hit,
      revision: 2,
      state: 'amended' as const,
      read: { ...hit.read, plate: '8ABC128' },
    };
    await records.storeHits({
      hits: [amended],
      detection: {
        id,
        agency,
        unit,
        head,
        fix,
        direction,
        motion,
        firstSeen: hit.raisedAt,
        lastSeen: hit.raisedAt,
        seenCount: 7,
        read: amended.read,
        unread: null,
        readFrom: 'ir',
        overviewMissing: null,
        closed: true,
        vehicle: { make: null, model: null, colour: null, body: null, identifiers: [] },
      },
      images: { plate: null, ir: null, overview: null, overviewMissing: 'not_fitted' },
    });
    expect(verification.open(hit.id)).toMatchObject({
      state: 'raised',
      plate: '8ABC128',
      visual: { characters: null, state: null, vehicle: null },
    });
  });
});

describe('whether it is still wanted', () => {
  it('VER-3: a confirmation names its source and its time, and is of this alert', async () => {
    const { storeHit, act, time } = openVerification();
    const hit = await storeHit();
    const confirm = (more: object) =>
      act(confirmStatus, {
        id: hit.id,
        channel: 'dispatch',
        source: 'Dispatcher 12',
        result: 'confirmed',
        ...more,
      });
    await expect(confirm({ source: '' })).rejects.toThrow(/name the dispatcher or the terminal/);
    await expect(confirm({ source: undefined })).rejects.toThrow(/source/);
    await expect(confirm({ channel: 'a friend' })).rejects.toThrow(/clets_mdc/);
    await expect(confirm({ at: new Date(time.ms + 3_600_000).toISOString() })).rejects.toThrow(
      /is in the future/,
    );
    await expect(confirm({ at: new Date(raisedAtMs - 3_600_000).toISOString() })).rejects.toThrow(
      /must be for this alert/,
    );
    const at = new Date(raisedAtMs + 4000).toISOString();
    const confirmed = await confirm({ at });
    expect(confirmed.state).toBe('status_confirmed');
    expect(confirmed.status).toEqual({
      channel: 'dispatch',
      source: 'Dispatcher 12',
      result: 'confirmed',
      at,
      by: 'Test officer (officer)',
    });
  });

  it('VER-4: the three channels are stored with their result, and no CLETS text has a place', async () => {
    const { storeHit, act, db } = openVerification();
    for (const channel of ['clets_mdc', 'dispatch', 'other_device'] as const) {
      const hit = await storeHit();
      const told = await act(confirmStatus, {
        id: hit.id,
        channel,
        source: 'MDC 14',
        result: 'no_response',
      });
      expect(told.status).toMatchObject({ channel, result: 'no_response' });
      expect(told.state).toBe('raised');
      await expect(
        act(confirmStatus, {
          id: hit.id,
          channel,
          result: 'confirmed',
          source: 'QV.CA0380100.LIC/8ABC123\nVYR/15 VMA/SUBA OWN/DOE, JOHN DOB/19700101 OCA/26-1',
        }),
      ).rejects.toThrow(/one short line/);
    }
    const columns = db
      .prepare(
        `SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
         WHERE m.type = 'table' AND (m.name LIKE 'verification%' OR m.name = 'error_report')`,
      )
      .pluck()
      .all();
    expect(columns.length).toBeGreaterThan(20);
    expect(columns.filter((name) => /clets|response|raw/i.test(String(name)))).toEqual([]);
  });

  it('VER-3: asking is shown, and an answer ends it', async () => {
    const { storeHit, act, confirm } = openVerification();
    const hit = await storeHit();
    const asking = await act(startConfirmation, { id: hit.id });
    expect(asking).toMatchObject({ state: 'confirmation_in_progress' });
    expect(asking.asked).toMatchObject({ by: 'Test officer (officer)' });
    expect(await confirm(hit)).toMatchObject({ state: 'status_confirmed', asked: null });
  });

  it('VER-4: not wanted ends it, whatever was confirmed before', async () => {
    const { storeHit, act, seeAll, confirm, time } = openVerification();
    const hit = await storeHit();
    await seeAll(hit);
    expect((await confirm(hit)).state).toBe('validated');
    time.ms += 1000;
    const over = await act(confirmStatus, {
      id: hit.id,
      channel: 'clets_mdc',
      source: 'MDC 14',
      result: 'not_wanted',
    });
    expect(over.state).toBe('not_wanted');
    expect(over.act.missing).toEqual(['the vehicle is not wanted']);
  });
});

describe('acting on an alert', () => {
  const profiles = [
    ['vigilant-429', 'required', false, false],
    ['strict', 'required', false, false],
    ['vallejo', 'required_unless_exigent', false, true],
    ['napa', 'required_unless_exigent', false, true],
    ['walnut-creek', 'recommended', true, true],
    ['barstow', 'recommended', true, true],
  ] as const;

  it.each(profiles)(
    'VER-5: under %s a status is %s',
    async (profile, clets, withoutStatus, exigentExit) => {
      const { storeHit, act, seeAll, confirm, policy } = openVerification(profile);
      expect(policy.verification.clets).toBe(clets);
      const hit = await storeHit();
      const seen = await seeAll(hit);
      expect(seen.act.allowed).toBe(withoutStatus);
      const words = 'the status is not confirmed by CLETS or dispatch';
      expect(withoutStatus ? seen.act.warnings : seen.act.missing).toEqual([words]);

      const exigent = act(declareExigent, { id: hit.id, text: 'Driver is ramming other cars.' });
      if (exigentExit) expect((await exigent).act.allowed).toBe(true);
      else await expect(exigent).rejects.toThrow(/no exigent exit/);
      expect((await confirm(hit)).act).toMatchObject({ allowed: true, missing: [], warnings: [] });
    },
  );

  it('VER-6: enforcement is refused before the alert is validated, and says what is missing', async () => {
    const { storeHit, act, seeAll, confirm, audited } = openVerification('vallejo');
    const hit = await storeHit();
    const stop = () => act(recordEnforcement, { id: hit.id, action: 'stop' });
    await expect(stop()).rejects.toThrow(
      'No action may be taken on this alert yet: not verified by eye that the characters on the vehicle are those of the listed plate; ' +
        'not verified by eye that the state of issue agrees; not verified by eye that the vehicle fits its description; ' +
        'the status is not confirmed by CLETS or dispatch.',
    );
    expect(audited.at(-1)).toMatchObject({ operation: 'hits.enforce', outcome: 'failed' });
    await seeAll(hit);
    await expect(stop()).rejects.toThrow(/status is not confirmed/);
    for (const outcome of ['arrest', 'citation', 'recovered', 'other_enforcement'] as const) {
      await expect(act(disposeHit, { id: hit.id, outcome, cadNumber: '26-0042' })).rejects.toThrow(
        /status is not confirmed/,
      );
    }
    expect((await confirm(hit)).state).toBe('validated');
    expect((await stop()).act.allowed).toBe(true);
  });

  it('VER-3: the exigent exit needs words, is audited, notifies a supervisor, and leaves a warning', async () => {
    const { storeHit, act, performRaw, seeAll, audited, updates } = openVerification('vallejo');
    const hit = await storeHit();
    await expect(act(declareExigent, { id: hit.id, text: 'hurry' })).rejects.toThrow(/sentence/);
    await expect(performRaw({ role: 'officer' }, 'hits.exigent', { id: hit.id })).rejects.toThrow(
      /text/,
    );
    const text = 'Child heard screaming in the vehicle.';
    const exigent = await act(declareExigent, { id: hit.id, text });
    expect(exigent).toMatchObject({ state: 'exigent', exigent: { text } });
    expect(exigent.act.warnings).toEqual(['the status is not confirmed by CLETS or dispatch']);
    expect(audited.at(-2)).toMatchObject({
      operation: 'hits.exigent',
      category: 'Disposition',
      outcome: 'done',
      object: `hit ${hit.id}`,
      query: { text: `(text of ${text.length} characters)` },
    });
    expect(updates().at(-1)).toMatchObject({
      event: 'alert.exigent',
      note: text,
      lane: 'hit',
      to: ['dispatch', 'supervisor'],
    });
    expect((await seeAll(hit)).act.allowed).toBe(true);
    const stopped = await act(recordEnforcement, { id: hit.id, action: 'stop' });
    expect(stopped.steps.at(-1)?.kind).toBe('enforcement');
    expect(updates().at(-1)).toMatchObject({
      event: 'alert.enforcement',
      note: expect.stringContaining('the status is not confirmed'),
    });
  });

  it.each(['vallejo', 'napa', 'barstow'])(
    'VER-2: under %s the plate is verified by eye also when it is exigent',
    async (profile) => {
      const { storeHit, act } = openVerification(profile);
      const hit = await storeHit({ match: matchOf({ category: 'wanted_person' }) });
      await act(declareExigent, { id: hit.id, text: 'Shots fired from the vehicle.' });
      await expect(act(recordEnforcement, { id: hit.id, action: 'stop' })).rejects.toThrow(
        'not verified by eye that the characters on the vehicle are those of the listed plate; ' +
          'not verified by eye that the state of issue agrees; not verified by eye that the vehicle fits its description' +
          // Barstow's policy is silent on who is in the vehicle.
          (profile === 'barstow'
            ? '.'
            : '; not checked whether the wanted person is in the vehicle, and no other basis given.'),
      );
    },
  );

  it('VER-6: what does not match is not acted on, exigent or not', async () => {
    const { storeHit, act } = openVerification('vallejo');
    const hit = await storeHit();
    await act(declareExigent, { id: hit.id, text: 'Shots fired from the vehicle.' });
    await act(confirmVisual, { id: hit.id, state: 'no' });
    await expect(act(recordEnforcement, { id: hit.id, action: 'stop' })).rejects.toThrow(
      /does not match the alert/,
    );
  });

  it('VER-2: where the list describes no vehicle none is compared, and the record says so', async () => {
    const { storeHit, act, confirm, dispose, updates } = openVerification('vallejo');
    const bare = { make: null, model: null, colour: null, year: null };
    const hit = await storeHit({ match: matchOf(bare) });
    const seen = await act(confirmVisual, { id: hit.id, characters: 'yes', state: 'yes' });
    expect(seen.state).toBe('visually_verified');
    expect(seen.vehicleUnasked).toBe('the list describes no vehicle');
    const { act: allowed, state } = await confirm(hit);
    expect([state, allowed.allowed, allowed.missing]).toEqual(['validated', true, []]);
    await act(recordEnforcement, { id: hit.id, action: 'stop' });
    expect(updates().at(-1)).toMatchObject({
      event: 'alert.enforcement',
      note: 'stop; the list describes no vehicle: it was not compared',
    });
    await dispose(hit, { outcome: 'arrest' });

    // Who sees that it cannot be the one is heard all the same.
    const other = await storeHit({ match: matchOf(bare) });
    const doubted = await act(confirmVisual, { id: other.id, vehicle: 'no' });
    expect(doubted.state).toBe('mismatch');
    // A hot plate gives body and marks in its reason.
    const list = { ...matchOf({}).list, id: 'hot-plates' };
    const marked = matchOf({ ...bare, reason: 'BOLO. Vehicle: van, ladder rack' }, { list });
    const described = await storeHit({ match: marked });
    const shown = await act(confirmVisual, { id: described.id, characters: 'yes', state: 'yes' });
    expect([shown.state, shown.vehicleUnasked]).toEqual(['raised', null]);
  });

  it('ALT-7: the age of a list is told as it was at the alert and as it is now', async () => {
    const { storeHit, act, time } = openVerification('vallejo');
    const asOf = new Date(time.ms - 3_600_000).toISOString();
    const { list } = matchOf({});
    const hit = await storeHit({ match: matchOf({}, { list: { ...list, asOf, ageS: 3590 } }) });
    time.ms += 7_200_000;
    expect((await act(openHit, { id: hit.id })).listAgeS).toEqual({ atAlert: 3590, now: 10_800 });
  });

  it('VER-6: a withdrawn alert justifies no action', async () => {
    const { storeHit, seeAll, confirm } = openVerification('vallejo');
    const hit = await storeHit({ state: 'withdrawn', revision: 2 });
    await seeAll(hit);
    expect((await confirm(hit)).act.missing[0]).toMatch(/withdrawn/);
  });

  it('VER-7: for a person-linked reason the occupant is asked for, and only then', async () => {
    const { storeHit, act, seeAll, confirm } = openVerification('napa');
    const car = await storeHit();
    expect((await act(openHit, { id: car.id })).occupant).toBeNull();
    await expect(act(checkOccupant, { id: car.id, answer: 'yes' })).rejects.toThrow(
      /not about a person/,
    );
    for (const category of ['wanted_person', 'warrant', 'missing_person', 'amber'] as const) {
      const hit = await storeHit({ match: matchOf({ category }) });
      expect((await seeAll(hit)).occupant).toEqual({ answer: null, basis: null });
      const confirmed = await confirm(hit);
      expect(confirmed.act.missing).toEqual([
        'not checked whether the wanted person is in the vehicle, and no other basis given',
      ]);
      const unsure = await act(checkOccupant, { id: hit.id, answer: 'unknown' });
      expect(unsure.act.allowed).toBe(false);
      const settled = await act(checkOccupant, {
        id: hit.id,
        answer: 'unknown',
        basis: 'Registration expired in January.',
      });
      expect(settled.act.allowed).toBe(true);
    }
  });

  it('VER-10: the pursuit policy is shown once the alert is validated, in the words of the agency', async () => {
    const pursuitText = 'Stops go by General Order 7.';
    const { storeHit, seeAll, confirm } = openVerification('vigilant-429', {
      overrides: { verification: { pursuitText } },
    });
    const hit = await storeHit();
    expect((await seeAll(hit)).pursuitText).toBeNull();
    expect((await confirm(hit)).pursuitText).toBe(pursuitText);
    const shipped = openVerification('vigilant-429').policy.verification.pursuitText;
    expect(shipped).toMatchInlineSnapshot(
      `"Any stop related to a hit follows the Vehicle Pursuit Policy."`,
    );
  });

  it('USR-9: hits of a list whose source a person may not browse are not shown to them', async () => {
    const { storeHit, perform } = openVerification('barstow');
    const list = { ...matchOf({}).list, id: 'ncic', name: 'NCIC extract' };
    const hit = await storeHit({ match: matchOf({}, { list }) });
    const local = await storeHit();
    const analyst = { role: 'detective', listSources: ['department', 'state'] } as const;
    const query = { since: '2026-03-04T00:00:00Z' };
    const shown = await perform(analyst, listHits, query);
    expect(shown.hits.map(({ id }) => id)).toEqual([local.id]);
    expect(shown.withheld).toEqual({ hits: 1, open: 1 });
    await expect(perform(analyst, openHit, { id: hit.id })).rejects.toThrow(/not authorised/);
    const all = await perform({ role: 'detective' }, listHits, query);
    expect(all.hits).toHaveLength(2);
    expect(all.withheld).toEqual({ hits: 0, open: 0 });
    expect((await perform(analyst, listOpenHits, {})).hits).toHaveLength(1);
    // What they may not see does not take the place of what they may.
    for (let n = 0; n < 3; n += 1) await storeHit({ match: matchOf({}, { list }) });
    const first = await perform(analyst, listHits, { ...query, limit: '1' });
    expect(first.hits.map(({ id }) => id)).toEqual([local.id]);
    const open = await perform(analyst, listOpenHits, { limit: '1' });
    expect(open).toMatchObject({ hits: [{ id: local.id }], withheld: { hits: 4, open: 4 } });
  });

  it('hits are found by time, list and state, newest first', async () => {
    const { storeHit, act, dispose } = openVerification();
    // A sighting of it today does not make it today's.
    const early = await storeHit({
      raisedAt: '2026-03-03T10:00:00.000Z',
      changedAt: '2026-03-05T00:00:02.000Z',
    });
    const second = await storeHit({
      raisedAt: '2026-03-05T00:00:01.000Z',
      changedAt: '2026-03-05T00:00:01.000Z',
    });
    const first = await storeHit();
    await dispose(first, { outcome: 'not_located' });
    const ids = async (query: object) => (await act(listHits, query)).hits.map(({ id }) => id);
    expect(await ids({})).toEqual([second.id, first.id]);
    expect(await ids({ since: '2026-03-01T00:00:00Z' })).toEqual([second.id, first.id, early.id]);
    expect(await ids({ until: '2026-03-04T00:00:00Z' })).toEqual([early.id]);
    expect(await ids({ state: 'disposed' })).toEqual([first.id]);
    expect(await ids({ list: 'bolo' })).toEqual([]);
    expect(await ids({ limit: '1' })).toEqual([second.id]);
    expect(await ids({ state: 'disposed', limit: '1' })).toEqual([first.id]);
    const open = (await act(listOpenHits, {})).hits.map(({ id }) => id);
    expect(open).toEqual([second.id, early.id]);
  });

  it('a hit that is not there is said to be none', async () => {
    const { act } = openVerification();
    const id = '0197e4a0-0000-7000-8000-000000000000';
    await expect(act(openHit, { id })).rejects.toThrow(/There is no hit/);
    await expect(act(declareExigent, { id, text: 'Driver is ramming cars.' })).rejects.toThrow(
      /There is no hit/,
    );
  });
});
