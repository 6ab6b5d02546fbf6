import { existsSync } from 'node:fs';
import type SQLite from 'better-sqlite3';
import { localTime } from '../../platform/local-time.ts';
import { messageOf } from '../../platform/problem.ts';
import { auditPaths, readAnchor } from './anchor.ts';
import type { AuditUnit } from './audit-record.ts';
import type { AuditFault, AuditFinding, AuditVerification } from './audit-verification.ts';
import { beforeAll, type Head, type Link, logIdOf, sealOf, sha256 } from './chain.ts';
import { withReader } from './log-reader.ts';
import {
  checkAnchor,
  checkCheckpoints,
  checkForwarded,
  checkGenesis,
  checkTriggers,
  type Facts,
  type Found,
  keyOf,
  parsed,
} from './verify-bindings.ts';

/** A log's folder and the facts to verify it against. */
export interface VerifyAudit {
  dataDir: string;
  /** The unit to which the log should belong; null accepts any unit. */
  unit: AuditUnit | null;
  /** The last record that was forwarded to headquarters. */
  forwarded?: (Head & { log: string }) | null;
}

const maxFindings = 200;
/** Clocks of processes on one machine may differ by this many milliseconds. */
const clockSlackMs = 50;
/** Faults that are not signs of tampering. */
const harmless: readonly AuditFault[] = ['clock', 'gap'];

/**
 * Verifies a whole log: each record's hash and seal, its place in the chain, its unit, the anchor and the checkpoints.
 * Read-only. A large log takes seconds, so the daemon runs this in a thread.
 */
export function verifyAudit(input: VerifyAudit): AuditVerification {
  const findings: AuditFinding[] = [];
  let more = 0;
  const found = (fault: AuditFault, seq: number | null, text: string): void => {
    if (findings.length < maxFindings) findings.push({ fault, seq, text });
    else more += 1;
  };
  const paths = auditPaths(input.dataDir);
  const empty = {
    log: null,
    agency: null,
    unit: null,
    records: 0,
    first: null,
    last: null,
    head: null,
    purged: 0,
  };
  const resultOf = (facts: Omit<AuditVerification, 'sound' | 'findings' | 'more'>) => ({
    sound: findings.every((each) => harmless.includes(each.fault)) && more === 0,
    ...facts,
    findings,
    more,
  });

  if (!existsSync(paths.database)) {
    found('unreadable', null, `${paths.database} is missing`);
    return resultOf(empty);
  }
  try {
    const key = keyOf(paths.key, found);
    // Read before the records: records written after it only extend the log.
    const anchor = key ? readAnchor(paths.anchor, key) : null;
    return withReader(paths.database, (db) => {
      const anchored = anchor?.state === 'sound' ? anchor.anchor.seq : 0;
      const wanted = new Set([anchored, input.forwarded?.seq ?? 0]);
      const facts = examine(db, { ...input, key, found, wanted });
      if (anchor) checkAnchor(anchor, facts, found);
      if (input.forwarded) checkForwarded(input.forwarded, facts, found);
      const { hashAt: _, ...rest } = facts;
      return resultOf(rest);
    });
  } catch (error) {
    found('unreadable', null, `${paths.database} cannot be read to its end: ${messageOf(error)}`);
    return resultOf(empty);
  }
}

/** A row and the fields parsed from its text. */
interface Row extends Link {
  place: number;
}

