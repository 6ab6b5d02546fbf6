import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Has a server listen on a free port of loopback until the test ends, which destroys these connections of it. Returns the port. */
export async function listenOnLoopback(server: Server, sockets: Iterable<Socket>): Promise<number> {
  server.listen(0, '127.0.0.1');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
