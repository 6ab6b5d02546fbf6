import { describe, expect, it, test } from 'vitest';
import { plateBearing, type Role, roles } from '../../../src/accountability/gate/permissions.ts';
import { policyOperations } from '../../../src/accountability/policy/bind-operations.ts';
import { blindRoles } from '../../../src/accountability/policy/contradictions.ts';
import { explainPolicy } from '../../../src/accountability/policy/explain-policy.ts';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';
import { showPolicy } from '../../../src/accountability/policy/operations.ts';
import { profileNames } from '../../../src/accountability/policy/read-profile.ts';
import { getAt } from '../../../src/config/tree.ts';
import { openGate } from '../../support/gate.ts';

const shipped = (profile: string) => loadPolicy({ profile, overrides: {} });
const policyOf = (profile: string) => shipped(profile).policy;

test('six profiles are shipped', () => {
  expect(profileNames()).toEqual([
    'barstow',
    'napa',
    'strict',
    'vallejo',
    'vigilant-429',
    'walnut-creek',
  ]);
});

/** The table of conflicts: setting, then vallejo, vigilant-429, napa, walnut-creek, barstow, strict. */
const columns = ['vallejo', 'vigilant-429', 'napa', 'walnut-creek', 'barstow', 'strict'];
const conflicts: [path: string, ...values: unknown[]][] = [
  ['retention.edgeStore', 'archive', 'archive', 'transient', 'archive', 'archive', 'transient'],
  ['retention.reads.minDays', 0, 730, 0, 365, 365, 0],
  ['retention.reads.maxDays', 365, 730, 30, null, null, 30],
  ['retention.sources.flock.reads.maxDays', 30, undefined, undefined, undefined, null, undefined],
  ['retention.sources.flock.reads.minDays', 0, undefined, undefined, undefined, 30, undefined],
  ['retention.reviewEveryDays', 730, 730, 730, 730, 730, 730],
  [
    'verification.clets',
    'required_unless_exigent',
    'required',
    'required_unless_exigent',
    'recommended',
    'recommended',
    'required',
  ],
  ['verification.ownAlerts', true, true, true, false, false, false],
  [
    'inquiry.required',
    'case_or_reason',
    'case_and_reason',
    'none',
    'none',
    'none',
    'case_and_reason',
  ],
  ['hotplates.maxDays', null, null, 30, null, null, 30],
  ['verification.occupantCheck', true, false, true, false, false, true],
  ['verification.documentedIn', true, false, true, false, false, true],
  ['releases.written', true, true, true, false, true, true],
  ['releases.verified', true, true, true, false, false, true],
  ['accounts.conveyanceExempt', true, true, true, true, true, false],
  [
    'accounts.pinUnlock',
    'own-screen',
    'own-screen',
    'own-screen',
    'own-screen',
    'own-screen',
    'no',
  ],
  ['hotplates.descriptionOnly', true, false, true, false, false, false],
  ['hotplates.partial', true, false, true, true, true, true],
  ['hotlist.maxAgeH', 72, 72, 72, 72, 72, 72],
  ['hotlist.refreshH', 24, 24, 24, 24, 24, 24],
  ['hotlist.stale', 'flag', 'flag', 'flag', 'flag', 'refuse', 'refuse'],
  [
    'hotlist.deniedCategories.0',
    'immigration_violator',
    undefined,
    'immigration_violator',
    undefined,
    undefined,
    'immigration_violator',
  ],
  ['audit.calendar', 'year', 'year', 'year', 'quarter', 'quarter', 'quarter'],
  ['audit.intervalDays', 365, 365, 365, 90, 90, 90],
  ['audit.sampleN', 10, 10, 10, 10, 10, 10],
  ['audit.sampleWindowDays', 183, 365, 365, 92, 92, 183],
  ['audit.reportEveryDays', null, 365, null, null, 365, 365],
  ['audit.retentionMinDays', 730, 730, 730, 730, 730, 730],
  ['accounts.inactiveDays', 90, 90, 90, 90, 90, 90],
  ['immigration.forbiddenBy', 'V 426.7', null, 'N 429.2', null, null, 'V 426.7, N 429.2'],
  [
    'releases.approverRoles.0',
    'chief',
    'auto_theft_sergeant',
    'alpr_administrator',
    'administrative_commander',
    'administrative_commander',
    'chief',
  ],
  [
    'hotplates.approveNew.0',
    'alpr_administrator',
    'alpr_administrator',
    'supervisor',
    'administrative_commander',
    'operations_commander',
    'alpr_administrator',
  ],
  ['hotplates.inOrder', false, false, false, false, true, true],
  [
    'hotplates.approveChange.0',
    'supervisor',
    'alpr_administrator',
    'supervisor',
    'administrative_commander',
    'operations_commander',
    'alpr_administrator',
  ],
];

