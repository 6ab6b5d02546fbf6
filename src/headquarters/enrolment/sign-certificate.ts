import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Problem } from '../../platform/problem.ts';
import { openssl } from './openssl.ts';

/** A certificate and its private key, as PEM. */
export interface KeyAndCertificate {
  key: string;
  certificate: string;
}

/** What a certificate is to say. */
export interface CertificateOrder {
  /** Its common name: an MQTT broker takes it as the name of the user. */
  name: string;
  /** What it may be used for; a unit's certificate must not pass as a broker's. */
  use: 'authority' | 'broker' | 'client';
  /** Names and addresses of a broker, as clients will call it. */
  answersTo?: readonly string[];
  fromMs: number;
  untilMs: number;
}

/** A certificate that is revoked. */
export interface Revoked {
  serial: string;
  untilMs: number;
  revokedAtMs: number;
}

const settings = `[req]
distinguished_name=subject
prompt=no
[subject]
[ca]
default_ca=authority
[authority]
database=index
crlnumber=crlnumber
new_certs_dir=.
serial=serial
default_md=sha256
policy=names
unique_subject=no
crl_extensions=list
[names]
commonName=supplied
[list]
authorityKeyIdentifier=keyid
`;

const usages = {
  authority: [
    'basicConstraints=critical,CA:TRUE,pathlen:0',
    'keyUsage=critical,keyCertSign,cRLSign',
  ],
  broker: ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=serverAuth'],
  client: ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=clientAuth'],
} as const;

/**
 * The name, a URI, that a client's certificate has for itself alone: a broker that takes it as its user can tell a new
 * certificate from an old one. Null for a certificate of an earlier release, which has no such name and a longer serial number.
 */
export const ownNameOf = (serial: string): string | null =>
  serial.length === 2 * serialBytes ? `urn:lookout:certificate:${serial.toLowerCase()}` : null;

const serialBytes = 16;

/** At random, positive and of the same length each time (RFC 5280, 4.1.2.2), in hexadecimal. */
function newSerial(): string {
  const bytes = randomBytes(serialBytes);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytes.toString('hex').toUpperCase();
}

/**
 * Makes a key (ECDSA P-256) and has the authority sign a certificate for it; without an authority it signs itself. Works in
 * a folder of its own below `folder`, which must exist. What openssl wrote is read back and checked: on a full disk it may
 * end without an error.
 */
export async function signCertificate(
  order: CertificateOrder,
  deps: { folder: string; authority: KeyAndCertificate | null },
): Promise<KeyAndCertificate> {
  const { name, use, answersTo = [], fromMs, untilMs } = order;
  const key = newKey();
  const serial = newSerial();
  const names = [
    ...answersTo.map(nameField),
    ...(use === 'client' ? [`URI:${ownNameOf(serial)}`] : []),
  ];
  return inWorkFolder(deps.folder, deps.authority, async (work, byAuthority) => {
    const extensions = [
      ...(use === 'authority' ? [] : ['basicConstraints=critical,CA:FALSE']),
      ...usages[use],
      'subjectKeyIdentifier=hash',
      ...(use === 'authority' ? [] : ['authorityKeyIdentifier=keyid']),
      ...(names.length > 0 ? [`subjectAltName=${names.join(',')}`] : []),
    ];
    await writeFile(join(work, 'serial'), `${serial}\n`);
    await writeFile(join(work, 'key.pem'), key, { mode: 0o600 });
    await writeFile(join(work, 'extensions'), `${extensions.join('\n')}\n`);
    const subject = ['-subj', `/CN=${name}`];
    await openssl(work, [
      'req',
      '-new',
      ...config,
      '-key',
      'key.pem',
      '-out',
      'request',
      ...subject,
    ]);
    if (!isWhole(await readFile(join(work, 'request'), 'utf8'), 'CERTIFICATE REQUEST')) {
      throw unusable('request for a certificate');
    }
    const by = deps.authority === null ? ['-selfsign', '-keyfile', 'key.pem'] : byAuthority;
    const dates = ['-startdate', asn1Time(fromMs), '-enddate', asn1Time(untilMs)];
    const signed = ['-in', 'request', '-out', 'certificate.pem', '-extfile', 'extensions'];
    await openssl(work, ['ca', ...quiet, ...config, ...by, ...signed, ...dates]);
    const certificate = await readFile(join(work, 'certificate.pem'), 'utf8');
    check({ key, certificate }, deps.authority);
    return { key, certificate };
  });
}

