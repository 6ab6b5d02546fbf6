import type { Actor, ListSource } from './operation.ts';

/** The lists of the unit, and whose data each is. */
export type ListSources = () => readonly { id: string; source: ListSource }[];

/** Tells whether a person may browse what stands on a list (USR-9); one that is gone from the unit is nobody's. */
export function listRights(
  { listSources }: Pick<Actor, 'listSources'>,
  lists: ListSources,
): (listId: string) => boolean {
  const sources = new Map(lists().map(({ id, source }) => [id, source]));
  return (listId) => {
    const source = sources.get(listId);
    return source === undefined || listSources.has(source);
  };
}
