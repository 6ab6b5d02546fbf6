import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { uuidv7 } from 'uuidv7';
import { onTestFinished } from 'vitest';
import {
  approveAccount,
  changePassword,
  createAccount,
} from '../../src/accountability/access/operations.ts';
import {
  type Accountability,
  openAccountability,
} from '../../src/accountability/accountability.ts';
import type { StatedInquiry, UnitClient } from '../../src/accountability/gate/client.ts';
import type { OperationDefinition } from '../../src/accountability/gate/definition.ts';
import type { ListSource } from '../../src/accountability/gate/operation.ts';
import { perform } from '../../src/accountability/gate/perform.ts';
import type { Role } from '../../src/accountability/gate/permissions.ts';
import { Refusal } from '../../src/accountability/gate/refusal.ts';
import { localListId } from '../../src/accountability/hotplates/hot-plate.ts';
import { openOwnUnitDatabase } from '../../src/accountability/unit-database.ts';
import { configSchema } from '../../src/config/schema.ts';
import { recordsSection } from '../../src/config/sections/records.ts';
import { createOutbox } from '../../src/outbox/outbox.ts';
import { columnOf } from '../../src/platform/columns.ts';
import { createLog } from '../../src/platform/log.ts';
import type { Hit } from '../../src/records/detection.ts';
import { createRecords } from '../../src/records/records.ts';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { waitingOf } from '../records/open-records.ts';
import { noImages, sampleDetection, sampleHit } from '../records/samples.ts';
import { quickPasswords } from './quick-passwords.ts';
import { temporaryFolder } from './temporary-folder.ts';

const from = 'command line pts/1';
const log = createLog({ level: 'silent' });
const training = { course: 'ALPR basics', completedOn: '2026-01-15', expiresOn: null };
const cletsUntil = '2099-01-01';
const lists = [
  { id: 'svs', name: 'SVS stolen vehicles', source: 'state' },
  { id: 'bolo', name: 'BOLO', source: 'department', type: 'specific' },
].map((list) => ({ ...list, layout: { preset: 'ca-doj-svs' } }));

/** Someone with an account and a login of their own. */
export interface StaffMember {
  /** Performs an operation; logs in again first when the session ended, as it does while the test's days pass. */
  perform<Input, Parsed, Answer>(
    operation: OperationDefinition<Input, Parsed, Answer>,
    input: NoInfer<Input>,
    inquiry?: StatedInquiry,
  ): Promise<Answer>;
}

/** The rooms for people, records and outbox of a unit, as its daemon opens them, on a clock that the test turns. */
async function openUnit(
  profile: string,
  { at = '2026-11-29T12:00:00Z', overrides = {}, zones = [] }: StaffedUnitOptions,
) {
  const dataDir = temporaryFolder();
  const time = { ms: Date.parse(at) };
  const clock = () => time.ms;
  const file = openOwnUnitDatabase(dataDir, log);
  const { db } = file;
  const outbox = createOutbox(db);
  const config = configSchema.parse({
    unit: { agency: 'test-pd', id: 'car-7', dataDir },
    hotlist: { lists },
    uplink: { enabled: false },
    policy: { profile, overrides },
    suspension: { zones },
  });
  const accountability = await openAccountability({
    config,
    log,
    clock,
    sinceBoot: { bootId: 'one', ms: () => time.ms - Date.parse(at) },
    daemon: { file, outbox },
    ...quickPasswords,
  });
  const records = createRecords({
    ...{ db, dataDir, outbox, log, clock, images: 'all' },
    config: recordsSection.parse({ minFreeMiB: 0 }),
  });
  onTestFinished(async () => {
    await records[Symbol.asyncDispose]();
    await accountability[Symbol.asyncDispose]();
    db.close();
  });
  return { config, dataDir, time, db, outbox, accountability, records };
}

/** Logins at the gate, one a person, renewed when they end. */
function openLogins({ people, gate }: Accountability) {
  const tokens = new Map<string, string>();
  const login = async (username: string, password: string): Promise<string> => {
    const { token } = await people.login({ username, password, noticeAcknowledged: true }, from);
    tokens.set(username, token);
    return token;
  };
  const memberOf = (username: string): StaffMember => ({
    async perform(operation, input, inquiry) {
      const send = async () => {
        const token = tokens.get(username) ?? (await login(username, goodPassword));
        const client: Pick<UnitClient, 'perform'> = {
          perform: (request) => gate.perform({ ...request, token, from }),
        };
        return perform(client, operation, input, inquiry);
      };
      try {
        return await send();
      } catch (error) {
        if (!(error instanceof Refusal) || ![401, 423].includes(error.status)) throw error;
        tokens.delete(username);
        return send();
      }
    },
  });
  return { login, memberOf };
}