/**
 * The authority's list of revoked certificates, as PEM. `number` and `fromMs` go up with each list, or a broker that reloads may
 * go on with the one before. It holds as long as the authority: with a list that has ended, brokers refuse everybody.
 */
export async function signRevocations(
  order: { revoked: readonly Revoked[]; number: number; fromMs: number },
  deps: { folder: string; authority: KeyAndCertificate },
): Promise<string> {
  const { revoked, number, fromMs } = order;
  const untilMs = Date.parse(new X509Certificate(deps.authority.certificate).validTo);
  return inWorkFolder(deps.folder, deps.authority, async (work, byAuthority) => {
    // The form in which openssl itself keeps them.
    const rows = revoked.map((each) =>
      [
        'R',
        indexTime(each.untilMs),
        indexTime(each.revokedAtMs),
        each.serial,
        'unknown',
        '/CN=-',
      ].join('\t'),
    );
    const hexadecimal = number.toString(16);
    await writeFile(join(work, 'index'), rows.map((row) => `${row}\n`).join(''));
    await writeFile(
      join(work, 'crlnumber'),
      `${hexadecimal.length % 2 === 1 ? '0' : ''}${hexadecimal}\n`,
    );
    const dates = ['-crl_lastupdate', asn1Time(fromMs), '-crl_nextupdate', asn1Time(untilMs)];
    await openssl(work, ['ca', '-gencrl', ...config, ...byAuthority, '-out', 'list.pem', ...dates]);
    const list = await readFile(join(work, 'list.pem'), 'utf8');
    if (isWhole(list, 'X509 CRL')) return list;
    throw unusable('list of revoked certificates');
  });
}

/**
 * The name under which OpenSSL and Erlang look for a list of revoked certificates in a folder: by its issuer, the same for each list
 * of an authority. `list`: its file.
 */
export async function hashedNameOf(list: string): Promise<string> {
  const said = await openssl(dirname(list), ['crl', '-hash', '-noout', '-in', basename(list)]);
  return `${said.trim()}.r0`;
}

/** The authority's key and certificate. */
const byAuthorityFiles = ['-cert', 'authority.pem', '-keyfile', 'authority.key'];
const config = ['-config', 'openssl.cnf'];
const quiet = ['-batch', '-notext'];

async function inWorkFolder<T>(
  folder: string,
  authority: KeyAndCertificate | null,
  work: (folder: string, byAuthority: readonly string[]) => Promise<T>,
): Promise<T> {
  const at = await mkdtemp(join(folder, '.work-'));
  try {
    await writeFile(join(at, 'openssl.cnf'), settings);
    await writeFile(join(at, 'index'), '');
    if (authority !== null) {
      await writeFile(join(at, 'authority.key'), authority.key, { mode: 0o600 });
      await writeFile(join(at, 'authority.pem'), authority.certificate);
    }
    return await work(at, byAuthorityFiles);
  } finally {
    await rm(at, { recursive: true, force: true });
  }
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

/** Throws a Problem if the certificate is not for the key, or not by the authority. */
function check({ key, certificate }: KeyAndCertificate, authority: KeyAndCertificate | null): void {
  try {
    const made = new X509Certificate(certificate);
    const by =
      authority === null
        ? createPublicKey(key)
        : new X509Certificate(authority.certificate).publicKey;
    if (made.checkPrivateKey(createPrivateKey(key)) && made.verify(by)) return;
  } catch {
    // Cut off, or empty.
  }
  throw unusable('certificate');
}

/** Whether the end of what openssl wrote is there. */
const isWhole = (pem: string, what: string): boolean =>
  pem.trimEnd().endsWith(`-----END ${what}-----`);

function unusable(what: string): Problem {
  return new Problem(
    `the ${what} that openssl made cannot be used. Look whether the disk is full.`,
  );
}

/** Checked before: no character of it means anything to openssl. */
function nameField(name: string): string {
  return /^[\d.]+$|:/.test(name) ? `IP:${name}` : `DNS:${name}`;
}

/** As openssl reads a time: 20261129190000Z. */
function asn1Time(ms: number): string {
  return `${new Date(ms).toISOString().replace(/[-:T]|\..*/g, '')}Z`;
}

/** As openssl has a time in its own files: two digits for years before 2050 (RFC 5280). */
function indexTime(ms: number): string {
  return new Date(ms).getUTCFullYear() < 2050 ? asn1Time(ms).slice(2) : asn1Time(ms);
}
