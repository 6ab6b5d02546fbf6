/** When someone last logged in, in words: a time on this unit, or on another the day, which alone is known of it. */
export function lastLoginWords(
  of: { lastLoginAt: string | null; lastLoginElsewhereOn: string | null },
  inZone: (time: string) => string,
): string {
  if (of.lastLoginElsewhereOn !== null) return `${of.lastLoginElsewhereOn} (UTC), on another unit`;
  return of.lastLoginAt === null ? 'never' : inZone(of.lastLoginAt);
}
