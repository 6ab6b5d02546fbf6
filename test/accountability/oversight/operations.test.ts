import { describe, expect, it, onTestFinished } from 'vitest';
import type { AuditLog } from '../../../src/accountability/audit/audit-log.ts';
import type { AuditEntry } from '../../../src/accountability/audit/audit-record.ts';
import { verifyAudit as verifyChain } from '../../../src/accountability/audit/verify.ts';
import { createWholeLog } from '../../../src/accountability/audit/whole-log.ts';
import type { OperationDefinition } from '../../../src/accountability/gate/definition.ts';
import { createOfficials } from '../../../src/accountability/officials/officials.ts';
import { auditOperations } from '../../../src/accountability/oversight/bind-operations.ts';
import type { DataError } from '../../../src/accountability/oversight/data-errors.ts';
import {
  exportAudit,
  finishMemo,
  listAudit,
  listReviewsDue,
  purgeAudit,
  reportUse,
  sampleInquiries,
  verifyAudit,
} from '../../../src/accountability/oversight/operations.ts';
import { periodBefore } from '../../../src/accountability/oversight/period.ts';
import { sampleAudit } from '../../../src/accountability/oversight/sample.ts';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';
import { openUnitDatabase } from '../../../src/accountability/unit-database.ts';
import { createOutbox } from '../../../src/outbox/outbox.ts';
import { openGate } from '../../support/gate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openLog, openRaw, sampleEntry, unit } from '../audit/open-log.ts';

const auditor = { role: 'auditor' } as const;
const administrator = { title: 'ALPR Administrator', name: 'P. Poe' };
const dayMs = 86_400_000;
/** The log as a unit without others reads it. */
const whole = (log: AuditLog) => createWholeLog(log, unit, null);

/** A unit under a profile, with a log and a clock to turn. */
function openAudit(profile = 'strict', startMs = Date.UTC(2026, 5, 1, 17)) {
  const dataDir = temporaryFolder();
  const db = openUnitDatabase(dataDir);
  const time = { nowMs: startMs };
  const clock = () => time.nowMs;
  const log = openLog(dataDir, { clock });
  const { policy } = loadPolicy({ profile, overrides: {} });
  const dataErrors: DataError[] = [];
  const operations = auditOperations({
    log,
    wholeLog: whole(log),
    db,
    dataDir,
    unit,
    policy,
    officials: createOfficials({ db, beginning: administrator, outbox: createOutbox(db) }),
    dataErrors: () => dataErrors,
    objectsOf: async () => [],
    requests: () => [],
  });
  const gate = openGate(operations, clock);
  /** The gate of tests keeps its records to itself; here they go into the log as well. */
  const perform = async <Input, Parsed, Answer>(
    operation: OperationDefinition<Input, Parsed, Answer>,
    input: NoInfer<Input>,
  ) => {
    const answer = await gate.perform(auditor, operation, input);
    for (const entry of gate.records.splice(0)) log.append(entry);
    return answer;
  };
  return { dataDir, db, log, policy, time, perform, gate, dataErrors };
}

let count = 0;
const uuid = () => {
  count += 1;
  return `019aa9a1-0000-7000-8000-${String(count).padStart(12, '0')}`;
};
function searchUnder(
  inquiry: Partial<NonNullable<AuditEntry['inquiry']>>,
  more: Partial<AuditEntry> = {},
) {
  const base = sampleEntry();
  return sampleEntry({
    inquiry: base.inquiry && { ...base.inquiry, id: uuid(), ...inquiry },
    ...more,
  });
}

/** The year that the tests play in. */
const period = { from: '2026-01-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z' };