describe('where the policies differ, each profile says what its policy says', () => {
  test.each(conflicts)('%s', (path, ...values) => {
    const found = columns.map((profile) => getAt(policyOf(profile), path.split('.')));
    expect(found).toEqual(values);
  });

  test.each(columns)('every value of %s has its source', (profile) => {
    const inForce = shipped(profile);
    const explained = explainPolicy(inForce);
    for (const { value, from } of explained) {
      expect(value).toBeDefined();
      expect(from.trim()).not.toBe('');
    }
    const paths = new Set(explained.map((each) => each.path));
    for (const [section, values] of Object.entries(inForce.policy)) {
      for (const key of Object.keys(values)) {
        const named = [...paths].some((path) => `${path}.`.startsWith(`${section}.${key}.`));
        expect(named, `${section}.${key}`).toBe(true);
      }
    }
  });

  test('a value that the policy is silent on says so', () => {
    expect(shipped('vallejo').sources.get('accounts.lockoutFailures')).toBe(
      'silent; as strict: CJIS AC-7',
    );
    expect(shipped('napa').sources.get('hotplates.maxDays')).toBe(
      'N 429.5(f)5: set to expire in 30 days',
    );
  });

  const letters = {
    vallejo: 'V',
    'vigilant-429': 'A',
    napa: 'N',
    'walnut-creek': 'W',
    barstow: 'B',
  };
  const citation = /\b([VANWB]) \d{3}(?:\.\d+)*/g;

  test.each(Object.entries(letters))(
    'no value of %s rests on the policy of another agency',
    (profile, letter) => {
      const foreign = [...shipped(profile).sources].filter(([, from]) =>
        [...from.matchAll(citation)].some(([, cited]) => cited !== letter),
      );
      expect(foreign).toEqual([]);
    },
  );

  const headings = {
    V: '426.1 426.2 426.3 426.3.1 426.4 426.5 426.6 426.7 426.8 426.9 426.10',
    A: '429.1 429.1.1 429.1.2 429.2 429.3 429.4 429.5 429.6',
    N: '429.1 429.2 429.3 429.4 429.4.1 429.5 429.6 429.7 429.8 429.9',
    W: '432.1 432.2 432.2.1 432.3 432.4 432.5 432.6 432.7 432.8',
    B: '466.1 466.2 466.3 466.3.1 466.4 466.5 466.6 466.7 466.8 466.9 466.10 466.11',
  };

  test.each(columns)('every section that %s cites is in its policy', (profile) => {
    const known = Object.entries(headings).flatMap(([letter, numbers]) =>
      numbers.split(' ').map((number) => `${letter} ${number}`),
    );
    const cited = [...shipped(profile).sources.values()].flatMap(
      (from) => from.match(citation) ?? [],
    );
    expect(cited.filter((each) => !known.includes(each))).toEqual([]);
    expect(cited.length).toBeGreaterThan(20);
  });

  test.each(Object.entries(letters))(
    'what %s takes from strict has its section, or says by what else it stands',
    (profile, letter) => {
      const reason = new RegExp(
        `\\b${letter} \\d{3}|CJIS|\\bCC \\d|our choice|no policy|one term|\\b${letter} (?:is silent|sets|bars|asks|has|does)`,
      );
      const bare = [...shipped(profile).sources].filter(([, from]) => !reason.test(from));
      expect(bare).toEqual([]);
    },
  );
});

