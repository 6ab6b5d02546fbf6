import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

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
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `mqtt://127.0.0.1:${address.port}`;
}
