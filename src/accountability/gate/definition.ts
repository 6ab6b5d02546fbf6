import type { z } from 'zod';
import type { AuditCategory } from '../audit/audit-record.ts';
import { inputFault } from './input-fault.ts';
import type { Operation, OperationContext } from './operation.ts';
import type { Permission } from './permissions.ts';

/** What is known of an operation without the unit that carries it out. */
export interface OperationFacts {
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
  /** Bytes that a request over the local API may have; 1 MiB when not given. */
  largestBody?: number;
}

/** What the audit record says of an input. */
interface AuditedInput<Input> {
  /** What it is done to. */
  object?(input: Input): string;
  /** What of the input goes into the audit record; all of it when not given. Never a secret. */
  query?(input: Input): Record<string, unknown>;
}

/** What only the room knows that carries an operation out. */
export interface RoomRules<Input> extends AuditedInput<Input> {
  /** The definition's input, held to the policy in force. */
  input?: z.ZodType<Input>;
}

/** An operation as its room writes it down; `look` and `change` add the rest. */
type Given<Input, Parsed, Answer> = Omit<OperationFacts, 'effect' | 'inquiry'> &
  AuditedInput<NoInfer<Parsed>> & {
    /** False when not given. */
    inquiry?: boolean;
    input: z.ZodType<Parsed, Input>;
    /** What is answered: `record<T>()`, `listOf<T>()`, `file`, or a schema. */
    answer: z.ZodType<Answer>;
    /** How many results the answer shows; null when the audit record names no number. */
    results?(answer: NoInfer<Answer>): number | null;
  };

/**
 * What an operation is: its name and route, who may perform it, what it takes and what it answers. It opens nothing,
 * so that a client imports it as the room does; `perform` takes the types of input and answer from it.
 */
export interface OperationDefinition<Input, Parsed, Answer> extends OperationFacts {
  input: z.ZodType<Parsed, Input>;
  answer: z.ZodType<Answer>;
  /** The operation that `run` carries out, for the gate. */
  does(
    run: (input: Parsed, context: OperationContext) => Answer | Promise<Answer>,
    rules?: RoomRules<Parsed>,
  ): Operation;
}

/** An operation that shows data. */
export function look<Input, Parsed, Answer>(
  given: Given<Input, Parsed, Answer>,
): OperationDefinition<Input, Parsed, Answer> {
  return define('look', given);
}

/** An operation that alters data. */
export function change<Input, Parsed, Answer>(
  given: Given<Input, Parsed, Answer>,
): OperationDefinition<Input, Parsed, Answer> {
  return define('change', given);
}

function define<Input, Parsed, Answer>(
  effect: OperationFacts['effect'],
  { object, query, results, inquiry = false, ...given }: Given<Input, Parsed, Answer>,
): OperationDefinition<Input, Parsed, Answer> {
  const facts = { ...given, effect, inquiry };
  return {
    ...facts,
    does(run, rules = {}) {
      const input = rules.input ?? given.input;
      const objectOf = rules.object ?? object;
      const queryOf = rules.query ?? query ?? asQuery;
      return {
        ...facts,
        input,
        prepare(raw) {
          const parsed = input.safeParse(raw);
          if (!parsed.success) throw inputFault(parsed.error);
          const { data } = parsed;
          return {
            object: objectOf?.(data) ?? null,
            query: queryOf(data),
            async run(context) {
              const answer = await run(data, context);
              return { answer, results: results?.(answer) ?? null };
            },
          };
        },
      };
    },
  };
}

function asQuery(input: unknown): Record<string, unknown> | null {
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? { ...input } : null;
}
