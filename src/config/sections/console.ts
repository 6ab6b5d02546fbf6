import { isIP } from 'node:net';
import { z } from 'zod';

/** The page for other computers, over HTTPS. */
const httpsSection = z
  .strictObject({
    enabled: z.boolean().default(false).describe('Whether other computers reach the page'),
    host: z
      .string()
      .refine((host) => isIP(host) !== 0, { error: 'write an address of this unit' })
      .default('0.0.0.0')
      .describe("Address of this unit that it listens on; 0.0.0.0 or '::': all"),
    port: z.int().min(0).max(65_535).default(7443).describe('0: any free port'),
    names: z
      .array(
        z
          .string()
          .toLowerCase()
          .regex(/^([a-z0-9-]+(\.[a-z0-9-]+)*|[0-9a-f:.]*:[0-9a-f:.]*)$/, {
            error: 'write a name or an address alone, such as pole-3.example.org or 192.0.2.30',
          }),
      )
      .default([])
      .describe(
        'Names and addresses under which other computers reach it; if empty, those of the certificate',
      ),
    certificate: z
      .string()
      .min(1)
      .optional()
      .describe("PEM file of the page's certificate, and of those between it and its authority"),
    key: z.string().min(1).optional().describe('PEM file of its key'),
    clientAuthority: z
      .string()
      .min(1)
      .optional()
      .describe(
        'PEM file of the authority of client certificates. Who has one logs in as on the unit; without one a login needs a second factor',
      ),
    clientCertificate: z
      .enum(['optional', 'required'])
      .default('optional')
      .describe('required: who has none is not let in at all'),
    requestsPerMin: z
      .int()
      .min(60)
      .default(900)
      .describe('Most requests a minute from one address; from all together four times as many'),
    loginsPerMin: z
      .int()
      .min(1)
      .default(10)
      .describe('Most logins a minute from one address; from all together four times as many'),
    revoked: z
      .string()
      .min(1)
      .optional()
      .describe('PEM file of the list of revoked client certificates (CRL)'),
  })
  .superRefine(({ enabled, certificate, key, clientAuthority, clientCertificate }, context) => {
    const missing = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (!enabled) return;
    if (certificate === undefined) missing('certificate', 'HTTPS needs a certificate');
    if (key === undefined) missing('key', "HTTPS needs the certificate's key");
    if (clientCertificate === 'required' && clientAuthority === undefined) {
      missing('clientAuthority', 'clientCertificate: required needs it');
    }
  });

/** `console`: the operator's page, on loopback and over HTTPS. */
export const consoleSection = z.strictObject({
  enabled: z.boolean().default(true),
  host: z.enum(['127.0.0.1', '::1']).default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(7440).describe('0: any free port'),
  map: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The map that lookout map install puts there; if left out, map.pmtiles in the data folder',
    ),
  https: httpsSection.prefault({}),
});

export type ConsoleConfig = z.infer<typeof consoleSection>;
export type HttpsConfig = ConsoleConfig['https'];
