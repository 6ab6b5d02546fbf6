import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { GreyPicture } from '../../src/vision/reading/grey-picture.ts';

/** Debian's own Python; another one on the PATH does not see Debian's GStreamer. */
const python = '/usr/bin/python3';
const imports =
  "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer";

/**
 * False where GStreamer's RTSP server is not installed. Debian: python3-gi gir1.2-gst-rtsp-server-1.0
 * gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly.
 */
export const hasRtspServer = spawnSync(python, ['-c', imports]).status === 0;

/** A running RTSP server. `pause` ends its frames, but no connection, until `resume`. */
export interface RtspServer {
  process: ChildProcess;
  pause(): void;
  resume(): void;
}

/** A real RTSP server on loopback, whose streams rtsp-server.py describes; it ends with the test at the latest. */
export async function startRtspServer(
  port: number,
  login: [user: string, password: string] | [] = [],
): Promise<RtspServer> {
  const script = join(import.meta.dirname, 'rtsp-server.py');
  const server = spawn(python, [script, String(port), ...login], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => {
    server.kill('SIGKILL');
  });
  await once(server.stdout, 'data');
  return {
    process: server,
    pause: () => void server.stdin.write('pause\n'),
    resume: () => void server.stdin.write('resume\n'),
  };
}

const bits = 16;

/** When the server made a frame, ms since the epoch: the frame shows it modulo 65,536. `nowMs` is later, by less. */
export function madeAtMs(picture: GreyPicture, nowMs: number): number {
  const bar = picture.width / bits;
  const row = Math.floor(picture.height / 2) * picture.width;
  let shown = 0;
  for (let bit = 0; bit < bits; bit += 1) {
    if ((picture.grey[row + Math.floor((bit + 0.5) * bar)] ?? 0) > 120) shown += 2 ** bit;
  }
  const now = Math.floor(nowMs);
  return now - ((((now - shown) % 2 ** bits) + 2 ** bits) % 2 ** bits);
}
