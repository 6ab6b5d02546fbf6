import type { ArchiveState, HeadquartersStatus } from '../headquarters/headquarters-status.ts';
import type { UnitList } from '../headquarters/lists/unit-lists.ts';
import { counted } from '../platform/counted.ts';
import { localTime } from '../platform/local-time.ts';
import { releaseWords } from '../version.ts';
import { age, milliseconds, table } from './text.ts';

/** `lookout status` of headquarters. */
export function describeHeadquarters(status: HeadquartersStatus): string {
  const { broker, intake, units, audit } = status;
  const lines = [
    `${status.agency}/${status.unit}, headquarters, up ${age(status.uptimeS)}`,
    `Release ${releaseWords(status.version, status.releaseMadeAt)}`,
    `Overseen by ${status.administrator.title}: ${status.administrator.name}`,
    `Broker: ${broker.connected ? 'connected' : 'not connected'}`,
    '',
    units.length === 0
      ? 'No unit has been heard yet.'
      : table(
          ['unit', 'state', 'since', 'last heard', 'release', 'problems'],
          units.map(({ unit, state, since, lastHeard, version, problems }) => [
            unit,
            state,
            localTime(since),
            localTime(lastHeard),
            version ?? '–',
            String(problems.length),
          ]),
        ),
    ...(units.some(({ versions }) => versions.length > 0) ? ['', describeUnitLists(status)] : []),
    '',
    `Since the start: ${counted(intake.detections, 'detection')}, ${counted(intake.hits, 'hit')}, ` +
      `${counted(intake.images, 'picture')}; ${counted(intake.repeats, 'repeat')}, ${intake.refused} refused`,
    ...(status.archive === null ? [] : [describeArchive(status.archive)]),
    `Policy ${status.policy}; audit log ${audit.state}, ${counted(audit.records, 'record')}; ` +
      `${counted(status.undisposed, 'alert')} ${status.undisposed === 1 ? 'waits' : 'wait'} for a disposition`,
    ...status.reminders.map((reminder) => `  ${reminder}`),
    `Event loop delay p99 ${milliseconds(status.eventLoopDelayMs.p99)}, memory ${status.residentMiB} MiB`,
    ...(status.problems.length === 0 ? ['No problems.'] : ['', 'Problems:']),
    ...status.problems.map((problem) => `  - ${problem}`),
  ];
  return `${lines.join('\n')}\n`;
}

function describeArchive({ state, waiting, copied, toFill, searches }: ArchiveState): string {
  const states: Record<ArchiveState['state'], string> = {
    starting: 'is being looked for',
    filling: `is being filled, ${copied} of ${toFill}`,
    following: waiting === 0 ? 'has all' : `has all but ${counted(waiting, 'detection')}`,
    away: `is away, ${counted(waiting, 'detection')} ${waiting === 1 ? 'waits' : 'wait'}`,
    refused: 'is not used',
  };
  const { byArchive, byOwnFiles } = searches;
  return `Archive in PostgreSQL ${states[state]}; it answered ${byArchive} of ${byArchive + byOwnFiles} searches`;
}

const standings: Record<UnitList['standing'], string> = {
  current: 'newest',
  behind: 'behind',
  other: 'not from here',
  none: 'nothing',
  'not-configured': 'not configured',
  withdrawn: 'taken back',
  off: 'switched off there',
};

/** Which version of each hot list is on which unit, as a table. */
export function describeUnitLists({ units }: Pick<HeadquartersStatus, 'units'>): string {
  const rows = units.flatMap(({ unit, versions }) =>
    versions.map(({ list, standing, version, newest, since, entries }) => [
      unit,
      list,
      standings[standing],
      version === null ? '–' : String(version),
      String(newest),
      since === null ? '–' : localTime(since),
      entries === null ? '–' : String(entries),
    ]),
  );
  if (rows.length === 0) return 'No hot list went to the units from here yet.';
  return table(['unit', 'hot list', 'standing', 'version', 'newest', 'since', 'entries'], rows);
}
