import { describe, expect, test } from 'vitest';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';
import { lookout } from '../../support/lookout-process.ts';

const under = (profile: string, overrides: Record<string, unknown>) => () =>
  loadPolicy({ profile, overrides });

describe("the agency's own values", () => {
  test('lie over the profile, key by key, and say that they do', () => {
    const { policy, sources } = loadPolicy({
      profile: 'vallejo',
      overrides: {
        hotplates: { maxDays: 20 },
        inquiry: { purposes: ['investigation'] },
        retention: { sources: { 'pole-4': { reads: { minDays: 0, maxDays: 7 } } } },
      },
    });
    expect(policy.hotplates.maxDays).toBe(20);
    expect(sources.get('hotplates.maxDays')).toBe('configuration');
    expect(policy.hotplates.remindAfterDays).toBe(14);
    expect(policy.inquiry.purposes).toEqual(['investigation']);
    expect(policy.retention.sources['pole-4']?.reads?.maxDays).toBe(7);
    expect(policy.retention.sources.flock?.reads?.maxDays).toBe(30);
  });

  test('a role that is to create accounts gets the permission with the row', () => {
    const { policy } = loadPolicy({
      profile: 'napa',
      overrides: { accounts: { createRoles: ['chief'] } },
    });
    expect(policy.roles.chief).toContain('accounts.create');
    expect(policy.roles.alpr_administrator).not.toContain('accounts.create');
  });

  test('one source of its own, over a profile that has none', () => {
    const { policy, sources } = loadPolicy({
      profile: 'strict',
      overrides: { retention: { sources: { front: { hits: { minDays: 0, maxDays: 9 } } } } },
    });
    expect(policy.retention.sources).toEqual({ front: { hits: { minDays: 0, maxDays: 9 } } });
    expect(sources.has('retention.sources')).toBe(false);
  });
});

describe('what cannot be meant is refused, and every fault is named', () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      'an unknown key',
      { hotplates: { maxDay: 3 } },
      /policy\.hotplates\.maxDay: unknown key, from configuration; allowed here: requiredFields, .*maxDays/,
    ],
    [
      'an unknown section',
      { hotplate: { maxDays: 3 } },
      /policy\.hotplate: unknown key, from configuration; allowed here: retention, inquiry/,
    ],
    [
      'an unknown role among the approvers',
      { hotplates: { approveNew: ['sheriff'] } },
      /policy\.hotplates\.approveNew\.0: got "sheriff", from configuration; allowed: officer \| detective/,
    ],
    [
      'an unknown role',
      { roles: { sheriff: ['alerts.watch'] } },
      /policy\.roles\.sheriff: unknown role; allowed: officer, detective/,
    ],
    [
      'an unknown permission',
      { roles: { officer: ['plates.sell'] } },
      /policy\.roles\.officer\.0: got "plates\.sell", from configuration; allowed: alerts\.watch/,
    ],
    [
      'a value outside its range',
      { accounts: { lockoutFailures: 0 } },
      /policy\.accounts\.lockoutFailures: got 0.*from configuration/,
    ],
    [
      'a pattern that is none',
      { inquiry: { caseNumberPattern: '(' } },
      /policy\.inquiry\.caseNumberPattern: got "\(" \(is not a regular expression/,
    ],
    [
      'a pattern that no number could be held against',
      { inquiry: { caseNumberPattern: '\\d{2}\\-\\d{4}' } },
      /policy\.inquiry\.caseNumberPattern: got .*is not a regular expression/,
    ],
    [
      'half a span',
      { retention: { sources: { front: { reads: { minDays: 3 } } } } },
      /policy\.retention\.sources\.front\.reads\.maxDays: is missing/,
    ],
  ])('%s', (_, overrides, says) => {
    expect(under('strict', overrides)).toThrow(says);
  });

  test('several at once', () => {
    expect(under('strict', { nonsense: 1, audit: { sampleN: 0 } })).toThrow(
      /policy\.audit\.sampleN: got 0[\s\S]*policy\.nonsense/,
    );
  });

  test('an unknown profile names those there are', () => {
    expect(under('oakland', {})).toThrow(
      'policy.profile: there is no profile "oakland"; there are: barstow, napa, strict, vallejo, vigilant-429, walnut-creek',
    );
  });
});

