import { describe, expect, it, test } from 'vitest';
import type { StatedInquiry } from '../../../src/accountability/gate/client.ts';
import type { Permission, Role } from '../../../src/accountability/gate/permissions.ts';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';
import { profileNames } from '../../../src/accountability/policy/read-profile.ts';
import {
  checkOccupant,
  claimHit,
  confirmStatus,
  confirmVisual,
  declareExigent,
  disposeHit,
  listHits,
  listMutes,
  listOpenHits,
  openHit,
  recordEnforcement,
  releaseHit,
  reopenHit,
  startConfirmation,
} from '../../../src/accountability/verification/operations.ts';
import { reportError } from '../../../src/accountability/verification/report-operations.ts';
import { openHitList } from '../../../src/cli/hit-text.ts';
import { sampleDetection } from '../../records/samples.ts';
import { openStaffedUnit } from '../../support/staffed-unit.ts';
import { matchOf, openVerification } from './open-verification.ts';

const why: StatedInquiry = {
  purpose: 'investigation',
  incidentNumber: '26-0042',
  reason: 'Alert on duty',
};
const words = 'Child heard screaming in it.';

/** Every deed on a hit, by the name of its operation. */
const deeds = {
  visual: [confirmVisual, { vehicle: 'unknown' }],
  asked: [startConfirmation, {}],
  status: [confirmStatus, { channel: 'dispatch', source: 'Dispatcher 12', result: 'confirmed' }],
  occupant: [checkOccupant, { answer: 'yes' }],
  exigent: [declareExigent, { text: words }],
  enforce: [recordEnforcement, { action: 'stop' }],
  dispose: [disposeHit, { outcome: 'not_located', notes: words }],
  reopen: [reopenHit, { why: words }],
  claim: [claimHit, {}],
  release: [releaseHit, {}],
} as const;

describe('whoever may not look at a hit may not deal with it either (USR-9)', () => {
  it.each(['barstow', 'walnut-creek'])(
    'under %s, without learning of its plate, list or vehicle',
    async (profile) => {
      const unit = await openStaffedUnit(profile);
      const officer = await unit.enrol('reyes', 'officer');
      const entitled = await unit.enrol('moss', 'officer', { listSources: ['state'] });
      const hit = await unit.storeHit({
        match: matchOf({}, { list: { ...matchOf({}).list, id: 'svs' } }),
      });
      const withheld = { hits: 1, open: 1 };
      expect(await officer.perform(listHits, {}, why)).toEqual({ hits: [], more: 0, withheld });
      const open = await officer.perform(listOpenHits, {});
      expect(open).toEqual({ hits: [], more: 0, withheld });
      expect(openHitList(open)).toMatch(/^No alert is open on the lists that you may see/);
      expect((await entitled.perform(openHit, { id: hit.id }, why)).plate).toBe('8ABC123');
      for (const [operation, input] of [[openHit, {}], ...Object.values(deeds)] as const) {
        const done = officer.perform(operation as typeof openHit, { id: hit.id, ...input }, why);
        const error = await done.then(
          () => null,
          (refused: Error & { code?: string }) => refused,
        );
        expect([operation.name, error?.code]).toEqual([operation.name, 'source-not-permitted']);
        expect(error?.message).not.toMatch(/8ABC123|svs|stolen|Subaru/i);
      }
      const report = {
        kind: 'error',
        subject: 'Wrong colour',
        text: words,
        hitId: hit.id,
      } as const;
      await expect(officer.perform(reportError, report)).rejects.toThrow(/not authorised/);
      await expect(
        officer.perform(reportError, { ...report, hitId: hit.id.slice(-6) }),
      ).rejects.toThrow(/not authorised/);
      const filed = await entitled.perform(reportError, { ...report, hitId: hit.id.slice(-6) });
      expect(filed.hitId).toBe(hit.id);
      // One that is purged, or of another unit, is no secret of this one.
      const gone = '0192aaaa-0000-7000-8000-000000000001';
      expect((await officer.perform(reportError, { ...report, hitId: gone })).hitId).toBe(gone);
      const refused = unit.accountability.audit
        .read({ outcome: 'refused' }, { limit: 100 })
        .map(({ operation }) => operation);
      expect(refused).toEqual(
        expect.arrayContaining(Object.values(deeds).map(([{ name }]) => name)),
      );
      expect((await entitled.perform(openHit, { id: hit.id })).steps).toEqual([]);

      await entitled.perform(disposeHit, { id: hit.id, outcome: 'bad_entry', notes: words });
      expect(await officer.perform(listMutes, {})).toEqual([]);
      const [mute] = await entitled.perform(listMutes, {});
      expect(mute).toMatchObject({ outcome: 'bad_entry' });
    },
  );

  it.each(['vallejo', 'napa', 'vigilant-429'])(
    'under %s a new officer deals with what alerts them',
    async (profile) => {
      const unit = await openStaffedUnit(profile);
      const officer = await unit.enrol('reyes', 'officer');
      const hit = await unit.storeHit();
      expect((await officer.perform(openHit, { id: hit.id }, why)).plate).toBe('8ABC123');
      const seen = await officer.perform(confirmVisual, { id: hit.id, vehicle: 'yes' });
      expect(seen.visual.vehicle?.answer).toBe('yes');
    },
  );
});

