/**
 * A sentence of the unit without what only a terminal takes: options such as `(--case)`, `lookout` commands, and the ids of
 * hot plates, which a key beside the sentence opens; a field is named as on a form. The unit words its refusals and notices once for all its clients.
 */
export function withoutCommands(text: string): string {
  return text
    .replaceAll(/ \((?:--|lookout )[^()]*\)/g, '')
    .replaceAll(/: lookout [^.]*(?=\.|$)/g, '')
    .replaceAll(/ with "lookout [^"]*"/g, '')
    .replaceAll(/; "lookout [^"]*"[^.;]*/g, '')
    .replaceAll(/ "lookout [^"]*"[^.]*\./g, '')
    .replaceAll(/(hot plate) [0-9a-f]{8}-[0-9a-f-]{27}/gi, '$1')
    .replaceAll(
      /(^|; )([a-z])([a-z ]*): (?=[a-z])/g,
      (_, before, first, name) => `${before}${first.toUpperCase()}${name}: `,
    );
}
