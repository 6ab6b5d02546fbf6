import type { Told } from './state.ts';

/**
 * Alerts that waited beside the one that somebody chose to verify: they were in sight, and must not take the screen from
 * under the finger with a key of the same name. They wait below that verification until it is left.
 */
let behind: { address: string; revisions: ReadonlyMap<string, number> } | null = null;

/** Called as somebody goes to verify one alert: `waiting` are those that nobody has seen, `hitId` is the hit of the chosen one. */
export function putBehind(hitId: string, waiting: Iterable<Pick<Told, 'id' | 'revision'>>): void {
  const revisions = new Map([...waiting].map(({ id, revision }) => [id, revision]));
  behind = { address: `#/hit/${hitId}`, revisions };
}

/** Whether an alert waits below the verification on the screen; one that is new, or has changed since, does not. */
export const isBehind = ({ id, revision }: Pick<Told, 'id' | 'revision'>): boolean =>
  behind !== null && behind.address === location.hash && behind.revisions.get(id) === revision;
