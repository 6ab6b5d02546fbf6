import { describe, expect, it } from 'vitest';
import type { AnchorReading } from '../../../src/accountability/audit/anchor.ts';
import type { AuditRecord } from '../../../src/accountability/audit/audit-record.ts';
import {
  beforeAll as beforeFirst,
  genesisEntry,
  linkOf,
  logIdOf,
} from '../../../src/accountability/audit/chain.ts';
import {
  entriesBefore,
  failureAfter,
  firstTurn,
  healthOf,
  nextAnchor,
  ownLog,
  refuseLostDatabase,
} from '../../../src/accountability/audit/log-rules.ts';
import { unit } from './unit.ts';

const paths = { database: '/d/audit.db', anchor: '/d/audit.anchor', key: '/d/audit.key' };
const key = Buffer.alloc(32, 7);
const at = '2026-11-22T12:00:00.000Z';
const genesis: AuditRecord = linkOf(genesisEntry(unit, key), beforeFirst, { at, unit, key }).record;
const log = logIdOf(genesis);
const anchored = (seq: number, turn = 4): AnchorReading => ({
  state: 'sound',
  anchor: { log, seq, hash: 'a'.repeat(64), turn },
});

describe('a log that is opened', () => {
  it('is refused if its database is gone and its anchor is there', () => {
    expect(() => refuseLostDatabase(paths, { anchor: true, database: false })).toThrow(
      /^\/d\/audit\.db is missing although \/d\/audit\.anchor says/,
    );
    for (const exists of [
      { anchor: true, database: true },
      { anchor: false, database: true },
      { anchor: false, database: false },
    ]) {
      expect(() => refuseLostDatabase(paths, exists)).not.toThrow();
    }
  });

  it('begins without an anchor, or with that of a beginning that a power cut ended', () => {
    expect(firstTurn(paths, { state: 'missing' })).toBe(1);
    expect(firstTurn(paths, anchored(1))).toBe(5);
  });

  it('is refused if it is empty and its anchor names a later record or is not of this unit', () => {
    expect(() => firstTurn(paths, anchored(2))).toThrow(/audit\.db is empty although/);
    expect(() => firstTurn(paths, { state: 'forged' })).toThrow(/audit\.db is empty although/);
  });

  it('continues with the unit and the key that it began with', () => {
    expect(ownLog(paths, genesis, { unit, key })).toEqual({ log, key });
  });

  it('is refused with another unit, another agency, another key or none', () => {
    const refusal = (by: { unit?: typeof unit; key?: Buffer | null }) => () =>
      ownLog(paths, genesis, { unit, key, ...by });
    expect(refusal({ unit: { ...unit, id: 'other' } })).toThrow(/this unit is .*\/other/);
    expect(refusal({ unit: { ...unit, agency: 'other' } })).toThrow(/this unit is other\//);
    expect(refusal({ key: Buffer.alloc(32, 8) })).toThrow(/audit\.key is not the key/);
    expect(refusal({ key: null })).toThrow(/audit\.key is missing/);
  });
});

describe('what the log records about itself', () => {
  it('is nothing while all is well', () => {
    expect(entriesBefore(unit, { anomaly: null, failed: null })).toEqual([]);
  });

  it('AUD-3: is tampering first, then how many records are missing, since when and why', () => {
    const failed = failureAfter(failureAfter(null, at, 'locked'), 'later', 'disk full');
    expect(failed).toEqual({ count: 2, since: at, problem: 'disk full' });
    const entries = entriesBefore(unit, { anomaly: 'the anchor was missing', failed });
    expect(entries.map(({ operation, outcome, note }) => [operation, outcome, note])).toEqual([
      ['audit.anomaly', 'failed', 'the anchor was missing'],
      ['audit.gap', 'failed', `2 could not be written since ${at}: disk full`],
    ]);
  });
});

describe('the next anchor', () => {
  const head = { seq: 8, hash: 'b'.repeat(64) };

  it('names the newest record, one turn on', () => {
    const next = nextAnchor(anchored(7), { log, head, force: false });
    expect(next).toEqual({ log, ...head, turn: 5 });
  });

  it('is none where another process has anchored this record or a later one', () => {
    expect(nextAnchor(anchored(8), { log, head, force: false })).toBeNull();
    expect(nextAnchor(anchored(9), { log, head, force: false })).toBeNull();
  });

  it('is written over one that is ahead of the log after tampering, and over a missing or forged one', () => {
    expect(nextAnchor(anchored(9), { log, head, force: true })).toEqual({ log, ...head, turn: 5 });
    for (const state of ['missing', 'forged'] as const) {
      expect(nextAnchor({ state }, { log, head, force: false })).toEqual({ log, ...head, turn: 1 });
    }
  });
});

describe('the health of the log', () => {
  const newest = { seq: 12, at };
  const seen = { lastAppendedAt: at, records: 12 };

  it('is good with the number and time of the newest record', () => {
    const health = healthOf({ newest, problem: null, doubtfulSeq: null });
    expect(health).toEqual({ ...seen, state: 'good', problem: null });
  });

  it('is unwritable before it is doubtful', () => {
    const health = healthOf({ newest: null, problem: 'disk full', doubtfulSeq: 4 });
    expect(health).toEqual({
      lastAppendedAt: null,
      records: 0,
      state: 'unwritable',
      problem: 'disk full',
    });
  });

  it('is doubtful until a sign of tampering is verified', () => {
    const health = healthOf({ newest, problem: null, doubtfulSeq: 4 });
    expect(health).toMatchObject({ ...seen, state: 'doubtful' });
    expect(health.problem).toMatch(/tampered with before record 4.*audit verify --recorded/);
  });
});
