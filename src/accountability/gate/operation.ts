import type { z } from 'zod';
import type { AuditCategory, Inquiry } from '../audit/audit-record.ts';
import type { Deed } from '../audit/deeds.ts';
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
  /** Where the request comes from: `page 127.0.0.1`, `command line pts/3`, `https page 192.0.2.7`. */
  from: string;
}

/** What is known about an operation without the unit that runs it. */
export interface OperationFacts {
  /** `room.verb`: `detections.search`. Its words are in `audit/deeds.ts`. */
  name: Deed;
  /** The path below `/api`. */
  http: { method: 'GET' | 'POST' | 'DELETE'; path: string };
  /** Exactly one; `signed-in` for what everyone may do with their own session. */
  permission: Permission | 'signed-in';
  category: AuditCategory;
  /**
   * Whether it shows plates or people's data and so needs a purpose, and a case or incident number if the profile
   * requires one.
   */
  inquiry: boolean;
  /**
   * Whether the purpose that a person stated for an object counts for their later operations of this kind on the same
   * object, in the same session: they say once why they deal with a hit.
   */
  keepsPurpose?: boolean;
  /**
   * A look at no data of plates or people, which pages repeat by themselves: the first of a session is recorded, and each
   * that is refused or fails.
   */
  oncePerSession?: boolean;
  /** The category of the look that a change's answer is; the look is recorded beside the change. */
  shows?: AuditCategory;
  /**
   * look: run first, then the record with the number of results, and only then the answer.
   * change: the record first (`started`), then run; a failure makes another record.
   */
  effect: 'look' | 'change';
  /** Largest request over the local API, bytes; 1 MiB if not given. */
  largestBody?: number;
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
  /** Throws a Refusal if this person may not deal with this object; nothing has been done or shown by then. */
  permits(actor: Actor): void;
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
