import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { httpsChecks, httpsOfService } from '../../src/diagnostics/https-checks.ts';
import { runConsole } from '../console/running-console.ts';
import { pageAuthority } from '../support/listeners.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testAuthority } from '../support/test-authority.ts';

const names = 'DNS:localhost,IP:127.0.0.1';

/** What doctor finds of these settings, one line a finding. */
async function found(settings: Record<string, unknown>, isRunning = false): Promise<string[]> {
  const flags = Object.entries({ enabled: true, ...settings }).map(
    ([key, value]) => `console.https.${key}=${String(value)}`,
  );
  const { config } = loadConfig({ flags });
  const findings = await Promise.all(httpsChecks(config, isRunning).map((check) => check()));
  return findings
    .flat()
    .map(({ subject, result, says, advice }) => `${result} ${subject}: ${says} ${advice}`.trim());
}

describe('doctor, of the page over HTTPS', () => {
  test('says nothing where it is off', async () => {
    const { config } = loadConfig({});
    expect(httpsChecks(config, false)).toEqual([]);
  });

  test('names the certificate, its end and its names; nothing was tried while no lookout runs', async () => {
    const own = pageAuthority().issue('page', { names });
    chmodSync(own.key, 0o600);
    expect(await found({ ...own, names: '[localhost]' })).toEqual([
      expect.stringMatching(/^ok certificate of the page: for localhost, 127.0.0.1, valid until /),
      'untried page over HTTPS: no lookout runs that serves it',
    ]);
  });

  test.each<[string, [number, number], RegExp]>([
    [
      'ends within 30 days',
      [-1, 29],
      /^warning certificate of the page: .* valid until .* soon\.$/,
    ],
    ['has expired', [-3, -1], /^failure certificate of the page: the certificate expired on /],
  ])('a certificate that %s', async (_, between, expected) => {
    const own = pageAuthority().issue('page', { names, between });
    expect((await found({ ...own, names: '[localhost]' }))[0]).toMatch(expected);
  });

  test('a certificate without a configured name, and a key that others can read', async () => {
    const own = pageAuthority().issue('page', { names });
    chmodSync(own.key, 0o644);
    const [certificate, key] = await found({ ...own, names: '[localhost, pole-3]' });
    expect(certificate).toMatch(
      /^failure certificate of the page: .* for localhost, 127.0.0.1, not for pole-3 Browsers refuse/,
    );
    expect(key).toMatch(/^warning key of the page: other users .* Run: chmod 600/);
  });

  test('a key of another certificate, and files that are missing or none', async () => {
    const { issue } = pageAuthority();
    const [own, other] = [issue('page', { names }), issue('other', { names })];
    const none = join(temporaryFolder(), 'none.pem');
    writeFileSync(none, 'no certificate');
    const first = async (settings: Record<string, string>) =>
      (await found({ ...own, ...settings }))[0];
    expect(await first({ key: other.key })).toMatch(
      /^failure page over HTTPS: console.https.key: .* does not belong to the certificate in /,
    );
    expect(await first({ certificate: `${none}.gone` })).toMatch(
      /cannot be read: it does not exist/,
    );
    expect(await first({ certificate: none })).toMatch(/holds no certificate in PEM form/);
    expect(await first({ key: none })).toMatch(/is no key in PEM form without a passphrase/);
    expect(await first({ clientAuthority: none })).toMatch(
      /clientAuthority: .* holds no certificate/,
    );
    expect(await first({ clientAuthority: own.certificate, revoked: none })).toMatch(
      /holds no list of revoked certificates/,
    );
  });

  test('text before the PEM is no fault, as some authorities write it', async () => {
    const { issue } = pageAuthority();
    const own = issue('page', { names });
    for (const path of Object.values(own)) {
      writeFileSync(
        path,
        `Bag Attributes\n    friendlyName: pole - 3\n${readFileSync(path, 'utf8')}`,
      );
    }
    expect((await found({ ...own, names: '[localhost]' }))[0]).toMatch(/^ok certificate/);
  });

  test('an authority of clients that ends soon', async () => {
    const own = pageAuthority().issue('page', { names });
    const { certificate } = testAuthority(temporaryFolder(), 'clients');
    const lines = await found({ ...own, names: '[localhost]', clientAuthority: certificate });
    expect(lines).toContainEqual(
      expect.stringMatching(/^warning authority of clients Test clients: valid until /),
    );
  });

  test('whether the running page shows the certificate that lies there', async () => {
    const console = await runConsole({ listener: 'https' });
    const { certificate = '', key = '' } = console.config.https;
    const port = new URL(console.url).port;
    const lines = await found({ certificate, key, port, names: '[localhost]' }, true);
    expect(lines.at(-1)).toMatch(/^ok page over HTTPS: answers at port \d+ with this certificate/);
    const renewed = pageAuthority().issue('renewed', { names });
    expect((await found({ ...renewed, port, names: '[localhost]' }, true)).at(-1)).toMatch(
      /^warning page over HTTPS: answers .* another certificate .* sudo systemctl restart lookout$/,
    );
    await console[Symbol.asyncDispose]();
    expect((await found({ certificate, key, port, names: '[localhost]' }, true)).at(-1)).toMatch(
      /^failure page over HTTPS: does not answer at port \d+: /,
    );
  });

  test('takes the files that lie in the folder of a unit before configured ones', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'page.pem'), '');
    const { config } = loadConfig({});
    expect(httpsOfService(config.console.https, folder)).toMatchObject({
      certificate: join(folder, 'page.pem'),
    });
  });
});
