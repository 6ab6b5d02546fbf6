import type { z } from 'zod';
import type { AuditCategory, Inquiry } from '../audit/audit-record.ts';
import type { Permission, Role } from './permissions.ts';

/** Whose data a hot list is (USR-9: W 432.3(e), B 466.4(e)). */
export const listSources = ['department', 'state', 'federal'] as const;
export type ListSource = (typeof listSources)[number];

/** A person at work, as the session tells. */
export interface Actor {
  account: string;
  username: string;
  name: string;
  role: Role;
  organisation: string;
  permissions: ReadonlySet<Permission>;
  /** Why they may do less than their role at this moment, such as a training that ran out; empty when nothing. */
  restrictions?: readonly string[];
  /** Lists that they are authorised to browse, by whose data it is. */
  listSources: ReadonlySet<ListSource>;
  session: string;
  /** Where they sit: `page 127.0.0.1`, `command line pts/3`. */
  from: string;
}

/** What an operation knows besides its input. */
export interface OperationContext {
  actor: Actor;
  /** Present where the operation asks for one. */
  inquiry: Inquiry | null;
  nowMs: number;
}

/** An answer that is a file: an image, an export, a package. */
export interface FileAnswer {
  fileName: string;
  contentType: string;
  bytes: Uint8Array;
}

/**
 * One thing that a person can do on the unit: the local API serves it, the command line offers it, and both go
 * through the gate, which checks session, permission and purpose and writes the audit log (rule 8).
 */
export interface Operation<Input = unknown, Output = unknown> {
  /** `room.verb`: `detections.search`. */
  name: string;
  /** The path below `/api`. */
  http: { method: 'GET' | 'POST' | 'DELETE'; path: string };
  /** Exactly one; `signed-in` for what everyone may do with their own session. */
  permission: Permission | 'signed-in';
  category: AuditCategory;
  /** A look at plates or people's data: needs a purpose, and a case or incident number as the profile demands. */
  inquiry: boolean;
  /**
   * look: run first, then the record with the number of results, and only then the answer.
   * change: the record first (`started`), then run; a failure makes another record.
   */
  effect: 'look' | 'change';
  input: z.ZodType<Input>;
  /** Bytes that a request over the local API may have; 1 MiB unless told otherwise. */
  largestBody?: number;
  /** What it is done to, for the audit record. */
  object?(input: Input): string;
  /** What of the input goes into the audit record; all of it unless told otherwise. Never a secret. */
  query?(input: Input): Record<string, unknown>;
  /** How many results the answer shows. */
  results?(output: Output): number;
  run(input: Input, context: OperationContext): Output | Promise<Output>;
}

/** Keeps the types of one operation together; rooms list theirs with it. */
export function operation<Input, Output>(definition: Operation<Input, Output>): Operation {
  return definition as unknown as Operation;
}
