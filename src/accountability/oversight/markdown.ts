/** A table. Text written by people is escaped so that it stays in its cell. */
export function markdownTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownText).join(' | ')} |`;
  return [line(heading), `|${' --- |'.repeat(heading.length)}`, ...rows.map(line)].join('\n');
}

/** Escapes everything that Markdown or HTML would interpret. */
export function markdownText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*[\]<>|#~&]|(?<!\w)_|_(?!\w)/g, (char) => `&#${char.charCodeAt(0)};`);
}
