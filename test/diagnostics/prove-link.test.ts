import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { proveLink } from '../../src/diagnostics/prove-link.ts';
import { freePort } from '../support/free-port.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testAuthority } from '../support/test-authority.ts';
import { missingMosquitto, openMosquitto } from '../uplink/mosquitto.ts';
import { openHeadquarters } from '../uplink/open-headquarters.ts';

/** The findings of a unit as sentences, what is wrong before what to do. */
async function proof(broker: string, tls: object = {}, flags: string[] = []) {
  const { config } = loadConfig({
    flags: [
      'unit.agency=test-pd',
      'unit.id=unit-7',
      `uplink.broker=${broker}`,
      `uplink.tls=${JSON.stringify(tls)}`,
      ...flags,
    ],
  });
  const { findings, clockOffsetMs } = await proveLink(config, {
    isHeld: false,
    answerWithinMs: 1500,
  });
  const lines = findings.map(({ subject, result, says, advice }) =>
    `${result} ${subject}: ${says} ${advice}`.trim(),
  );
  return { lines, clockOffsetMs };
}

/** Leads from another address of loopback to the broker's. */
async function elsewhere(host: string, broker: string): Promise<string> {
  const { port } = new URL(broker);
  const server = createServer((socket) => {
    const far = connect({ host: '127.0.0.1', port: Number(port) });
    socket.pipe(far).pipe(socket);
    for (const end of [socket, far]) end.on('error', () => end.destroy());
  });
  onTestFinished(() => void server.close());
  server.listen(Number(port), host);
  await once(server, 'listening');
  return `mqtts://${host}:${port}`;
}

