/** A pattern of SQLite's GLOB as a regular expression of PostgreSQL. */
export function regexOf(glob: string): string {
  const parts = glob.match(/\[[^\]]*\]|./gs) ?? [];
  return `^${parts.map(partOf).join('')}$`;
}

function partOf(part: string): string {
  if (part === '*') return '.*';
  if (part === '?') return '.';
  if (part.length > 1) return part;
  return /[A-Za-z0-9]/.test(part) ? part : `\\${part}`;
}
