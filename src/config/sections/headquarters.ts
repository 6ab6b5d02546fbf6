import { isAbsolute } from 'node:path';
import { z } from 'zod';

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_$-]{0,62}$/, 'is no name in PostgreSQL');
const host = z
  .string()
  .regex(
    /^(?:\/[^\s]*|[A-Za-z0-9][A-Za-z0-9.-]*|[0-9A-Fa-f:]+)$/,
    'use the name or address of a host, or the folder of its socket such as /run/postgresql',
  );

/** `headquarters`: what headquarters alone has. */
export const headquartersSection = z.strictObject({
  archive: z
    .strictObject({
      host: host
        .optional()
        .describe(
          'The host of PostgreSQL, or the folder of its socket. With it headquarters keeps a copy of all detections there, and looks them up in it',
        ),
      port: z.int().min(1).max(65_535).default(5432),
      database: name.default('lookout'),
      user: name.default('lookout'),
      password: z
        .string()
        .min(1)
        .optional()
        .describe(
          'File of mode 600 with the password; none where PostgreSQL knows the user otherwise',
        ),
      ca: z
        .string()
        .min(1)
        .optional()
        .describe('PEM file of the authority of its certificate, if it is no public one'),
    })
    .prefault({}),
});

export type ArchiveConfig = z.infer<typeof headquartersSection>['archive'];

/** Whether PostgreSQL runs on this computer, so that nothing goes over a network. */
export function isOnThisComputer(host: string): boolean {
  return isAbsolute(host) || host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}