test('a topic that the broker closes to this unit is named', async () => {
  const aedes = await Aedes.createBroker({
    authorizeSubscribe: (_, subscription, done) =>
      done(null, subscription.topic.endsWith('/command') ? null : subscription),
  });
  const server = createServer(aedes.handle).listen(0, '127.0.0.1');
  onTestFinished(async () => {
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { lines } = await proof(`mqtt://127.0.0.1:${port}`);
  expect(lines).toEqual([
    expect.stringMatching(
      /^failure link: this unit may not read lookout\/v1\/test-pd\/unit-7\/command .*access rules/,
    ),
  ]);
});

describe.skipIf(missingMosquitto !== null)('a link that is used (mosquitto, TLS)', () => {
  test('shows the certificate and its name, the topics, and what headquarters acknowledged', async () => {
    const folder = temporaryFolder();
    const { broker, credentials } = await openMosquitto(folder);
    await openHeadquarters(folder, { broker, tls: credentials('headquarters'), agency: 'test-pd' });
    const { lines, clockOffsetMs } = await proof(broker, credentials('unit-7'));
    expect(lines).toEqual([
      expect.stringMatching(
        /^ok broker's certificate: for 127\.0\.0\.1, localhost, by Test authority, valid until \d{4}-/,
      ),
      expect.stringMatching(
        /^ok link: logged in at 127\.0\.0\.1:\d+ with MQTT 5; no topic was refused$/,
      ),
      expect.stringMatching(/^ok headquarters: acknowledged a message after \d+ ms$/),
    ]);
    expect(Math.abs(clockOffsetMs ?? Number.NaN)).toBeLessThan(60_000);
  });

  test('without headquarters ends at the message that nobody acknowledges', async () => {
    const { broker, credentials } = await openMosquitto(temporaryFolder());
    const { lines, clockOffsetMs } = await proof(broker, credentials('unit-7'));
    expect(lines.at(-1)).toMatch(
      /^failure headquarters: did not acknowledge a message within 1\.5 s Start the program/,
    );
    expect(clockOffsetMs).toBeNull();
  });

  test('says that this unit may not write its topics, as far as the broker tells it', async () => {
    const { broker, credentials } = await openMosquitto(temporaryFolder());
    const closed = async (protocol: string) => {
      const flags = ['unit.id=unit-8', `uplink.protocol=${protocol}`];
      return (await proof(broker, credentials('unit-7'), flags)).lines.at(-1);
    };
    expect(await closed('5')).toMatch(
      /^failure link: this unit may not write lookout\/v1\/test-pd\/unit-8\/health .*access rules/,
    );
    expect(await closed('3.1.1')).toMatch(/^failure headquarters: did not .* access rules/);
  });

  test('says of a certificate of another authority who signed it', async () => {
    const folder = temporaryFolder();
    const { broker, credentials } = await openMosquitto(folder);
    const { certificate: ca } = testAuthority(folder, 'other');
    const { lines } = await proof(broker, { ...credentials('unit-7'), ca });
    expect(lines).toEqual([
      expect.stringMatching(
        /^failure broker's certificate: is signed by Test authority, which is not the authority that this unit has/,
      ),
    ]);
  });

  test('says since when the broker’s certificate is expired', async () => {
    const { broker, credentials } = await openMosquitto(temporaryFolder(), { expired: ['broker'] });
    const { lines } = await proof(broker, credentials('unit-7'));
    expect(lines).toEqual([
      expect.stringMatching(
        /^failure broker's certificate: expired since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d Have/,
      ),
    ]);
  });

  test('names the names of a certificate that is not for this address', async () => {
    const { broker, credentials } = await openMosquitto(temporaryFolder());
    const { lines } = await proof(await elsewhere('127.0.0.2', broker), credentials('unit-7'));
    expect(lines).toEqual([
      expect.stringMatching(
        /^failure broker's certificate: is for 127\.0\.0\.1, localhost, not for 127\.0\.0\.2 Write/,
      ),
    ]);
  });

  test('says that the broker wants, or does not accept, this unit’s certificate', async () => {
    const folder = temporaryFolder();
    const { broker, credentials } = await openMosquitto(folder, {
      units: ['unit-7', 'unit-9'],
      expired: ['unit-9'],
    });
    const { ca } = credentials('unit-7');
    expect((await proof(broker, { ca })).lines).toContainEqual(
      expect.stringMatching(/^failure .* wants a certificate of this unit Put unit\.pem/),
    );
    const { certificate: cert, key } = testAuthority(folder, 'other').issue('unit-7');
    expect((await proof(broker, { ca, cert, key })).lines).toContainEqual(
      expect.stringMatching(
        /^failure .* does not accept this unit's certificate It must be signed/,
      ),
    );
    expect((await proof(broker, credentials('unit-9'))).lines).toContainEqual(
      expect.stringMatching(/^failure .* says that this unit's certificate is expired/),
    );
  });

  test('says that a broker speaks MQTT without TLS, and that a web server speaks no TLS', async () => {
    const plain = await freePort();
    await openMosquitto(temporaryFolder(), {
      settings: [`listener ${plain} 127.0.0.1`, 'allow_anonymous true'],
    });
    expect((await proof(`mqtts://127.0.0.1:${plain}`)).lines).toEqual([
      expect.stringMatching(
        /^failure broker 127\.0\.0\.1:\d+: speaks MQTT without TLS Everything would be readable/,
      ),
    ]);
    const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    onTestFinished(() => void web.close());
    const port = await freePort();
    web.listen(port, '127.0.0.1');
    await once(web, 'listening');
    expect((await proof(`mqtts://127.0.0.1:${port}`)).lines).toEqual([
      expect.stringMatching(/^failure broker .*: gives no TLS handshake: .* names the port of/),
    ]);
  });

  test('says that nothing listens', async () => {
    expect((await proof(`mqtts://127.0.0.1:${await freePort()}`)).lines).toEqual([
      expect.stringMatching(
        /^failure broker 127\.0\.0\.1:\d+: does not answer: nothing listens there/,
      ),
    ]);
  });

  test.each(['5', '3.1.1'])('says that the password is wrong (MQTT %s)', async (protocol) => {
    const folder = temporaryFolder();
    const passwords = join(folder, 'passwords');
    writeFileSync(passwords, '');
    execFileSync('mosquitto_passwd', ['-b', passwords, 'unit-7', 'right'], { stdio: 'pipe' });
    const port = await freePort();
    await openMosquitto(folder, {
      settings: [
        `listener ${port} 127.0.0.1`,
        'allow_anonymous false',
        `password_file ${passwords}`,
      ],
    });
    const flag = [`uplink.protocol=${protocol}`];
    expect((await proof(`mqtt://unit-7:wrong@127.0.0.1:${port}`, {}, flag)).lines).toEqual([
      expect.stringMatching(
        /^failure broker .*: (does not let this unit log in|refuses the user or) .*password/,
      ),
    ]);
    const { lines } = await proof(`mqtt://unit-7:right@127.0.0.1:${port}`, {}, flag);
    expect(lines[0]).toMatch(/^ok link: logged in/);
    expect(lines.join()).not.toContain('wrong');
  });
});
