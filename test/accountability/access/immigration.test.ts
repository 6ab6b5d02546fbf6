import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Request } from '../../../src/accountability/gate/client.ts';
import { perform } from '../../../src/accountability/gate/perform.ts';
import { searchDetections } from '../../../src/accountability/search/operations.ts';
import { attack, type UnitUnderAttack } from '../../attack/unit-under-attack.ts';

const day = { from: '2026-11-01', to: '2026-11-02' };

/** Searches as the administrator, who made the unit's first account. */
async function searchOn(unit: UnitUnderAttack, reason: string, caseNumber: string | null = null) {
  const token = await unit.login('ada');
  const { gate } = unit.accountability;
  const client = {
    perform: (request: Request) => gate.perform({ ...request, token, from: 'page 127.0.0.1' }),
  };
  return perform(client, searchDetections, day, { purpose: 'investigation', reason, caseNumber });
}

const lastSearch = (unit: UnitUnderAttack) =>
  unit.accountability.audit.read({}, { limit: 1, newest: true })[0];

describe.each(['vallejo', 'napa'])('an inquiry under %s, whose policy forbids it', (profile) => {
  let unit: UnitUnderAttack;
  beforeAll(async () => {
    unit = await attack({ policy: { profile } });
  });
  afterAll(() => unit[Symbol.asyncDispose]());

  it.each([
    ['ICE asked for this plate', null],
    ['removal of aliens', null],
    ['burglary series', 'ICE-26-0042'],
  ])(
    'REL-4: is refused for immigration enforcement, with the section: %s',
    async (reason, number) => {
      const section = profile === 'napa' ? 'N 429.2' : 'V 426.7';
      await expect(searchOn(unit, reason, number)).rejects.toMatchObject({
        code: 'immigration-enforcement',
        message: expect.stringContaining(section),
      });
      expect(lastSearch(unit)).toMatchObject({
        operation: 'detections.search',
        outcome: 'refused',
        note: expect.stringContaining(section),
      });
    },
  );

  it('REL-4: is done where the words have another meaning too, and the auditor is told', async () => {
    await searchOn(unit, 'status check on the driver', '26-0042');
    expect(lastSearch(unit)).toMatchObject({
      operation: 'detections.search',
      outcome: 'done',
      note: expect.stringMatching(/the reason speaks of the status of a person: make sure/),
    });
    await searchOn(unit, 'removal of catalytic converters', '26-0042');
    expect(lastSearch(unit)).toMatchObject({ outcome: 'done', note: null });
  });
});

it('REL-4: a policy that is silent on immigration judges no reason', async () => {
  await using unit = await attack({ policy: { profile: 'barstow' } });
  await searchOn(unit, 'ICE asked for this plate');
  expect(lastSearch(unit)).toMatchObject({ outcome: 'done', note: null });
});
