import type { OperationDefinition } from '../accountability/gate/definition.ts';
import { perform as performOn } from '../accountability/gate/perform.ts';
import type { ConfiguredOptions } from './configured.ts';
import { type InquiryOptions, inquiryOf, openClient } from './unit-client.ts';

/**
 * Performs an operation on the unit as whoever is logged in. An operation that asks for an inquiry gets the one that
 * the options state; others may have options of the same names that mean something else.
 */
export async function perform<Input, Parsed, Answer>(
  options: ConfiguredOptions & InquiryOptions,
  operation: OperationDefinition<Input, Parsed, Answer>,
  input: NoInfer<Input>,
): Promise<Answer> {
  const inquiry = operation.inquiry ? inquiryOf(options) : undefined;
  await using client = await openClient(options);
  // Awaited here: the client is closed when this returns.
  return await performOn(client, operation, input, inquiry);
}

/** Prints what a command answers: JSON for programs when `--json` is given, else text for people. */
export function print<T>(options: { json?: boolean }, value: T, text: (value: T) => string): void {
  process.stdout.write(`${options.json ? JSON.stringify(value, null, 2) : text(value)}\n`);
}
