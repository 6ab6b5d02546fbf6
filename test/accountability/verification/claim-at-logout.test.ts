import { expect, it } from 'vitest';
import { perform } from '../../../src/accountability/gate/perform.ts';
import { claimHit } from '../../../src/accountability/verification/operations.ts';
import { openStaffedUnit } from '../../support/staffed-unit.ts';
import { goodPassword } from '../access/people-under-test.ts';

const from = 'page 127.0.0.1';
const why = { purpose: 'investigation', incidentNumber: '26-0042' };

/** A unit with a dispatcher, who logs in and takes alerts. */
async function openDispatch() {
  const staffed = await openStaffedUnit('vallejo');
  staffed.join('roe', 'dispatcher', 'Sam Roe');
  const { people, gate, verification, audit } = staffed.accountability;
  const login = async () => {
    const signedIn = { username: 'roe', password: goodPassword, noticeAcknowledged: true };
    const { token } = await people.login(signedIn, from);
    const client = { perform: (asked: object) => gate.perform({ ...asked, token, from } as never) };
    return {
      take: (id: string) => perform(client, claimHit, { id }, why),
      logout: () => people.logout(token, from),
    };
  };
  const audited = () =>
    audit
      .read({ operation: 'hits.release' }, { limit: 10, newest: true })
      .map(({ who, object, note }) => [who.username, object, note]);
  return { staffed, people, verification, login, audited };
}

it('DSP-2: who logs out gives back what they have taken, which is recorded as theirs and told', async () => {
  const { staffed, verification, login, audited } = await openDispatch();
  const [taken, kept] = [await staffed.storeHit(), await staffed.storeHit()];
  const told: string[] = [];
  verification.events.on('changed', (id) => told.push(id));
  const here = await login();
  const there = await login();
  await here.take(taken.id);
  expect(verification.open(taken.id).claim?.by).toContain('Sam Roe');
  // Another session of theirs goes on.
  here.logout();
  expect(verification.open(taken.id).claim).not.toBeNull();
  told.length = 0;
  there.logout();
  expect(verification.open(taken.id).claim).toBeNull();
  expect(told).toEqual([taken.id]);
  expect(audited()).toEqual([['roe', `hit ${taken.id}`, 'their last session has ended']]);
  expect(staffed.sent('alert').at(-1)).toMatchObject({ event: 'alert.released' });
  expect(verification.open(kept.id).steps).toEqual([]);
});

it('DSP-2: so does one whose session ends otherwise; what another has taken over stays theirs until they are out, too', async () => {
  const { staffed, people, verification, login, audited } = await openDispatch();
  staffed.join('cole', 'dispatcher', 'Kim Cole');
  const [own, lost] = [await staffed.storeHit(), await staffed.storeHit()];
  const roe = await login();
  await roe.take(own.id);
  await roe.take(lost.id);
  staffed.time.ms += 1000;
  await staffed.as('cole', claimHit, { id: lost.id, why: 'He is at another call.' }, why);
  people.endEverySession('the unit is locked');
  expect(verification.open(own.id).claim).toBeNull();
  expect(audited().map(([who, object]) => [who, object])).toEqual(
    expect.arrayContaining([
      ['roe', `hit ${own.id}`],
      ['cole', `hit ${lost.id}`],
    ]),
  );
  expect(audited()).toHaveLength(2);
});
