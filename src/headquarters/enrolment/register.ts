import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { fileFault, Problem } from '../../platform/problem.ts';
import { writeFileDurably } from '../../platform/write-file-durably.ts';

const certificateSchema = z.strictObject({
  /** Its common name: the unit's id, `headquarters` or `broker`. */
  name: z.string(),
  kind: z.enum(['unit', 'headquarters', 'broker']),
  /** Hexadecimal. */
  serial: z.string().regex(/^[0-9A-F]+$/),
  issuedAt: z.iso.datetime(),
  until: z.iso.datetime(),
  revokedAt: z.iso.datetime().nullable(),
});

/** The brokers that headquarters configures. */
export const brokerNames = ['mosquitto', 'nats', 'rabbitmq'] as const;
export type BrokerName = (typeof brokerNames)[number];

const registerSchema = z.strictObject({
  agency: z.string(),
  /** Names and addresses at which units reach the broker, the one for their configuration first. */
  brokerNames: z.array(z.string()).min(1),
  /**
   * Where `headquarters broker` wrote the broker's files last, for which broker, where that listens (without an address: at
   * all) and where it keeps what waits; null before. What is as usual is left out: an older release knows no word for it.
   */
  broker: z
    .strictObject({
      folder: z.string(),
      port: z.int(),
      kind: z.enum(brokerNames).optional(),
      address: z.string().optional(),
      state: z.string().optional(),
    })
    .nullable(),
  /** Of the last list of revoked certificates. */
  revocations: z.strictObject({ number: z.int(), from: z.iso.datetime() }),
  certificates: z.array(certificateSchema),
});

/** A certificate that the authority issued; its key is nowhere at headquarters, but for its own and the broker's. */
export type IssuedCertificate = z.infer<typeof certificateSchema>;

/** What an authority has issued and revoked. */
export type Register = z.infer<typeof registerSchema>;

/** The register's file in the folder of the authority. */
export const registerFile = 'certificates.json';

export function hasRegister(folder: string): boolean {
  return existsSync(join(folder, registerFile));
}

/** Reads the register. Throws a Problem that names the file if it is damaged or cannot be read. */
export function readRegister(folder: string): Register {
  const path = join(folder, registerFile);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Problem(`the register of certificates cannot be read (${path}: ${fileFault(error)})`);
  }
  try {
    return registerSchema.parse(JSON.parse(text));
  } catch {
    throw new Problem(
      `the register of certificates is damaged (${path}). Restore it from a backup.`,
    );
  }
}

export async function writeRegister(folder: string, register: Register): Promise<void> {
  const text = `${JSON.stringify(registerSchema.parse(register), null, 2)}\n`;
  await writeFileDurably(join(folder, registerFile), text);
}

/** The certificates of a name, the newest first. */
export function certificatesOf(register: Register, name: string): IssuedCertificate[] {
  return register.certificates.filter((each) => each.name === name).toReversed();
}

/** Units of which no certificate is left that was not revoked. */
export function revokedUnits({ certificates }: Register): string[] {
  const units = Map.groupBy(
    certificates.filter(({ kind }) => kind === 'unit'),
    ({ name }) => name,
  );
  return [...units]
    .filter(([, all]) => all.every(({ revokedAt }) => revokedAt !== null))
    .map(([name]) => name);
}
