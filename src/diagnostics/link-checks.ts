import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { countSetAside } from '../outbox/set-aside-count.ts';
import { certificatesIn, commonName } from '../platform/certificates.ts';
import { counted } from '../platform/counted.ts';
import { localDay, localTime } from '../platform/local-time.ts';
import { fileFault } from '../platform/problem.ts';
import { loadRegularFile, NotAFile } from '../platform/regular-file.ts';
import { brokerPlace } from '../uplink/tls-handshake.ts';
import { about, type Check, type Finding, type Findings } from './check.ts';
import { reachable } from './device-checks.ts';

const day = 86_400_000;

/** Where `scripts/install` has the files of the link and of the page over HTTPS; lookout.service hands them to the daemon as credentials. */
export const installedFolder = '/etc/lookout/tls';

/** The files of the link as the service gets them: one that lies in the unit's folder goes before a configured one. */
export function filesOfService(
  tls: Config['uplink']['tls'],
  folder = installedFolder,
): Config['uplink']['tls'] {
  const lying = Object.entries({ ca: 'ca.pem', cert: 'unit.pem', key: 'unit.key' })
    .map(([name, file]) => [name, join(folder, file)] as const)
    .filter(([, path]) => existsSync(path));
  return { ...tls, ...Object.fromEntries(lying) };
}

/** The broker answers; certificates exist and are valid; the key matches and only this user can read it. */
export function linkChecks(config: Config): Check[] {
  const { uplink } = config;
  if (!uplink.enabled) return certificateChecks(config);
  const { host, port } = brokerPlace(uplink.broker);
  const advice = 'Check uplink.broker and the network; until then all messages wait in the outbox.';
  const says = 'the link was not tried';
  return [
    async () => [
      await reachable(about('headquarters', 'headquarters'), host, port, { says, advice }),
    ],
    async () => messagesSetAside(config),
    ...certificateChecks(config),
  ];
}

/** The files of the link; or that it is off. */
export function certificateChecks({ uplink, unit }: Config): Check[] {
  const { ca, cert, key } = uplink.tls;
  if (!uplink.enabled) {
    const found = about('headquarters', 'headquarters');
    return [async () => [found.warning('the link is off', 'Set uplink.enabled.')]];
  }
  if (!brokerPlace(uplink.broker).isSecure) return [];
  const authority: Check[] =
    ca === undefined ? [] : [async () => [await certificate('authority', ca)]];
  if (cert !== undefined && key !== undefined) {
    return [
      ...authority,
      async () => [
        await certificate('certificate', cert),
        ...(await certificateOfUnit(cert, { ca, unitId: unit.id })),
        await privateKey(key, cert),
      ],
    ];
  }
  // It may be known by its password.
  if (new URL(uplink.broker).username !== '') return authority;
  return [
    ...authority,
    async () => [
      about('certificates', 'certificate').failure(
        'this unit has no client certificate',
        'Put unit.pem and unit.key into /etc/lookout/tls, or set uplink.tls.cert and uplink.tls.key.',
      ),
    ],
  ];
}

/** Messages that the broker does not take; nothing where the database is unreadable, which has a finding of its own. */
export function messagesSetAside({ unit }: Config): Finding[] {
  let count: number;
  try {
    count = countSetAside(join(unit.dataDir, 'lookout.db'));
  } catch {
    return [];
  }
  if (count === 0) return [];
  const found = about('headquarters', counted(count, 'message'));
  return [
    found.warning(
      count === 1
        ? 'the broker does not take it; it is set aside'
        : 'the broker does not take them; they are set aside',
      "Raise the broker's limit, then restart lookout.",
    ),
  ];
}

const putThere = 'Put it there as root (mode 600) and restart lookout.';

async function certificate(what: string, path: string): Promise<Finding> {
  const found = about('certificates', `${what} ${path}`);
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(await loadRegularFile(path));
  } catch (error) {
    if (isOfFile(error)) return found.failure(`cannot be read: ${fileFault(error)}`, putThere);
    return found.failure('is not a certificate', 'It must be a PEM file.');
  }
  const [fromMs, untilMs] = [certificate.validFrom, certificate.validTo].map(Date.parse);
  return judgeDates(found, { fromMs: fromMs ?? 0, untilMs: untilMs ?? 0 });
}

