/** Rows under a heading, columns as wide as they need to be. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heading.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [heading, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Columns of the terminal; of a pipe or a file, those of a printed page. */
export function screenColumns(): number {
  return process.stdout.columns ?? 120;
}

const narrowest = 10;
const gap = 2;

/** A table no wider than the screen: cells of its widest columns go on below, at the ends of words. */
export function fittedTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number = screenColumns(),
): string {
  const cells = [heading, ...rows];
  const widthOf = (measure: (cell: string) => number) =>
    heading.map((_, column) => Math.max(...cells.map((row) => measure(row[column] ?? ''))));
  const widths = widthOf(({ length }) => length);
  // What has no break, such as an id, must stay whole to be copied.
  const least = widthOf((cell) =>
    Math.min(cell.length, Math.max(narrowest, ...cell.split(/\s+/).map(({ length }) => length))),
  );
  const over = () =>
    widths.reduce((sum, width) => sum + width, gap * (widths.length - 1)) - columns;
  while (over() > 0) {
    const widest = widths
      .map((width, column) => ({ width, column }))
      .filter(({ width, column }) => width > (least[column] ?? 0))
      .sort((a, b) => b.width - a.width)[0];
    if (widest === undefined) break;
    widths[widest.column] = widest.width - 1;
  }
  return cells
    .flatMap((row) => {
      const broken = widths.map((width, column) => linesOf(row[column] ?? '', width));
      const height = Math.max(...broken.map(({ length }) => length));
      return Array.from({ length: height }, (_, line) =>
        widths
          .map((width, column) => (broken[column]?.[line] ?? '').padEnd(width))
          .join(' '.repeat(gap))
          .trimEnd(),
      );
    })
    .join('\n');
}

/** A text in lines of at most this many columns, broken at the ends of words; a longer word stays whole. */
function linesOf(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Lines of a text below something, indented. */
export function below(text: string, indent = 4, columns: number = screenColumns()): string {
  return linesOf(text, columns - indent)
    .map((line) => `${' '.repeat(indent)}${line}`)
    .join('\n');
}

/** "12 s", "5 min", "14 h", "3 days": one unit, as a person would say it. */
export function age(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** "12.3 ms", or a dash when there is no figure. */
export function milliseconds(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : `${value.toFixed(1)} ms`;
}

/** Widest line of a terminal that can be counted on. */
const columns = 80;

/**
 * A text in lines of at most 80 characters, broken at spaces. A longer word, such as a path, has a line of its own, and so
 * has a command behind "Run:", which a person can then copy.
 */
export function wrapped(text: string, first: string, others: string): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const part of text.split(/ (?=Run: )/)) {
    for (const word of part.startsWith('Run: ') ? [part] : part.split(' ')) {
      if (!isEmpty && line.length + 1 + word.length > columns) {
        lines.push(line);
        line = others;
        isEmpty = true;
      }
      line += isEmpty ? word : ` ${word}`;
      isEmpty = false;
    }
  }
  return [...lines, line].join('\n');
}
