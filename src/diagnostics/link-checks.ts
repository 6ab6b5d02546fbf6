import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { countSetAside } from '../outbox/set-aside-count.ts';
import { localDay } from '../platform/local-time.ts';
import { messageOf } from '../platform/problem.ts';
import { about, type Check, type Finding } from './check.ts';
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
  const { hostname, port, protocol } = new URL(uplink.broker);
  const secure = protocol === 'mqtts:' || protocol === 'wss:';
  const checks: Check[] = [
    async () => [
      await reachable(
        about('headquarters', 'headquarters'),
        hostname,
        Number(port || (secure ? 8883 : 1883)),
        'Check uplink.broker and the network; until then all messages wait in the outbox.',
      ),
    ],
    async () => messagesSetAside(join(config.unit.dataDir, 'lookout.db')),
  ];
  if (!secure) return checks;
  const { ca } = uplink.tls;
  if (ca !== undefined) checks.push(async () => [await certificate('authority', ca)]);
  if (uplink.tls.cert === undefined || uplink.tls.key === undefined) {
    const says = 'this unit has no client certificate';
    return [
      ...checks,
      async () => [
        about('certificates', 'certificate').failure(
          says,
          'Set uplink.tls.cert and uplink.tls.key.',
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
  const found = about('headquarters', `${count} messages`);
  return [
    found.warning(
      'the broker does not take them; they are set aside',
      "Raise the broker's limit, then restart lookout.",
    ),
  ];
}

async function certificate(what: string, path: string): Promise<Finding> {
  const found = about('certificates', `${what} ${path}`);
  try {
    const { validFrom, validTo } = new X509Certificate(await readFile(path));
    const [from, until] = [new Date(validFrom), new Date(validTo)];
    const days = Math.floor((until.getTime() - Date.now()) / day);
    const says = `valid until ${localDay(until.getTime())}`;
    if (from.getTime() > Date.now()) {
      const starts = `not valid before ${localDay(from.getTime())}`;
      return found.failure(starts, "Check this computer's clock.");
    }
    if (days < 0) return found.failure(`expired: ${says}`, 'Have headquarters issue a new one.');
    if (days < 30) return found.warning(says, 'Have headquarters issue a new one soon.');
    return found.ok(says);
  } catch (error) {
    return found.failure(messageOf(error), 'It must be a PEM file that this user may read.');
  }
}

async function privateKey(path: string, certPath: string): Promise<Finding> {
  const found = about('certificates', `key ${path}`);
  try {
    const { mode } = await stat(path);
    const key = createPrivateKey(await readFile(path));
    // An unreadable certificate has a finding of its own.
    const cert = await readFile(certPath)
      .then((pem) => new X509Certificate(pem))
      .catch(() => null);
    if (cert?.checkPrivateKey(key) === false) {
      const advice = 'Put the key there with which the certificate was requested.';
      return found.failure(`does not belong to ${certPath}`, advice);
    }
    if ((mode & 0o077) !== 0) {
      return found.warning('other users of this computer can read it', `Run: chmod 600 ${path}`);
    }
    return found.ok('belongs to the certificate, and only this user can read it');
  } catch (error) {
    const advice = 'It must be a PEM file without a passphrase that this user may read.';
    return found.failure(messageOf(error), advice);
  }
}
