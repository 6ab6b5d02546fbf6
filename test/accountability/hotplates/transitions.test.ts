import { randomUUID } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { Actor } from '../../../src/accountability/gate/operation.ts';
import {
  type Permission,
  permissions,
  type Role,
} from '../../../src/accountability/gate/permissions.ts';
import type { HotPlate, HotPlateContent } from '../../../src/accountability/hotplates/hot-plate.ts';
import {
  approveEntry,
  asOfNow,
  changeEntry,
  endRecovered,
  enterEntry,
  expireEntry,
  refuseEntry,
  removeEntry,
  renewEntry,
} from '../../../src/accountability/hotplates/transitions.ts';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';

const day = 86_400_000;
const noon = Date.UTC(2026, 10, 22, 12);
const at = (ms: number) => new Date(ms).toISOString();
const strict = loadPolicy({ profile: 'strict', overrides: {} }).policy;
const unapproved = loadPolicy({
  profile: 'strict',
  overrides: { hotplates: { requiredFields: ['category'] } },
}).policy;
const quarantine = loadPolicy({
  profile: 'strict',
  overrides: { hotplates: { lint: 'quarantine' } },
}).policy;

function person(role: Role, may: readonly Permission[] = permissions): Actor {
  const id = randomUUID();
  return {
    account: id,
    username: id,
    name: role,
    role,
    organisation: 'test-pd',
    permissions: new Set(may),
    listSources: new Set(),
    session: 'session',
    from: 'test',
  };
}
const officer = person('officer', ['hotplates.enter']);
const stranger = person('officer', ['hotplates.enter']);
const approver = person(strict.hotplates.approveNew[0] ?? 'chief');
const changer = person(strict.hotplates.approveChange[0] ?? 'chief');

const content: HotPlateContent = {
  plate: '7ABC123',
  issuer: 'CA',
  category: 'felony_vehicle',
  reason: null,
  synopsis: null,
  caseNumber: null,
  vehicle: { make: null, model: null, colour: null, year: null, body: null, identifiers: [] },
  expires: at(noon + 30 * day),
};
const checked = { content, findings: [], pastReads: null };
const personal = [
  { field: 'reason', weight: 'personal', kind: 'name', message: 'reason names a person' } as const,
];

const entered = (policy = strict, findings: HotPlate['findings'] = []): HotPlate =>
  enterEntry({ id: 'h1', checked: { ...checked, findings }, actor: officer }, policy, noon).next;
const approval = { note: null, textLookedThrough: false, authors: [] };
const active = (policy = strict): HotPlate =>
  approveEntry(entered(policy), { ...approval, actor: approver }, policy, noon).next;
const later = { ...checked, content: { ...content, expires: at(noon + 60 * day) } };

describe('entering', () => {
  test.each([
    ['waits for approval', strict, [], 'awaiting', null],
    [
      'waits to be looked through where its text names someone',
      quarantine,
      personal,
      'draft',
      null,
    ],
    [
      'is on the list at once where the policy asks for no approval',
      unapproved,
      [],
      'active',
      at(noon),
    ],
  ] as const)('an entry %s', (_, policy, findings, state, standingSince) => {
    const input = { id: 'h1', checked: { ...checked, findings: [...findings] }, actor: officer };
    const { next, kind, by, before } = enterEntry(input, policy, noon);
    expect(next).toMatchObject({ state, standingSince, revision: 1, enteredAt: at(noon), content });
    expect({ kind, by: by?.account, before }).toEqual({
      kind: 'entered',
      by: officer.account,
      before: null,
    });
    // Of the person only what the log needs.
    expect(Object.keys(next.enteredBy).sort()).toEqual(['account', 'name', 'role', 'username']);
  });
});

describe('approving', () => {
  it('puts a new entry on the list (HOT-6)', () => {
    const { next, kind } = approveEntry(entered(), { ...approval, actor: approver }, strict, noon);
    expect(kind).toBe('approved');
    expect(next).toMatchObject({ state: 'active', revision: 2, standingSince: at(noon) });
    expect(next.approvedBy?.account).toBe(approver.account);
  });

  it('is refused to people who entered it or corrected it since', () => {
    const mender = { ...approver };
    for (const authors of [[], [mender]]) {
      const enteredBy = authors.length === 0 ? { ...approver } : entered().enteredBy;
      const { account, username, name, role } = enteredBy;
      const entry = { ...entered(), enteredBy: { account, username, name, role } };
      expect(() =>
        approveEntry(entry, { ...approval, actor: approver, authors }, strict, noon),
      ).toThrow(expect.objectContaining({ code: 'own-entry' }));
    }
  });

  it('of text that names someone needs the word that it was looked through', () => {
    const entry = entered(quarantine, personal);
    const by = { ...approval, actor: approver };
    expect(() => approveEntry(entry, by, quarantine, noon)).toThrow(
      expect.objectContaining({ code: 'text-not-looked-through' }),
    );
    const read = { ...by, textLookedThrough: true };
    expect(approveEntry(entry, read, quarantine, noon).next.state).toBe('active');
  });

  it('does nothing on an active entry, or one whose term is over', () => {
    for (const [entry, nowMs] of [
      [active(), noon],
      [entered(), noon + 31 * day],
    ] as const) {
      expect(() => approveEntry(entry, { ...approval, actor: approver }, strict, nowMs)).toThrow(
        expect.objectContaining({ code: 'nothing-to-approve' }),
      );
    }
  });

  it('of a renewal gives a new term, also to an entry that has expired since (HOT-5)', () => {
    const renewal = { checked: later, reason: 'still wanted', actor: officer };
    const asked = renewEntry(active(), renewal, strict, noon + day);
    expect(asked.kind).toBe('renewal-asked');
    expect(asked.next).toMatchObject({ state: 'active', content, renewals: 0 });
    const nowMs = noon + 31 * day;
    const { next, kind, before } = approveEntry(
      expireEntry(asked.next, nowMs).next,
      { ...approval, actor: changer },
      strict,
      nowMs,
    );
    expect({ kind, before }).toEqual({ kind: 'renewed', before: content });
    expect(next).toMatchObject({ state: 'active', renewals: 1, pending: null, ended: null });
    expect(next.content).toEqual(later.content);
    expect(next.standingSince).toBe(at(nowMs));
  });

  it('of a renewal whose own term has passed too is refused', () => {
    const renewal = { checked: later, reason: 'still wanted', actor: officer };
    const { next } = renewEntry(active(), renewal, strict, noon);
    expect(() =>
      approveEntry(next, { ...approval, actor: changer }, strict, noon + 61 * day),
    ).toThrow(expect.objectContaining({ code: 'over' }));
  });
});

