import { readRegularFile } from './regular-file.ts';

/** The text of a file of the system, which may go at any moment; empty if it cannot be read. */
export function textOf(path: string): string {
  try {
    return readRegularFile(path).toString('utf8');
  } catch {
    return '';
  }
}
