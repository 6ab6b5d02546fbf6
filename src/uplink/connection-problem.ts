import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { UplinkConfig } from '../config/sections/uplink.ts';
import { namesOf } from '../platform/certificates.ts';
import { localTime } from '../platform/local-time.ts';
import { networkFault } from '../platform/network-fault.ts';
import { codeOf, messageOf } from '../platform/problem.ts';
import { loadRegularFile } from '../platform/regular-file.ts';
import { brokerPlace, shakeHands } from './tls-handshake.ts';

type Tls = UplinkConfig['tls'];

/** The files of the link as people call them, by their keys in the configuration. */
export const tlsFiles = {
  ca: "The authority's certificate",
  cert: "This unit's certificate",
  key: "This unit's key",
} as const;

/** What to do where the connection, or the broker's answer over it, does not come in time. */
export const lackWords = {
  connection:
    'nothing answers there in time. Check the address in uplink.broker, the network, and a firewall between.',
  answer:
    'what answers there takes the connection and says nothing. It is no MQTT broker, is overloaded, or has lost the node of its cluster that holds this session: bring that back.',
} as const;

const probeTimeoutMs = 10_000;

/** What to do where a certificate of the link is another than it should be; the doctor says the same. */
export const certificateAdvice = {
  names:
    'Write one of its names into uplink.broker, or have the broker get a certificate with this one.',
  authority:
    "Put the certificate of the broker's authority into /etc/lookout/tls/ca.pem and restart lookout; if it should be the one that is there, another broker answers.",
  key: 'Put the key there with which the certificate was requested.',
} as const;

/** Node's codes of a broker's certificate that none of our authorities signed. */
const strangeAuthority = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
]);

/** Whether a code of a handshake says that the broker's certificate is of another authority. */
export const isOfStrangeAuthority = (code: string): boolean => strangeAuthority.has(code);

/** What OpenSSL's alerts of a broker that refuses this unit's certificate mean; null for other codes. */
export function unitRefused(code: string): [says: string, advice: string] | null {
  if (/CERTIFICATE_EXPIRED/.test(code)) {
    return ["says that this unit's certificate is expired", 'Have headquarters issue a new one.'];
  }
  if (/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/.test(code)) {
    return [
      'wants a certificate of this unit',
      'Put unit.pem and unit.key into /etc/lookout/tls and restart lookout.',
    ];
  }
  if (/UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE|REVOKED/.test(code)) {
    return [
      "does not accept this unit's certificate",
      'It must be signed by the authority that the broker trusts (its cafile); have headquarters issue it.',
    ];
  }
  return null;
}

/**
 * The message of a failed connection, with a remedy for the frequent ones. What is wrong with this unit's own files is
 * named with the file; for a certificate that is out of date the broker is asked for its own.
 */
export async function explainFailure(
  error: unknown,
  at: { broker: string; tls: Tls },
): Promise<string> {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return explainFailure(error.errors[0], at);
  }
  const text = messageOf(error).trim();
  const code = String(codeOf(error) ?? '');
  if (code === 'ECONNREFUSED') return `${networkFault(error)}. Is the broker running there?`;
  if (code === 'ENOTFOUND')
    return `${networkFault(error)}. Check the name in uplink.broker, and the network.`;
  if (!/^(mqtts|wss):/.test(at.broker)) return text;
  const isOfHandshake = /certificate|CERT_|SSL|TLS|self.signed/i.test(`${code} ${text}`);
  // A broker may close without a word when the unit's certificate is out of date.
  const own = (await faultOfFiles(at.tls)) ?? (await brokerOutOfDate(code, at));
  if (own !== null) return isOfHandshake ? own : `${text}. ${own}`;
  const meant = handshakeFault(error, code, brokerPlace(at.broker).host);
  if (meant !== null) return meant;
  return isOfHandshake
    ? `${text}. The authority whose certificate this unit has must have signed the broker's, and the broker must know this unit's certificate.`
    : text;
}

/** What a failed handshake means, with what to do; null for a code of which we do not know it. */
function handshakeFault(error: unknown, code: string, host: string): string | null {
  const refusal = unitRefused(code);
  if (refusal !== null) return `the broker ${refusal.join('. ')}`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const { cert } = error as { cert?: { subjectaltname?: string; subject?: { CN?: string } } };
    const names =
      namesOf({ subjectAltName: cert?.subjectaltname }).join(', ') ||
      (cert?.subject?.CN ?? 'another name');
    return `the broker's certificate is for ${names}, not for ${host}. ${certificateAdvice.names}`;
  }
  if (isOfStrangeAuthority(code)) {
    return `the broker's certificate is not signed by the authority that this unit has. ${certificateAdvice.authority}`;
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    return 'what answers there speaks no TLS. Check that uplink.broker names the port of an MQTT broker with TLS.';
  }
  return null;
}

/** The first fault of the unit's own files: one that is none, is out of date, or a key of another certificate. */
async function faultOfFiles(tls: Tls): Promise<string | null> {
  let own: X509Certificate | null = null;
  for (const name of ['cert', 'ca'] as const) {
    const pem = await textOf(tls[name]);
    if (pem === null) continue;
    const whose = `${tlsFiles[name]} (${tls[name]})`;
    let certificate: X509Certificate;
    try {
      certificate = new X509Certificate(pem);
    } catch {
      return `${whose} is not a certificate. It must be a PEM file.`;
    }
    if (name === 'cert') own = certificate;
    const said = datesOf(certificate);
    if (said !== null) return `${whose} ${said}`;
  }
  const pem = await textOf(tls.key);
  if (pem === null) return null;
  const whose = `${tlsFiles.key} (${tls.key})`;
  try {
    const key = createPrivateKey(pem);
    if (own === null || own.checkPrivateKey(key)) return null;
  } catch {
    return `${whose} is not a key. It must be a PEM file without a passphrase.`;
  }
  return `${whose} does not belong to its certificate. ${certificateAdvice.key}`;
}

/** What is in a file; null if there is none or it cannot be read, which the connection itself says. */
async function textOf(path: string | undefined): Promise<Buffer | null> {
  return path === undefined ? null : await loadRegularFile(path).catch(() => null);
}

/** That the broker's certificate is not valid now, if that is why its verification failed. */
async function brokerOutOfDate(
  code: string,
  { broker, tls }: { broker: string; tls: Tls },
): Promise<string | null> {
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
