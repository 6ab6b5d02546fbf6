import { type Actor, listSources as everySource, type ListSource } from './operation.ts';
import { Refusal } from './refusal.ts';

/** The lists of the unit, and whose data each is; null for the hot plates that its own people enter. */
export type ListSources = () => readonly { id: string; source: ListSource | null }[];

/**
 * Whether a person may browse the entries and hits of a list (USR-9): they need the right to the source of the list.
 * The unit's own hot plates need no such right. A list that is no longer configured has hits but no known source:
 * they are open to people who may browse lists of every source.
 */
export function listRights(
  { listSources }: Pick<Actor, 'listSources'>,
  lists: ListSources,
): (listId: string) => boolean {
  const sources = new Map(lists().map(({ id, source }) => [id, source]));
  const mayBrowseAll = everySource.every((source) => listSources.has(source));
  return (listId) => {
    const source = sources.get(listId);
    if (source === undefined) return mayBrowseAll;
    return source === null || listSources.has(source);
  };
}

/** The answer to a person who may not look at a hit; it shows nothing of it. */
export function hitNotPermitted(): Refusal {
  return new Refusal(
    403,
    'source-not-permitted',
    'You are not authorised to see this hit: it is of a list whose source you may not browse. Ask an administrator; on duty, ask dispatch.',
  );
}

/** Of a person, the lists whose hits they may look at and deal with, on the page, by command and by message alike. */
export type HitRights = (
  actor: Pick<Actor, 'listSources' | 'permissions'>,
) => (listId: string) => boolean;

/**
 * Whether a person may look at the hits of a list, and deal with them (USR-9): whoever may browse the list, and, where
 * the policy does not restrict it (`ownAlerts`), whoever is alerted by it.
 */
export function hitRights(lists: ListSources, ownAlerts: boolean): HitRights {
  return (actor) => {
    if (ownAlerts && actor.permissions.has('alerts.watch')) return () => true;
    return listRights(actor, lists);
  };
}