/** How strict a value is, the strictest lowest; what profiles may not be laxer in than `strict` promises. */
const strictness: [path: string, rank: (value: unknown) => number][] = [
  ['retention.edgeStore', (value) => ['transient', 'archive'].indexOf(String(value))],
  ['retention.reads.maxDays', days],
  ['retention.hits.maxDays', days],
  ['retention.images.maxDays', days],
  ['retention.reviewEveryDays', days],
  [
    'inquiry.required',
    (value) => ['case_and_reason', 'case_or_reason', 'none'].indexOf(String(value)),
  ],
  ['inquiry.purposes.length', days],
  [
    'verification.clets',
    (value) => ['required', 'required_unless_exigent', 'recommended'].indexOf(String(value)),
  ],
  ['hotplates.maxDays', days],
  ['hotplates.requiredFields.length', (value) => -Number(value)],
  ['hotplates.lint', (value) => ['reject', 'quarantine', 'warn'].indexOf(String(value))],
  ['hotlist.maxAgeH', days],
  ['hotlist.stale', (value) => ['refuse', 'flag'].indexOf(String(value))],
  ['hotlist.deniedCategories.length', (value) => -Number(value)],
  ['accounts.createRoles.length', days],
  ['accounts.inactiveDays', days],
  ['audit.intervalDays', days],
  ['audit.calendar', (value) => ['quarter', 'year', null].indexOf(String(value))],
  ['audit.reportEveryDays', days],
  ['audit.retentionMinDays', (value) => -Number(value)],
  ['releases.approverRoles.length', days],
  ['immigration.forbiddenBy', (value) => (value === null ? 1 : 0)],
];

function days(value: unknown): number {
  return value === null ? Number.POSITIVE_INFINITY : Number(value);
}

test.each(strictness)('no profile is stricter than strict in %s', (path, rank) => {
  const of = (profile: string) => rank(getAt(policyOf(profile), path.split('.')));
  for (const profile of columns) {
    // The Vigilant user's one word, official investigations, holds the purposes that the others name singly.
    if (path === 'inquiry.purposes.length' && profile === 'vigilant-429') continue;
    expect(of('strict'), profile).toBeLessThanOrEqual(of(profile));
  }
});

test('the page shows the policy to those who may read it', async () => {
  const gate = openGate(policyOperations({ inForce: shipped('napa') }));
  const shown = await gate.perform({ role: 'officer' }, showPolicy, {});
  expect(shown).toMatchObject({ profile: 'napa', values: explainPolicy(shipped('napa')) });
  const outsider = { role: 'police_assistant', permissions: [] } as const;
  await expect(gate.perform(outsider, showPolicy, {})).rejects.toThrow(/policy\.read/);
});

