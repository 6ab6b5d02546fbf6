import type { KeyObject } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  accountKey,
  isSameAccount,
  joinAccounts,
  type SharedAccount,
} from '../../accountability/access/shared-account.ts';
import {
  type AgencyMessage,
  indexPageOf,
  indexPages,
  signAgencyMessage,
  type UnsignedAgencyMessage,
} from '../../accountability/agency/agency-message.ts';
import {
  type Canvass,
  type SharedCanvass,
  sharedOf,
} from '../../accountability/canvass/canvass.ts';
import type { SharedEntry } from '../../accountability/hotplates/hot-plate.ts';
import { isSameEntry, newerEntry } from '../../accountability/hotplates/newer-entry.ts';
import {
  joinOffices,
  officeKey,
  type SharedOffice,
} from '../../accountability/officials/official.ts';
import { type Clock, isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Link } from '../../uplink/link.ts';
import { agencyMessageTopic } from '../../uplink/topics.ts';
import type { UnitNotice } from './read-message.ts';

type IndexEntry = (AgencyMessage & { kind: 'index' })['entries'][number];

/** What all units of an agency know about one entry. */
interface SharedRow {
  agency: string;
  kind: IndexEntry[0] | 'official';
  id: string;
  unit: string;
  body: string;
  sequence: number;
}

/** What the units of an agency share, in headquarters' database. */
export function createSharedRows(db: Database) {
  const find = db
    .prepare<[string, string, string], string>(
      'SELECT body FROM shared WHERE agency = ? AND kind = ? AND id = ?',
    )
    .pluck();
  const last = db.prepare<[], number>('SELECT coalesce(max(sequence), 0) FROM shared').pluck();
  const upsert = db.prepare(
    `INSERT INTO shared (agency, kind, id, unit, body, sequence) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET unit = excluded.unit, body = excluded.body, sequence = excluded.sequence`,
  );
  const unpublished = db.prepare<[], SharedRow>(
    `SELECT agency, kind, id, unit, body, sequence FROM shared WHERE published < sequence
     ORDER BY sequence LIMIT 100`,
  );
  const page = db.prepare<[string, string], [IndexEntry[0], string, number]>(
    `SELECT kind, id, sequence FROM shared
     WHERE agency = ? AND substr(id, -1) = ? AND published = sequence AND kind <> 'official' ORDER BY kind, id`,
  );
  const published = db.prepare<[string], SharedRow>(
    `SELECT agency, kind, id, unit, body, sequence FROM shared WHERE published = sequence AND kind || id > ?
     ORDER BY kind || id LIMIT 100`,
  );
  const agencies = db.prepare<[], string>('SELECT DISTINCT agency FROM shared').pluck();
  const publish = db.prepare(
    'UPDATE shared SET published = ? WHERE agency = ? AND kind = ? AND id = ?',
  );
  return {
    find: (agency: string, kind: string, id: string): unknown => {
      const body = find.get(agency, kind, id);
      return body === undefined ? null : JSON.parse(body);
    },
    /** Also after a loss of this database numbers go up: they begin at the time. */
    set({ agency, kind, id, unit, body }: Omit<SharedRow, 'sequence'>): void {
      const sequence = Math.max((last.get() ?? 0) + 1, Math.floor(Date.now()));
      upsert.run(agency, kind, id, unit, body, sequence);
    },
    unpublished: () => unpublished.all(),
    /** Some of what is published, in the order of kind and id, behind these. */
    publishedAfter: (last: string) => published.all(last),
    agencies: () => agencies.all(),
    /** What all units of an agency know whose id ends with this digit. */
    page: (agency: string, digit: string): IndexEntry[] => page.raw().all(agency, digit),
    published: ({ agency, kind, id, sequence }: SharedRow) =>
      void publish.run(sequence, agency, kind, id),
  };
}

/** Keeps what a unit sent for all units, if it counts more than what they know. To be called within a transaction. */
export function share(notice: UnitNotice, rows: ReturnType<typeof createSharedRows>): void {
  if (notice.type === 'hot-plate') shareHotPlate(notice, rows);
  if (notice.type === 'account') shareAccount(notice, rows);
  if (notice.type === 'canvass') shareCanvass(notice, rows);
  if (notice.type === 'official') shareOffice(notice, rows);
}

/** Its begin and its end for all; the part of one unit is that unit's alone. */
function shareCanvass(
  { agency, unit, body }: UnitNotice,
  rows: ReturnType<typeof createSharedRows>,
): void {
  const canvass = sharedOf(body as Canvass);
  const { id } = canvass;
  const known = rows.find(agency, 'canvass', id) as SharedCanvass | null;
  // Only the unit on which it was begun can say more of it.
  if (unit !== canvass.unit || (known !== null && (known.ended !== null || canvass.ended === null)))
    return;
  rows.set({ agency, kind: 'canvass', id, unit, body: JSON.stringify(canvass) });
}

