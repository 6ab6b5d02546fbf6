/** What every option that takes a time understands; `platform/local-time.ts` reads it. */
export const timeWords =
  'a day or a time: 2026-11-28, "2026-11-28 14:03", today, yesterday, "3 days ago", "2 hours ago"';
export const fromWords = `from then on: ${timeWords}`;
export const toWords = 'up to then: a time, or a day to its end';
