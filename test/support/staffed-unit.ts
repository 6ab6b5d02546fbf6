import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { uuidv7 } from 'uuidv7';
import { onTestFinished } from 'vitest';
import {
  type Accountability,
  openAccountability,
} from '../../src/accountability/accountability.ts';
import type { StatedInquiry } from '../../src/accountability/gate/client.ts';
import type { OperationDefinition } from '../../src/accountability/gate/definition.ts';
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
import { temporaryFolder } from './temporary-folder.ts';

const from = 'command line pts/1';
const log = createLog({ level: 'silent' });

/** The staff of a policy's journey, each behind the real gate with a login of their own, on a clock that the test turns. */
export interface StaffedUnit {
  accountability: Accountability;
  dataDir: string;
  time: { ms: number };
  /** Adds someone to the staff, with training and clearance on file. */
  join(username: string, role: Role, name?: string): void;
  /** Performs an operation as someone of the staff. */
  as<Input, Parsed, Answer>(
    username: string,
    operation: OperationDefinition<Input, Parsed, Answer>,
    input: NoInfer<Input>,
    inquiry?: StatedInquiry,
  ): Promise<Answer>;
  /** A hit of a hot plate, as the daemon stores it. */
  hitOf(entry: { id: string; caseNumber: string | null }, repeatOf?: string): Promise<Hit>;
  /** A vehicle passes whose read matches a list of headquarters, or none. */
  passes(listed: boolean): Promise<{ detectionId: string; hitId: string | null }>;
  /** Headquarters acknowledges all that waits for it. */
  acknowledgeAll(): void;
  /** Whether a detection is on the unit. */
  has(detectionId: string): boolean;
}

/** Opens the unit of an agency as its daemon does. The first administrator is `ada`, Ada Cole. */
export async function openStaffedUnit(
  profile: string,
  options: { at?: string; overrides?: Record<string, unknown> } = {},
): Promise<StaffedUnit> {
  const { at = '2026-11-29T12:00:00Z', overrides = {} } = options;
  const dataDir = temporaryFolder();
  const time = { ms: Date.parse(at) };
  const clock = () => time.ms;
  const file = openOwnUnitDatabase(dataDir, log);
  const outbox = createOutbox(file.db);
  const config = configSchema.parse({
    unit: { agency: 'test-pd', id: 'car-7', dataDir },
    uplink: { enabled: false },
    policy: { profile, overrides },
  });
  const accountability = await openAccountability({
    config,
    log,
    clock,
    sinceBoot: { bootId: 'one', ms: () => time.ms - Date.parse(at) },
    daemon: { file, outbox },
  });
  const { people, gate } = accountability;
  const records = createRecords({
    db: file.db,
    dataDir,
    outbox,
    config: recordsSection.parse({ minFreeMiB: 0 }),
    images: 'all',
    log,
    clock,
  });
  onTestFinished(async () => {
    await records[Symbol.asyncDispose]();
    await accountability[Symbol.asyncDispose]();
    file.db.close();
  });
  await people.makeFirstAdministrator(
    {
      code: people.firstStartCode() ?? '',
      username: 'ada',
      name: 'Ada Cole',
      organisation: 'test-pd',
      password: goodPassword,
      training: { course: 'ALPR basics', completedOn: '2026-01-15', expiresOn: null },
      cletsUntil: '2099-01-01',
    },
    from,
  );

  const tokens = new Map<string, string>();
  const tokenOf = async (username: string): Promise<string> => {
    const login = { username, password: goodPassword, noticeAcknowledged: true };
    const token = tokens.get(username) ?? (await people.login(login, from)).token;
    tokens.set(username, token);
    return token;
  };

  /** A vehicle that has just passed. */
  const passed = () => ({
    ...sampleDetection(),
    firstSeen: new Date(time.ms - 1000).toISOString(),
    lastSeen: new Date(time.ms).toISOString(),
    closed: true,
  });

  return {
    async passes(listed) {
      const detection = passed();
      const hits = listed ? [sampleHit(detection, {})] : [];
      await records.storeHits({
        hits,
        detection,
        images: noImages,
      });
      return { detectionId: detection.id, hitId: hits[0]?.id ?? null };
    },
    acknowledgeAll: () => outbox.acknowledged(waitingOf(outbox).map(({ id }) => id)),
    has: (detectionId) =>
      file.db.prepare('SELECT 1 FROM detection WHERE id = ?').get(detectionId) !== undefined,
    accountability,
    dataDir,
    time,
    join(username, role, name = `Test ${username}`) {
      const db = new SQLite(join(dataDir, 'people.db'));
      const row = db.prepare("SELECT * FROM account WHERE username = 'ada'").get() as object;
      const copy: Record<string, unknown> = { ...row, id: uuidv7(), username, name, role };
      copy[columnOf('stateSinceMs')] = time.ms;
      const names = Object.keys(copy);
      const values = names.map((each) => `@${each}`).join(', ');
      db.prepare(`INSERT INTO account (${names.join(', ')}) VALUES (${values})`).run(copy);
      db.close();
    },
    async as(username, operation, input, inquiry) {
      const send = async () => {
        const token = await tokenOf(username);
        const client = {
          perform: (request: Parameters<typeof gate.perform>[0] | object) =>
            gate.perform({ ...(request as { operation: string; input: unknown }), token, from }),
        };
        return perform(client, operation, input, inquiry);
      };
      try {
        return await send();
      } catch (error) {
        // A session ends while the test's days pass; they log in again.
        if (!(error instanceof Refusal) || ![401, 423].includes(error.status)) throw error;
        tokens.delete(username);
        return send();
      }
    },
    async hitOf({ id, caseNumber }, repeatOf) {
      const detection = passed();
      const { match } = sampleHit(detection, {});
      const hit = sampleHit(detection, {
        ...(repeatOf === undefined ? {} : { repeatOf }),
        raisedAt: new Date(time.ms).toISOString(),
        match: {
          ...match,
          list: { ...match.list, id: localListId, name: 'Local hot plates', type: 'specific' },
          entry: { ...match.entry, id, caseNumber },
        },
      });
      await records.storeHits({ hits: [hit], detection, images: noImages });
      return hit;
    },
  };
}
