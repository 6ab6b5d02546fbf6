/**
 * A sentence of the unit without what only a terminal takes: options such as `(--case)`, and `lookout` commands. The unit
 * words its refusals and notices once for all its clients.
 */
export function withoutCommands(text: string): string {
  return text
    .replaceAll(/ \((?:--|lookout )[^()]*\)/g, '')
    .replaceAll(/: lookout [^.]*(?=\.|$)/g, '')
    .replaceAll(/ with "lookout [^"]*"/g, '')
    .replaceAll(/; "lookout [^"]*"[^.;]*/g, '')
    .replaceAll(/ "lookout [^"]*"[^.]*\./g, '');
}
