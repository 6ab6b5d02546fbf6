import { join } from 'node:path';
import type { AuditRecord } from '../../src/accountability/audit/audit-record.ts';
import type { From, UnitNotice } from '../../src/headquarters/intake/read-message.ts';
import { createSharedRows, share } from '../../src/headquarters/intake/shared-rows.ts';
import { sharedTable } from '../../src/headquarters/intake/tables.ts';
import { openDatabase } from '../../src/platform/database.ts';
import type { Detection, Hit } from '../../src/records/detection.ts';
import type { ReceivedImage } from '../../src/records/received-records.ts';

/** An image whose file is written. */
export interface StoredImage {
  id: string;
  agency: string;
  unit: string;
  detectionId: string;
  sha256: string;
  file: string;
  /** A smaller copy: the broker does not take the original, which is on the unit. */
  reduced: boolean;
}

/** Where the JPEG of an image message goes, relative to the folder. */
export function fileOf({ agency, unit, image }: From & { image: ReceivedImage }): string {
  return join('images', agency, unit, `${image.ref.id}.jpg`);
}

/** The row of an image message. */
export function storedImageOf(message: From & { image: ReceivedImage }): StoredImage {
  const { agency, unit, image } = message;
  const { id, sha256 } = image.ref;
  return {
    id,
    agency,
    unit,
    detectionId: image.detectionId,
    sha256,
    file: fileOf(message),
    reduced: image.reduced !== null,
  };
}

/** What one commit holds. */
export interface Batch {
  notices: UnitNotice[];
  detections: Detection[];
  hits: Hit[];
  images: StoredImage[];
  audit: AuditRecord[];
}

