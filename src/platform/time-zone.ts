/**
 * Whether a name is that of a zone in the IANA database, such as America/Los_Angeles or UTC. Offsets such as +05:30 and
 * abbreviations such as PST are not: they know no summer time, or mean several zones.
 */
export function isTimeZone(name: string): boolean {
  return (name === 'UTC' || name.includes('/')) && canonicalName(name) !== null;
}

/** The name as it was given: Asia/Kolkata, where the library says Asia/Calcutta. */
let given: string | null = null;

/**
 * Makes `name` the zone of this process, and of the threads and processes that it starts from now on; left out, TZ and
 * then the system decide. The whole process has one zone, because a day on a hot list, of a search and of a training
 * must be the same day.
 */
export function useTimeZone(name = process.env.TZ): void {
  const canonical = name === undefined ? null : canonicalName(name);
  if (name === undefined || canonical === null) return;
  given = name;
  // In any other spelling, also of another case, TZ would silently mean UTC.
  process.env.TZ = canonical;
}

/** The name of the zone in force. */
export function timeZoneName(): string {
  const inForce = new Intl.DateTimeFormat('en').resolvedOptions().timeZone as string | undefined;
  const names = [given, process.env.TZ ?? null].filter((name) => name !== null);
  return names.find((name) => canonicalName(name) === inForce) ?? inForce ?? 'UTC';
}

function canonicalName(name: string): string | null {
  // Intl also takes offsets, and TZ reads their sign the other way round.
  if (!/^[A-Za-z]/.test(name)) return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
