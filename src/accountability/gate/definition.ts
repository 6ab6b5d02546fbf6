import type { z } from 'zod';
import { inputFault } from './input-fault.ts';
import type { Actor, Operation, OperationContext, OperationFacts } from './operation.ts';

/** What the audit record says about an input. */
interface AuditedInput<Input> {
  /** The object of the operation. */
  object?(input: Input): string;
  /** The part of the input for the audit record, without secrets; all of it if not given. */
  query?(input: Input): Record<string, unknown>;
}

/** What only the room that runs the operation knows. */
export interface RoomRules<Input> extends AuditedInput<Input> {
  /** The definition's input, with the rules of the policy in force. */
  input?: z.ZodType<Input>;
  /** Throws a Refusal if this person may not deal with the object of this input; asked before anything is done. */
  permits?(input: Input, actor: Actor): void;
}

/** An operation as its room writes it down; `look` and `change` add the rest. */
type OperationParts<Input, Parsed, Answer> = Omit<OperationFacts, 'effect' | 'inquiry'> &
  AuditedInput<NoInfer<Parsed>> & {
    /** False when not given. */
    inquiry?: boolean;
    input: z.ZodType<Parsed, Input>;
    /** What is answered: `record<T>()`, `listOf<T>()`, `file`, or a schema. */
    answer: z.ZodType<Answer>;
    /** Number of results in the answer; null if the audit record holds no number. */
    results?(answer: NoInfer<Answer>): number | null;
  };

/**
 * The definition of an operation: name and route, who may perform it, its input and its answer. It opens nothing, so
 * clients import it as well as the room that runs it; `perform` takes the types of input and answer from it.
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
  parts: OperationParts<Input, Parsed, Answer>,
): OperationDefinition<Input, Parsed, Answer> {
  return define('look', parts);
}

/** An operation that alters data. */
export function change<Input, Parsed, Answer>(
  parts: OperationParts<Input, Parsed, Answer>,
): OperationDefinition<Input, Parsed, Answer> {
  return define('change', parts);
}

function define<Input, Parsed, Answer>(
  effect: OperationFacts['effect'],
  { object, query, results, inquiry = false, ...rest }: OperationParts<Input, Parsed, Answer>,
): OperationDefinition<Input, Parsed, Answer> {
  const facts = { ...rest, effect, inquiry };
  return {
    ...facts,
    does(run, rules = {}) {
      const input = rules.input ?? rest.input;
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
            permits: (actor) => rules.permits?.(data, actor),
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
