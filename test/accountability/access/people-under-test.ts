import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { KnownAccount } from '../../../src/accountability/access/known-accounts.ts';
import {
  approveAccount,
  changePassword,
  createAccount,
} from '../../../src/accountability/access/operations.ts';
import { openPeople, type People } from '../../../src/accountability/access/people.ts';
import type {
  AuditEntry,
  AuditRecord,
  AuditWriter,
} from '../../../src/accountability/audit/audit-record.ts';
import type { StatedInquiry, UnitClient } from '../../../src/accountability/gate/client.ts';
import { look, type OperationDefinition } from '../../../src/accountability/gate/definition.ts';
import { createGate, type Gate } from '../../../src/accountability/gate/gate.ts';
import type { Operation } from '../../../src/accountability/gate/operation.ts';
import { perform as performOn } from '../../../src/accountability/gate/perform.ts';
import type { Role } from '../../../src/accountability/gate/permissions.ts';
import type { Refusal } from '../../../src/accountability/gate/refusal.ts';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';
import type { Policy } from '../../../src/accountability/policy/policy.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { startMs } from '../../alerts/sample-alerts.ts';
import { quickPasswords } from '../../support/quick-passwords.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** A password that nothing is wrong with. */
export const goodPassword = 'four wet herons at noon';
export const terminal = 'command line pts/1';
export const dayMs = 86_400_000;
export const hourMs = 3_600_000;
export const minuteMs = 60_000;

const trained = { course: 'ALPR basics', completedOn: '2026-01-15', expiresOn: '2099-01-15' };

/** What a test may choose about its unit. */
export interface PeopleOptions {
  profile?: string;
  /** Changes of the policy. */
  alter?: (policy: Policy) => void;
  unit?: Record<string, unknown>;
  dataDir?: string;
  hasHeadquarters?: boolean;
  operations?: readonly Operation[];
  /** How far accounts had come by what the unit keeps beside people.db. */
  knownOf?: (key: string) => KnownAccount | null;
}

/** A unit's people and gate with the real policy, on a clock that the test turns; scrypt is set to its cheapest. */
export class PeopleUnderTest {
  nowMs = startMs;
  /** What was audited, oldest first. */
  readonly records: AuditEntry[] = [];
  auditIsBroken = false;
  readonly dataDir: string;
  readonly policy: Policy;
  readonly people: People;
  readonly gate: Gate;
  readonly audit: AuditWriter;

  constructor(options: PeopleOptions = {}) {
    this.dataDir = options.dataDir ?? temporaryFolder();
    this.policy = structuredClone(
      loadPolicy({ profile: options.profile ?? 'strict', overrides: {} }).policy,
    );
    options.alter?.(this.policy);
    const { unit } = configSchema.parse({ unit: { dataDir: this.dataDir, ...options.unit } });
    const clock = () => this.nowMs;
    const audit: AuditWriter = {
      append: (entry) => {
        if (this.auditIsBroken) throw new Error('disk full');
        this.records.push(structuredClone(entry));
        return { ...entry, seq: this.records.length } as AuditRecord;
      },
    };
    this.audit = audit;
    this.people = openPeople({
      unit,
      policy: this.policy,
      audit,
      clock,
      hasHeadquarters: options.hasHeadquarters ?? false,
      ...(options.knownOf && { knownOf: options.knownOf }),
      onAuditFailure: () => undefined,
      ...quickPasswords,
    });
    onTestFinished(() => this.people[Symbol.dispose]());
    this.gate = createGate({
      operations: [...this.people.operations, ...(options.operations ?? [])],
      sessions: this.people.sessions,
      inquiries: this.people.inquiries,
      audit,
      clock,
      onAuditFailure: () => undefined,
    });
  }

  login(username: string, password: string, secondFactor?: string, from = terminal) {
    return this.people.login(
      {
        username,
        password,
        noticeAcknowledged: true,
        ...(secondFactor === undefined ? {} : { secondFactor }),
      },
      from,
    );
  }

  perform<Input, Parsed, Answer>(
    token: string,
    operation: OperationDefinition<Input, Parsed, Answer>,
    input: NoInfer<Input>,
    inquiry?: StatedInquiry,
  ): Promise<Answer> {
    const client: Pick<UnitClient, 'perform'> = {
      perform: (request) => this.gate.perform({ ...request, token, from: terminal }),
    };
    return performOn(client, operation, input, inquiry);
  }

  /** Performs an operation by its name, as a client that checks nothing. */
  performRaw(token: string, operation: string, input: unknown): Promise<unknown> {
    return this.gate.perform({ token, from: terminal, operation, input });
  }

  /** Makes the first administrator, `ada`, and logs her in. */
  async first(): Promise<string> {
    const code = this.people.firstStartCode() ?? '';
    await this.people.makeFirstAdministrator(
      {
        code,
        username: 'ada',
        name: 'Ada Cole',
        organisation: 'example-pd',
        training: trained,
        cletsUntil: '2099-06-30',
        password: goodPassword,
      },
      terminal,
    );
    return (await this.login('ada', goodPassword)).token;
  }

  /** Creates and approves an account; gives its temporary password. */
  async add(
    administrator: string,
    person: { username: string; role?: Role } & Record<string, unknown>,
    approver = administrator,
  ): Promise<string> {
    await this.perform(administrator, createAccount, {
      name: 'Pat Doe',
      role: 'officer',
      organisation: 'example-pd',
      requestedBy: 'Sgt. Moss',
      training: trained,
      cletsUntil: '2099-06-30',
      ...person,
    });
    const { username } = person;
    const { temporaryPassword } = await this.perform(approver, approveAccount, { username });
    return temporaryPassword;
  }

  /** Adds someone who has changed the temporary password and is logged in. */
  async join(
    administrator: string,
    person: { username: string; role?: Role } & Record<string, unknown>,
    approver = administrator,
  ): Promise<string> {
    const current = await this.add(administrator, person, approver);
    const { token } = await this.login(person.username, current);
    await this.perform(token, changePassword, { current, next: goodPassword });
    return token;
  }
}

/** How a promise or call was refused: its short name, or null. */
export async function refusal(doing: () => unknown): Promise<string | null> {
  try {
    await doing();
    return null;
  } catch (error) {
    return (error as Refusal).code ?? String(error);
  }
}

/** An operation that shows a plate, for people who may search. */
export const searchPlates = look({
  name: 'detections.search',
  http: { method: 'POST', path: '/detections/search' },
  permission: 'detections.search',
  category: 'Detection Browsing',
  inquiry: true,
  input: z.looseObject({}),
  answer: z.array(z.string()),
});
export const search = searchPlates.does(() => ['7ABC123']);