it('closing a hit leaves the same vehicle open on a list that the person may not see (USR-9)', async () => {
  const unit = await openStaffedUnit('barstow');
  const officer = await unit.enrol('moss', 'officer', { listSources: ['state'] });
  const detection = sampleDetection();
  const { list } = matchOf({});
  const seen = await unit.storeHit(
    { match: matchOf({}, { list: { ...list, id: 'svs' } }) },
    detection,
  );
  const hidden = matchOf({ id: 'other-1' }, { list: { ...list, id: 'other' } });
  const unseen = await unit.storeHit({ match: hidden }, detection);
  const closed = await officer.perform(
    disposeHit,
    { id: seen.id, outcome: 'not_located', notes: 'Lost in traffic.', cadNumber: '26-0042' },
    why,
  );
  expect(closed.also).toEqual([]);
  expect(JSON.stringify(closed)).not.toContain(unseen.id);
  const open = await unit.administrator.perform(openHit, { id: unseen.id }, why);
  expect(open.state).not.toBe('disposed');
});

it('a filler is no number of a case, for a look, a deed and a disposition (AUD-1, VER-8)', async () => {
  const unit = await openStaffedUnit('vallejo');
  const officer = await unit.enrol('reyes', 'officer');
  const hit = await unit.storeHit();
  const form = /format: letters, digits, - and \/, with three digits at least/;
  for (const filler of ['x1x', 'case', '000']) {
    const { incidentNumber: _, ...rest } = why;
    await expect(
      officer.perform(openHit, { id: hit.id }, { ...rest, caseNumber: filler }),
    ).rejects.toThrow(form);
    await expect(
      officer.perform(startConfirmation, { id: hit.id }, { ...rest, incidentNumber: filler }),
    ).rejects.toThrow(form);
    for (const number of [{ cadNumber: filler }, { reportNumber: filler }]) {
      const closing = { id: hit.id, outcome: 'not_located', ...number } as const;
      await expect(officer.perform(disposeHit, closing, why)).rejects.toThrow(form);
    }
  }
  expect((await officer.perform(openHit, { id: hit.id }, why)).state).toBe('raised');
});

