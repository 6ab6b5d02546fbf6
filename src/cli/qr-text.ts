const quiet = 2;

/**
 * A QR code for a terminal, from its rows of `1` and `0`: two rows of modules a line, black on white whatever colours the
 * terminal has.
 */
export function qrText(rows: readonly string[]): string {
  const width = (rows[0]?.length ?? 0) + 2 * quiet;
  const blank = Array.from({ length: quiet }, () => '0'.repeat(width));
  const side = '0'.repeat(quiet);
  const all = [...blank, ...rows.map((row) => side + row + side), ...blank];
  const lines: string[] = [];
  for (let y = 0; y < all.length; y += 2) {
    const [upper = '', lower = '0'.repeat(width)] = all.slice(y, y + 2);
    const halves = [...upper].map((top, x) => blocks[`${top}${lower[x]}`] ?? ' ');
    lines.push(`\u001b[30;107m${halves.join('')}\u001b[0m`);
  }
  return lines.join('\n');
}

const blocks: Record<string, string> = { '00': ' ', '10': '▀', '01': '▄', '11': '█' };
