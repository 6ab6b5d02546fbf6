/** A table; what people wrote cannot break out of its cell. */
export function markdownTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.map(markdownText).join(' | ')} |`;
  return [line(heading), `|${' --- |'.repeat(heading.length)}`, ...rows.map(line)].join('\n');
}

/** Text as it is, with nothing in it that Markdown or HTML would take for its own. */
export function markdownText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*[\]<>|#~&]|(?<!\w)_|_(?!\w)/g, (char) => `&#${char.charCodeAt(0)};`);
}
