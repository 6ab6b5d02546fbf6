import { createHash, X509Certificate } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageAuthority } from '../support/listeners.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A pole's name in its network. */
export const poleName = 'pole-12.test';

/** How Chromium is started on a device that knows the authority of the page's certificate, where the pole's name is known. */
export function knowingDevice(): string[] {
  const { publicKey } = new X509Certificate(readFileSync(pageAuthority().certificate));
  const key = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' }));
  return [
    `--ignore-certificate-errors-spki-list=${key.digest('base64')}`,
    `--host-resolver-rules=MAP ${poleName} 127.0.0.1`,
  ];
}

/** The certificate of the pole's page, renewed as often as wanted, in a file with that of its authority. */
export function pageCertificate() {
  const folder = temporaryFolder();
  const [certificate, key] = [join(folder, 'page.pem'), join(folder, 'page.key')];
  const renew = (): void => {
    const issued = pageAuthority().issue('pole', { names: `DNS:${poleName},IP:127.0.0.1` });
    const chain = [issued.certificate, pageAuthority().certificate];
    writeFileSync(certificate, chain.map((path) => readFileSync(path, 'utf8')).join(''));
    copyFileSync(issued.key, key);
  };
  renew();
  return { certificate, key, renew };
}
