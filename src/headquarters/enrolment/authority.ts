import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { isIP } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { type Clock, isoTime } from '../../platform/clock.ts';
import { localDay } from '../../platform/local-time.ts';
import { fileFault, Problem } from '../../platform/problem.ts';
import { takeProcessLock } from '../../platform/process-lock.ts';
import { syncFolder, writeFileDurably } from '../../platform/write-file-durably.ts';
import {
  certificatesOf,
  hasRegister,
  type IssuedCertificate,
  type Register,
  readRegister,
  writeRegister,
} from './register.ts';
import { type KeyAndCertificate, signCertificate, signRevocations } from './sign-certificate.ts';

/** Where an authority is, and whose. */
export interface AuthorityPlace {
  /** Holds its key, its certificate, its register and its list of revoked certificates. */
  folder: string;
  agency: string;
  clock: Clock;
}

/** The name of headquarters' certificate, which the broker takes as its user. */
export const headquartersName = 'headquarters';
const brokerName = 'broker';

/** Names that no unit may have: those of the other certificates. */
export const reservedNames: readonly string[] = [headquartersName, brokerName];

/** Files in the folder of the authority. */
export const authorityFiles = {
  key: 'ca.key',
  certificate: 'ca.pem',
  /** The broker's certificate and its key, in one file, so that both change at once. */
  broker: 'broker.pem',
  /** Headquarters' own, likewise. */
  headquarters: 'headquarters.pem',
  revoked: 'revoked.pem',
} as const;

const dayMs = 86_400_000;
const authorityDays = 3650;
/** As long as browsers and systems take one. */
const certificateDays = 825;
/** Valid since the day before: the clock of a unit or of the broker may be behind. */
const backMs = dayMs;

/**
 * Makes the agency's authority, the broker's certificate and headquarters' own. `brokerNames`: at which units reach the broker;
 * the first one stands in their configuration. The folder is made as a whole or not at all. Throws a Problem if it exists and
 * holds anything.
 */
