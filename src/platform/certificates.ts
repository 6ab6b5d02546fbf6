import { X509Certificate } from 'node:crypto';

/** The certificates of a PEM text in their order, whatever stands before and between them; throws where one is damaged. */
export function certificatesIn(text: string): X509Certificate[] {
  return pemBlocks(text, 'CERTIFICATE').map((pem) => new X509Certificate(pem));
}

/** The blocks of a PEM text under this label, such as `X509 CRL`. */
export function pemBlocks(text: string, label: string): string[] {
  return text.match(new RegExp(`-----BEGIN ${label}-----[^-]*-----END ${label}-----`, 'g')) ?? [];
}

/** The names and addresses that a certificate is for; none if it has none beside its subject. */
export function namesOf({ subjectAltName }: Pick<X509Certificate, 'subjectAltName'>): string[] {
  if (subjectAltName === undefined || subjectAltName === '') return [];
  return subjectAltName.split(', ').map((name) => name.replace(/^(?:DNS|IP Address):/, ''));
}

/** The name in a subject or an issuer as Node writes it; all of it if it has no common name. */
export function commonName(of: string): string {
  return /^CN=(.*)$/m.exec(of)?.[1] ?? of.replaceAll('\n', ', ');
}
