import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { UplinkConfig } from '../config/sections/uplink.ts';
import { localTime } from '../platform/local-time.ts';
import { networkFault } from '../platform/network-fault.ts';
import { codeOf, messageOf } from '../platform/problem.ts';
import { shakeHands } from './tls-handshake.ts';

type Tls = UplinkConfig['tls'];

/** The files of the link as people call them, by their keys in the configuration. */
export const tlsFiles = {
  ca: "The authority's certificate",
  cert: "This unit's certificate",
  key: "This unit's key",
} as const;

const probeTimeoutMs = 10_000;

/**
 * The message of a failed connection, with a remedy for the frequent ones. A certificate that is out of date is named
 * with its date: the unit's files are read, and the broker is asked for its own.
 */
export async function explainFailure(
  error: unknown,
  at: { broker: string; tls: Tls },
): Promise<string> {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return explainFailure(error.errors[0], at);
  }
  const text = messageOf(error);
  const code = String(codeOf(error) ?? '');
  if (code === 'ECONNREFUSED') return `${networkFault(error)}. Is the broker running there?`;
  if (code === 'ENOTFOUND')
    return `${networkFault(error)}. Check the name in uplink.broker, and the network.`;
  const isSecure = /^(mqtts|wss):/.test(at.broker);
  // A broker may close without a word when the unit's certificate is out of date.
  const outOfDate = isSecure ? await outOfDateOf(code, at) : null;
  if (outOfDate !== null) return `${text}. ${outOfDate}`;
  if (/certificate|CERT_|SSL|TLS|self.signed/i.test(`${code} ${text}`)) {
    return `${text}. The authority whose certificate this unit has must have signed the broker's, and the broker must know this unit's certificate.`;
  }
  return text;
}

/** The first certificate that is not valid now: the unit's, its authority's, or, if its verification failed, the broker's. */
async function outOfDateOf(
  code: string,
  { broker, tls }: { broker: string; tls: Tls },
): Promise<string | null> {
  for (const name of ['cert', 'ca'] as const) {
    const path = tls[name];
    if (path === undefined) continue;
    const found = await readFile(path)
      .then((pem) => new X509Certificate(pem))
      .catch(() => null);
    const said = found && datesOf(found);
    if (said) return `${tlsFiles[name]} (${path}) ${said}`;
  }
  if (code !== 'CERT_HAS_EXPIRED' && code !== 'CERT_NOT_YET_VALID') return null;
  const { certificate } = await shakeHands({ broker, tls }, probeTimeoutMs);
  const said = certificate && datesOf(certificate);
  return said ? `The broker's certificate ${said}` : null;
}

/** Says since when a certificate is expired or from when it is valid; null if it is valid now. */
function datesOf({ validFrom, validTo }: X509Certificate): string | null {
  const [fromMs, untilMs] = [Date.parse(validFrom), Date.parse(validTo)];
  const nowMs = Date.now();
  if (untilMs < nowMs) {
    return `is expired since ${localTime(untilMs)}. A new one must be issued, if this unit's clock is right.`;
  }
  if (fromMs > nowMs)
    return `is not valid before ${localTime(fromMs)}. Is this unit's clock behind?`;
  return null;
}