describe('a policy that contradicts itself is refused with both values named', () => {
  test.each<[string, string, Record<string, unknown>, string]>([
    [
      'minimum above maximum',
      'vigilant-429',
      { retention: { reads: { maxDays: 180 } } },
      'retention.reads.minDays 730 (A 429.4: shall be maintained for two years) is above retention.reads.maxDays 180 (configuration)',
    ],
    [
      "a source's minimum above its maximum",
      'barstow',
      { retention: { sources: { flock: { hits: { maxDays: 7 } } } } },
      'retention.sources.flock.hits.minDays 30 (B 466.5: Flock data) is above retention.sources.flock.hits.maxDays 7 (configuration)',
    ],
    [
      'a minimum on a unit that keeps nothing',
      'napa',
      { retention: { hits: { minDays: 10 } } },
      'retention.hits.minDays 10 (configuration) requires keeping what retention.edgeStore "transient"',
    ],
    [
      'a new login before the lock',
      'vallejo',
      { accounts: { sessionLockMin: 120, reloginH: 1 } },
      'accounts.sessionLockMin 120 (configuration) minutes is longer than accounts.reloginH 1 (configuration) hours',
    ],
    [
      'an entry that ends before its reminder',
      'napa',
      { hotplates: { maxDays: 10 } },
      '(silent; as strict: no policy gives a time; our choice) is above hotplates.maxDays 10 (configuration)',
    ],
    [
      'a list marked after it is stale',
      'barstow',
      { hotlist: { refreshH: 96 } },
      'hotlist.refreshH 96 (configuration) is above hotlist.maxAgeH 72 (B 466.11)',
    ],
    [
      'an audit of records that are gone',
      'vallejo',
      { audit: { retentionMinDays: 100 } },
      'audit.sampleWindowDays 183 (V 426.8: the preceding six-month period) is above audit.retentionMinDays 100 (configuration)',
    ],
    [
      'partial plates without a wildcard',
      'walnut-creek',
      { hotplates: { maxWildcards: 0 } },
      'hotplates.maxWildcards 0 (configuration) allows none',
    ],
    [
      'an approver who may be the one who entered it',
      'napa',
      { hotplates: { fourEyes: false } },
      'hotplates.fourEyes false (configuration)',
    ],
    [
      'plates for those who maintain the machine',
      'strict',
      { roles: { maintenance: ['diagnostics.read', 'images.view'] } },
      'roles.maintenance: images.view would show plates',
    ],
    [
      'what maintenance would learn of plates by holds, list samples and requests',
      'strict',
      {
        roles: {
          maintenance: ['holds.set', 'holds.lift', 'hotlist.manage', 'releases.request'],
        },
      },
      'roles.maintenance: holds.set, holds.lift, hotlist.manage, releases.request would show plates',
    ],
    [
      'plates for the IT manager through the requests that it decides',
      'napa',
      { releases: { approverRoles: ['it_manager'] } },
      'roles.it_manager: releases.approve would show plates',
    ],
    [
      'plates for the IT manager through the back door',
      'barstow',
      { hotplates: { approveNew: ['it_manager'] } },
      'roles.it_manager: hotplates.approve would show plates',
    ],
    [
      'a role that creates accounts beside the row',
      'barstow',
      { roles: { officer: ['accounts.create'] } },
      'holds accounts.create, which accounts.createRoles ["administrative_commander","it_manager"] does not give it',
    ],
  ])('%s', (_, profile, overrides, says) => {
    expect(under(profile, overrides)).toThrow(says);
  });
});

describe('lookout policy', () => {
  test('explain prints what is in force with its section, also as JSON', async () => {
    const overrides = [
      '--set',
      'policy.profile=napa',
      '--set',
      'policy.overrides.hotplates.maxDays=21',
    ];
    const { stdout, code } = await lookout('policy', 'explain', ...overrides);
    expect(code).toBe(0);
    expect(stdout).toContain('Profile napa: Napa Police Department, policy 429');
    expect(stdout).toMatch(/hotplates\.maxDays +21 +configuration: --set\n/);
    expect(stdout).toMatch(/verification\.clets +required_unless_exigent +N 429\.5\(e\)/);
    const json = await lookout('policy', 'explain', '--profile', 'barstow', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ profile: 'barstow' });
    expect(JSON.parse(json.stdout).values).toContainEqual({
      path: 'audit.intervalDays',
      value: 90,
      from: 'B 466.6(c): quarterly',
    });
  });

  test('diff names what differs and nothing else', async () => {
    const { stdout } = await lookout('policy', 'diff', 'vallejo', 'napa');
    expect(stdout).toContain('inquiry.required');
    expect(stdout).toContain('(V 426.6(e))');
    expect(stdout).not.toContain('accounts.lockoutFailures');
    expect((await lookout('policy', 'diff', 'napa', 'napa', '--json')).stdout).toBe('[]\n');
  });

  test('a contradiction is found by "config check", before any start', async () => {
    const { stderr, code } = await lookout(
      'config',
      'check',
      '--set',
      'policy.profile=vigilant-429',
      '--set',
      'policy.overrides.retention.reads.maxDays=100',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('retention.reads.minDays 730');
    expect(stderr).toContain('retention.reads.maxDays 100 (configuration: --set)');
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
