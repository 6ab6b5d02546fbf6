import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Command } from '@commander-js/extra-typings';
import type { HttpsConfig } from '../config/sections/console.ts';
import { certificatesIn, commonName, namesOf } from '../platform/certificates.ts';
import { namedAddress } from '../platform/local-server.ts';
import { localDay } from '../platform/local-time.ts';
import { loadRegularFile } from '../platform/regular-file.ts';
import { configured, readConfig } from './configured.ts';
import { print } from './perform.ts';
import { qrText } from './qr-text.ts';

/** Where the page of a unit is, and by what a device that opens it knows that it is this unit's. */
interface PageFacts {
  /** On the unit itself; null where it has no page. */
  own: string | null;
  /** For other computers, by name first; none where HTTPS is off. */
  others: string[];
  certificate: {
    names: string[];
    until: string;
    /** As browsers show it. */
    sha256: string;
    authority: string;
    /** Of the authority's own certificate, where the unit has it. */
    authoritySha256: string | null;
    problem: string | null;
  } | null;
  /** Addresses that this computer has now, and the certificate has not. */
  without: string[];
}

/** `lookout page`: where the page is reached, with a code for a phone. It needs no login: it shows what strangers see. */
export function registerPage(program: Command): void {
  configured(program.command('page'))
    .description('where the page is reached, its fingerprint, and a code for a phone')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { config, isInstalled } = readConfig(options);
      const { httpsOfService } = await import('../diagnostics/https-checks.ts');
      const { filesOfService } = await import('../diagnostics/link-checks.ts');
      const { qrRows } = await import('../accountability/access/qr-code.ts');
      const { console: page, uplink } = config;
      const https = isInstalled ? httpsOfService(page.https) : page.https;
      const { ca } = isInstalled ? filesOfService(uplink.tls) : uplink.tls;
      const own = page.enabled ? namedAddress(`http://${page.host}:${page.port}/`) : null;
      const isOpen = page.enabled && https.enabled;
      const facts = isOpen
        ? await factsOf(own, https, ca)
        : { own, others: [], certificate: null, without: [] };
      // Elsewhere than at a terminal it would be a heap of signs.
      const [first] = process.stdout.isTTY ? facts.others : [];
      const code = first === undefined ? null : qrText(qrRows(first));
      print(options, facts, (told) => described(told, code));
    });
}

async function factsOf(
  own: string | null,
  https: HttpsConfig,
  ca: string | undefined,
): Promise<PageFacts> {
  const { certificateFault, readPageCertificate } = await import('../console/https-files.ts');
  const { certificate, chain } = await readPageCertificate(https);
  const names = namesOf(certificate).map((name) => (isIP(name) === 6 ? name.toLowerCase() : name));
  const reached = https.names.length > 0 ? https.names : names;
  const known = [...chain.slice(1), ...(await certificatesAt(ca))];
  const authority = known.find((each) => certificate.checkIssued(each));
  const here = https.host === '0.0.0.0' || https.host === '::' ? ownAddresses() : [https.host];
  return {
    own,
    others: [...reached]
      .filter((name) => !name.includes('*'))
      .sort((one, other) => isIP(one) - isIP(other))
      .map((name) => `https://${isIP(name) === 6 ? `[${name}]` : name}:${https.port}/`),
    certificate: {
      names,
      until: localDay(Date.parse(certificate.validTo)),
      sha256: certificate.fingerprint256,
      authority: commonName(certificate.issuer),
      authoritySha256: authority?.fingerprint256 ?? null,
      problem: certificateFault(certificate, https.names, Date.now()),
    },
    without: here.filter((address) => certificate.checkIP(address) === undefined),
  };
}

async function certificatesAt(path: string | undefined): Promise<X509Certificate[]> {
  if (path === undefined) return [];
  try {
    return certificatesIn((await loadRegularFile(path)).toString('latin1'));
  } catch {
    // The authority of the link may be another; doctor tells of a file that cannot be read.
    return [];
  }
}

/** Addresses of this computer in its networks; those that begin with fe80 hold on one cable alone, and browsers take none. */
function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80'))
    .map(({ address }) => address);
}

/** A fingerprint in four lines, as a person compares it with that on a phone. */
const inLines = (sha256: string): string =>
  (sha256.match(/.{1,24}/g) ?? []).map((line) => `  ${line.replace(/:$/, '')}`).join('\n');

/** `code`: the first address for a phone's camera, where it can be drawn. */
function described({ own, others, certificate, without }: PageFacts, code: string | null): string {
  const here = own === null ? 'This unit has no page (console.enabled).' : `On this unit: ${own}`;
  if (certificate === null) {
    return `${here}\nFor other computers it is off: INSTALL.md, "A screen on another computer".`;
  }
  const { names, until, sha256, authority, authoritySha256, problem } = certificate;
  return [
    here,
    `From other computers: ${others.join('  ')}`,
    ...(code === null ? [] : ['', code, '']),
    `Its certificate is for ${names.join(', ')}, valid until ${until}. SHA-256:`,
    inLines(sha256),
    authoritySha256 === null
      ? `It is signed by ${authority}, which each device must know.`
      : `It is signed by ${authority}, which each device must know. SHA-256 of that one:\n${inLines(authoritySha256)}`,
    ...(problem === null ? [] : ['', `PROBLEM: ${problem}`]),
    ...(without.length === 0
      ? []
      : [
          '',
          `This computer also has ${without.join(', ')}, for which the certificate is not: a browser warns there.`,
        ]),
  ].join('\n');
}
