import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { z } from 'zod';
import { hotPlateOperations } from '../../../src/accountability/hotplates/bind-operations.ts';
import type { draftSchema } from '../../../src/accountability/hotplates/check-entry.ts';
import type { HotPlate } from '../../../src/accountability/hotplates/hot-plate.ts';
import {
  type CountPastReads,
  createHotPlates,
} from '../../../src/accountability/hotplates/hot-plates.ts';
import { createHotPlateMatcher } from '../../../src/accountability/hotplates/match-hot-plates.ts';
import {
  approveHotPlate,
  enterHotPlate,
} from '../../../src/accountability/hotplates/operations.ts';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';
import type { Policy } from '../../../src/accountability/policy/policy.ts';
import { openUnitDatabase } from '../../../src/accountability/unit-database.ts';
import type { MatchQuery } from '../../../src/hotlist/hit-match.ts';
import { createOutbox } from '../../../src/outbox/outbox.ts';
import type { Database } from '../../../src/platform/database.ts';
import { openGate, type TestPerson } from '../../support/gate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export const dayMs = 86_400_000;
export const noon = Date.UTC(2026, 10, 22, 12);

export const officer: TestPerson = {
  role: 'officer',
  username: 'alvarez',
  permissions: ['alerts.respond', 'detections.search', 'hotlist.browse', 'hotplates.enter'],
};
export const administrator: TestPerson = { role: 'alpr_administrator', username: 'boss' };
export const supervisor: TestPerson = { role: 'supervisor', username: 'sergeant' };

/** An entry as a person gives it. */
type Entry = z.input<typeof draftSchema>;

/** An entry that every profile takes. */
export const whole: Entry = {
  plate: '7ABC123',
  plateAgain: '7abc 123',
  state: 'CA',
  category: 'felony_vehicle',
  reason: 'Used in armed robbery',
  synopsis: 'Robbery of a store on Sonoma Blvd, two males, fled northbound',
  caseNumber: '26-004211',
  days: 30,
};

const nothingRead: CountPastReads = async () => ({ detections: 0, vehicles: 0, more: false });

/** The desk of a unit: real tables, the real gate, the policy of a shipped profile. */
export function openHotPlates(
  options: {
    profile?: string;
    overrides?: Record<string, unknown>;
    countPastReads?: CountPastReads;
  } = {},
) {
  const { profile = 'strict', overrides = {}, countPastReads = nothingRead } = options;
  const folder = temporaryFolder();
  const { policy } = loadPolicy({ profile, overrides });
  const db = openUnitDatabase(folder);
  onTestFinished(() => void db.close());
  const time = { nowMs: noon };
  const clock = () => time.nowMs;
  const outbox = createOutbox(db);
  const hotPlates = createHotPlates({ db, policy, outbox, countPastReads });
  const gate = openGate(hotPlateOperations({ hotPlates, place: 'unit' }), clock);
  const waiting = db.prepare<[], string>(
    "SELECT json FROM outbox WHERE topic = 'hot-plate' ORDER BY seq",
  );
  return {
    folder,
    path: join(folder, 'lookout.db'),
    db,
    policy,
    time,
    hotPlates,
    records: gate.records,
    perform: gate.perform,
    matcher: (on: Database = db) => matcherOn(on, policy, clock),
    /** Enters whatever is given, right or wrong. */
    enter: (entry: object, person = officer) =>
      gate.performRaw(person, enterHotPlate.name, entry) as Promise<HotPlate>,
    /** Enters and has the first approver approve. */
    async list(entry: Entry, note?: string): Promise<HotPlate> {
      const { id, state } = await gate.perform(officer, enterHotPlate, entry);
      const first = policy.hotplates.approveNew[0] ?? 'chief';
      const approver = { role: first, username: 'approver' };
      if (state === 'active') return hotPlates.show(id, time.nowMs).entry;
      return gate.perform(approver, approveHotPlate, {
        id,
        ...(note && { note }),
      });
    },
    /** Bodies of the messages that wait for headquarters. */
    messages: () =>
      waiting
        .pluck()
        .all()
        .map((json) => JSON.parse(json)),
  };
}

function matcherOn(db: Database, policy: Policy, clock: () => number) {
  return createHotPlateMatcher({
    db,
    config: {
      nearMinP: 0.02,
      nearMinPOf: { urgent: 0.02, informational: 0.1 },
      stateCertainAt: 0.9,
    },
    policy,
    clock,
  });
}

/** What a sure reader saw. */
export function read(plate: string, rest: Partial<MatchQuery> = {}): MatchQuery {
  const characters = [...plate].map((char) => ({ char, p: 0.99 }));
  return { plate, characters, alternatives: [], state: null, ...rest };
}
