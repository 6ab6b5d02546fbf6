import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { lastBackupOf } from '../backup/last-backup.ts';
import type { Config } from '../config/schema.ts';
import { listEnrolled } from '../headquarters/enrolment/enrolled.ts';
import { rotationState } from '../headquarters/enrolment/signing-keys.ts';
import type { HeadquartersStatus } from '../headquarters/headquarters-status.ts';
import { systemClock } from '../platform/clock.ts';
import { counted } from '../platform/counted.ts';
import { localDay, localTime } from '../platform/local-time.ts';
import { fileFault, messageOf, Problem } from '../platform/problem.ts';
import { about, type Check, type Finding, presenceOf, saidAndAdvised } from './check.ts';

const dayMs = 86_400_000;
const backupOldMs = 3 * dayMs;
const keyOldMs = 2 * 365 * dayMs;
/** More than some minutes of all units at once. */
const longQueue = 10_000;

/** What headquarters has beside a unit: backups, the authority with its certificates, the key that signs for all units. */
export function headquartersChecks({ unit }: Config): Check[] {
  if (unit.mode !== 'headquarters') return [];
  const { agency, dataDir } = unit;
  return [
    async () => [backupFinding(dataDir, Date.now())],
    async () => authorityFindings(join(dataDir, 'authority'), agency),
    async () => signingKeyFindings(dataDir, Date.now()),
  ];
}

function backupFinding(dataDir: string, nowMs: number): Finding {
  const found = about('backup', 'backup');
  const last = lastBackupOf(dataDir);
  const advice = 'Run: sudo systemctl enable --now lookout-backup.timer';
  if (last === null) {
    return found.warning('none was made yet: all is lost with this computer', advice);
  }
  const says = `the newest is of ${localTime(last.madeAt)}, in ${last.folder}`;
  return nowMs - Date.parse(last.madeAt) > backupOldMs
    ? found.warning(says, advice)
    : found.ok(says);
}

/** Whose certificates end soon, of those that were not renewed; nothing where another computer has the authority. */
async function authorityFindings(folder: string, agency: string): Promise<Finding[]> {
  const found = about('certificates', 'authority');
  // The service itself may not look at it; the command of an administrator does.
  const presence = await presenceOf(join(folder, 'certificates.json'));
  if (presence !== 'there') return [];
  try {
    const { authorityUntil, enrolled } = listEnrolled({ folder, agency, clock: systemClock });
    const leftMs = Date.parse(authorityUntil) - Date.now();
    const says = `it and its list of revoked certificates hold until ${localDay(authorityUntil)}`;
    const own =
      leftMs < 365 * dayMs
        ? found.warning(says, 'Make another in another folder in time, and enrol every unit again.')
        : found.ok(says);
    const ending = enrolled.filter(({ state }) => state === 'ends soon' || state === 'ended');
    return [
      own,
      ...ending.map(({ name, kind, state, until }) =>
        about('certificates', `certificate of ${name}`)[state === 'ended' ? 'failure' : 'warning'](
          `${state === 'ended' ? 'ended' : 'ends'} on ${localDay(until)}`,
          kind === 'unit'
            ? `Run: sudo lookout headquarters enrol ${name} --again`
            : 'Run: sudo lookout headquarters authority --again',
        ),
      ),
    ];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [found.failure(...saidAndAdvised(messageOf(error)))];
  }
}

function signingKeyFindings(dataDir: string, nowMs: number): Finding[] {
  const path = join(dataDir, 'signing.key');
  const found = about('certificates', 'key that signs for all units');
  if (!existsSync(path)) return [];
  try {
    const madeMs = statSync(path).mtimeMs;
    const state = rotationState(dataDir);
    const says = `it signs since ${localDay(madeMs)}`;
    if (state !== 'none') {
      return [
        found.warning(
          `${says}; its change is begun and not ended`,
          'Run: sudo lookout headquarters rotate-key',
        ),
      ];
    }
    return [
      nowMs - madeMs > keyOldMs
        ? found.warning(says, 'Run: sudo lookout headquarters rotate-key --begin')
        : found.ok(says),
    ];
  } catch (error) {
    return [found.failure(`cannot be read: ${fileFault(error)}`, 'Restore it from a backup.')];
  }
}

/** What a running headquarters says of its units: silence, logs that contradict themselves, and what waits to be stored. */
export function unitsSaid({ units, intake, problems }: HeadquartersStatus): Finding[] {
  const found = about('headquarters', 'units');
  const silent = units.filter(({ state }) => state === 'silent').map(({ unit }) => unit);
  const online = units.filter(({ state }) => state === 'online').length;
  const air = `${online} of ${counted(units.length, 'unit')} on the air`;
  const queue = about('headquarters', 'intake');
  const waits = `${counted(intake.waiting, 'message')} to be stored`;
  const contradictions = problems.filter((problem) => /its audit log was changed/.test(problem));
  return [
    silent.length === 0
      ? found.ok(air)
      : found.warning(
          `${air}; nothing is heard of ${silent.join(', ')}`,
          'Look at their power and their link.',
        ),
    intake.problem !== null
      ? queue.failure(intake.problem, 'Look at the disk; units send again what is not stored.')
      : intake.waiting > longQueue
        ? queue.warning(waits, 'Look at what else uses the disk and the processor.')
        : queue.ok(waits),
    ...contradictions.map((problem) =>
      about('audit-log', 'log of a unit').failure(
        problem,
        'Ask who was at that unit. Both versions are in the audit log of all units.',
      ),
    ),
  ];
}