/** Headquarters' own memory: a small database, so that it survives a restart. */
export function openStore(folder: string) {
  const db = openDatabase(join(folder, 'headquarters.db'), [
    {
      id: 'headquarters-1',
      sql: `
        CREATE TABLE detection (
          id TEXT NOT NULL, revision INTEGER NOT NULL, agency TEXT NOT NULL, unit TEXT NOT NULL,
          body TEXT NOT NULL, PRIMARY KEY (id, revision)
        ) STRICT;
        CREATE TABLE hit (
          id TEXT NOT NULL, revision INTEGER NOT NULL, agency TEXT NOT NULL, unit TEXT NOT NULL,
          body TEXT NOT NULL, PRIMARY KEY (id, revision)
        ) STRICT;
        CREATE TABLE image (
          id TEXT PRIMARY KEY, agency TEXT NOT NULL, unit TEXT NOT NULL, detectionId TEXT NOT NULL,
          sha256 TEXT NOT NULL, file TEXT NOT NULL
        ) STRICT;
        CREATE TABLE published (
          agency TEXT NOT NULL, list TEXT NOT NULL, sha256 TEXT NOT NULL, chunks INTEGER NOT NULL,
          PRIMARY KEY (agency, list, sha256)
        ) STRICT;
      `,
    },
    {
      id: 'headquarters-2-audit',
      sql: `
        CREATE TABLE audit (
          agency TEXT NOT NULL, unit TEXT NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL,
          previous TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (agency, unit, seq, hash)
        ) STRICT, WITHOUT ROWID;
      `,
    },
    {
      id: 'headquarters-3-notices',
      sql: `
        CREATE TABLE notice (
          id TEXT PRIMARY KEY, agency TEXT NOT NULL, unit TEXT NOT NULL, type TEXT NOT NULL,
          body TEXT NOT NULL
        ) STRICT;
      `,
    },
    {
      id: 'headquarters-4-reduced',
      sql: 'ALTER TABLE image ADD COLUMN reduced INTEGER NOT NULL DEFAULT 0;',
    },
    {
      id: 'headquarters-5-shared',
      sql: sharedTable,
    },
  ]);
  const word = (table: 'detection' | 'hit') =>
    db.prepare(
      `INSERT INTO ${table} (id, revision, agency, unit, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
  const insertDetection = word('detection');
  const insertHit = word('hit');
  const insertImage = db.prepare(
    `INSERT INTO image (id, agency, unit, detectionId, sha256, file, reduced) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const insertAudit = db.prepare(
    'INSERT INTO audit (agency, unit, seq, hash, previous, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const contradiction = db.prepare(
    `SELECT 1 FROM audit WHERE agency = @agency AND unit = @unit AND (
       (seq = @seq AND hash <> @hash) OR (seq = @seq - 1 AND hash <> @previous)
       OR (seq = @seq + 1 AND previous <> @hash)) LIMIT 1`,
  );
  const insertNotice = db.prepare(
    'INSERT INTO notice (id, agency, unit, type, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const lastHit = db
    .prepare<[string], string>('SELECT body FROM hit WHERE id = ? ORDER BY revision DESC LIMIT 1')
    .pluck();
  const hitIds = db
    .prepare<[string], string>("SELECT DISTINCT id FROM hit WHERE id LIKE '%' || ? LIMIT 2")
    .pluck();
  const hasImage = db.prepare('SELECT 1 FROM image WHERE id = ?');
  const units = db.prepare<[], { agency: string; unit: string }>(
    'SELECT agency, unit FROM detection UNION SELECT agency, unit FROM hit UNION SELECT agency, unit FROM audit',
  );
  const published = db.prepare<[string, string], { sha256: string; chunks: number }>(
    'SELECT sha256, chunks FROM published WHERE agency = ? AND list = ?',
  );
  const publish = db.prepare('INSERT OR REPLACE INTO published VALUES (?, ?, ?, ?)');
  const unpublish = db.prepare(
    'DELETE FROM published WHERE agency = ? AND list = ? AND sha256 = ?',
  );

  const shared = createSharedRows(db);

  /** One durable commit. Returns what was new; the rest were repeats. */
  const write = db.transaction((batch: Batch): Batch => {
    const isNew = (insert: typeof insertHit) => (record: Detection | Hit) => {
      const { id, revision, agency, unit } = record;
      return insert.run(id, revision, agency, unit, JSON.stringify(record)).changes > 0;
    };
    return {
      notices: batch.notices.filter((notice) => {
        const { id, agency, unit, type, body } = notice;
        if (insertNotice.run(id, agency, unit, type, JSON.stringify(body)).changes === 0) {
          return false;
        }
        share(notice, shared);
        return true;
      }),
      detections: batch.detections.filter(isNew(insertDetection)),
      hits: batch.hits.filter(isNew(insertHit)),
      images: batch.images.filter(
        ({ id, agency, unit, detectionId, sha256, file, reduced }) =>
          insertImage.run(id, agency, unit, detectionId, sha256, file, Number(reduced)).changes > 0,
      ),
      audit: batch.audit.filter((record) => {
        const { agency, unit, seq, hash, previous } = record;
        return (
          insertAudit.run(agency, unit, seq, hash, previous, JSON.stringify(record)).changes > 0
        );
      }),
    };
  });

  return {
    write: (batch: Batch) => write(batch),
    shared,
    /** Whether a record does not fit those around it that the unit sent before: its log was changed or started again. */
    contradicts: ({ agency, unit, seq, hash, previous }: AuditRecord): boolean =>
      contradiction.get({ agency, unit, seq, hash, previous }) !== undefined,
    /** The latest revision of a hit, as its unit sent it, by its id or the end of it; null if none or several have it. */
    hit(id: string): Hit | null {
      const ids = id.length < 4 ? [] : hitIds.all(id);
      const body = ids.length === 1 ? lastHit.get(ids[0] ?? '') : undefined;
      return body === undefined ? null : (JSON.parse(body) as Hit);
    },
    /** The units that have sent records. */
    units: () => units.all(),
    hasImage: (id: string): boolean => hasImage.get(id) !== undefined,
    /** Files whose chunks the broker may still hold. */
    published: (agency: string, list: string) => published.all(agency, list),
    publish: (agency: string, list: string, sha256: string, chunks: number) =>
      void publish.run(agency, list, sha256, chunks),
    unpublish: (agency: string, list: string, sha256: string) =>
      void unpublish.run(agency, list, sha256),
    close: () => void db.close(),
  };
}