describe('AUD-6: a random sample of inquiries, judged', () => {
  it('draws what was asked, the same again for the same seed, and other ones for another', async () => {
    const { log, perform } = openAudit();
    for (let at = 0; at < 40; at += 1) log.append(searchUnder({}));
    const draw = async (seed?: string) =>
      (
        await perform(sampleInquiries, {
          n: 10,
          window: '6mo',
          ...(seed ? { seed } : {}),
        })
      ).sample;
    const first = await draw('A7');
    const again = await draw('A7');
    const keys = ({ inquiries }: { inquiries: { key: string }[] }) =>
      inquiries.map(({ key }) => key);
    expect(first).toMatchObject({ population: 40, asked: 10, seed: 'A7', seedDrawn: false });
    expect(keys(again)).toEqual(keys(first));
    expect(again.populationSha256).toBe(first.populationSha256);
    expect(keys(await draw('A8'))).not.toEqual(keys(first));
    const drawn = await draw();
    expect(drawn.seedDrawn).toBe(true);
    expect(keys(await draw(drawn.seed))).toEqual(keys(drawn));
  });

  it('takes every inquiry with the same chance', async () => {
    const { log, policy } = openAudit();
    for (let at = 0; at < 10; at += 1) log.append(searchUnder({}));
    const drawn = new Map<string, number>();
    for (let at = 0; at < 400; at += 1) {
      const sample = await sampleAudit({
        log: whole(log),
        unit: unit.id,
        policy: policy.inquiry,
        period,
        n: 2,
        seed: `s${at}`,
      });
      for (const { key } of sample.inquiries) drawn.set(key, (drawn.get(key) ?? 0) + 1);
    }
    // 80 expected each; five standard deviations.
    for (const times of drawn.values()) expect(Math.abs(times - 80)).toBeLessThan(41);
    expect(drawn.size).toBe(10);
  });

  it('only browsing that people did within the period; looks under one purpose are one inquiry', async () => {
    const { log, policy, time } = openAudit();
    log.append(searchUnder({}, { category: 'Stakeout Browsing' }));
    log.append(searchUnder({}, { outcome: 'refused' }));
    log.append(searchUnder({}, { who: { ...sampleEntry().who, account: null } }));
    log.append(searchUnder({}));
    time.nowMs += 200 * dayMs;
    const one = searchUnder({});
    log.append(one);
    log.append({ ...one, operation: 'detections.open', object: 'detection x', query: null });
    const lately = periodBefore('6mo', time.nowMs + 1);
    const sample = await sampleAudit({
      log: whole(log),
      unit: unit.id,
      policy: policy.inquiry,
      period: lately,
      n: 9,
    });
    expect(sample.population).toBe(1);
    expect(sample.inquiries[0]?.looks).toHaveLength(2);
  });

  it('a stakeout and an export are browsing, too', async () => {
    const { log, policy } = openAudit();
    const area = { kind: 'circle' };
    const stakeout = { category: 'Stakeout Browsing', operation: 'detections.stakeout' } as const;
    log.append(searchUnder({}, { ...stakeout, query: { area } }));
    const exported = { category: 'Export', operation: 'results.export' } as const;
    log.append(searchUnder({}, { ...exported, query: { format: 'csv' } }));
    log.append(searchUnder({}, { ...exported, operation: 'evidence.fetch' }));
    const { inquiries } = await sampleAudit({
      log: whole(log),
      unit: unit.id,
      policy: policy.inquiry,
      period,
      n: 9,
    });
    const byOperation = inquiries.map(({ looks: [look], faults }) => [look?.operation, ...faults]);
    expect(byOperation.sort()).toEqual([
      ['detections.stakeout'],
      ['results.export', 'searched for nothing in particular: no plate, time or place'],
    ]);
  });

  const cases: [string, string, Partial<NonNullable<AuditEntry['inquiry']>>, string | null][] = [
    ['AUD-1', 'strict', {}, null],
    ['AUD-1', 'vigilant-429', { caseNumber: null }, 'there is no case or incident number'],
    ['AUD-1', 'strict', { reason: '...' }, 'there is no reason in words'],
    ['AUD-1', 'strict', { caseNumber: null, incidentNumber: 'I-170' }, null],
    ['AUD-2', 'vallejo', { caseNumber: null }, null],
    ['AUD-2', 'vallejo', { reason: null }, null],
    [
      'AUD-2',
      'vallejo',
      { reason: null, caseNumber: null },
      'neither a case or incident number nor a reason',
    ],
    ['AUD-9', 'barstow', { purpose: 'curiosity' }, 'the policy has no purpose "curiosity"'],
  ];
  it.each(cases)(
    '%s under %s: an inquiry with %o is judged',
    async (_id, profile, inquiry, fault) => {
      const { log, policy } = openAudit(profile);
      log.append(searchUnder(inquiry));
      const sample = await sampleAudit({
        log: whole(log),
        unit: unit.id,
        policy: policy.inquiry,
        period,
        n: 1,
      });
      const [judged] = sample.inquiries;
      expect(judged?.complete).toBe(fault === null);
      if (fault !== null) expect(judged?.faults.join()).toContain(fault);
    },
  );

  it('fails a search for nothing in particular, one with no purpose, and one purpose that two people used', async () => {
    const { log, policy } = openAudit();
    log.append(sampleEntry({ inquiry: null }));
    log.append(searchUnder({}, { query: { alike: false, read: 'any', limit: 50 } }));
    const shared = searchUnder({});
    log.append(shared);
    log.append({ ...shared, who: { ...shared.who, account: uuid(), username: 'roe' } });
    const sample = await sampleAudit({
      log: whole(log),
      unit: unit.id,
      policy: policy.inquiry,
      period,
      n: 9,
    });
    expect(sample.inquiries.flatMap(({ faults }) => faults).sort()).toEqual([
      'no purpose was stated',
      'searched for nothing in particular: no plate, time or place',
      'several people used one inquiry',
    ]);
  });

  it.each(['*', '?*', '**', '*?', '???????', ' * ', '-', '?-?*'])(
    'AUD-6: a search for the plate %j is one for nothing in particular',
    async (plate) => {
      const { log, policy } = openAudit();
      log.append(searchUnder({}, { query: { plate, make: '*', alike: false, limit: 50 } }));
      log.append(searchUnder({}, { query: { plate: `${plate}7`, alike: false, limit: 50 } }));
      const sample = await sampleAudit({
        log: whole(log),
        unit: unit.id,
        policy: policy.inquiry,
        period,
        n: 2,
      });
      expect(sample.inquiries.flatMap(({ faults }) => faults)).toEqual([
        'searched for nothing in particular: no plate, time or place',
      ]);
    },
  );

  it('AUD-6: does not pass a private reason as if it had judged it, and shows it to the auditor', async () => {
    const { log, perform } = openAudit('barstow');
    log.append(searchUnder({ caseNumber: null, reason: 'my ex girlfriend' }));
    const { memo } = await perform(sampleInquiries, {});
    expect(memo).toContain('complete; read again: the reason says "ex", there is no number');
    expect(memo).toContain('| not judged yet |');
  });

  it('AUD-8: the memo names method, result, data errors and the state of the log, and text cannot break its tables', async () => {
    const { log, perform, dataErrors } = openAudit();
    log.append(searchUnder({ reason: 'a | b\n# <script>' }));
    dataErrors.push({
      at: '2026-05-30T12:00:00.000Z',
      by: 'J. Doe',
      source: 'hit 1',
      what: 'misread characters',
      correction: '8ABC123 → 8ABC128',
      text: '',
    });
    const { memo } = await perform(sampleInquiries, { seed: 'S1' });
    expect(memo).toContain('# Memorandum: audit of ALPR detection browsing');
    expect(memo).toContain('Seed `S1` (given by the auditor)');
    expect(memo).toContain('1 complete, 0 with faults');
    expect(memo).toContain('does not judge whether a reason is lawful');
    expect(memo).toContain('ALPR Administrator, P. Poe');
    expect(memo).toContain('misread characters | 8ABC123 → 8ABC128');
    expect(memo).toContain('The whole log was verified');
    expect(memo).not.toContain('<script>');
    const row = memo.split('\n').find((line) => line.startsWith('| 1 | 2026')) ?? '';
    expect(row.split(' | ')).toHaveLength(7);
  });
});

