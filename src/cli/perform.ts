import type { OperationDefinition } from '../accountability/gate/definition.ts';
import { perform as performOn } from '../accountability/gate/perform.ts';
import { textInUtc } from '../platform/local-time.ts';
import { type InquiryOptions, inquiryOf, openClient } from './unit-client.ts';

/**
 * Performs an operation on the unit as the person who is logged in. An operation that requires an inquiry gets it from
 * the options; others may have options of the same names with another meaning.
 */
export async function perform<Input, Parsed, Answer>(
  options: InquiryOptions,
  operation: OperationDefinition<Input, Parsed, Answer>,
  input: NoInfer<Input>,
): Promise<Answer> {
  const inquiry = operation.inquiry ? inquiryOf(options) : undefined;
  await using client = await openClient(options);
  // Awaited here, because the client is closed on return.
  return await performOn(client, operation, input, inquiry);
}

/** A text for people as it is shown or written to a file: its times in UTC with `--utc`. */
export function shown(options: { utc?: boolean | undefined }, text: string): string {
  return options.utc === true ? textInUtc(text) : text;
}

/** Prints a command's answer: JSON with `--json`, else text for people, with its times in UTC with `--utc`. */
export function print<T>(
  options: { json?: boolean | undefined; utc?: boolean | undefined },
  value: T,
  text: (value: T) => string,
): void {
  process.stdout.write(
    `${options.json ? JSON.stringify(value, null, 2) : shown(options, text(value))}\n`,
  );
}
