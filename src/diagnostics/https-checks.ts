import type { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { Config } from '../config/schema.ts';
import type { HttpsConfig } from '../config/sections/console.ts';
import { certificateFault, readHttpsFiles } from '../console/https-files.ts';
import { certificatesIn, commonName, namesOf } from '../platform/certificates.ts';
import { localDay } from '../platform/local-time.ts';
import { networkFault } from '../platform/network-fault.ts';
import { Problem } from '../platform/problem.ts';
import { loadRegularFile } from '../platform/regular-file.ts';
import { about, type Check, type Finding, saidAndAdvised } from './check.ts';
import { installedFolder, judgeDates } from './link-checks.ts';

const answerMs = 5000;

/** The files as the service gets them: one that lies in the unit's folder goes before a configured one. */
export function httpsOfService(https: HttpsConfig, folder = installedFolder): HttpsConfig {
  const files = {
    certificate: 'page.pem',
    key: 'page.key',
    clientAuthority: 'clients.pem',
    revoked: 'revoked.pem',
  };
  const lying = Object.entries(files)
    .map(([name, file]) => [name, join(folder, file)] as const)
    .filter(([, path]) => existsSync(path));
  return { ...https, ...Object.fromEntries(lying) };
}

/**
 * The page for other computers: its files fit each other, its certificate holds and has the names under which it is
 * reached, the authority of clients holds, and a running daemon shows that certificate.
 */
export function httpsChecks({ console: page }: Config, isRunning: boolean): Check[] {
  const { https } = page;
  if (!page.enabled || !https.enabled) return [];
  return [
    async () => {
      const found = about('https', 'page over HTTPS');
      let certificate: X509Certificate;
      try {
        ({ certificate } = await readHttpsFiles(https));
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        const [says, advice] = saidAndAdvised(error.message);
        return [found.failure(says, advice || 'See the help.')];
      }
      return [
        certificateFinding(certificate, https),
        ...(await keyFinding(https)),
        ...(await authorityFindings(https)),
        isRunning
          ? await shown(certificate, https)
          : found.untried('no lookout runs that serves it'),
      ];
    },
  ];
}

function certificateFinding(certificate: X509Certificate, { names }: HttpsConfig): Finding {
  const found = about('https', 'certificate of the page');
  const fault = certificateFault(certificate, names, Date.now());
  if (fault !== null) return found.failure(...saidAndAdvised(fault));
  const dates = judgeDates(found, datesOf(certificate));
  return { ...dates, says: `for ${namesOf(certificate).join(', ')}, ${dates.says}` };
}

const datesOf = ({ validFrom, validTo }: X509Certificate) => ({
  fromMs: Date.parse(validFrom),
  untilMs: Date.parse(validTo),
});

async function keyFinding({ key = '' }: HttpsConfig): Promise<Finding[]> {
  const { mode } = await stat(key);
  if ((mode & 0o077) === 0) return [];
  const found = about('https', 'key of the page');
  return [found.warning('other users of this computer can read it', `Run: chmod 600 ${key}`)];
}

async function authorityFindings({ clientAuthority }: HttpsConfig): Promise<Finding[]> {
  if (clientAuthority === undefined) return [];
  const authorities = certificatesIn((await loadRegularFile(clientAuthority)).toString('latin1'));
  return authorities.map((each) =>
    judgeDates(about('https', `authority of clients ${commonName(each.subject)}`), datesOf(each)),
  );
}

/** Whether the running page answers, with the certificate that lies there. */
async function shown(own: X509Certificate, { host, port }: HttpsConfig): Promise<Finding> {
  const found = about('https', 'page over HTTPS');
  const here = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  const { promise, resolve, reject } = Promise.withResolvers<X509Certificate | undefined>();
  const socket = connect({ host: here, port, rejectUnauthorized: false, timeout: answerMs });
  socket.once('secureConnect', () => resolve(socket.getPeerX509Certificate()));
  socket.once('timeout', () => reject(new Error('no answer in 5 s')));
  socket.once('error', reject);
  try {
    const certificate = await promise;
    if (certificate?.fingerprint256 === own.fingerprint256) {
      return found.ok(
        `answers at port ${port} with this certificate, valid until ${localDay(datesOf(own).untilMs)}`,
      );
    }
    return found.warning(
      `answers at port ${port} with another certificate than the one that lies there`,
      'Restart it. Run: sudo systemctl restart lookout',
    );
  } catch (error) {
    return found.failure(
      `does not answer at port ${port}: ${networkFault(error)}`,
      'Look at the log: journalctl -u lookout',
    );
  } finally {
    socket.destroy();
  }
}
