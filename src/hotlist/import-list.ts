import { existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { columnOf, selectList } from '../platform/columns.ts';
import type { Database } from '../platform/database.ts';
import { localTime, readTime } from '../platform/local-time.ts';
import { fileFault, messageOf, Problem, TemporaryProblem } from '../platform/problem.ts';
import type { ImportRequest, ImportResult } from './import-result.ts';
import { lintRows } from './lint-rows.ts';
import { differenceOf } from './list-profile.ts';
import type { HotList, RowRules } from './list-rules.ts';
import { createRejectsFile } from './rejects-file.ts';
import { type StagedFile, stageFile } from './stage-file.ts';
import { sweep } from './sweep.ts';
import {
  type EntryRow,
  entryFields,
  type Generation,
  generationColumns,
  hotEntryOf,
  noteRefusal,
} from './tables.ts';

const clockToleranceMs = 5 * 60_000;
const hourMs = 3_600_000;
/** Rows per write transaction: short enough that other writers hardly wait. */
const chunkRows = 2000;
const sampleCount = 5;
const spareBytes = 16 * 2 ** 20;

/**
 * Imports a file as the new content of a list, in a thread of its own. The file is read and checked completely before
 * the lists are touched; its entries are then written beside the old ones in short transactions, and one transaction
 * puts them into use. If anything stops it before that, the old list is unchanged.
 */
export async function importList(
  db: Database,
  list: HotList,
  rules: RowRules,
  request: ImportRequest,
  nowMs: number,
): Promise<ImportResult> {
  const startedMs = performance.now();
  const previous = generationInUse(db, list.id);
  const rejectsFile =
    request.rejectsFile === undefined ? null : createRejectsFile(request.rejectsFile);
  let staged: StagedFile;
  try {
    staged = await stageFile(db, list, rules, request.file, nowMs, rejectsFile);
    await rejectsFile?.close();
  } catch (error) {
    await rejectsFile?.discard();
    const isOfFile = error instanceof Problem && !(error instanceof TemporaryProblem);
    if (isOfFile && request.dryRun !== true && existsSync(request.file)) {
      noteRefusal(db, list.id, nowMs, error.message);
    }
    throw error;
  }

  const asOfMs = sourceTime(request, staged.asOfMs, nowMs);
  const copied = request.asOf === 'file-time' && staged.facts.sha256 === previous?.sha256;
  const effectiveMs = copied ? Math.min(asOfMs, previous.asOfMs) : asOfMs;
  const warnings = [...lintRows(db, list, staged, request.dryRun === true)];
  if (copied && effectiveMs < asOfMs) {
    warnings.unshift(
      'the file is identical to the one imported before: the age of the list is not renewed',
    );
  } else if (request.asOf === 'file-time' && staged.asOfMs === null) {
    warnings.unshift(
      `the age is counted from the file's modification time; give the source's own time if it states one`,
    );
  }
  const refusal = refusalOf(list, request, staged, previous, effectiveMs, nowMs);
  const {
    facts,
    unknownCodes: _,
    cutShort: __,
    profile,
    asOfMs: ___,
    stated: ____,
    ...counts
  } = staged;
  const result: ImportResult = {
    listId: list.id,
    dryRun: request.dryRun === true,
    asOf: new Date(effectiveMs).toISOString(),
    sha256: facts.sha256,
    bytes: facts.bytes,
    ...counts,
    previousEntries: previous?.entries ?? null,
    warnings,
    refusal,
    samples: [],
    ms: 0,
  };
  if (request.dryRun === true) {
    result.samples = db
      .prepare<[], EntryRow>(
        `SELECT ${selectList(entryFields)} FROM temp.ordered ORDER BY row LIMIT ${sampleCount}`,
      )
      .all()
      .map(hotEntryOf);
  } else if (refusal !== null) {
    noteRefusal(db, list.id, nowMs, refusal);
    throw new Problem(refusal);
  } else {
    refuseFullDisk(db, request.file, facts.textBytes);
    try {
      // A file of entries has other columns than the source's next file, which is compared with the source's last one.
      const kept =
        request.form === 'entries' ? (previous?.profile ?? null) : JSON.stringify(profile);
      writeGeneration(db, list, result, kept, request.by ?? null, effectiveMs, nowMs);
    } catch (error) {
      // Usually a full disk: the written rows are deleted first, now or with the next sweep.
      try {
        sweep(db, null);
      } catch {}
      throw new TemporaryProblem(
        `${request.file}: could not be written (${messageOf(error)}); the old list stays in force`,
      );
    }
    noteRefusal(db, list.id, nowMs, null);
    sweep(db, null);
  }
  result.ms = performance.now() - startedMs;
  return result;
}

function generationInUse(db: Database, listId: string): Generation | undefined {
  return db
    .prepare<[string], Generation>(
      `SELECT ${generationColumns} FROM generation WHERE list_id = ? AND state IN ('active', 'expired')`,
    )
    .get(listId);
}

/** When the source made the list: as the file says, as the request says, or the earlier of both. */
function sourceTime(request: ImportRequest, ownMs: number | null, nowMs: number): number {
  if (ownMs !== null) {
    const isNamed = request.asOf !== undefined && request.asOf !== 'file-time';
    return isNamed ? Math.min(ownMs, statedTime(request, nowMs)) : ownMs;
  }
  return statedTime(request, nowMs);
}

function statedTime(request: ImportRequest, nowMs: number): number {
  if (request.asOf === undefined) {
    throw new Problem(
      `${request.file}: say when its source made it, with --as-of and a time such as '2026-11-21 06:00', ` +
        'or --as-of file-time; the age of the list is counted from that time',
    );
  }
  if (request.asOf === 'file-time') {
    try {
      return Math.min(Math.floor(statSync(request.file).mtimeMs), nowMs);
    } catch (error) {
      throw new Problem(`${request.file}: cannot be read (${fileFault(error)})`);
    }
  }
  const written = readTime(request.asOf);
  if ('unclear' in written) {
    throw new Problem(
      `the list's time "${request.asOf}" cannot be read: it ${written.unclear}; or file-time for the file's modification time`,
    );
  }
  // Of a day the first moment: a list is never taken for newer than it is.
  return written.startMs;
}

/** Why this file must not replace the list, or null. */
function refusalOf(
  list: HotList,
  request: ImportRequest,
  staged: StagedFile,
  previous: Generation | undefined,
  asOfMs: number,
  nowMs: number,
): string | null {
  const { file } = request;
  const asOf = new Date(asOfMs).toISOString();
  if (request.sha256 !== undefined && request.sha256.toLowerCase() !== staged.facts.sha256) {
    return `${file}: its SHA-256 is ${staged.facts.sha256}, not the expected one. Fetch the file again.`;
  }
  if (asOfMs > nowMs + clockToleranceMs) {
    return `${file}: its time ${localTime(asOf)} is in the future. Correct the time, or this unit's clock.`;
  }
  if (asOfMs + list.maxAgeH * hourMs <= nowMs) {
    return (
      `${file}: made by its source at ${localTime(asOf)}, it is older than the ${list.maxAgeH} hours ` +
      `(maxAgeH) for which list "${list.id}" may be kept. Fetch a newer one.`
    );
  }
  const { stated } = staged;
  if (stated !== null && stated.count !== stated.rows && request.force !== true) {
    return `${file}: its last line says ${stated.count} rows, and ${stated.rows} were read: it is cut short or joined of two. Fetch it again. If that is right, import it with --force.`;
  }
  if (
    list.layout.trailer !== undefined &&
    !staged.marks.some(({ kind }) => kind === 'trailing') &&
    request.force !== true
  ) {
    return `${file}: has no last line that begins with "${list.layout.trailer.startsWith}" (layout.trailer): it is cut short. Fetch it again. If that is right, import it with --force.`;
  }
  const isVouchedEmpty =
    staged.records === 0 &&
    staged.facts.bytes > 0 &&
    (request.force === true || request.entries === 0);
  if (staged.entries === 0 && !isVouchedEmpty) {
    const first = staged.rejects[0];
    const why = first === undefined ? '' : ` Most rows: ${describe(first.column, first.reason)}.`;
    return `${file}: has no usable entry in ${staged.records} rows.${why}`;
  }
  if (request.force === true) return null;
  const insist = 'If that is right, import it with --force.';
  if (staged.cutShort) {
    return `${file}: ends in the middle of a row: it is incomplete. Fetch it again. ${insist}`;
  }
  const denied = Object.values(staged.denied).reduce((sum, rows) => sum + rows, 0);
  const lines =
    denied +
    staged.rejected +
    staged.entries +
    staged.duplicates +
    staged.expired +
    staged.withoutPlate;
  if (staged.rejected / lines > list.maxRejects) {
    const first = staged.rejects[0];
    return (
      `${file}: ${staged.rejected} of ${lines} rows cannot be used, more than the share ` +
      `${list.maxRejects} (maxRejects) that list "${list.id}" allows. ` +
      `${first === undefined ? '' : `Row ${first.firstRow}: ${describe(first.column, first.reason)}. `}` +
      `Use --rejects to see them all. ${insist}`
    );
  }
  if (request.entries !== undefined && request.entries !== staged.records) {
    return `${file}: has ${staged.records} rows where its source says ${request.entries}. Fetch it again. ${insist}`;
  }
  if (previous === undefined) return null;
  const missing = previous.entries - staged.entries;
  const vouched = request.entries !== undefined;
  if (!vouched && missing > list.maxShrink * previous.entries && missing > list.maxShrinkEntries) {
    return (
      `${file}: has ${staged.entries} entries where list "${list.id}" has ${previous.entries}: ` +
      `${Math.round((missing / previous.entries) * 100)} % fewer, more than ${Math.round(list.maxShrink * 100)} % (maxShrink). ${insist}`
    );
  }
  const difference =
    previous.profile === null
      ? null
      : differenceOf(JSON.parse(previous.profile), staged.profile, {
          before: previous.entries,
          now: staged.entries,
        });
  if (difference !== null) {
    return `${file}: ${difference}. Has a column changed its name or its place? ${insist}`;
  }
  if (asOfMs < previous.asOfMs) {
    return (
      `${file}: made at ${localTime(asOf)}, it is older than the list in use, ` +
      `made at ${localTime(previous.asOfMs)}. ${insist}`
    );
  }
  return null;
}

function describe(column: string | null, reason: string): string {
  return column === null ? `the row ${reason}` : `${column} ${reason}`;
}

/** On a full disk a database cannot even delete, so there must be room for the old and the new list. */
function refuseFullDisk(db: Database, file: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(dirname(db.name));
  const free = bavail * bsize;
  const needed = 2 * bytes + spareBytes;
  if (free >= needed) return;
  const mib = (value: number) => Math.ceil(value / 2 ** 20);
  throw new TemporaryProblem(
    `${file}: needs ${mib(needed)} MiB free beside ${db.name}, there are ${mib(free)}; the old list stays in force`,
  );
}

function writeGeneration(
  db: Database,
  list: HotList,
  result: ImportResult,
  profile: string | null,
  by: string | null,
  asOfMs: number,
  nowMs: number,
): void {
  const columns = entryFields.map(columnOf).join(', ');
  // A power cut may lose chunks that are not in use yet; the final transaction syncs them all.
  db.pragma('synchronous = NORMAL');
  const generation = Number(
    db
      .prepare(
        `INSERT INTO generation (list_id, state, as_of_ms, imported_at_ms, max_age_h, sha256, records, entries, imported_by, profile)
         VALUES (?, 'building', ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        list.id,
        asOfMs,
        Math.floor(nowMs),
        list.maxAgeH,
        result.sha256,
        result.records,
        result.entries,
        by,
        profile,
      ).lastInsertRowid,
  );
  const copy = db.prepare(
    `INSERT INTO main.entry (generation, ${columns})
     SELECT ?, ${columns} FROM temp.ordered WHERE rowid > ? AND rowid <= ? ORDER BY rowid`,
  );
  for (let done = 0; done < result.entries; done += chunkRows) {
    copy.run(generation, done, done + chunkRows);
  }
  db.pragma('synchronous = FULL');
  db.transaction(() => {
    db.prepare(
      "UPDATE generation SET state = 'retired' WHERE list_id = ? AND state IN ('active', 'expired')",
    ).run(list.id);
    db.prepare("UPDATE generation SET state = 'active' WHERE id = ?").run(generation);
  }).immediate();
}
