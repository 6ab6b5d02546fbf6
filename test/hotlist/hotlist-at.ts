import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import type { HotlistConfig } from '../../src/config/sections/hotlist.ts';
import type { MatchQuery } from '../../src/hotlist/hit-match.ts';
import { createHotlist, type Hotlist, type HotlistOptions } from '../../src/hotlist/hotlist.ts';
import { createLog } from '../../src/platform/log.ts';
import { configOf, type ListInput } from './list-config.ts';

/** The time that tests without a turned clock run at. */
export const noon = Date.UTC(2026, 10, 22, 12);

/** RFC 3339 of some hours before noon. */
export function hoursAgo(hours: number): string {
  return new Date(noon - hours * 3_600_000).toISOString();
}

/** Real hot lists in a folder of their own, closed when the test ends. */
export function hotlistAt(
  folder: string,
  lists: ListInput[] = [{}],
  options: Partial<Pick<HotlistOptions, 'clock' | 'maintain' | 'believesClock'>> & {
    config?: Partial<HotlistConfig>;
  } = {},
): Hotlist {
  const hotlist = createHotlist({
    path: join(folder, 'hotlist.db'),
    config: configOf(lists, options.config),
    log: createLog({ level: 'silent' }),
    clock: options.clock ?? (() => noon),
    maintain: options.maintain ?? false,
    ...(options.believesClock && { believesClock: options.believesClock }),
  });
  hotlist.start();
  onTestFinished(() => hotlist[Symbol.asyncDispose]());
  return hotlist;
}

/** Hot lists filled once from CSV rows, by list id, for all tests of a block that only ask. */
export function sharedHotlist(
  lists: Record<string, { header: string; rows: string[]; input?: ListInput }>,
): () => Hotlist {
  const folder = mkdtempSync(join(tmpdir(), 'lookout-test-'));
  let hotlist: Hotlist;
  beforeAll(async () => {
    hotlist = createHotlist({
      path: join(folder, 'hotlist.db'),
      config: configOf(Object.entries(lists).map(([id, { input }]) => ({ id, ...input }))),
      log: createLog({ level: 'silent' }),
      clock: () => noon,
      maintain: false,
    });
    for (const [listId, { header, rows }] of Object.entries(lists)) {
      const file = listFile(folder, [header, ...rows].join('\n'));
      await hotlist.importFile({ listId, file, asOf: hoursAgo(2) });
    }
  });
  afterAll(async () => {
    await hotlist[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });
  return () => hotlist;
}

/** Writes a list file and returns its path. */
export function listFile(folder: string, content: string | Uint8Array, name = 'list.csv'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** A read with a probability for each character, 0.99 by default, and other texts. */
export function readAs(
  plate: string,
  more: Partial<Pick<MatchQuery, 'alternatives' | 'state'>> & { ps?: Record<number, number> } = {},
): MatchQuery {
  return {
    plate,
    characters: [...plate].map((char, at) => ({ char, p: more.ps?.[at] ?? 0.99 })),
    alternatives: more.alternatives ?? [],
    state: more.state ?? null,
  };
}
