import { describe, expect, it } from 'vitest';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';
import { alertUpdateSchema } from '../../../src/accountability/verification/alert-update.ts';
import {
  claimHit,
  openHit,
  releaseHit,
} from '../../../src/accountability/verification/operations.ts';
import { sampleDetection } from '../../records/samples.ts';
import { openVerification } from './open-verification.ts';

const { dispatcher: asDispatcher = [] } = loadPolicy({ profile: 'barstow', overrides: {} }).policy
  .roles;
const diaz = { role: 'dispatcher', username: 'mdiaz', permissions: asDispatcher } as const;
const cole = { role: 'dispatcher', username: 'cole', permissions: asDispatcher } as const;

describe('an alert that a dispatcher takes (B 466.9)', () => {
  it('DSP-2: is on its card at headquarters and at the unit with their name, until it is given back', async () => {
    const unit = openVerification('barstow');
    const headquarters = openVerification('barstow', { place: 'headquarters' });
    const detection = sampleDetection();
    const hit = await unit.storeHit({}, detection);
    await headquarters.takeHit(hit, detection);
    const tell = () => {
      for (const { lane: _, ...update } of headquarters.updates()) {
        unit.verification.takeUpdate(alertUpdateSchema.parse(update), {
          place: 'headquarters',
          unit: 'headquarters',
        });
      }
    };
    const taken = await headquarters.perform(diaz, claimHit, { id: hit.id });
    expect(taken).toMatchObject({ state: 'raised', claim: { why: null } });
    tell();
    expect(unit.verification.standing(hit.id)?.claim?.by).toMatch(/, headquarters$/);
    await headquarters.perform(diaz, releaseHit, { id: hit.id });
    tell();
    expect(unit.verification.standing(hit.id)?.claim).toBeNull();
    expect(headquarters.verification.open(hit.id).claim).toBeNull();
    expect(unit.verification.open(hit.id).steps.map(({ kind }) => kind)).toEqual([
      'claimed',
      'released',
    ]);
  });

  it('is refused to another, who takes it over with a reason only', async () => {
    const { storeHit, perform, audited, time } = openVerification('barstow');
    const hit = await storeHit();
    await perform(diaz, claimHit, { id: hit.id });
    await expect(perform(cole, claimHit, { id: hit.id })).rejects.toThrow(/has taken this alert/);
    await expect(perform(cole, releaseHit, { id: hit.id })).rejects.toThrow(/may give it back/);
    const why = 'The shift of the first one has ended.';
    time.ms += 1000;
    const over = await perform(cole, claimHit, { id: hit.id, why });
    expect(over.claim).toMatchObject({ why });
    await expect(perform(diaz, releaseHit, { id: hit.id })).rejects.toThrow(/You have not taken/);
    expect(JSON.stringify(audited)).not.toContain('shift of the first');
  });

  it('ends by itself after an hour, and with the disposition', async () => {
    const { storeHit, perform, act, dispose, time, verification } = openVerification('barstow');
    const hit = await storeHit();
    await perform(diaz, claimHit, { id: hit.id });
    time.ms += 59 * 60_000;
    expect((await act(openHit, { id: hit.id })).claim).not.toBeNull();
    time.ms += 2 * 60_000;
    expect((await act(openHit, { id: hit.id })).claim).toBeNull();
    expect((await perform(cole, claimHit, { id: hit.id })).claim).toMatchObject({ why: null });
    await dispose(hit, { outcome: 'no_action' });
    expect(verification.open(hit.id).claim).toBeNull();
    await expect(perform(cole, claimHit, { id: hit.id })).rejects.toThrow(/is closed/);
  });

  it('is not for those who may only watch alerts', async () => {
    const { storeHit, perform } = openVerification('barstow');
    const hit = await storeHit();
    const watcher = { role: 'dispatcher', permissions: ['alerts.watch'] } as const;
    await expect(perform(watcher, claimHit, { id: hit.id })).rejects.toThrow(/alerts\.respond/);
  });
});
