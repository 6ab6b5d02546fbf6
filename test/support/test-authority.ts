import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files of a certificate and its key. */
export interface Issued {
  certificate: string;
  key: string;
}

/** What a certificate is for: of a client by default, or of a page if it has names. */
interface IssueOptions {
  /** As OpenSSL writes them: `DNS:localhost,IP:127.0.0.1`. */
  names?: string;
  usage?: 'clientAuth' | 'serverAuth';
  /** From and until when it holds, in days from now. */
  between?: [from: number, until: number];
}

/** An authority that issues certificates for tests, with OpenSSL as an agency does. */
export interface TestAuthority {
  /** Its own certificate's file. */
  certificate: string;
  /** Issues a certificate. */
  issue(name: string, options?: IssueOptions): Issued;
  /** Makes the list of revoked certificates, with these added to it; gives its file. */
  revoke(...issued: Issued[]): string;
}

const settings = `[ca]
default_ca=d
[d]
database=index
crlnumber=crlnumber
default_crl_days=30
rand_serial=yes
new_certs_dir=.
default_md=sha256
policy=p
unique_subject=no
[p]
commonName=supplied
`;
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** OpenSSL writes dates as 20261129190000Z. */
const dateIn = (days: number): string => {
  const time = new Date(Date.now() + days * 86_400_000).toISOString();
  return `${time.replace(/[-:T]|\..*/g, '')}Z`;
};

/** Makes an authority in a folder of its own below `folder`. */
export function testAuthority(folder: string, authority = 'authority'): TestAuthority {
  const home = join(folder, authority);
  mkdirSync(home, { recursive: true });
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: home, stdio: 'pipe' });
  if (!existsSync(join(home, 'ca.pem'))) {
    writeFileSync(join(home, 'ca.cnf'), settings);
    writeFileSync(join(home, 'index'), '');
    writeFileSync(join(home, 'crlnumber'), '01');
    const subject = ['-subj', `/CN=Test ${authority}`];
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-days',
      '2',
      ...subject,
    );
  }
  const byCa = ['ca', '-batch', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key'];
  return {
    certificate: join(home, 'ca.pem'),
    issue(name, { names, usage = 'clientAuth', between: [from, until] = [-1, 300] } = {}) {
      openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', 'csr', '-subj', `/CN=${name}`);
      writeFileSync(
        join(home, 'ext'),
        names === undefined ? `extendedKeyUsage=${usage}\n` : `subjectAltName=${names}\n`,
      );
      const dates = ['-startdate', dateIn(from), '-enddate', dateIn(until)];
      openssl(...byCa, '-in', 'csr', '-out', `${name}.pem`, '-extfile', 'ext', ...dates);
      return { certificate: join(home, `${name}.pem`), key: join(home, `${name}.key`) };
    },
    revoke(...issued) {
      for (const { certificate } of issued) openssl(...byCa, '-revoke', certificate);
      openssl(...byCa, '-gencrl', '-out', 'revoked.pem');
      return join(home, 'revoked.pem');
    },
  };
}