/** What any unit knows of an office, day by day the entry that was made last. */
function shareOffice(
  { agency, unit, body }: UnitNotice,
  rows: ReturnType<typeof createSharedRows>,
): void {
  const told = body as SharedOffice;
  const id = officeKey[told.office];
  const known = rows.find(agency, 'official', id) as SharedOffice | null;
  const joined = joinOffices(known ?? { office: told.office, entries: [] }, told);
  if (known !== null && isDeepStrictEqual(known, joined)) return;
  rows.set({ agency, kind: 'official', id, unit, body: JSON.stringify(joined) });
}

function shareAccount(
  { agency, unit, body }: UnitNotice,
  rows: ReturnType<typeof createSharedRows>,
): void {
  const account = body as SharedAccount;
  const id = accountKey(account.username);
  const known = rows.find(agency, 'account', id) as SharedAccount | null;
  const joined = known === null ? account : joinAccounts(known, account);
  if (known !== null && isSameAccount(known, joined)) return;
  rows.set({ agency, kind: 'account', id, unit, body: JSON.stringify(joined) });
}

function shareHotPlate(notice: UnitNotice, rows: ReturnType<typeof createSharedRows>): void {
  const { agency, unit } = notice;
  const entry = notice.body as SharedEntry;
  const known = rows.find(agency, 'hot-plate', entry.id) as SharedEntry | null;
  // Each unit marks an expiry by itself; and what nobody approved stays on its unit.
  const wasActive = entry.standingSince !== null;
  const isForAll = entry.state === 'active' || (entry.state === 'removed' && wasActive);
  if (!isForAll) return;
  if (known !== null && newerEntry(known, entry) === known) return;
  if (known !== null && isSameEntry(known, entry)) return;
  rows.set({ agency, kind: 'hot-plate', id: entry.id, unit, body: JSON.stringify(entry) });
}

interface Publishing {
  link: Pick<Link, 'publish'>;
  store: { shared: ReturnType<typeof createSharedRows> };
  key: KeyObject;
  clock: Clock;
  /** Called with each message once the broker has it. */
  onPublished?: (message: string) => void;
}

/**
 * Signs again and publishes, retained, what all units know, with the same numbers: units that have it change nothing. For a new
 * key. Throws if the link is lost.
 */
export async function publishAgain(deps: Publishing): Promise<void> {
  for (let last = ''; ; ) {
    const rows = deps.store.shared.publishedAfter(last);
    for (const row of rows) {
      await publishRow(row, deps);
      last = `${row.kind}${row.id}`;
    }
    if (rows.length === 0) break;
  }
  await publishIndex(deps);
}

async function publishRow(row: SharedRow, { link, key, clock }: Publishing): Promise<string> {
  const { agency, kind, id, unit, sequence } = row;
  const unsigned = {
    ...{ kind, agency, id, unit, sequence },
    at: isoTime(clock()),
    body: JSON.parse(row.body),
  } as UnsignedAgencyMessage;
  const text = JSON.stringify(signAgencyMessage(unsigned, key));
  await link.publish(agencyMessageTopic(agency, kind, id), text, { qos: 1, retain: true });
  return text;
}

/** Signs and publishes, retained, what all units do not know yet. Throws if the link is lost. */
export async function publishWhatIsNew(deps: Publishing): Promise<void> {
  const { store } = deps;
  for (;;) {
    const rows = store.shared.unpublished();
    if (rows.length === 0) return;
    for (const row of rows) {
      const text = await publishRow(row, deps);
      store.shared.published(row);
      deps.onPublished?.(text);
    }
    const pages = new Set(rows.map(({ agency, id }) => `${agency}/${indexPageOf(id)}`));
    for (const page of pages) {
      const [agency = '', digit = ''] = page.split('/');
      await publishPage(agency, digit, deps);
    }
  }
}

/** Publishes the whole index again: a stop may have come between an entry and its page. */
export async function publishIndex(deps: Publishing): Promise<void> {
  for (const agency of deps.store.shared.agencies()) {
    for (const digit of indexPages) await publishPage(agency, digit, deps);
  }
}

async function publishPage(agency: string, digit: string, deps: Publishing): Promise<void> {
  const { link, store, key, clock } = deps;
  const entries = store.shared.page(agency, digit);
  if (entries.length === 0) return;
  // No entry ever leaves, so that this never goes down.
  const sequence = Math.max(...entries.map(([, , each]) => each));
  const unsigned = {
    kind: 'index',
    agency,
    id: digit,
    sequence,
    at: isoTime(clock()),
    entries,
  } as const;
  const message = signAgencyMessage(unsigned, key);
  const topic = agencyMessageTopic(agency, 'index', digit);
  await link.publish(topic, JSON.stringify(message), { qos: 1, retain: true });
}
