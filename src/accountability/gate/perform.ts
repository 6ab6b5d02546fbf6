import { Problem } from '../../platform/problem.ts';
import type { StatedInquiry, UnitClient } from './client.ts';
import type { OperationDefinition } from './definition.ts';

/**
 * Performs an operation on a unit. Input and answer have the types of its definition; an answer of another kind, as a
 * daemon of another version gives it, is a Problem. Throws the unit's Refusal.
 */
export async function perform<Input, Parsed, Answer>(
  client: Pick<UnitClient, 'perform'>,
  operation: OperationDefinition<Input, Parsed, Answer>,
  input: Input,
  inquiry?: StatedInquiry,
): Promise<Answer> {
  const answered = await client.perform({
    operation: operation.name,
    // As JSON carries it: the unit's own process gets the same as the local API, and nothing that is undefined.
    input: JSON.parse(JSON.stringify(input)),
    ...(inquiry === undefined ? {} : { inquiry }),
  });
  const answer = operation.answer.safeParse(answered);
  if (answer.success) return answer.data;
  throw new Problem(
    `the running lookout answers ${operation.name} in another form: it is of another version`,
  );
}
