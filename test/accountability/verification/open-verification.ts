import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { z } from 'zod';
import type { AuditEntry, AuditRecord } from '../../../src/accountability/audit/audit-record.ts';
import type { OperationDefinition } from '../../../src/accountability/gate/definition.ts';
import { hitRights } from '../../../src/accountability/gate/list-rights.ts';
import type { Role } from '../../../src/accountability/gate/permissions.ts';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';
import { createLogEmptier } from '../../../src/accountability/retention/log-emptier.ts';
import { openUnitDatabase } from '../../../src/accountability/unit-database.ts';
import { hitOperations } from '../../../src/accountability/verification/bind-operations.ts';
import { createErrorReports } from '../../../src/accountability/verification/error-reports.ts';
import { createHitDesk } from '../../../src/accountability/verification/hit-desk.ts';
import type { disposalSchema } from '../../../src/accountability/verification/operations.ts';
import {
  confirmStatus,
  confirmVisual,
  disposeHit,
} from '../../../src/accountability/verification/operations.ts';
import { createVerification } from '../../../src/accountability/verification/verification.ts';
import { recordsSection } from '../../../src/config/sections/records.ts';
import { createOutbox } from '../../../src/outbox/outbox.ts';
import { createLog } from '../../../src/platform/log.ts';
import type { Hit } from '../../../src/records/detection.ts';
import type { DetectionDraft } from '../../../src/records/draft-detection.ts';
import { createRecords } from '../../../src/records/records.ts';
import { waitingOf } from '../../records/open-records.ts';
import { noImages, sampleDetection, sampleHit } from '../../records/samples.ts';
import { openGate } from '../../support/gate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** When the sample hit was raised. */
export const raisedAtMs = Date.UTC(2026, 2, 4, 23, 59, 59);

/** The verification of a unit on real databases, behind the real gate; its clock only moves when it is set. */
export function openVerification(
  profile = 'vallejo',
  options: {
    dataDir?: string;
    overrides?: Record<string, unknown>;
    place?: 'unit' | 'headquarters';
  } = {},
) {
  const { dataDir = temporaryFolder(), overrides = {}, place = 'unit' } = options;
  const db = openUnitDatabase(dataDir);
  const time = { ms: raisedAtMs + 10_000 };
  const clock = () => time.ms;
  const outbox = createOutbox(db);
  const log = createLog({ level: 'silent' });
  const config = recordsSection.parse({ minFreeMiB: 0 });
  const records = createRecords({ db, dataDir, outbox, config, images: 'all', log, clock });
  const { policy } = loadPolicy({ profile, overrides });
  const unattended: AuditEntry[] = [];
  const audit = {
    append(entry: AuditEntry) {
      unattended.push(entry);
      return { ...entry, seq: unattended.length } as AuditRecord;
    },
  };
  const unit = { agency: 'test-pd', id: place === 'unit' ? 'unit-7' : 'headquarters' };
  const logEmptier = createLogEmptier({ db, log });
  const verification = createVerification({
    ...{ db, policy, outbox, audit, unit, place, clock },
    oIsZero: (list) => list === 'ncic',
    emptyLog: logEmptier.empty,
  });
  const lists = () => [
    { id: 'ncic', source: 'federal' as const },
    { id: 'svs', source: 'state' as const },
  ];
  const rights = hitRights(lists, policy.verification.ownAlerts);
  const desk = openGate(
    [
      ...hitOperations({ verification, policy, hitRights: rights }),
      ...createErrorReports({
        db,
        outbox,
        hits: createHitDesk({ verification, hitRights: rights }),
        people: { find: () => null, nameOf: (id) => id, withPermission: () => [] },
        tell: () => undefined,
      }).operations,
    ],
    clock,
  );
  onTestFinished(async () => {
    await records[Symbol.asyncDispose]();
    await logEmptier[Symbol.asyncDispose]();
    db.close();
  });

  /** Stores a hit as the daemon would, and forgets the messages of that. */
  const storeHit = async (
    changes: Partial<Hit> = {},
    detection: DetectionDraft = sampleDetection(),
  ): Promise<Hit> => {
    const hit = sampleHit(detection, changes);
    await records.storeHits({ hits: [hit], detection, images: noImages });
    return hit;
  };
  /** What an officer does; as someone else where a role is given. */
  const act = <Input, Parsed, Answer>(
    operation: OperationDefinition<Input, Parsed, Answer>,
    input: NoInfer<Input>,
    role: Role = 'officer',
  ) => desk.perform({ role }, operation, input);
  return {
    ...{
      db,
      dataDir,
      time,
      clock,
      outbox,
      records,
      policy,
      verification,
      unattended,
      storeHit,
      act,
    },
    perform: desk.perform,
    performRaw: desk.performRaw,
    audited: desk.records,
    seeAll: (hit: Hit) =>
      act(confirmVisual, { id: hit.id, characters: 'yes', state: 'yes', vehicle: 'yes' }),
    confirm: (hit: Hit) =>
      act(confirmStatus, {
        id: hit.id,
        channel: 'dispatch',
        source: 'Dispatcher 12',
        result: 'confirmed',
      }),
    notWanted: (hit: Hit) =>
      act(confirmStatus, {
        id: hit.id,
        channel: 'clets_mdc',
        source: 'MDC 14',
        result: 'not_wanted',
      }),
    dispose: (hit: Hit, more: Omit<z.input<typeof disposalSchema>, 'id'>) =>
      act(disposeHit, { id: hit.id, cadNumber: '26-0042', ...more }),
    /** What dispatch says, as it comes from headquarters. */
    dispatch: (
      hit: Hit,
      state: 'raised' | 'confirmation_in_progress' | 'verified' | 'not_verified',
      atMs: number,
      more: { id?: string; unit?: string } = {},
    ) =>
      verification.onAlertStatus({
        id: randomUUID(),
        hitId: hit.id,
        unit: 'unit-7',
        state,
        at: new Date(atMs).toISOString(),
        by: 'Dispatcher 12',
        alert: null,
        ...more,
      }),
    /** Stores a hit of a unit, as headquarters does. */
    takeHit: (hit: Hit, detection: DetectionDraft) =>
      records.storeHits({ hits: [hit], detection, images: noImages }),
    /** Messages about alerts that wait for headquarters. */
    updates: () =>
      waitingOf(outbox)
        .filter((message) => message.topic === 'alert')
        .map((message) => ({ ...JSON.parse(message.json), lane: message.lane })),
  };
}

/** The sample hit's match with another entry. */
export function matchOf(entry: Partial<Hit['match']['entry']>, more: Partial<Hit['match']> = {}) {
  const { match } = sampleHit(sampleDetection());
  return { ...match, ...more, entry: { ...match.entry, ...entry } };
}
