import { describe, expect, test } from 'vitest';
import { explainPolicy } from '../../../src/accountability/policy/explain-policy.ts';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';
import { showPolicy } from '../../../src/accountability/policy/operations.ts';
import { profileNames } from '../../../src/accountability/policy/read-profile.ts';
import { settingWords } from '../../../src/accountability/policy/setting-words.ts';
import { openStaffedUnit } from '../../support/staffed-unit.ts';

const wordsOf = (profile: string, overrides: Parameters<typeof loadPolicy>[0]['overrides'] = {}) =>
  explainPolicy(loadPolicy({ profile, overrides })).map(({ path, value }) => ({
    path,
    words: settingWords({ path, value }),
  }));

describe('the settings of a policy in words', () => {
  test.each(profileNames())(
    'every setting of %s has a title and a sentence without a name of the program',
    (profile) => {
      for (const { path, words } of wordsOf(profile)) {
        if (path.startsWith('roles.')) continue;
        expect(words, path).not.toBeNull();
        const { title, says } = words ?? { title: '', says: '' };
        expect(title, path).toMatch(/^[A-Z]/);
        expect(says, path).toMatch(/^[A-Z“0-9].*[.”]$/);
        // Texts that the agency itself wrote are shown as they are.
        if (says.startsWith('“')) continue;
        expect(`${title} ${says}`, path).not.toMatch(
          /[a-z][A-Z]|\w_\w|\bnull\b|undefined|\[object/,
        );
      }
    },
  );

  test('a value has its unit, and what follows from it', () => {
    const says = (profile: string, path: string, overrides = {}) =>
      wordsOf(profile, overrides).find((each) => each.path === path)?.words?.says;
    expect(says('strict', 'retention.reads.maxDays')).toBe(
      'Plates that were read are kept for at most 30 days. Then the unit deletes them by itself, unless they are held for a case.',
    );
    expect(says('strict', 'hotlist.maxAgeH')).toContain(
      'After 72 hours a hot list counts as too old',
    );
    expect(says('vallejo', 'hotplates.lint')).toMatch(/^Held back: .* waits until somebody/);
    expect(says('vallejo', 'verification.clets')).toMatch(/^Required, except in an emergency/);
    expect(says('vallejo', 'hotplates.approveChange')).toContain(
      'The supervisor or the ALPR administrator',
    );
    expect(
      says('strict', 'accounts.sessionLockMin', { accounts: { sessionLockMin: 1 } }),
    ).toContain('After 1 minute without use');
    expect(says('vallejo', 'retention.sources.flock.reads.maxDays')).toContain('30 days');
    expect(settingWords({ path: 'retention.sources.flock.reads.maxDays', value: 30 })?.title).toBe(
      'Longest time for plates that were read, from flock',
    );
  });

  test('a part of a value that an agency sets for itself has words, too', () => {
    const path = 'hotplates.askFirst.officer';
    expect(settingWords({ path, value: 'watch_commander' })).toEqual({
      title: 'Who is asked first: officer',
      says: 'Watch commander.',
    });
  });

  test('whoever may read the policy gets them with the section and the name of each setting', async () => {
    const { as, join } = await openStaffedUnit('vallejo');
    join('olga', 'officer');
    const { values } = await as('olga', showPolicy, {});
    expect(values.find(({ path }) => path === 'audit.sampleN')).toMatchObject({
      title: 'How many looks an audit judges',
      says: expect.stringContaining('At least 10 inquiries, drawn at random'),
      from: 'V 426.8: at least 10',
    });
    expect(values.find(({ path }) => path === 'roles.officer')).toMatchObject({ says: null });
  });
});
