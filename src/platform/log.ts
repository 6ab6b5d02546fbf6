import { type Logger, pino } from 'pino';

export type Log = Logger;

/**
 * JSON lines on standard error, which journald keeps. Callers name ids, counts and states;
 * plates, names and secrets never go in (rule 7).
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
