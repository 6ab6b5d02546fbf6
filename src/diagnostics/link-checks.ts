import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { countSetAside } from '../outbox/set-aside-count.ts';
import { counted } from '../platform/counted.ts';
import { localDay, localTime } from '../platform/local-time.ts';
import { fileFault } from '../platform/problem.ts';
import { about, type Check, type Finding, type Findings } from './check.ts';
import { reachable } from './device-checks.ts';

const day = 86_400_000;

/** The broker answers; certificates exist and are valid; the key matches and only this user can read it. */
export function linkChecks(config: Config): Check[] {
  const { uplink } = config;
  if (!uplink.enabled) {
    return [
      async () => [
        about('headquarters', 'headquarters').warning('the link is off', 'Set uplink.enabled.'),
      ],
    ];
  }
  const { hostname, port, protocol, username } = new URL(uplink.broker);
  const secure = protocol === 'mqtts:' || protocol === 'wss:';
  const checks: Check[] = [
    async () => [
      await reachable(
        about('headquarters', 'headquarters'),
        hostname,
        Number(port || (secure ? 8883 : 1883)),
        {
          says: 'the link was not tried',
          advice:
            'Check uplink.broker and the network; until then all messages wait in the outbox.',
        },
      ),
    ],
    async () => messagesSetAside(join(config.unit.dataDir, 'lookout.db')),
  ];
  if (!secure) return checks;
  const { ca } = uplink.tls;
  if (ca !== undefined) checks.push(async () => [await certificate('authority', ca)]);
  if (uplink.tls.cert === undefined || uplink.tls.key === undefined) {
    // It may be known by its password.
    if (username !== '') return checks;
    return [
      ...checks,
      async () => [
        about('certificates', 'certificate').failure(
          'this unit has no client certificate',
          'Put unit.pem and unit.key into /etc/lookout/tls, or set uplink.tls.cert and uplink.tls.key.',
        ),
      ],
    ];
  }
  const { cert, key } = uplink.tls;
  return [
    ...checks,
    async () => [await certificate('certificate', cert), await privateKey(key, cert)],
  ];
}

/** Nothing where the database is missing or unreadable: it has a finding of its own. */
function messagesSetAside(path: string): Finding[] {
  let count: number;
  try {
    count = countSetAside(path);
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
    certificate = new X509Certificate(await readFile(path));
  } catch (error) {
    if (isOfFile(error)) return found.failure(`cannot be read: ${fileFault(error)}`, putThere);
    return found.failure('is not a certificate', 'It must be a PEM file.');
  }
  const [fromMs, untilMs] = [certificate.validFrom, certificate.validTo].map(Date.parse);
  return judgeDates(found, { fromMs: fromMs ?? 0, untilMs: untilMs ?? 0 });
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
    key = createPrivateKey(await readFile(path));
  } catch (error) {
    if (isOfFile(error)) return found.failure(`cannot be read: ${fileFault(error)}`, putThere);
    return found.failure('is not a key', 'It must be a PEM file without a passphrase.');
  }
  // An unreadable certificate has a finding of its own.
  const cert = await readFile(certPath)
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
  return error instanceof Error && 'syscall' in error;
}
