import { Problem } from '../../platform/problem.ts';
import type { StatedInquiry, UnitClient } from './client.ts';
import type { OperationDefinition } from './definition.ts';

/**
 * Performs an operation on a unit. Input and answer have the types of its definition. Throws the unit's Refusal, and a
 * Problem if the answer has another form, for example from a daemon of another version.
 */
export async function perform<Input, Parsed, Answer>(
  client: Pick<UnitClient, 'perform'>,
  operation: OperationDefinition<Input, Parsed, Answer>,
  input: NoInfer<Input>,
  inquiry?: StatedInquiry,
): Promise<Answer> {
  const answered = await client.perform({
    operation: operation.name,
    // Through JSON, so that the unit's own process gets the same input as the local API, without undefined fields.
    input: JSON.parse(JSON.stringify(input)),
    ...(inquiry === undefined ? {} : { inquiry }),
  });
  const answer = operation.answer.safeParse(answered);
  if (answer.success) return answer.data;
  throw new Problem(
    `the running lookout answers ${operation.name} in another form: it is of another version`,
  );
}
