import { indexPages } from '../accountability/agency/agency-message.ts';
import { officeKey } from '../accountability/officials/official.ts';

/**
 * Every topic of the link, in one place (src/uplink/README.md). Up, from a unit: `detection`, `hit`, `alert`,
 * `image/{id}`, `audit`, `report`, `canvass`, `official`, `status` (retained), `health`, `taken`. Down, to one unit: `ack`,
 * `alert-step`, `command` (retained).
 * Down, to one unit or, with `all` in its place, to every unit of an agency: `alert-status`, `revoke` (retained).
 * Down, to all units: hot plates and accounts of the agency, one retained message each (`agency/{kind}/{id}`), with an
 * index; hot lists, as a retained manifest and retained chunks that a unit fetches one by one.
 */
const root = 'lookout/v1';

/** The level that addresses every unit of an agency; no unit may have this id. */
export const everyUnit = 'all';

export function unitTopic(agency: string, unit: string, rest: string): string {
  return `${root}/${agency}/${unit}/${rest}`;
}

export function ackTopic(agency: string, unit: string): string {
  return unitTopic(agency, unit, 'ack');
}

/** Topics of headquarters' orders. */
export const orderTopics = ['alert-status', 'alert-step', 'revoke', 'command'] as const;
export type OrderTopic = (typeof orderTopics)[number];
/** Orders that concern one unit alone. */
const ordersToOne: readonly OrderTopic[] = ['alert-step', 'command'];

export function manifestTopic(agency: string, list: string): string {
  return unitTopic(agency, everyUnit, `hotlist/${list}/manifest`);
}

/** Chunk topics contain the hash of their file, so that two versions never mix. */
export function chunkTopic(agency: string, list: string, sha256: string, index: number): string {
  return unitTopic(agency, everyUnit, `hotlist/${list}/chunk/${sha256}/${index}`);
}

/** What headquarters tells every unit about one entry or account of the agency; `+` for all. */
export function agencyMessageTopic(agency: string, kind: string, id: string): string {
  return unitTopic(agency, everyUnit, `agency/${kind}/${id}`);
}

/**
 * What a unit subscribes to: acknowledgements, orders (some are for one unit, the rest for one or all), what all units
 * of an agency are told, and manifests; none of the latter if `lists` is null. A wildcard brings the manifests of other
 * lists, which the unit reports as not configured; RabbitMQ gives retained messages to exact topics only.
 */
export function unitSubscriptions(
  { agency, unit }: { agency: string; unit: string },
  { lists, hearsAgency }: { lists: readonly string[] | null; hearsAgency: boolean },
): string[] {
  const orders = orderTopics.flatMap((topic) =>
    (ordersToOne.includes(topic) ? [unit] : [unit, everyUnit]).map((to) =>
      unitTopic(agency, to, topic),
    ),
  );
  const manifests =
    lists === null ? [] : [...lists, '+'].map((list) => manifestTopic(agency, list));
  // The index comes after what it names.
  const told = hearsAgency
    ? [
        agencyMessageTopic(agency, '+', '+'),
        ...Object.values(officeKey).map((id) => agencyMessageTopic(agency, 'official', id)),
        ...indexPages.map((page) => agencyMessageTopic(agency, 'index', page)),
      ]
    : [];
  return [ackTopic(agency, unit), ...orders, ...told, ...manifests];
}

/** The format that the configuration requires of agency and unit ids; safe in a path. */
const level = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** The parts of a topic; null if it is not one of the project's. */
export function parseTopic(topic: string): { agency: string; unit: string; rest: string } | null {
  const [lookout, version, agency, unit, ...rest] = topic.split('/');
  if (`${lookout}/${version}` !== root || !agency || !unit || rest.length === 0) return null;
  if (!level.test(agency) || !level.test(unit)) return null;
  return { agency, unit, rest: rest.join('/') };
}
