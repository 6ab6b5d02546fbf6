import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lookout } from '../support/lookout-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testAuthority } from '../support/test-authority.ts';

const print = (path: string) => new X509Certificate(readFileSync(path)).fingerprint256;

/** What the command says of a unit with these settings. */
async function page(...settings: string[]) {
  const set = [`unit.dataDir=${join(temporaryFolder(), 'data')}`, ...settings];
  return lookout('page', ...set.flatMap((each) => ['--set', each]));
}

test('names the addresses, the names first, and the fingerprints as a phone shows them', async () => {
  const authority = testAuthority(temporaryFolder());
  const names = 'IP:192.0.2.12,DNS:pole-12';
  const { certificate, key } = authority.issue('pole', { names });
  const https = [
    'console.https.enabled=true',
    `console.https.certificate=${certificate}`,
    `console.https.key=${key}`,
    `uplink.tls.ca=${authority.certificate}`,
  ];
  const { code, stdout } = await page(...https);
  expect(code).toBe(0);
  expect(stdout).toContain('On this unit: http://localhost:7440/');
  expect(stdout).toContain('https://pole-12:7443/  https://192.0.2.12:7443/');
  const shown = stdout.replaceAll(/\s+/g, '');
  for (const path of [certificate, authority.certificate]) {
    expect(shown.replaceAll(':', '')).toContain(print(path).replaceAll(':', ''));
  }
  expect(stdout).toContain('It is signed by Test authority');
  // At no terminal there is no code for a camera.
  expect(stdout).not.toContain('\u001b');

  const wrong = await page(...https, 'console.https.names=[pole-13]');
  expect(wrong.stdout).toContain(
    'PROBLEM: the certificate is for 192.0.2.12, pole-12, not for pole-13.',
  );
});

test('says where it is off, and which file is missing', async () => {
  expect((await page()).stdout).toContain('For other computers it is off: INSTALL.md');
  const { code, stderr } = await page(
    'console.https.enabled=true',
    'console.https.certificate=/nowhere/page.pem',
    'console.https.key=/nowhere/page.key',
  );
  expect([code, stderr]).toEqual([
    1,
    'lookout: console.https.certificate: /nowhere/page.pem cannot be read: it does not exist\n',
  ]);
});
