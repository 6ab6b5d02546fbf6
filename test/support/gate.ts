import { randomUUID } from 'node:crypto';
import type {
  AuditEntry,
  AuditRecord,
  Inquiry,
} from '../../src/accountability/audit/audit-record.ts';
import type { StatedInquiry, UnitClient } from '../../src/accountability/gate/client.ts';
import type { OperationDefinition } from '../../src/accountability/gate/definition.ts';
import { createGate } from '../../src/accountability/gate/gate.ts';
import {
  type Actor,
  type ListSource,
  listSources,
  type Operation,
} from '../../src/accountability/gate/operation.ts';
import { perform as performOn } from '../../src/accountability/gate/perform.ts';
import {
  type Permission,
  permissions,
  type Role,
} from '../../src/accountability/gate/permissions.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';

/** What a test may choose about the person who asks. */
export interface TestPerson {
  role: Role;
  username?: string;
  /** Everything by default. */
  permissions?: readonly Permission[];
  /** All by default. */
  listSources?: readonly ListSource[];
}

export const testInquiry: StatedInquiry = { purpose: 'investigation', caseNumber: '26-0042' };

/** The real gate around a room's operations, for people who need no login, with an audit log in memory. */
export function openGate(operations: readonly Operation[], clock: Clock = systemClock) {
  const records: AuditEntry[] = [];
  const unwritable = { what: (_: AuditEntry): boolean => false };
  const actors = new Map<string, Actor>();
  const accounts = new Map<string, string>();
  const gate = createGate({
    operations,
    sessions: {
      actorOf(token) {
        const actor = actors.get(token);
        if (actor === undefined) throw new Error(`no test person ${token}`);
        return actor;
      },
    },
    inquiries: {
      open(stated): Inquiry {
        if (stated === undefined || 'id' in stated)
          throw new Error('state the inquiry in the test');
        return {
          id: randomUUID(),
          purpose: stated.purpose,
          caseNumber: stated.caseNumber ?? null,
          incidentNumber: stated.incidentNumber ?? null,
          reason: stated.reason ?? null,
        };
      },
    },
    audit: {
      append(entry) {
        if (unwritable.what(entry)) throw new Error('the disk is full');
        records.push(structuredClone(entry));
        return { ...entry, seq: records.length } as AuditRecord;
      },
    },
    clock,
    onAuditFailure: () => undefined,
  });

  /** The client of someone; the same username is the same account. */
  const clientOf = (person: TestPerson): Pick<UnitClient, 'perform'> => {
    const username = person.username ?? person.role;
    const account = accounts.get(username) ?? randomUUID();
    accounts.set(username, account);
    const token = randomUUID();
    actors.set(token, {
      account,
      username,
      name: `Test ${username}`,
      role: person.role,
      organisation: 'example-pd',
      permissions: new Set(person.permissions ?? permissions),
      listSources: new Set(person.listSources ?? listSources),
      session: randomUUID(),
      from: 'test',
    });
    return { perform: (request) => gate.perform({ ...request, token, from: 'test' }) };
  };

  /** Performs an operation by its name with whatever input, as a client that checks nothing. */
  const performRaw = (
    person: TestPerson,
    operation: string,
    input: unknown = {},
    inquiry: StatedInquiry = testInquiry,
  ): Promise<unknown> => clientOf(person).perform({ operation, input, inquiry });

  /** Performs an operation as someone. */
  const perform = <Input, Parsed, Answer>(
    person: TestPerson,
    operation: OperationDefinition<Input, Parsed, Answer>,
    input: NoInfer<Input>,
    inquiry: StatedInquiry = testInquiry,
  ): Promise<Answer> => performOn(clientOf(person), operation, input, inquiry);

  return {
    gate,
    /** What was audited, oldest first. */
    records,
    /** Which records cannot be written from now on. */
    breakAudit(what: (entry: AuditEntry) => boolean): void {
      unwritable.what = what;
    },
    perform,
    performRaw,
  };
}
