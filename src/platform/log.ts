import { type Logger, pino } from 'pino';

export type Log = Logger;

/**
 * JSON lines on standard error, which journald keeps. Callers log ids, counts and states, never plates, names and
 * secrets (rule 7).
 */
export function createLog(options: { level: string; name?: string }): Log {
  return pino(
    {
      name: options.name ?? 'lookout',
      level: options.level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}
