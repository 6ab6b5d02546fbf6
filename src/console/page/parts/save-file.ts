import type { AnsweredFile } from '../file-answers.ts';

/** Gives a file to the person as a download of the browser. */
export function saveFile({ name, content }: AnsweredFile): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
