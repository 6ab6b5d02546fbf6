import type { z } from 'zod';
import type { Inquiry } from '../audit/audit-record.ts';
import type { OperationFacts } from './definition.ts';
import type { Permission, Role } from './permissions.ts';

/** Whose data a hot list is (USR-9: W 432.3(e), B 466.4(e)). */
export const listSources = ['department', 'state', 'federal'] as const;
export type ListSource = (typeof listSources)[number];

/** The person who performs an operation, from their session. */
export interface Actor {
  account: string;
  username: string;
  name: string;
  role: Role;
  organisation: string;
  permissions: ReadonlySet<Permission>;
  /** Why they may do less than their role now, for example expired training; empty if nothing restricts them. */
  restrictions?: readonly string[];
  /** Sources of the lists that they may browse. */
  listSources: ReadonlySet<ListSource>;
  session: string;
  /** Where the request comes from: `page 127.0.0.1`, `command line pts/3`. */
  from: string;
}

/** What an operation gets in addition to its input. */
export interface OperationContext {
  actor: Actor;
  /** Present if the operation requires one. */
  inquiry: Inquiry | null;
  nowMs: number;
}

/** An operation that is ready to run with one input. */
export interface PreparedOperation {
  /** The object of the operation, for the audit record. */
  object: string | null;
  /** The part of the input that goes into the audit record. */
  query: Record<string, unknown> | null;
  run(context: OperationContext): Promise<{ answer: unknown; results: number | null }>;
}

/**
 * One thing that a person can do on the unit: the local API serves it, the command line offers it, and both go
 * through the gate, which checks session, permission and purpose and writes the audit log (rule 8).
 */
export interface Operation extends OperationFacts {
  input: z.ZodType;
  /** Checks an input; throws a Refusal (400) that names its faults. */
  prepare(raw: unknown): PreparedOperation;
}
