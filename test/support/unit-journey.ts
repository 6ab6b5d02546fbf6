import { onTestFinished } from 'vitest';
import { openAccountability } from '../../src/accountability/accountability.ts';
import type { StatedInquiry } from '../../src/accountability/gate/client.ts';
import type { OperationDefinition } from '../../src/accountability/gate/definition.ts';
import { perform } from '../../src/accountability/gate/perform.ts';
import type { Role } from '../../src/accountability/gate/permissions.ts';
import { openUnitDatabase } from '../../src/accountability/unit-database.ts';
import { configSchema } from '../../src/config/schema.ts';
import { recordsSection } from '../../src/config/sections/records.ts';
import { createOutbox } from '../../src/outbox/outbox.ts';
import { createLog } from '../../src/platform/log.ts';
import type { Hit } from '../../src/records/detection.ts';
import { createRecords } from '../../src/records/records.ts';
import { waitingOf } from '../records/open-records.ts';
import { noImages, sampleDetection, sampleHit } from '../records/samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

const log = createLog({ level: 'silent' });
const from = 'page 127.0.0.1';
const password = 'four wet herons at noon';
const training = { course: 'ALPR basics', completedOn: '2026-01-15', expiresOn: '2099-01-15' };
const cletsUntil = '2099-06-30';
const lists = [
  { id: 'svs', name: 'SVS stolen vehicles', source: 'state' },
  { id: 'bolo', name: 'BOLO', source: 'department', type: 'specific' },
].map((list) => ({ ...list, layout: { preset: 'ca-doj-svs' } }));

/** Someone with an account of their own, who is logged in at the page. */
export interface JourneyPerson {
  perform<Input, Parsed, Answer>(
    operation: OperationDefinition<Input, Parsed, Answer>,
    input: NoInfer<Input>,
    inquiry?: StatedInquiry,
  ): Promise<Answer>;
}

/** Everything of a unit that people deal with, under the profile of a policy, for a journey of several of them. */
export async function openJourney(profile: string, overrides: Record<string, unknown> = {}) {
  const dataDir = temporaryFolder();
  const config = configSchema.parse({
    unit: { agency: 'test-pd', id: 'unit-7', dataDir },
    policy: { profile, overrides },
    hotlist: { lists },
    uplink: { enabled: false },
  });
  const desk = await openAccountability({ config, log });
  const db = openUnitDatabase(dataDir);
  const outbox = createOutbox(db);
  const records = createRecords({
    ...{ db, dataDir, outbox, log, images: 'all' },
    config: recordsSection.parse({ minFreeMiB: 0 }),
  });
  onTestFinished(async () => {
    await records[Symbol.asyncDispose]();
    db.close();
    await desk[Symbol.asyncDispose]();
  });
  const personOf = (token: string): JourneyPerson => ({
    perform: (operation, input, inquiry) =>
      perform(
        { perform: (request) => desk.gate.perform({ ...request, token, from }) },
        operation,
        input,
        inquiry,
      ),
  });
  const raw = (token: string, operation: string, input: unknown) =>
    desk.gate.perform({ token, from, operation, input });
  const login = (username: string, secret: string) =>
    desk.people.login({ username, password: secret, noticeAcknowledged: true }, from);

  await desk.people.makeFirstAdministrator(
    {
      ...{ code: desk.people.firstStartCode() ?? '', username: 'ada', name: 'Ada Cole' },
      ...{ organisation: 'test-pd', training, cletsUntil, password },
    },
    from,
  );
  const { token: ada } = await login('ada', password);

  return {
    ...{ config, desk, db, records },
    administrator: personOf(ada),
    /** Adds someone as an administrator does, with no right to any list unless it is given, and logs them in. */
    async join(username: string, role: Role, more: object = {}): Promise<JourneyPerson> {
      const account = { username, name: `Test ${username}`, role, organisation: 'test-pd' };
      const sworn = { requestedBy: 'Sgt. Moss', training, cletsUntil };
      await raw(ada, 'users.create', { ...account, ...sworn, ...more });
      const { temporaryPassword: current } = (await raw(ada, 'users.approve', {
        username,
      })) as { temporaryPassword: string };
      const { token } = await login(username, current);
      await raw(token, 'password.change', { current, next: password });
      return personOf(token);
    },
    /** Stores a hit as the daemon would, of a vehicle of its own or of this one. */
    async storeHit(changes: Partial<Hit> = {}, detection = sampleDetection()): Promise<Hit> {
      const at = new Date().toISOString();
      const hit = sampleHit(detection, { raisedAt: at, changedAt: at, ...changes });
      await records.storeHits({ hits: [hit], detection, images: noImages });
      return hit;
    },
    /** What waits for headquarters on a topic, oldest first. */
    sent: (topic: string): Record<string, unknown>[] =>
      waitingOf(outbox)
        .filter((message) => message.topic === topic)
        .map(({ json }) => JSON.parse(json)),
  };
}
