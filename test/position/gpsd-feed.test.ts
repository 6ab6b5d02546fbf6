import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { positionSection } from '../../src/config/sections/position.ts';
import { createLog } from '../../src/platform/log.ts';
import { createPosition } from '../../src/position/position.ts';
import { freePort } from '../support/free-port.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { installed, ptyPair } from './pty-pair.ts';

const log = createLog({ level: 'silent' });
const now = Date.UTC(2026, 2, 14, 13, 40, 12);

async function client(port: number, device?: string) {
  const source = { kind: 'gpsd', port, ...(device && { device }) };
  const config = positionSection.parse({ source });
  const position = createPosition(config, { log, clock: () => now });
  onTestFinished(() => position[Symbol.asyncDispose]());
  await position.start(new AbortController().signal);
  return position;
}

describe.skipIf(!installed('gpsd') || !installed('socat'))(
  'the real gpsd, fed by a receiver',
  () => {
    it('gives the fixes of the drive', async () => {
      const pty = await ptyPair(temporaryFolder());
      chmodSync(pty.path, 0o666);
      const port = await freePort();
      const gpsd = spawn('gpsd', ['-N', '-n', '-b', '-S', String(port), pty.path]);
      onTestFinished(async () => {
        const gone = once(gpsd, 'exit');
        gpsd.kill();
        await gone;
      });
      const position = await client(port, pty.path);
      const drive = readFileSync(
        join(import.meta.dirname, '../../fixtures/drive/drive.nmea'),
        'latin1',
      );
      const lines = drive.split('\r\n');
      let next = 0;
      await waitFor(
        async () => {
          await pty.send(`${lines[next % 120]}\r\n`);
          next += 1;
          const { courseDeg, quality } = position.fixAt(now);
          return courseDeg !== null && quality === 'fix-3d';
        },
        { what: 'a fix through gpsd' },
      );
      const fix = position.fixAt(now);
      expect(fix).toMatchObject({ quality: 'fix-3d', source: 'gpsd', simulated: false });
      expect(fix.latitude).toBeCloseTo(34.896, 2);
      expect(fix.longitude).toBeCloseTo(-117.031, 2);
      expect(fix.courseDeg).toBeCloseTo(84, -1);
      expect(new Date(fix.fixedAtMs ?? 0).toISOString()).toMatch(/^2026-03-14T13:4/);
      expect(position.health()).toMatchObject({ state: 'fixed', problem: null });
    });
  },
);

/** Sends recorded messages of gpsd 3.25 to every client. */
async function speaker() {
  const sockets = new Set<Socket>();
  const heard: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (data) => heard.push(String(data)));
  });
  const port = await freePort();
  const listen = () => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const hangUp = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await listen();
  onTestFinished(async () => {
    if (server.listening) await hangUp();
  });
  return {
    port,
    heard,
    listen,
    hangUp,
    async says(...messages: unknown[]) {
      await waitFor(() => sockets.size > 0, { what: 'the client' });
      for (const message of messages) {
        const line = typeof message === 'string' ? message : JSON.stringify(message);
        for (const socket of sockets) socket.write(`${line}\n`);
      }
    },
  };
}

const tpv = (more: object) => ({
  class: 'TPV',
  device: '/dev/ttyACM0',
  mode: 3,
  time: '2026-03-14T13:40:12.000Z',
  ept: 0.005,
  lat: 34.896206667,
  lon: -117.031105,
  altHAE: 610.6,
  altMSL: 641.8,
  track: 84,
  speed: 9.02,
  ...more,
});

describe('a gpsd', () => {
  it('is watched, and its TPV and SKY become fixes', async () => {
    const gpsd = await speaker();
    const position = await client(gpsd.port);
    await gpsd.says(
      { class: 'VERSION', release: '3.25', proto_major: 3, proto_minor: 15 },
      { class: 'SKY', device: '/dev/ttyACM0', hdop: 0.9, nSat: 20, uSat: 11, satellites: [] },
      tpv({ status: 2 }),
    );
    await waitFor(() => position.health().state === 'fixed');
    await expect.poll(() => gpsd.heard.join('')).toContain('?WATCH={"enable":true,"json":true};');
    expect(position.fixAt(now)).toMatchObject({
      quality: 'differential',
      latitude: 34.896206667,
      altitudeM: 641.8,
      speedMps: 9.02,
      courseDeg: 84,
      hdop: 0.9,
      satellites: 11,
      fixedAtMs: now,
      ageMs: 0,
    });
  });

  it('without a fix gives none; simulated and reckoned ones are named so', async () => {
    const gpsd = await speaker();
    const position = await client(gpsd.port);
    await gpsd.says(tpv({ mode: 1, lat: undefined, lon: undefined }));
    await waitFor(() => position.health().sentences === 1);
    expect(position.fixAt(now)).toMatchObject({ quality: 'none', ageMs: null });
    await gpsd.says(tpv({ status: 8 }));
    await waitFor(() => position.health().sentences === 2);
    expect(position.fixAt(now)).toMatchObject({
      quality: 'simulated',
      simulated: true,
      latitude: null,
    });
    expect(position.health().problem).toContain('simulated');
    await gpsd.says(tpv({ status: 5, time: '2026-03-14T13:40:13.000Z' }));
    await waitFor(() => position.fixAt(now).quality === 'estimated');
  });

  it('continues after a line that is not a message', async () => {
    const gpsd = await speaker();
    const position = await client(gpsd.port);
    await gpsd.says(
      '{"class":"TPV","mo',
      '\u0001\u0002',
      '[]',
      tpv({ lat: 134 }),
      'x'.repeat(200_000),
      { class: 'PPS', device: '/dev/pps0' },
      tpv({}),
    );
    await waitFor(() => position.health().state === 'fixed');
    expect(position.health().rejected).toBeGreaterThanOrEqual(4);
  });

  it('of another device is left out', async () => {
    const gpsd = await speaker();
    const position = await client(gpsd.port, '/dev/ttyUSB0');
    await gpsd.says(tpv({}), tpv({ device: '/dev/ttyUSB0', lat: 35 }));
    await waitFor(() => position.health().sentences > 0);
    expect(position.fixAt(now).latitude).toBe(35);
    await expect.poll(() => gpsd.heard.join('')).toContain('"device":"/dev/ttyUSB0"');
  });

  it('that hangs up and returns is found again', async () => {
    const gpsd = await speaker();
    const position = await client(gpsd.port);
    await gpsd.says({ class: 'DEVICES', devices: [] });
    await waitFor(() => position.health().problem?.includes('has no receiver') === true);
    await gpsd.hangUp();
    await waitFor(() => position.health().problem?.includes('nothing listens') === true);
    expect(position.health().state).toBe('searching');
    await gpsd.listen();
    await gpsd.says(tpv({}));
    await waitFor(() => position.health().state === 'fixed');
    expect(position.health().problem).toBeNull();
  });
});
