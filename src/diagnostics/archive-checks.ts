import { archiveSettingsOf, connectArchive } from '../archive/postgres/connect.ts';
import { examineServer } from '../archive/postgres/prepare.ts';
import type { Config } from '../config/schema.ts';
import type { HeadquartersStatus } from '../headquarters/headquarters-status.ts';
import { counted } from '../platform/counted.ts';
import { messageOf, Problem } from '../platform/problem.ts';
import { about, type Check, type Finding, saidAndAdvised } from './check.ts';

const patienceMs = 10_000;

/** Whether PostgreSQL can hold the archive of headquarters; nothing where there is none. */
export function archiveChecks({ headquarters }: Config): Check[] {
  const settings = archiveSettingsOf(headquarters.archive);
  if (settings === null) return [];
  return [
    async () => {
      const found = about('archive', 'archive');
      try {
        await using connections = connectArchive(settings, { connections: 1, patienceMs });
        const { ask, place } = connections;
        const { version, postgis } = await examineServer(ask, place);
        return [found.ok(`PostgreSQL ${version} with PostGIS ${postgis} at ${place}`)];
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        return [found.failure(...saidAndAdvised(messageOf(error)))];
      }
    },
  ];
}

/** What a running headquarters says of its archive. */
export function archiveSaid({ archive }: HeadquartersStatus): Finding[] {
  if (archive === null) return [];
  const found = about('archive', 'copy in the archive');
  const { state, waiting, copied, toFill, problem } = archive;
  if (problem !== null) return [found.failure(...saidAndAdvised(problem))];
  const waits = `${counted(waiting, 'detection')} to be copied`;
  return state === 'filling'
    ? [
        found.warning(
          `it is being filled: ${copied} of ${toFill} are in it`,
          'Searches are answered from the files of headquarters until it is full: wait.',
        ),
      ]
    : [found.ok(waits)];
}