describe('AUD-7: audits are due by profile, and unusual activity shows', () => {
  it('under Vallejo one audit is owed in each calendar year, that of the first start among them (V 426.8)', async () => {
    const { perform, time } = openAudit('vallejo', Date.parse('2026-11-29T12:00:00Z'));
    const due = async () => (await perform(listReviewsDue, {}))[0];
    const at = (text: string) => {
      time.nowMs = Date.parse(text);
    };
    const lastOf = (year: number) => new Date(year + 1, 0, 1).toISOString();
    expect(await due()).toMatchObject({
      what: 'audit',
      every: 'in each calendar year',
      lastAt: null,
      dueAt: lastOf(2026),
      overdue: false,
      reminder: null,
    });
    at('2026-12-20T12:00:00Z');
    expect((await due())?.reminder).toContain('is due in 12 days, by 2026-12-31');
    at('2027-01-03T12:00:00Z');
    expect(await due()).toMatchObject({ overdue: true, dueAt: lastOf(2026) });
    expect((await due())?.reminder).toContain('is overdue by 3 days (in each calendar year)');
    await expect(perform(sampleInquiries, { n: 9 })).rejects.toThrow(/n: /);
    expect(await due()).toMatchObject({ overdue: true });
    // An audit of January is the year's own, whenever in the year the one before was.
    const { memorandum } = await perform(sampleInquiries, {});
    // Drawn and not judged, it is no audit.
    expect(await due()).toMatchObject({ overdue: true });
    await perform(finishMemo, { number: memorandum.number });
    expect(await due()).toMatchObject({ overdue: false, dueAt: lastOf(2028), reminder: null });
  });

  it.each(['walnut-creek', 'barstow', 'strict'])(
    'under %s one is owed in each calendar quarter (W 432.5(c), B 466.6(c))',
    async (profile) => {
      const { perform, time } = openAudit(profile, Date.parse('2026-11-29T12:00:00Z'));
      const due = async () => (await perform(listReviewsDue, {}))[0];
      expect(await due()).toMatchObject({ dueAt: new Date(2027, 0, 1).toISOString() });
      const { memorandum } = await perform(sampleInquiries, {});
      await perform(finishMemo, { number: memorandum.number });
      expect(await due()).toMatchObject({ dueAt: new Date(2027, 3, 1).toISOString() });
      time.nowMs = Date.parse('2027-04-02T12:00:00Z');
      expect((await due())?.overdue).toBe(true);
    },
  );

  it.each([
    ['barstow', 365],
    ['napa', 365],
    ['walnut-creek', 90],
  ])('under %s a report goes back %i days, to the one before', async (profile, days) => {
    const { perform } = openAudit(profile);
    const { report } = await perform(reportUse, {});
    expect(Math.round((Date.parse(report.to) - Date.parse(report.from)) / dayMs)).toBe(days);
  });

  it('reports odd hours, one plate again and again, many looks, no outcome, refusals and failed logins', async () => {
    // 17:00 UTC is ten in the morning in California, 10:00 UTC three at night.
    const { log, perform, time } = openAudit();
    const who = (username: string) => ({ ...sampleEntry().who, username, name: username });
    const day = time.nowMs;
    for (let at = 0; at < 6; at += 1) {
      log.append(searchUnder({}, { who: who('obsessed') }));
      log.append(searchUnder({}, { who: who('fruitless'), query: { plate: `P${at}` } }));
      log.append(searchUnder({}, { who: who('refused'), outcome: 'refused' }));
      log.append(
        sampleEntry({
          who: who('locked'),
          category: 'User Login',
          operation: 'session.login',
          outcome: 'refused',
        }),
      );
      const useful = searchUnder({}, { who: who('useful'), query: { plate: `Q${at}` } });
      log.append(useful);
      log.append({ ...useful, category: 'Image View', operation: 'images.open', query: null });
    }
    for (let at = 0; at < 35; at += 1) {
      log.append(searchUnder({}, { who: who('busy'), query: { plate: `B${at}` } }));
    }
    for (let at = 0; at < 8; at += 1) {
      time.nowMs = day + (at < 3 ? 17 : 24) * 3_600_000;
      log.append(searchUnder({}, { who: who('night'), query: { plate: `N${at}` } }));
    }
    for (let at = 0; at < 4; at += 1) {
      time.nowMs = day + 17 * 3_600_000 + at;
      log.append(searchUnder({}, { who: who('shift'), query: { plate: `S${at}` } }));
    }
    time.nowMs = day + 2 * dayMs;
    const { report, text } = await perform(reportUse, {
      window: '30d',
      zone: 'America/Los_Angeles',
    });
    const unusual = report.unusual.map(({ username, kind }) => `${username}: ${kind}`);
    expect(unusual).toContain('obsessed: same plate');
    expect(unusual).toContain('fruitless: no outcome');
    expect(unusual).toContain('refused: refused attempts');
    expect(unusual).toContain('locked: failed logins');
    expect(unusual).toContain('busy: many looks');
    expect(unusual).toContain('night: odd hours');
    expect(unusual.filter((each) => /useful|shift: odd/.test(each))).toEqual([]);
    expect(report.people.find(({ username }) => username === 'busy')).toMatchObject({
      looks: 35,
      plates: 35,
    });
    expect(report.verification.sound).toBe(true);
    expect(text).toContain('ALPR oversight: ALPR Administrator, P. Poe');
    expect(text).toContain('| obsessed | same plate | searched for 8ABC123 6 times |');
  });
});