it('a deed asks for a purpose as a look does, once for a hit, and both are on record (AUD-2)', async () => {
  const unit = await openStaffedUnit('vallejo');
  const officer = await unit.enrol('reyes', 'officer');
  const [hit, other] = [await unit.storeHit(), await unit.storeHit()];
  const start = (id: string, inquiry?: StatedInquiry) =>
    officer.perform(startConfirmation, { id }, inquiry);
  await expect(start(hit.id)).rejects.toThrow(/State the purpose of this inquiry/);
  await start(hit.id, why);
  await officer.perform(openHit, { id: hit.id });
  await officer.perform(declareExigent, { id: hit.id, text: words });
  await expect(start(other.id)).rejects.toThrow(/State the purpose/);

  const done = unit.accountability.audit
    .read({ outcome: 'done' }, { limit: 100 })
    .filter(({ object }) => object === `hit ${hit.id}`);
  expect(done.map(({ category, operation }) => `${category}: ${operation}`).sort()).toEqual([
    'Disposition: hits.exigent',
    'Disposition: hits.start-confirmation',
    'Hit List Browsing: hits.exigent',
    'Hit List Browsing: hits.open',
    'Hit List Browsing: hits.start-confirmation',
  ]);
  for (const { inquiry } of done) expect(inquiry).toMatchObject({ purpose: 'investigation' });
  // Words about people could not be struck from the log.
  expect(JSON.stringify(done)).not.toContain('screaming');
});

describe('dispatchers tell and ask, and do not enforce (B 466.10)', () => {
  const civilians: Role[] = [
    'dispatcher',
    'dispatch_supervisor',
    'police_assistant',
    'crime_analyst',
  ];
  test.each(profileNames())('no profile lets them: %s', (profile) => {
    const { roles } = loadPolicy({ profile, overrides: {} }).policy;
    for (const role of civilians) expect(roles[role] ?? []).not.toContain('alerts.enforce');
    for (const role of ['officer', 'detective', 'supervisor'] as const) {
      expect(roles[role]).toContain('alerts.enforce');
    }
  });

  it('an arrest is theirs to note only once an officer recorded the action', async () => {
    const { storeHit, perform, seeAll, confirm, policy } = openVerification('barstow');
    const permissions = policy.roles.dispatcher as Permission[];
    const dispatcher = { role: 'dispatcher', permissions } as const;
    const hit = await storeHit();
    await perform(dispatcher, startConfirmation, { id: hit.id });
    await expect(perform(dispatcher, declareExigent, { id: hit.id, text: words })).rejects.toThrow(
      /needs alerts.enforce/,
    );
    await expect(
      perform(dispatcher, recordEnforcement, { id: hit.id, action: 'stop' }),
    ).rejects.toThrow(/needs alerts.enforce/);
    await seeAll(hit);
    await confirm(hit);
    const arrest = { id: hit.id, outcome: 'arrest', cadNumber: '26-0042' } as const;
    await expect(perform(dispatcher, disposeHit, arrest)).rejects.toThrow(/once an officer has/);
    await perform({ role: 'officer' }, recordEnforcement, { id: hit.id, action: 'arrest' });
    expect((await perform(dispatcher, disposeHit, arrest)).view.state).toBe('disposed');
  });
});

describe('the id of a hit', () => {
  it('is taken by its start or its end, and one that several have is refused with them', async () => {
    const { storeHit, act, audited } = openVerification('vallejo');
    const first = await storeHit({ id: '01970000-0000-7000-8000-00000000aaaa' });
    const second = await storeHit({ id: '01970000-0000-7000-8000-00000001bbbb' });
    expect((await act(openHit, { id: 'AAAA' })).id).toBe(first.id);
    expect((await act(openHit, { id: '1bbbb' })).id).toBe(second.id);
    expect((await act(openHit, { id: second.id.slice(0, 33) })).id).toBe(second.id);
    expect(audited.at(-1)?.object).toBe(`hit ${second.id}`);
    await expect(act(openHit, { id: '01970000' })).rejects.toThrow(
      `2 hits have 01970000 in their id; give more of it: ${second.id}, ${first.id}.`,
    );
    await expect(act(openHit, { id: 'cccc' })).rejects.toThrow(/There is no hit cccc/);
    await expect(act(openHit, { id: 'aa' })).rejects.toThrow(/at least 4 characters/);
    expect((await act(openHit, { id: first.id })).shortId).toBe('00aaaa');
  });
});