/** The vehicles that pass the unit, as its daemon stores them, and what becomes of them. */
function openTraffic({ time, db, outbox, records }: Awaited<ReturnType<typeof openUnit>>) {
  /** A vehicle that has just passed. */
  const passed = (plate?: string) => {
    const sample = sampleDetection();
    return {
      ...sample,
      read: plate === undefined || sample.read === null ? sample.read : { ...sample.read, plate },
      firstSeen: new Date(time.ms - 1000).toISOString(),
      lastSeen: new Date(time.ms).toISOString(),
      closed: true,
    };
  };

  /** Stores a hit of a vehicle of its own or of this one. */
  async function storeHit(changes: Partial<Hit> = {}, detection = passed()): Promise<Hit> {
    const at = new Date(time.ms).toISOString();
    const hit = sampleHit(detection, { raisedAt: at, changedAt: at, ...changes });
    await records.storeHits({ hits: [hit], detection, images: noImages });
    return hit;
  }

  return {
    storeHit,
    /** Stores a hit of a hot plate. */
    hitOf({ id, caseNumber }: { id: string; caseNumber: string | null }, repeatOf?: string) {
      const detection = passed();
      const { match } = sampleHit(detection, {});
      const local = { id: localListId, name: 'Local hot plates', type: 'specific' } as const;
      const list = { ...match.list, ...local };
      const entry = { ...match.entry, id, caseNumber };
      const changes = { match: { ...match, list, entry }, ...(repeatOf && { repeatOf }) };
      return storeHit(changes, detection);
    },
    /** A vehicle passes whose read matches a list of headquarters, or none. */
    async passes(
      listed: boolean,
      plate?: string,
    ): Promise<{ detectionId: string; hitId: string | null }> {
      const detection = passed(plate);
      const hits = listed ? [sampleHit(detection, {})] : [];
      await records.storeHits({ hits, detection, images: noImages });
      return { detectionId: detection.id, hitId: hits[0]?.id ?? null };
    },
    /** Whether a detection is on the unit. */
    has: (detectionId: string): boolean =>
      db.prepare('SELECT 1 FROM detection WHERE id = ?').get(detectionId) !== undefined,
    /** Headquarters acknowledges all that waits for it. */
    acknowledgeAll: (): void => outbox.acknowledged(waitingOf(outbox).map(({ id }) => id)),
    /** What waits for headquarters on a topic, oldest first. */
    sent: (topic: string): Record<string, unknown>[] =>
      waitingOf(outbox)
        .filter((message) => message.topic === topic)
        .map(({ json }) => JSON.parse(json)),
  };
}

/** What a test chooses about its unit. */
export interface StaffedUnitOptions {
  /** The time when it opens. */
  at?: string;
  /** Changes of the policy. */
  overrides?: Record<string, unknown>;
  /** Where and when capture is suspended. */
  zones?: unknown[];
}

/** A unit under the profile of a policy, and its staff, each behind the real gate with a login of their own. */
export type StaffedUnit = Awaited<ReturnType<typeof openStaffedUnit>>;

/** Opens the unit of an agency as its daemon does. The first administrator is `ada`, Ada Cole. */
export async function openStaffedUnit(profile: string, options: StaffedUnitOptions = {}) {
  const unit = await openUnit(profile, options);
  const { accountability, dataDir, time } = unit;
  const { people } = accountability;
  await people.makeFirstAdministrator(
    {
      ...{ code: people.firstStartCode() ?? '', username: 'ada', name: 'Ada Cole' },
      ...{ organisation: 'test-pd', training, cletsUntil, password: goodPassword },
    },
    from,
  );
  const { login, memberOf } = openLogins(accountability);
  const administrator = memberOf('ada');
  /** Asks for an account and approves it, as an administrator does; it waits for its owner's first login. */
  async function invite(username: string, role: Role, more: { listSources?: ListSource[] } = {}) {
    const account = { username, name: `Test ${username}`, role, organisation: 'test-pd' };
    const sworn = { requestedBy: 'Sgt. Moss', training, cletsUntil };
    await administrator.perform(createAccount, { ...account, ...sworn, ...more });
    return administrator.perform(approveAccount, { username });
  }

  return {
    ...unit,
    ...openTraffic(unit),
    administrator,
    memberOf,
    /** Performs an operation as someone of the staff. */
    as: <Input, Parsed, Answer>(
      username: string,
      operation: OperationDefinition<Input, Parsed, Answer>,
      input: NoInfer<Input>,
      inquiry?: StatedInquiry,
    ): Promise<Answer> => memberOf(username).perform(operation, input, inquiry),
    /** Adds someone to the staff at once, with training and clearance on file and Ada's rights to lists. */
    join(username: string, role: Role, name = `Test ${username}`): StaffMember {
      const db = new SQLite(join(dataDir, 'people.db'));
      const row = db.prepare("SELECT * FROM account WHERE username = 'ada'").get() as object;
      const copy: Record<string, unknown> = { ...row, id: uuidv7(), username, name, role };
      copy[columnOf('stateSinceMs')] = time.ms;
      const names = Object.keys(copy);
      const values = names.map((each) => `@${each}`).join(', ');
      db.prepare(`INSERT INTO account (${names.join(', ')}) VALUES (${values})`).run(copy);
      db.close();
      return memberOf(username);
    },
    invite,
    /** Adds someone as an administrator does: with the rights to lists that the policy gives, or these. */
    async enrol(
      username: string,
      role: Role,
      more: { listSources?: ListSource[] } = {},
    ): Promise<StaffMember> {
      const { temporaryPassword } = await invite(username, role, more);
      await login(username, temporaryPassword);
      const member = memberOf(username);
      await member.perform(changePassword, { current: temporaryPassword, next: goodPassword });
      return member;
    },
  };
}
