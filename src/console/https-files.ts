import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { HttpsConfig } from '../config/sections/console.ts';
import { certificatesIn, namesOf, pemBlocks } from '../platform/certificates.ts';
import { localDay } from '../platform/local-time.ts';
import { codeOf, fileFault, Problem } from '../platform/problem.ts';
import { loadRegularFile } from '../platform/regular-file.ts';

/** The settings that name a file, in the order in which they are read. */
const fileKeys = ['certificate', 'key', 'clientAuthority', 'revoked'] as const;

/** What the listener over HTTPS shows and trusts. */
export interface HttpsFiles {
  /** The page's own certificate. */
  certificate: X509Certificate;
  /** For TLS. */
  options: SecureContextOptions;
}

/**
 * Reads the files of `console.https`. Text around the PEM is passed over. Throws a Problem that names the setting and the
 * file, if one cannot be read, is none, or does not fit the others.
 */
export async function readHttpsFiles(config: HttpsConfig): Promise<HttpsFiles> {
  const { certificate: certificatePath = '', key: keyPath = '' } = config;
  const { certificate, chain } = await readPageCertificate(config);
  const keyText = await textOf('key', keyPath);
  const key = keyIn(keyText);
  if (key === null) {
    throw new Problem(`console.https.key: ${keyPath} is no key in PEM form without a passphrase`);
  }
  if (!certificate.checkPrivateKey(key)) {
    throw new Problem(
      `console.https.key: ${keyPath} does not belong to the certificate in ${certificatePath}. Put both there as they were made together.`,
    );
  }
  const options: SecureContextOptions = {
    cert: chain.map(String).join(''),
    key: key.export({ type: 'pkcs8', format: 'pem' }),
  };
  const { clientAuthority, revoked } = config;
  if (clientAuthority !== undefined) {
    const authorities = await certificatesOf('clientAuthority', clientAuthority);
    options.ca = authorities.map(String);
  }
  if (revoked !== undefined) options.crl = await revokedIn(revoked);
  try {
    createSecureContext(options);
  } catch (error) {
    throw new Problem(
      `console.https: OpenSSL does not take its certificate and key (${String(codeOf(error))}). Make others, by INSTALL.md`,
    );
  }
  return { certificate, options };
}

/** The page's certificate, and with it those of its file. Throws a Problem if there is none. */
export async function readPageCertificate({
  certificate: path = '',
}: Pick<HttpsConfig, 'certificate'>): Promise<{
  certificate: X509Certificate;
  chain: readonly X509Certificate[];
}> {
  const chain = await certificatesOf('certificate', path);
  const [certificate] = chain;
  if (certificate === undefined) throw noCertificate('certificate', path);
  return { certificate, chain };
}

/**
 * What is wrong with a certificate that can be served all the same: browsers warn of it, and people without them would be
 * shut out by a wrong clock. Null if nothing is.
 */
export function certificateFault(
  certificate: X509Certificate,
  names: readonly string[],
  nowMs: number,
): string | null {
  const [fromMs, untilMs] = [certificate.validFrom, certificate.validTo].map(Date.parse);
  if (untilMs !== undefined && untilMs < nowMs) {
    return `the certificate expired on ${localDay(untilMs)}. Have a new one made, if this unit's clock is right; it is taken without a restart.`;
  }
  if (fromMs !== undefined && fromMs > nowMs) {
    return `the certificate is not valid before ${localDay(fromMs)}. Is this unit's clock behind?`;
  }
  const its = namesOf(certificate).join(', ') || 'no name at all';
  const missing = names.filter((name) => !isNamedIn(certificate, name));
  if (missing.length > 0 || its === 'no name at all') {
    const wanted = missing.join(', ') || 'a name of this unit';
    return `the certificate is for ${its}, not for ${wanted}. Browsers refuse it there: have one made with all names of console.https.names.`;
  }
  return null;
}

/** Whether a certificate is for a name or an address. */
export function isNamedIn(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined;
}

/** What the files are now, as far as a change of them shows: another text for each version. */
export async function versionOf(config: HttpsConfig): Promise<string> {
  const stats = fileKeys.map(async (name) => {
    const path = config[name];
    if (path === undefined) return '';
    const found = await stat(path).catch(() => null);
    return found === null ? 'missing' : `${found.ino} ${found.size} ${found.mtimeMs}`;
  });
  return (await Promise.all(stats)).join('|');
}

async function textOf(name: (typeof fileKeys)[number], path: string): Promise<string> {
  try {
    return (await loadRegularFile(path)).toString('latin1');
  } catch (error) {
    throw new Problem(`console.https.${name}: ${path} cannot be read: ${fileFault(error)}`);
  }
}

async function certificatesOf(
  name: 'certificate' | 'clientAuthority',
  path: string,
): Promise<X509Certificate[]> {
  const text = await textOf(name, path);
  try {
    const found = certificatesIn(text);
    if (found.length > 0) return found;
  } catch {
    // Damaged: none as well.
  }
  throw noCertificate(name, path);
}

const noCertificate = (name: string, path: string): Problem =>
  new Problem(`console.https.${name}: ${path} holds no certificate in PEM form`);

function keyIn(text: string): KeyObject | null {
  const [pem] = ['PRIVATE KEY', 'EC PRIVATE KEY', 'RSA PRIVATE KEY'].flatMap((label) =>
    pemBlocks(text, label),
  );
  try {
    return pem === undefined ? null : createPrivateKey(pem);
  } catch {
    return null;
  }
}

async function revokedIn(path: string): Promise<string[]> {
  const lists = pemBlocks(await textOf('revoked', path), 'X509 CRL');
  try {
    createSecureContext({ crl: lists });
    if (lists.length > 0) return lists;
  } catch {
    // Damaged: none as well.
  }
  throw new Problem(
    `console.https.revoked: ${path} holds no list of revoked certificates (CRL) in PEM form`,
  );
}
