import { createHmac, hash as hashOf } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { AuditEntry, AuditRecord, AuditUnit } from './audit-record.ts';
import { canonicalJson, earlierJson } from './canonical-json.ts';
import { ownEntry } from './unattended-entry.ts';

/** The newest record of a log. */
export interface Head {
  seq: number;
  hash: string;
}

/** A row of the table: `body` is the record's canonical JSON without the hash. */
export interface Link {
  seq: number;
  body: string;
  hash: string;
  /** HMAC of the hash with this unit's key; a record created without the key has no valid seal. */
  seal: string;
}

/** The predecessor of the first record. */
export const beforeAll: Head = { seq: 0, hash: '0'.repeat(64) };

const longestNote = 4000;
const longestQuery = 65_536;

/** The next record after `head`. */
export function linkOf(
  entry: AuditEntry,
  head: Head,
  made: { at: string; unit: AuditUnit; key: Buffer },
): { record: AuditRecord; link: Link } {
  const { at, unit, key } = made;
  const unhashed: Omit<AuditRecord, 'hash'> = {
    ...bounded(entry),
    seq: head.seq + 1,
    at,
    agency: unit.agency,
    unit: unit.id,
    previous: head.hash,
  };
  const body = canonicalJson(unhashed);
  const hash = sha256(body);
  const link = { seq: unhashed.seq, body, hash, seal: sealOf(hash, key) };
  return { record: { ...unhashed, hash }, link };
}

/** The record of a row. Throws if the text is not JSON. */
export function recordOf({ body, hash }: Pick<Link, 'body' | 'hash'>): AuditRecord {
  return { ...(JSON.parse(body) as Omit<AuditRecord, 'hash'>), hash };
}

/**
 * Whether a record has the hash that it gives. For who has the record and not its text, such as headquarters. A record that
 * an earlier version wrote with an unpaired surrogate has it over the text of then.
 */
export function hasOwnHash({ hash, ...unhashed }: AuditRecord): boolean {
  return sha256(canonicalJson(unhashed)) === hash || sha256(earlierJson(unhashed)) === hash;
}

export function sha256(text: string | Buffer): string {
  return hashOf('sha256', text, 'hex');
}

export function sealOf(text: string, key: Buffer): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

/** A short name of a key that does not reveal it. */
export function fingerprintOf(key: Buffer): string {
  return sha256(key).slice(0, 16);
}

/** The first record binds agency, unit, key and a random id of this log. */
export function genesisEntry(unit: AuditUnit, key: Buffer): AuditEntry {
  const log = uuidv7();
  return ownEntry('audit.begin', unit, {
    object: `log ${log}`,
    query: { log, key: fingerprintOf(key), hash: 'SHA-256 over RFC 8785 JSON' },
  });
}

/** The id of a log, from its first record. */
export function logIdOf(genesis: Pick<AuditRecord, 'query'>): string {
  return String(genesis.query?.log ?? '');
}

/** Shortens an entry, so that one request cannot fill the log's disk. */
function bounded(entry: AuditEntry): AuditEntry {
  const note = entry.note === null ? null : entry.note.slice(0, longestNote);
  if (entry.query === null) return { ...entry, note };
  const text = canonicalJson(entry.query);
  const query =
    text.length > longestQuery
      ? { tooLong: true, characters: text.length, sha256: sha256(text) }
      : entry.query;
  return { ...entry, note, query };
}
