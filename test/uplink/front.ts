import { connect, createServer, type Socket } from 'node:net';
import { listenOnLoopback } from '../support/listen-on-loopback.ts';

/** A balancer: one address, from which each connection goes to the first of the brokers that takes it. */
export async function openFront(brokers: readonly string[]): Promise<string> {
  const ports = brokers.map((broker) => Number(new URL(broker).port));
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    sockets.add(near);
    near.on('error', () => {}).pause();
    const goOn = ([port, ...others]: number[]): void => {
      if (port === undefined) {
        near.destroy();
        return;
      }
      const far = connect(port, '127.0.0.1');
      let isUp = false;
      far.once('connect', () => {
        isUp = true;
        near.pipe(far).pipe(near);
      });
      far.on('error', () => !isUp && goOn(others));
      far.on('close', () => isUp && near.destroy());
      near.on('close', () => far.destroy());
    };
    goOn(ports);
  });
  const port = await listenOnLoopback(server, sockets);
  return `mqtt://127.0.0.1:${port}`;
}