describe('roles', () => {
  const sworn: Role[] = ['officer', 'detective', 'supervisor'];
  const civilians: Role[] = ['crime_analyst', 'dispatcher', 'records_clerk', 'police_assistant'];

  it.each(['vallejo', 'napa', 'walnut-creek'])(
    'USR-6: under %s sworn officers, analysts, communication operators, clerks and assistants have access',
    (profile) => {
      const { roles: sets } = policyOf(profile);
      for (const role of [...sworn, ...civilians]) expect(sets[role]?.length).toBeGreaterThan(0);
    },
  );

  it('USR-6: under vigilant-429 and strict only sworn staff see plates', () => {
    for (const profile of ['vigilant-429', 'strict']) {
      const { roles: sets } = policyOf(profile);
      for (const role of sworn) expect(sets[role]).toContain('detections.search');
      for (const role of civilians) expect(sets[role]).toEqual([]);
    }
  });

  it.each(columns)('USR-7: no blind role of %s may see a plate or an image', (profile) => {
    const { roles: sets } = policyOf(profile);
    for (const role of blindRoles) {
      expect(sets[role]).toContain('diagnostics.read');
      expect(sets[role]?.filter((permission) => plateBearing.includes(permission))).toEqual([]);
    }
  });

  it('USR-7: under barstow dispatchers have the limited use, officers the full one', () => {
    const { roles: sets } = policyOf('barstow');
    for (const role of ['dispatcher', 'dispatch_supervisor'] as const) {
      expect(sets[role]).toContain('alerts.watch');
      expect(sets[role]).not.toContain('detections.search');
      expect(sets[role]).not.toContain('hotplates.enter');
    }
    for (const role of ['chief', 'supervisor', 'detective', 'officer'] as const) {
      expect(sets[role]).toContain('detections.search');
      expect(sets[role]).toContain('images.view');
    }
  });

  it('REL-2: under barstow the watch commander approves releases, and a sergeant does not', () => {
    const { roles: sets } = policyOf('barstow');
    expect(sets.watch_commander).toContain('releases.approve');
    expect(sets.supervisor).not.toContain('releases.approve');
  });

  it('AUD-7: under vigilant-429 the Program Manager manages the audits', () => {
    expect(policyOf('vigilant-429').roles.alpr_administrator).toContain('audit.manage');
  });

  it('USR-8: under barstow only the administrative commander and the IT manager create accounts', () => {
    const { roles: sets } = policyOf('barstow');
    const creators = roles.filter((role) => sets[role]?.includes('accounts.create'));
    expect(creators.toSorted()).toEqual(['administrative_commander', 'it_manager']);
  });

  it.each(columns)(
    'USR-8: under %s exactly the named roles create accounts and approve',
    (profile) => {
      const policy = policyOf(profile);
      const holders = (permission: 'accounts.create' | 'hotplates.approve' | 'releases.approve') =>
        roles.filter((role) => policy.roles[role]?.includes(permission)).toSorted();
      const { accounts, hotplates, releases } = policy;
      expect(holders('accounts.create')).toEqual(accounts.createRoles.toSorted());
      expect(holders('releases.approve')).toEqual(releases.approverRoles.toSorted());
      expect(holders('hotplates.approve')).toEqual(
        [...new Set([...hotplates.approveNew, ...hotplates.approveChange])].toSorted(),
      );
    },
  );

  it.each(columns)(
    'HOT-15: under %s only the administrator of the readers designates hot lists',
    (profile) => {
      const { roles: sets } = policyOf(profile);
      const managers = roles.filter((role) => sets[role]?.includes('hotlist.manage'));
      expect(managers).toEqual(
        profile === 'walnut-creek' || profile === 'barstow'
          ? ['administrative_commander', 'alpr_administrator']
          : ['alpr_administrator'],
      );
    },
  );

  it.each(columns)(
    'CAP-13: under %s whoever manages installation and maintenance may aim the cameras',
    (profile) => {
      const { roles: sets } = policyOf(profile);
      const may = (permission: 'hotlist.manage' | 'cameras.aim') =>
        roles.filter((role) => sets[role]?.includes(permission));
      expect(may('cameras.aim')).toEqual(expect.arrayContaining(may('hotlist.manage')));
    },
  );

  it.each([
    ['vallejo', ['stolen_vehicle', 'wanted_vehicle']],
    ['napa', ['stolen_vehicle', 'wanted_vehicle', 'public_safety']],
    ['walnut-creek', ['stolen_vehicle', 'wanted_vehicle']],
    ['barstow', ['stolen_vehicle', 'wanted_vehicle']],
  ] as const)('AUD-1: %s allows the purposes that its policy names', (profile, named) => {
    expect(policyOf(profile).inquiry.purposes).toEqual(expect.arrayContaining([...named]));
  });
});