function examine(
  db: SQLite.Database,
  input: VerifyAudit & { key: Buffer | null; found: Found; wanted: ReadonlySet<number> },
): Facts {
  const { key, found, wanted } = input;
  const hashes = new Map<number, string>();
  const [broken] = db.pragma('quick_check(1)', { simple: false }) as { quick_check: string }[];
  if (broken && broken.quick_check !== 'ok') {
    found('unreadable', null, `SQLite reports that the file is damaged: ${broken.quick_check}`);
  }
  checkTriggers(db, found);
  // A record whose hash matches its text is placed by its own number, any other by its row number.
  db.function('place_of', { deterministic: true }, placeOf);
  db.function('is_foreign', { deterministic: true }, (hash, seal) =>
    key === null || seal === sealOf(String(hash), key) ? 0 : 1,
  );
  const genesisRow = db.prepare<[], Link>('SELECT * FROM record WHERE seq = 1').get();
  const genesis = genesisRow ? parsed(genesisRow) : null;
  checkGenesis(genesis, input, found);
  const purge = checkCheckpoints(db, key, found);

  const facts: Facts = {
    log: genesis ? logIdOf(genesis) : null,
    agency: genesis?.agency ?? null,
    unit: genesis?.unit ?? null,
    records: 0,
    first: null,
    last: null,
    head: null,
    purged: Math.max(0, purge.upTo - 1),
    hashAt: (seq) => hashes.get(seq),
  };

  const rows = db
    .prepare<[], Row>(
      isInPlace(db)
        ? 'SELECT seq, body, hash, seal, seq AS place FROM record ORDER BY seq'
        : `SELECT seq, body, hash, seal, place_of(seq, body, hash) AS place FROM record
           ORDER BY place, is_foreign(hash, seal), seq`,
    )
    .iterate();
  let before = { place: 0, hash: beforeAll.hash };
  let furthestSeq = 0;
  let latestMs = Number.NEGATIVE_INFINITY;

  for (const row of rows) {
    facts.records += 1;
    const record = parsed(row);
    const intact = sha256(row.body) === row.hash;
    const sealed = key === null || row.seal === sealOf(row.hash, key);
    const { place } = row;

    if (!intact || record === null) {
      found('changed', place, `record ${place} was changed: its text does not match its hash`);
    } else if (place === before.place) {
      found('inserted', place, `record ${place} was inserted; it does not belong to the log`);
      continue;
    } else if (!sealed) {
      found(
        'changed',
        place,
        `record ${place} was not written by this unit: its seal does not match`,
      );
    }
    if (place > before.place + 1 && !purge.covers(before, place, record)) {
      const to = place - 1;
      const range =
        to === before.place + 1 ? `record ${to} was` : `records ${before.place + 1} to ${to} were`;
      found('removed', before.place + 1, `${range} removed`);
    } else if (intact && record && place === before.place + 1 && record.previous !== before.hash) {
      found(
        'changed',
        before.place,
        `record ${before.place} was replaced: record ${place} follows one with another hash`,
      );
    }
    if (row.seq < furthestSeq) {
      found('reordered', place, `record ${place} is out of order`);
    }
    furthestSeq = Math.max(furthestSeq, row.seq);

    if (intact && record) {
      if (genesis && (record.agency !== genesis.agency || record.unit !== genesis.unit)) {
        found('foreign', place, `record ${place} belongs to ${record.agency}/${record.unit}`);
      }
      if (record.operation === 'audit.anomaly' && record.outcome === 'failed') {
        found('noted', place, `the unit noted at ${localTime(record.at)}: ${record.note}`);
      }
      if (record.operation === 'audit.gap' && record.outcome === 'failed') {
        found('gap', place, `records are missing before ${localTime(record.at)}: ${record.note}`);
      }
      const atMs = Date.parse(record.at);
      if (atMs < latestMs - clockSlackMs) {
        const back = ((latestMs - atMs) / 1000).toFixed(1);
        found('clock', place, `the clock was set back by ${back} s before record ${place}`);
      }
      latestMs = atMs;
      facts.first ??= record.at;
      facts.last = record.at;
    }
    before = { place, hash: row.hash };
    if (wanted.has(place)) hashes.set(place, row.hash);
    facts.head = { seq: place, hash: row.hash };
  }
  return facts;
}

/** Whether every record has its own row number; then no sorting is needed. */
function isInPlace(db: SQLite.Database): boolean {
  try {
    return (
      db
        .prepare("SELECT 1 FROM record WHERE json_extract(body, '$.seq') IS NOT seq LIMIT 1")
        .get() === undefined
    );
  } catch {
    // A text that is not JSON.
    return false;
  }
}

function placeOf(seq: unknown, body: unknown, hash: unknown): number {
  const lies = Number(seq);
  if (typeof body !== 'string' || sha256(body) !== hash) return lies;
  try {
    const says = (JSON.parse(body) as { seq?: unknown }).seq;
    return typeof says === 'number' ? says : lies;
  } catch {
    return lies;
  }
}
