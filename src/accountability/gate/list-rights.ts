import { type Actor, listSources as everySource, type ListSource } from './operation.ts';

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
