import { connect } from 'node:net';
import { networkFault } from '../../platform/network-fault.ts';
import { withoutSecrets } from '../../platform/without-secrets.ts';

/**
 * Checks whether an RTSP server answers, without blocking. OpenCV opens a stream on the calling thread, and a dead
 * server would block the head's other camera for seconds. Resolves to null if the server answers, else to what is wrong
 * and what to do. A refused password counts as an answer: opening the stream tests the credentials.
 */
export async function probeRtsp(url: string, timeoutMs: number): Promise<string | null> {
  let target: URL;
  try {
    target = new URL(url);
  } catch {
    return 'the RTSP address is not a valid URL; write it as rtsp://user:password@host:port/path';
  }
  const secure = target.protocol === 'rtsps:';
  const port = target.port === '' ? (secure ? 322 : 554) : Number(target.port);
  const place = `${target.hostname}:${port}`;
  // The address is sent without user and password, which this request does not need.
  const bare = `rtsp://${target.host}${target.pathname}${target.search}`;
  return new Promise((resolve) => {
    const socket = connect({ host: target.hostname.replace(/^\[|\]$/g, ''), port });
    const done = (problem: string | null) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(problem);
    };
    const timer = setTimeout(
      () => done(`${place} does not answer; check the camera's power, cable and address`),
      timeoutMs,
    );
    socket.once('error', (error) =>
      done(
        `${place} refuses the connection (${networkFault(error)}); check that the camera is on, and its address`,
      ),
    );
    socket.once('close', () =>
      done(`${place} closed the connection; check that it is an RTSP server`),
    );
    socket.once('connect', () => {
      if (secure) done(null);
      else socket.write(`DESCRIBE ${bare} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n\r\n`);
    });
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      if (!answer.includes('\r\n') && answer.length < 1024) return;
      const status = /^RTSP\/1\.\d (\d{3})/.exec(answer)?.[1];
      if (status === undefined) done(`${place} does not speak RTSP; check the port`);
      else if (status === '404') done(`${place} has no stream at ${pathOf(url)}; check the path`);
      else if (status.startsWith('5')) done(`${place} answers ${status}; the camera is not ready`);
      else done(null);
    });
  });
}

/** The path of an address without secrets: some cameras take user and password there. */
function pathOf(url: string): string {
  return withoutSecrets(url).replace(/^[a-z]+:\/\/[^/]*/, '');
}
