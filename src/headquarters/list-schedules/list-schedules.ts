import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { NewNotice } from '../../accountability/notices/notice.ts';
import type { ListSchedule } from '../../config/sections/lists.ts';
import type { ImportResult } from '../../hotlist/import-result.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Log } from '../../platform/log.ts';
import { fileFault, messageOf, Problem, TemporaryProblem } from '../../platform/problem.ts';
import { type FolderMemory, fetchFromFolder } from './fetch-folder.ts';
import { fetchByHttps } from './fetch-https.ts';
import { fetchBySftp } from './fetch-sftp.ts';
import type { Fetched } from './fetched.ts';
import { isDue } from './schedule-due.ts';
import { createScheduleRows } from './schedule-rows.ts';

/** The files of hot lists that headquarters fetches and imports by itself. */
export interface ListSchedules extends AsyncDisposable {
  start(): void;
  /** What does not work, in sentences. */
  problems(): string[];
}

/** Lists as schedules import into them; an audit record is written before and after. */
export interface ScheduleTarget {
  importFile(request: { listId: string; file: string; asOf: string }): Promise<ImportResult>;
}

const noProblem = { problem: null, problemMs: null, problemStays: false } as const;
const lookEveryMs = 2000;
/** Files of each list that stayed out and are kept, the newest. */
const keptRefused = 5;

/**
 * Carries out `lists.schedules`: fetches what is due, and imports it as a person does, with the linter and the guards and without
 * force. A file that they refuse stays out, is kept aside with the reason, and people are told; the list in use stays.
 */