/** That the unit's certificate is of another authority or has another name than the unit; one that is none is told before. */
async function certificateOfUnit(
  path: string,
  { ca, unitId }: { ca: string | undefined; unitId: string },
): Promise<Finding[]> {
  const own = await certificatesAt(path);
  const [unit] = own;
  if (unit === undefined) return [];
  const found = about('certificates', `certificate ${path}`);
  const findings: Finding[] = [];
  const authorities = ca === undefined ? [] : await certificatesAt(ca);
  if (authorities.length > 0 && !isSignedBy(unit, [...own, ...authorities], authorities)) {
    findings.push(
      found.warning(
        `is signed by ${commonName(unit.issuer)}, which is not the authority in ${ca}`,
        'If the broker does not trust that one too (its cafile), have headquarters issue another.',
      ),
    );
  }
  const name = commonName(unit.subject);
  if (name !== unitId) {
    findings.push(
      found.warning(
        `is for ${name}, and unit.id is ${unitId}`,
        "A broker that goes by the certificate's name lets this unit write none of its topics: have headquarters issue one for the unit.",
      ),
    );
  }
  return findings;
}

/** Whether a certificate is signed by one of the authorities, over those between. */
function isSignedBy(
  certificate: X509Certificate,
  known: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): boolean {
  let at = certificate;
  for (let step = 0; step <= known.length; step += 1) {
    const here = at;
    if (authorities.some(({ fingerprint256 }) => fingerprint256 === here.fingerprint256))
      return true;
    const issuer = known.find(
      (each) => each !== here && here.checkIssued(each) && here.verify(each.publicKey),
    );
    if (issuer === undefined) return false;
    at = issuer;
  }
  return false;
}

/** The certificates of a PEM file in their order; none if it cannot be read or one is damaged. */
async function certificatesAt(path: string): Promise<X509Certificate[]> {
  try {
    return certificatesIn((await loadRegularFile(path)).toString('latin1'));
  } catch {
    return [];
  }
}

/** A certificate's dates by this computer's clock, ms since the epoch. */
export function judgeDates(
  found: Findings,
  { fromMs, untilMs }: { fromMs: number; untilMs: number },
): Finding {
  const nowMs = Date.now();
  if (fromMs > nowMs) {
    return found.failure(
      `not valid before ${localTime(fromMs)}`,
      "Check this computer's clock; else have headquarters issue a new one.",
    );
  }
  if (untilMs < nowMs) {
    return found.failure(
      `expired since ${localTime(untilMs)}`,
      'Have headquarters issue a new one.',
    );
  }
  const says = `valid until ${localDay(untilMs)}`;
  return untilMs - nowMs < 30 * day
    ? found.warning(says, 'Have headquarters issue a new one soon.')
    : found.ok(says);
}

async function privateKey(path: string, certPath: string): Promise<Finding> {
  const found = about('certificates', `key ${path}`);
  let key: KeyObject;
  let mode: number;
  try {
    ({ mode } = await stat(path));
    key = createPrivateKey(await loadRegularFile(path));
  } catch (error) {
    if (isOfFile(error)) return found.failure(`cannot be read: ${fileFault(error)}`, putThere);
    return found.failure('is not a key', 'It must be a PEM file without a passphrase.');
  }
  // An unreadable certificate has a finding of its own.
  const cert = await loadRegularFile(certPath)
    .then((pem) => new X509Certificate(pem))
    .catch(() => null);
  if (cert?.checkPrivateKey(key) === false) {
    return found.failure(
      `does not belong to ${certPath}`,
      'Put the key there with which the certificate was requested.',
    );
  }
  if ((mode & 0o077) !== 0) {
    return found.warning('other users of this computer can read it', `Run: chmod 600 ${path}`);
  }
  return found.ok('belongs to the certificate, and only this user can read it');
}

/** Whether the file, and not what it holds, is at fault. */
function isOfFile(error: unknown): boolean {
  return error instanceof NotAFile || (error instanceof Error && 'syscall' in error);
}
