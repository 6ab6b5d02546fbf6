import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Debian's own Python; another one on the PATH does not see Debian's GStreamer. */
const python = '/usr/bin/python3';
const imports =
  "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer";

/**
 * False where GStreamer's RTSP server is not installed. Debian: python3-gi gir1.2-gst-rtsp-server-1.0
 * gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly.
 */
export const hasRtspServer = spawnSync(python, ['-c', imports]).status === 0;

/** A real RTSP server on loopback with one stream, /ir; it ends with the test at the latest. */
export async function startRtspServer(
  port: number,
  login: [user: string, password: string] | [] = [],
): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'rtsp-server.py');
  const server = spawn(python, [script, String(port), ...login], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => {
    server.kill('SIGKILL');
  });
  await once(server.stdout, 'data');
  return server;
}