describe('changing', () => {
  const blue = { ...checked, content: { ...content, reason: 'blue sedan' }, pastReads: 4 };
  const change = { checked: blue, reason: 'witness', actor: officer };

  it('mends an entry that is not approved yet, in one step', () => {
    const { next, kind, before } = changeEntry(entered(), change, strict, noon);
    expect({ kind, before }).toEqual({ kind: 'changed', before: content });
    expect(next).toMatchObject({ state: 'awaiting', content: blue.content, pastReads: 4 });
  });

  it('waits for approval if the entry is active, and only once', () => {
    const { next, kind } = changeEntry(active(), change, strict, noon);
    expect(kind).toBe('change-asked');
    expect(next).toMatchObject({ state: 'active', content, revision: 3 });
    expect(next.pending).toMatchObject({ kind: 'change', content: blue.content });
    expect(() => changeEntry(next, change, strict, noon)).toThrow(
      expect.objectContaining({ code: 'already-asked' }),
    );
  });

  it('counts at once where the policy asks for no approval, without a new term', () => {
    const entry = { ...entered(unapproved), standingSince: at(noon - day) };
    const { next, kind } = changeEntry(entry, change, unapproved, noon);
    expect(kind).toBe('changed');
    expect(next).toMatchObject({ content: blue.content, renewals: 0, pending: null });
    expect(next.standingSince).toBe(at(noon - day));
  });

  it('is for the person who entered it, or who may change every entry (HOT-10)', () => {
    expect(() => changeEntry(active(), { ...change, actor: stranger }, strict, noon)).toThrow(
      expect.objectContaining({ code: 'not-yours' }),
    );
    expect(changeEntry(active(), { ...change, actor: approver }, strict, noon).kind).toBe(
      'change-asked',
    );
  });

  it('comes too late once the term is over', () => {
    expect(() => changeEntry(active(), change, strict, noon + 30 * day)).toThrow(
      expect.objectContaining({ code: 'wrong-state' }),
    );
  });
});

describe('turning down', () => {
  it('ends a new entry', () => {
    const { next, kind } = refuseEntry(entered(), { note: 'no need', actor: approver }, noon);
    expect(kind).toBe('refused');
    expect(next).toMatchObject({ state: 'refused', ended: { note: 'no need', outcome: null } });
  });

  it('of a change leaves the entry as it was, its state as stored', () => {
    const asked = renewEntry(
      active(),
      { checked: later, reason: 'wanted', actor: officer },
      strict,
      noon,
    );
    const step = refuseEntry(asked.next, { note: 'no', actor: changer }, noon + 31 * day);
    expect({ kind: step.kind, before: step.before }).toEqual({
      kind: 'change-refused',
      before: later.content,
    });
    expect(step.next).toEqual({ ...active(), revision: 4 });
  });
});

describe('ending', () => {
  it('by removal or recovery leaves a tombstone without plate and text (HOT-11)', () => {
    const removed = removeEntry(active(), { outcome: 'arrest', note: null, actor: officer }, noon);
    const recovered = endRecovered(active(), { note: 'found', by: null }, noon);
    for (const { next, kind, before } of [removed, recovered]) {
      expect({ kind, before }).toEqual({ kind: 'removed', before: content });
      expect(next).toMatchObject({ state: 'removed', content: null, findings: [], pending: null });
      expect(JSON.stringify(next)).not.toContain('7ABC123');
    }
    expect(recovered.next.ended).toMatchObject({ outcome: 'recovered', by: null });
    expect(() => endRecovered(removed.next, { note: null, by: null }, noon)).toThrow(
      expect.objectContaining({ code: 'wrong-state' }),
    );
  });

  it('by removal is for the person who entered it, or who may remove every entry (HOT-10)', () => {
    expect(() =>
      removeEntry(active(), { outcome: 'arrest', note: null, actor: stranger }, noon),
    ).toThrow(expect.objectContaining({ code: 'not-yours' }));
  });

  it('by its term counts from the moment on, and keeps what the entry said', () => {
    const endMs = noon + 30 * day;
    expect(asOfNow(active(), endMs - 1).state).toBe('active');
    expect(asOfNow(active(), endMs).state).toBe('expired');
    const { next, kind } = expireEntry(active(), endMs);
    expect(kind).toBe('expired');
    expect(next).toMatchObject({ state: 'expired', content, ended: { by: null, outcome: null } });
  });
});
