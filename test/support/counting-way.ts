import { connect, createServer, type Socket } from 'node:net';
import { listenOnLoopback } from './listen-on-loopback.ts';

/** A way to a TCP server on loopback that lets only so many bytes through. */
export interface CountingWay {
  port: number;
  /** From now on at most so many more bytes reach the server; what comes after waits. */
  letThrough(bytes: number): void;
  /** Whether bytes wait. */
  holds(): boolean;
}

/** Opens a way to the server on `port`; it closes when the test ends. */
export async function openCountingWay(port: number): Promise<CountingWay> {
  const sockets = new Set<Socket>();
  let left = Number.POSITIVE_INFINITY;
  let isHolding = false;
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    near.on('data', (piece: Buffer) => {
      const passed = piece.subarray(0, left);
      left -= passed.length;
      if (passed.length > 0) far.write(passed);
      if (passed.length < piece.length) isHolding = true;
    });
    far.pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  const listeningOn = await listenOnLoopback(server, sockets);
  return {
    port: listeningOn,
    letThrough(bytes) {
      left = bytes;
      isHolding = false;
    },
    holds: () => isHolding,
  };
}
