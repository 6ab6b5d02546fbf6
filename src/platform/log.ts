import { type Logger, pino } from 'pino';
import { withoutSecrets } from './without-secrets.ts';

export type Log = Logger;

/**
 * JSON lines on standard error, which journald keeps. Callers log ids, counts and states, never plates, names and
 * secrets (rule 7); a secret in the words of a library, such as the address of a camera, is taken out of the line.
 */
export function createLog(options: { level: string; name?: string }): Log {
  return pino(
    {
      name: options.name ?? 'lookout',
      level: options.level,
      timestamp: pino.stdTimeFunctions.isoTime,
      hooks: { streamWrite: withoutSecrets },
      formatters: { level: (label) => ({ level: label }) },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}
