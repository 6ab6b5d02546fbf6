import { z } from 'zod';

/** An answer that is a file: an image, an export, a package. */
export interface FileAnswer {
  fileName: string;
  contentType: string;
  bytes: Uint8Array;
  /** How many records the file holds, for the audit record; the local API does not send it. */
  records?: number;
}

/** Whether an answer is a file. */
export function isFileAnswer(answer: unknown): answer is FileAnswer {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'bytes' in answer &&
    answer.bytes instanceof Uint8Array
  );
}

/** The answer of an operation that answers with a file. */
export const file = z.custom<FileAnswer>(isFileAnswer, 'is not a file');

/**
 * The answer of an operation that answers with one JSON object of type `T`. Checks that it is an object, not what its
 * fields hold: what answers is the same program.
 */
export function record<T extends object>(): z.ZodType<T, T> {
  return z.custom<T>(isRecord, 'is not a record');
}

/** The answer of an operation that answers with a list of JSON objects of type `T`. */
export function listOf<T extends object>(): z.ZodType<T[], T[]> {
  return z.array(record<T>());
}

function isRecord(answer: unknown): boolean {
  return (
    typeof answer === 'object' && answer !== null && !Array.isArray(answer) && !isFileAnswer(answer)
  );
}