export async function makeAuthority(
  place: AuthorityPlace,
  brokerNames: readonly string[],
): Promise<void> {
  const { folder, agency, clock } = place;
  refuseNames(brokerNames);
  refuseUsedFolder(folder);
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  const part = await mkdtemp(join(dirname(folder), `.${basename(folder)}.part-`));
  try {
    const nowMs = clock();
    const authority = await signCertificate(
      {
        name: `${agency} authority`,
        use: 'authority',
        fromMs: nowMs - backMs,
        untilMs: nowMs + authorityDays * dayMs,
      },
      { folder: part, authority: null },
    );
    await writeFileDurably(join(part, authorityFiles.key), authority.key);
    await writeFileDurably(join(part, authorityFiles.certificate), authority.certificate);
    const register: Register = {
      agency,
      brokerNames: [...brokerNames],
      broker: null,
      revocations: { number: 0, from: isoTime(nowMs - 2 * backMs) },
      certificates: [],
    };
    const made = { ...place, folder: part };
    await writeRevocations(made, register);
    await issueOwn(made, brokerNames);
    await rename(part, folder);
    await syncFolder(dirname(folder));
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Issues the certificates of the broker and of headquarters anew, under other names if they are given; the old ones go on until
 * they are revoked or end.
 */
export async function renewOwn(
  place: AuthorityPlace,
  brokerNames: readonly string[] | undefined,
): Promise<void> {
  refuseNames(brokerNames ?? []);
  await locked(place, () => issueOwn(place, brokerNames ?? registerOf(place).brokerNames));
}

async function issueOwn(place: AuthorityPlace, brokerNames: readonly string[]): Promise<void> {
  const { folder } = place;
  // Headquarters may be on the same computer.
  const answersTo = [...new Set([...brokerNames, 'localhost', '127.0.0.1', '::1'])];
  const broker = await sign(place, { name: brokerName, kind: 'broker', answersTo });
  const own = await sign(place, { name: headquartersName, kind: 'headquarters' });
  const register = withIssued(registerOf(place), broker, own);
  await writeRegister(folder, { ...register, brokerNames: [...brokerNames] });
  await writeFileDurably(join(folder, authorityFiles.broker), bothOf(broker));
  await writeFileDurably(join(folder, authorityFiles.headquarters), bothOf(own));
}

const bothOf = ({ key, certificate }: KeyAndCertificate): string => `${certificate}${key}`;

/** A certificate that is signed, with its row for the register. Its key must reach nobody before the row is there. */
export interface Signed extends KeyAndCertificate {
  row: IssuedCertificate;
}

/** Signs a certificate. Throws a Problem if the authority has ended. */
export async function sign(
  place: AuthorityPlace,
  order: Pick<IssuedCertificate, 'name' | 'kind'> & { answersTo?: readonly string[] },
): Promise<Signed> {
  const { folder, clock } = place;
  const { name, kind, answersTo = [] } = order;
  const authority = readAuthority(place);
  const nowMs = clock();
  const authorityUntilMs = authorityEnd(place);
  const untilMs = Math.min(nowMs + certificateDays * dayMs, authorityUntilMs);
  if (untilMs <= nowMs) {
    throw new Problem(
      `the authority itself ended on ${localDay(authorityUntilMs)}. Make another in another folder, and enrol every unit again.`,
    );
  }
  const use = kind === 'broker' ? 'broker' : 'client';
  const made = await signCertificate(
    { name, use, answersTo, fromMs: nowMs - backMs, untilMs },
    { folder, authority },
  );
  const row: IssuedCertificate = {
    name,
    kind,
    serial: new X509Certificate(made.certificate).serialNumber,
    issuedAt: isoTime(nowMs),
    until: isoTime(untilMs),
    revokedAt: null,
  };
  return { ...made, row };
}

/** The register with what was signed. */
export function withIssued(register: Register, ...signed: readonly Signed[]): Register {
  const rows = signed.map(({ row }) => row);
  return { ...register, certificates: [...register.certificates, ...rows] };
}

/**
 * Revokes the certificates of a name: all of them, or all but the newest. Returns those that it revoked. Throws a Problem if
 * there is none to revoke.
 */
export async function revoke(
  place: AuthorityPlace,
  { name, keepNewest }: { name: string; keepNewest: boolean },
): Promise<IssuedCertificate[]> {
  return locked(place, async () => {
    const register = registerOf(place);
    const all = certificatesOf(register, name);
    if (all.length === 0) throw new Problem(`no certificate was issued to ${name}`);
    const live = all.filter(({ revokedAt }) => revokedAt === null).slice(keepNewest ? 1 : 0);
    if (live.length === 0) {
      const which = keepNewest ? 'no older certificate' : 'no certificate';
      throw new Problem(`${name} has ${which} that is not revoked`);
    }
    const serials = new Set(live.map(({ serial }) => serial));
    const revokedAt = isoTime(place.clock());
    await writeRevocations(place, {
      ...register,
      certificates: register.certificates.map((each) =>
        serials.has(each.serial) ? { ...each, revokedAt } : each,
      ),
    });
    return live;
  });
}

/**
 * Writes the list of revoked certificates and then the register. After a crash in between the list revokes what the register
 * does not; the command run again finds it there still to do.
 */
async function writeRevocations(place: AuthorityPlace, register: Register): Promise<void> {
  const { folder, clock } = place;
  const { number, from } = register.revocations;
  // OpenSSL takes the list with the later time, by seconds.
  const nowMs = clock();
  const fromMs = Math.min(nowMs, Math.max(nowMs - backMs, Date.parse(from) + 1000));
  const revocations = { number: number + 1, from: isoTime(fromMs) };
  const list = await signRevocations(
    {
      number: revocations.number,
      fromMs,
      revoked: register.certificates.flatMap(({ serial, until, revokedAt }) =>
        revokedAt === null
          ? []
          : [{ serial, untilMs: Date.parse(until), revokedAtMs: Date.parse(revokedAt) }],
      ),
    },
    { folder, authority: readAuthority(place) },
  );
  await writeFileDurably(join(folder, authorityFiles.revoked), list);
  await writeRegister(folder, { ...register, revocations });
}

/** Until when the authority itself is valid, ms since the epoch. */
export function authorityEnd(place: AuthorityPlace): number {
  return Date.parse(new X509Certificate(readAuthority(place).certificate).validTo);
}

function readAuthority({ folder }: AuthorityPlace): KeyAndCertificate {
  const read = (name: string): string => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch (error) {
      throw new Problem(
        `the authority's ${name} cannot be read (${join(folder, name)}: ${fileFault(error)})`,
      );
    }
  };
  return { key: read(authorityFiles.key), certificate: read(authorityFiles.certificate) };
}

/** The register. Throws a Problem if there is no authority, or another agency's. */
export function registerOf({ folder, agency }: AuthorityPlace): Register {
  if (!hasRegister(folder)) {
    throw new Problem(
      `there is no authority in ${folder}. Make it once: lookout headquarters authority`,
    );
  }
  const register = readRegister(folder);
  if (register.agency === agency) return register;
  throw new Problem(
    `the authority in ${folder} is that of the agency ${register.agency}, and unit.agency is ${agency}`,
  );
}

/** Runs what changes the authority, while nobody else does. Throws a Problem if somebody does. */
export async function locked<T>(place: AuthorityPlace, work: () => Promise<T>): Promise<T> {
  registerOf(place);
  using lock = takeProcessLock(join(place.folder, 'lock'));
  if (lock === null) {
    throw new Problem('another command works on the authority; try again when it has ended');
  }
  await sweep(place.folder);
  return await work();
}

/** What a command that was killed left: copies of the authority's key among it. */
async function sweep(folder: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    if (/^\.(?:work-|.*\.part$)/.test(name))
      await rm(join(folder, name), { recursive: true, force: true });
  }
}

function refuseUsedFolder(folder: string): void {
  if (hasRegister(folder)) {
    throw new Problem(
      `${folder} has an authority already. With --again the broker and headquarters get new certificates; another authority needs another folder.`,
    );
  }
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new Problem(`${folder} holds other files; name a folder that is empty or not there`);
  }
}

function refuseNames(names: readonly string[]): void {
  for (const name of names) {
    if (
      isIP(name) === 0 &&
      !/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(name)
    ) {
      throw new Problem(`--name: "${name}" is no host name or address`);
    }
  }
}
