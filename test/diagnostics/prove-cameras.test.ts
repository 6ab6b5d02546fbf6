import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { proveCameras } from '../../src/diagnostics/prove-cameras.ts';
import { freePort } from '../support/free-port.ts';
import { hasRtspServer, startRtspServer } from '../support/rtsp-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function proof(head: object, ...flags: string[]): Promise<string[]> {
  const { config } = loadConfig({
    flags: [`heads.list=[${JSON.stringify({ id: 'front', ...head })}]`, ...flags],
  });
  const findings = await proveCameras(config, { measureMs: 1000 });
  return findings.map(({ subject, result, says, advice }) =>
    `${result} ${subject}: ${says} ${advice}`.trim(),
  );
}

const figures =
  /640×360, \d+\.\d frames\/s over \d\.\d s, brightness \d+ of 255, .* % white, sharpness \d+/;

describe.skipIf(!hasRtspServer)('a real RTSP camera (GStreamer)', () => {
  test('gives pictures, whose figures are told', async () => {
    const port = await freePort();
    await startRtspServer(port);
    const ir = { kind: 'rtsp', url: `rtsp://127.0.0.1:${port}/ir` };
    const [line = ''] = await proof({ ir });
    expect(line).toMatch(/^(ok|warning) camera front infra-red: /);
    expect(line).toMatch(figures);
  }, 60_000);

  test('with a wrong password gives none, and the password is not told', async () => {
    const port = await freePort();
    await startRtspServer(port, ['unit', 'right']);
    const url = `rtsp://unit:wrong-one@127.0.0.1:${port}/ir`;
    const [line = ''] = await proof({ ir: { kind: 'rtsp', url }, stallAfterS: 2 });
    expect(line).toMatch(/^failure camera front infra-red: .* Check user name, password/);
    expect(line).not.toContain('wrong-one');
  }, 60_000);
});

test('a port that is no RTSP server, one that nobody listens on, and a device that is gone, are found', async () => {
  const mail = createServer((socket) => socket.end('220 mail\r\n'));
  onTestFinished(() => void mail.close());
  const port = await freePort();
  await new Promise<void>((resolve) => mail.listen(port, '127.0.0.1', resolve));
  const lines = await proof({
    ir: { kind: 'rtsp', url: `rtsp://127.0.0.1:${port}/ir` },
    colour: { kind: 'rtsp', url: `rtsp://127.0.0.1:${await freePort()}/ir` },
  });
  expect(lines).toEqual([
    expect.stringMatching(
      /^failure camera front infra-red: RTSP camera: .* does not speak RTSP Check the port/,
    ),
    expect.stringMatching(/^failure camera front colour: RTSP camera: .* refuses the connection/),
  ]);
  expect(await proof({ ir: { kind: 'v4l2', device: '/dev/no-camera' } })).toEqual([
    expect.stringMatching(
      /^failure camera front infra-red: camera \/dev\/no-camera: does not exist Check/,
    ),
  ]);
  expect(await proof({ ir: { kind: 'v4l2', device: '/dev/null' } })).toEqual([
    expect.stringMatching(/^failure .* not a video capture device/),
  ]);
}, 60_000);

test('pictures that are black, or come too slowly, are no ok', async () => {
  const folder = temporaryFolder();
  const { default: sharp } = await import('sharp');
  const black = sharp({ create: { width: 640, height: 360, channels: 3, background: 'black' } });
  await black.png().toFile(join(folder, '1.png'));
  await black.png().toFile(join(folder, '2.png'));
  const [dark = ''] = await proof({ ir: { kind: 'images', path: folder, fps: 20 } });
  expect(dark).toMatch(/^warning .*; pictures are black Check the lens cap/);
  const [slow = ''] = await proof(
    { ir: { kind: 'images', path: folder, fps: 2 } },
    'heads.quality.minBrightness=0',
  );
  expect(slow).toMatch(/^warning .*; that is slow Look at the exposure time/);
}, 60_000);