describe('the report shows what each person did', () => {
  it('by the name they have, and counts as changes only what changed something', async () => {
    const { log, perform } = openAudit();
    const nobodyYet = { ...sampleEntry().who, account: null, name: '', role: null };
    const refusedLogin = { category: 'User Login', operation: 'session.login' } as const;
    log.append(sampleEntry({ ...refusedLogin, who: nobodyYet, outcome: 'refused' }));
    const account = { category: 'Account Change', inquiry: null, query: null } as const;
    log.append(sampleEntry({ ...account, operation: 'users.list' }));
    log.append(sampleEntry({ ...account, operation: 'users.create', outcome: 'started' }));
    log.append(sampleEntry({ ...account, operation: 'users.create' }));
    const { report } = await perform(reportUse, {});
    expect(report.people.find(({ username }) => username === 'doe')).toMatchObject({
      name: 'J. Doe',
      role: 'detective',
      changes: 1,
    });
  });
});

describe('AUD-4: looking at the audit log is itself audited', () => {
  it('lists, verifies and exports as Audit Access, with the number of results', async () => {
    const { log, perform, gate, dataDir } = openAudit();
    log.append(searchUnder({ reason: '=HYPERLINK("http://x")' }));
    const page = await gate.perform(auditor, listAudit, { limit: '1' });
    expect(page.records).toHaveLength(1);
    expect(page.next).toBe('2');
    expect(gate.records).toMatchObject([
      { category: 'Audit Access', operation: 'audit.list', outcome: 'done', results: 1 },
    ]);
    const verification = await perform(verifyAudit, {});
    expect(verification.sound).toBe(true);
    const { bytes } = await perform(exportAudit, { username: 'doe' });
    const csv = Buffer.from(bytes).toString();
    expect(csv.split('\r\n')).toHaveLength(3);
    expect(csv).toContain(`"'=HYPERLINK(""http://x"")"`);
    await expect(
      gate.perform({ role: 'officer', permissions: ['detections.search'] }, listAudit, {}),
    ).rejects.toThrow(/audit.read/);
    expect(verifyChain({ dataDir, unit }).sound).toBe(true);
  });
});