export function createListSchedules(deps: {
  schedules: readonly ListSchedule[];
  target: ScheduleTarget;
  /** `headquarters.db`. */
  db: Database;
  dataDir: string;
  tell: (notice: NewNotice) => void;
  clock: Clock;
  log: Log;
}): ListSchedules {
  const { schedules, target, dataDir, tell, clock, log } = deps;
  const rows = createScheduleRows(deps.db);
  const folder = join(dataDir, 'list-fetch');
  const refusedFolder = join(dataDir, 'list-refused');
  const memories = new Map<string, FolderMemory>();
  const stopping = new AbortController();
  let work: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  const memoryOf = (name: string): FolderMemory => {
    const memory = memories.get(name) ?? new Map();
    memories.set(name, memory);
    return memory;
  };

  function fetchIt(schedule: ListSchedule, to: string): Promise<Fetched | null> {
    const { source } = schedule;
    const { signal } = stopping;
    const name = nameOf(schedule);
    const { seen } = rows.of(name);
    if (source.kind === 'folder') {
      return fetchFromFolder(source, { to, memory: memoryOf(name), seen, nowMs: clock() });
    }
    if (source.kind === 'sftp') return fetchBySftp(source, { to, seen, signal });
    return fetchByHttps(source, { to, seen, signal });
  }

  /** A file that stays out: it is kept with its reason, and people are told once. */
  async function keepAside(
    { list }: ListSchedule,
    { file, name }: Fetched,
    reason: string,
  ): Promise<void> {
    const nowMs = clock();
    const kept = `${list}-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, '')}`;
    mkdirSync(refusedFolder, { recursive: true, mode: 0o700 });
    await copyFile(file, join(refusedFolder, kept));
    await writeFile(join(refusedFolder, `${kept}.txt`), `${name}\n${reason}\n`, { mode: 0o600 });
    const ofList = readdirSync(refusedFolder)
      .filter((each) => each.startsWith(`${list}-20`))
      .sort()
      .reverse();
    for (const old of ofList.slice(2 * keptRefused)) rmSync(join(refusedFolder, old));
    tell({
      key: `list-refused ${kept}`,
      kind: 'list',
      to: { permission: 'hotlist.manage' },
      about: `hot list ${list}`,
      text: `A file of hot list ${list} that came by itself at ${localTime(nowMs)} stays out: ${reason} The list in use stays.`,
      atMs: Math.floor(nowMs),
    });
  }

  /** Tells the source what became of its file. */
  async function settle(name: string, fetched: Fetched, refusal: string | null): Promise<void> {
    try {
      await fetched.settle(refusal);
    } catch (error) {
      const problem = `${fetched.name} cannot be moved out of its folder (${fileFault(error)})`;
      rows.change(name, { problem, problemMs: Math.floor(clock()), problemStays: true });
    }
  }

  async function take(schedule: ListSchedule, fetched: Fetched): Promise<void> {
    const { list } = schedule;
    const name = nameOf(schedule);
    try {
      const { entries } = await target.importFile({
        ...{ listId: list, file: fetched.file, asOf: 'file-time' },
      });
      const nowMs = Math.floor(clock());
      // First: where it cannot be moved away it is not taken again.
      rows.change(name, { doneMs: nowMs, seen: fetched.seen, ...noProblem });
      log.info({ list, entries }, 'a hot list came by itself');
      await settle(name, fetched, null);
    } catch (error) {
      if (!(error instanceof Problem) || error instanceof TemporaryProblem) throw error;
      // The file lies under a name of its own here.
      const reason = error.message.replaceAll(fetched.file, 'the file');
      await keepAside(schedule, fetched, reason);
      const nowMs = Math.floor(clock());
      const problem = `the file was refused: ${reason}`;
      rows.change(name, {
        ...{ doneMs: nowMs, seen: fetched.seen },
        ...{ problem, problemMs: nowMs, problemStays: true },
      });
      await settle(name, fetched, reason);
      log.error({ list }, 'a hot list that came by itself was refused; the old one stays in use');
    }
  }

  async function carryOut(schedule: ListSchedule): Promise<void> {
    const name = nameOf(schedule);
    const { list, source } = schedule;
    const to = join(folder, `${list}.${source.kind}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    try {
      const fetched = await fetchIt(schedule, to);
      if (fetched !== null) return await take(schedule, fetched);
      // Nothing new. What stayed out before still does.
      const { problemStays } = rows.of(name);
      rows.change(name, { doneMs: Math.floor(clock()), ...(!problemStays && noProblem) });
    } catch (error) {
      if (stopping.signal.aborted) return;
      const problem = messageOf(error);
      const nowMs = Math.floor(clock());
      if (problem !== rows.of(name).problem) log.warn({ list, problem }, 'a hot list did not come');
      rows.change(name, { triedMs: nowMs, problem, problemMs: nowMs, problemStays: false });
    } finally {
      await rm(to, { force: true });
    }
  }

  async function carryOutAll(): Promise<void> {
    for (const schedule of schedules) {
      if (stopping.signal.aborted) return;
      if (isDue(schedule, rows.of(nameOf(schedule)), clock())) await carryOut(schedule);
    }
  }

  return {
    start() {
      if (schedules.length === 0) return;
      timer = setInterval(() => {
        work ??= carryOutAll()
          .catch((error: unknown) =>
            log.error({ problem: messageOf(error) }, 'the schedules of hot lists stand still'),
          )
          .finally(() => {
            work = null;
          });
      }, lookEveryMs);
    },
    problems: () =>
      schedules.flatMap((schedule) => {
        const { problem, problemMs } = rows.of(nameOf(schedule));
        if (problem === null) return [];
        const since = problemMs === null ? '' : `, ${localTime(problemMs)}`;
        return [
          `schedule of hot list ${schedule.list} (${schedule.source.kind}${since}): ${problem}`,
        ];
      }),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stopping.abort();
      await Promise.race([work, delay(10_000, null, { ref: false })]);
    },
  };
}

/** By what the state of a schedule is found again: one that is changed to another source begins anew. */
function nameOf({ list, source }: ListSchedule): string {
  if (source.kind === 'folder') return `${list} folder ${source.path}`;
  if (source.kind === 'https') return `${list} ${source.url}`;
  return `${list} sftp ${source.user}@${source.host}:${source.port} ${source.file}`;
}
