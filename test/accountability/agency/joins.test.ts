import { expect, test } from 'vitest';
import {
  accountKey,
  isSameAccount,
  joinAccounts,
  type SharedAccount,
  sharedAccountSchema,
} from '../../../src/accountability/access/shared-account.ts';
import type { SharedEntry } from '../../../src/accountability/hotplates/hot-plate.ts';
import { isSameEntry, newerEntry } from '../../../src/accountability/hotplates/newer-entry.ts';
import { reportRecovered } from '../../../src/accountability/hotplates/operations.ts';
import { noon, openHotPlates, read, supervisor, whole } from '../hotplates/open-hot-plates.ts';

const tries = 3000;

/** Numbers that look random and are the same at each run. */
function createDice(seed: number) {
  let state = seed;
  const roll = (sides: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * sides);
  };
  return { roll, pick: <T>(of: readonly T[]): T => of[roll(of.length)] as T };
}
const dice = createDice(7);

const person = {
  account: '0193e9a0-0000-7000-8000-000000000001',
  username: 'ada',
  name: 'Ada Cole',
  role: 'alpr_administrator',
};

/** Any state of one entry; few revisions, so that many are of the same. */
function anyEntry(): SharedEntry {
  const state = dice.pick([
    'active',
    'active',
    'expired',
    'removed',
    'awaiting',
    'refused',
  ] as const);
  return {
    id: '0193e9a0-0000-7000-8000-000000000002',
    revision: 1 + dice.roll(4),
    state,
    content: null,
    pastReads: null,
    enteredBy: person,
    enteredAt: '2026-11-01T00:00:00.000Z',
    approvedBy: null,
    approvedAt: null,
    approvalNote: dice.pick([null, 'seen', 'known']),
    standingSince: null,
    confirmedAt: null,
    renewals: dice.roll(2),
    ...(dice.roll(4) === 0 && { restorations: 1 }),
    ended: null,
  };
}

function anyAccount(): SharedAccount {
  const at = () => `2026-11-0${1 + dice.roll(3)}T00:00:00.000Z`;
  return sharedAccountSchema.parse({
    id: dice.pick([person.account, '0193e9a0-0000-7000-8000-000000000003']),
    username: 'moss',
    requestedBy: 'Sgt. Cruz',
    createdBy: 'ada',
    createdAt: at(),
    standing: {
      revision: 1 + dice.roll(3),
      state: dice.pick(['pending', 'active', 'deactivated', 'closed']),
      since: at(),
      reason: dice.pick([null, 'left']),
      approvedBy: null,
      approvedAt: null,
    },
    rights: {
      revision: 1 + dice.roll(3),
      name: dice.pick(['Pat Moss', 'P. Moss']),
      role: dice.pick(['officer', 'supervisor']),
      organisation: 'test-pd',
      trainingCourse: null,
      trainingCompletedOn: null,
      trainingExpiresOn: null,
      retraining: null,
      cletsUntil: null,
      listSources: [],
    },
    secrets: { revision: 1 + dice.roll(3), sealed: dice.pick([null, 'AAAA', 'BBBB']) },
    lastUsedOn: dice.pick([null, '2026-11-01', '2026-11-02']),
  });
}

test('of states of a hot plate the same counts in whatever order they arrive, and a removal before all', () => {
  for (let count = 0; count < tries; count += 1) {
    const [one, two, three] = [anyEntry(), anyEntry(), anyEntry()];
    expect(isSameEntry(newerEntry(one, two), newerEntry(two, one))).toBe(true);
    const first = newerEntry(newerEntry(one, two), three);
    expect(first).toEqual(newerEntry(one, newerEntry(two, three)));
    // A removal that was taken back counts no more; one that was made after that does.
    const all = [one, two, three];
    const most = Math.max(...all.map(({ restorations = 0 }) => restorations));
    const isRemoved = all.some(
      ({ state, restorations = 0 }) => state === 'removed' && restorations === most,
    );
    expect(first.state === 'removed').toBe(isRemoved);
  }
});

test('HOT-11: a vehicle that was not recovered after all is on the list of every unit again', async () => {
  const [one, other] = [openHotPlates(), openHotPlates()];
  const { id } = await one.list(whole);
  /** Hands over what one unit has sent, the latest last, or all of it the other way round. */
  const tell = (messages: SharedEntry[]) => {
    for (const message of messages) other.hotPlates.take(message, 'unit-7', noon);
  };
  await one.perform(supervisor, reportRecovered, { id });
  tell(one.messages());
  expect(other.matcher().match(read('7ABC123'))).toEqual([]);
  const by = { account: id, username: 'reyes', name: 'Test reyes', role: 'officer' };
  expect(one.hotPlates.restoreRecovered({ id, sinceMs: noon, by }, noon)).toBe(true);
  tell(one.messages());
  expect(other.matcher().match(read('7ABC123'))).toHaveLength(1);
  tell(one.messages().reverse());
  expect(other.matcher().match(read('7ABC123'))).toHaveLength(1);
});

test('USR-4: states of an account join to the same in whatever order they arrive, and a closed one stays closed', () => {
  for (let count = 0; count < tries; count += 1) {
    const [one, two, three] = [anyAccount(), anyAccount(), anyAccount()];
    const joined = joinAccounts(joinAccounts(one, two), three);
    expect(joined).toEqual(joinAccounts(three, joinAccounts(two, one)));
    expect(joined).toEqual(joinAccounts(joinAccounts(one, three), two));
    expect(isSameAccount(joinAccounts(joined, two), joined)).toBe(true);
    const isAnyClosed = [one, two, three].some(({ standing }) => standing.state === 'closed');
    expect(joined.standing.state === 'closed').toBe(isAnyClosed);
    if (isAnyClosed) expect(joined.secrets.sealed).toBeNull();
  }
});

test('a password that is set on one unit and a role on another are both in the joined account', () => {
  const base = { ...anyAccount(), secrets: { revision: 1, sealed: 'AAAA' } };
  const standing = { ...base.standing, state: 'active' as const };
  const password = { ...base, standing, secrets: { revision: 2, sealed: 'BBBB' } };
  const rights = { ...base.rights, revision: base.rights.revision + 1, role: 'chief' as const };
  const role = { ...base, standing, rights };
  expect(joinAccounts(password, role)).toMatchObject({
    secrets: { sealed: 'BBBB' },
    rights: { role: 'chief' },
  });
});

test('the key of an account is a valid id, and another for each username', () => {
  expect(sharedAccountSchema.shape.id.safeParse(accountKey('moss')).success).toBe(true);
  expect(accountKey('moss')).toBe(accountKey('moss'));
  expect(accountKey('moss')).not.toBe(accountKey('cruz'));
});