describe('AUD-5: audit records stay two years at least, and go by a recorded decision only', () => {
  const decision = {
    decision: 'No longer needed for administrative, legal or audit purposes.',
    decidedBy: 'Chief R. Roe',
  };

  it('refuses younger records and a decision without words', async () => {
    const { log, perform, time } = openAudit();
    log.append(searchUnder({}));
    time.nowMs += 729 * dayMs;
    const before = new Date(time.nowMs - dayMs).toISOString();
    await expect(perform(purgeAudit, { before, ...decision })).rejects.toThrow(/730 days/);
    await expect(perform(purgeAudit, { before, decision: 'ok', decidedBy: 'me' })).rejects.toThrow(
      /decision/,
    );
    expect(log.read({}, { limit: 9 }).length).toBeGreaterThanOrEqual(2);
  });

  it('removes what is older and leaves a log that verifies, twice over', async () => {
    const { log, perform, time, dataDir } = openAudit();
    const firstMs = time.nowMs;
    for (let at = 0; at < 8; at += 1) log.append(searchUnder({}));
    time.nowMs += 400 * dayMs;
    for (let at = 0; at < 5; at += 1) log.append(searchUnder({}));
    time.nowMs = firstMs + 740 * dayMs;
    const purge = (beforeMs: number) =>
      perform(purgeAudit, {
        before: new Date(beforeMs).toISOString(),
        ...decision,
      });
    expect(await purge(firstMs + 5 * dayMs)).toMatchObject({ removed: 8, upTo: 9 });
    const found = verifyChain({ dataDir, unit });
    expect(found).toMatchObject({ sound: true, findings: [], purged: 8 });
    const [stated] = log.read({ operation: 'audit.purge.decision' }, { limit: 1 });
    expect(stated).toMatchObject({
      category: 'Purge',
      results: 8,
      query: { upTo: 9, ...decision },
    });
    expect(stated?.query?.hash).toMatch(/^[0-9a-f]{64}$/);

    time.nowMs = firstMs + 1200 * dayMs;
    log.append(searchUnder({}));
    expect(await purge(firstMs + 450 * dayMs)).toMatchObject({ removed: 5 });
    expect(verifyChain({ dataDir, unit })).toMatchObject({ sound: true, findings: [] });
  });

  it('goes on where a power cut ended it', async () => {
    const { log, perform, time, dataDir } = openAudit();
    for (let at = 0; at < 8; at += 1) log.append(searchUnder({}));
    const before = new Date(time.nowMs + dayMs).toISOString();
    time.nowMs += 740 * dayMs;
    log.append(searchUnder({}));
    const cut = openRaw(dataDir);
    onTestFinished(() => void cut.close());
    cut.exec(`CREATE TRIGGER cut BEFORE DELETE ON record WHEN old.seq = 5
              BEGIN SELECT raise(ABORT, 'no power'); END`);
    await expect(perform(purgeAudit, { before, ...decision })).rejects.toThrow(/no power/);
    cut.exec('DROP TRIGGER cut');
    expect(await perform(purgeAudit, { before, ...decision })).toMatchObject({ removed: 8 });
    expect(verifyChain({ dataDir, unit })).toMatchObject({ sound: true, purged: 8 });
  });
});

it('a length of time ends at a day that is there', () => {
  const end = Date.UTC(2026, 7, 31, 12);
  expect(periodBefore('6mo', end).from).toBe('2026-02-28T12:00:00.000Z');
  expect(periodBefore('2w', end).from).toBe('2026-08-17T12:00:00.000Z');
  expect(periodBefore('1y', end).from).toBe('2025-08-31T12:00:00.000Z');
  expect(() => periodBefore('6 months', end)).toThrow(/90d, 2w, 6mo or 1y/);
});
