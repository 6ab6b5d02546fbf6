import type { KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { publicKeyFileOf } from '../../accountability/ground.ts';
import type { WaitingMessage } from '../../outbox/outbox.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import { messageOf } from '../../platform/problem.ts';
import type { Link } from '../../uplink/link.ts';
import {
  noteSignedAnew,
  openSigningKey,
  publicKeysPem,
  rotationState,
} from '../enrolment/signing-keys.ts';
import type { NoticeType, UnitNotice } from '../intake/read-message.ts';
import {
  createSharedRows,
  publishAgain,
  publishIndex,
  publishWhatIsNew,
  share,
} from '../intake/shared-rows.ts';

/** What all units of the agency share: kept, signed, and told to each of them. */
export interface Sharing extends AsyncDisposable {
  readonly rows: ReturnType<typeof createSharedRows>;
  /** Headquarters' key, which signs the manifests of hot lists too. */
  readonly key: KeyObject;
  /** Keeps what headquarters' own rooms tell all units, and tells it; what is for headquarters alone is passed over. */
  shareOwn(message: WaitingMessage): void;
  /** Tells every unit what is new; what fails waits for the next connection. */
  tellNew(): void;
  /**
   * Tells what is new, and the whole index; after a change of the key everything, signed by the new one. `lists`: whether the
   * hot lists are signed by it, too, once that is known.
   */
  tellAll(lists: Promise<boolean>): void;
}

/** Opens what is shared, and signs it by headquarters' key. Disposal waits for what is being told. */
export function openSharing(deps: {
  /** `headquarters.db`. */
  db: Database;
  dataDir: string;
  unit: { agency: string; id: string };
  /** The link, which may be made later than this. */
  link: () => Pick<Link, 'publish'>;
  /** Headquarters' own rooms take what all units are told, as each of them does. */
  takeShared: (message: Uint8Array) => void;
  clock: Clock;
  log: Log;
}): Sharing {
  const { db, dataDir, unit, takeShared, clock, log } = deps;
  const rows = createSharedRows(db);
  const key = openSigningKey(dataDir);
  /** Whether what the key before signed is to be signed again. */
  let mustSignAgain = rotationState(dataDir) === 'switched';
  writeFileSync(publicKeyFileOf(dataDir), publicKeysPem(dataDir), { mode: 0o644 });
  const publishing = () => ({
    link: deps.link(),
    store: { shared: rows },
    key,
    clock,
    onPublished: (message: string) => takeShared(Buffer.from(message)),
  });

  async function publishRest(lists: Promise<boolean>): Promise<void> {
    if (!mustSignAgain) return publishIndex(publishing());
    await publishAgain(publishing());
    if (!(await lists)) return;
    noteSignedAnew(dataDir);
    mustSignAgain = false;
    log.info('all that units share is signed by the new key');
  }

  let working: Promise<void> = Promise.resolve();
  const tell = (lists?: Promise<boolean>): void => {
    working = working
      .then(() => publishWhatIsNew(publishing()))
      .then(() => (lists === undefined ? undefined : publishRest(lists)))
      .catch((error: unknown) => log.debug({ problem: messageOf(error) }, 'not shared yet'));
  };

  return {
    rows,
    key,
    shareOwn(message) {
      const notice = sharedNotice(message, { agency: unit.agency, unit: unit.id });
      if (notice === null) return;
      db.transaction(() => share(notice, rows)).immediate();
      tell();
    },
    tellNew: () => tell(),
    tellAll: tell,
    [Symbol.asyncDispose]: () => working,
  };
}

const sharedTypes: readonly NoticeType[] = ['hot-plate', 'account', 'canvass', 'official'];
const sharedTopics: readonly string[] = sharedTypes;

/** What headquarters' own rooms tell all units, as a unit would send it; null for what is for headquarters alone. */
function sharedNotice(
  { id, topic, json }: WaitingMessage,
  from: { agency: string; unit: string },
): UnitNotice | null {
  if (!sharedTopics.includes(topic)) return null;
  return { id, ...from, type: topic as NoticeType, body: JSON.parse(json) as object };
}
