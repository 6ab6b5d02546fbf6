import { createServer } from 'node:net';
import { Aedes } from 'aedes';

/** An MQTT broker inside this process. */
export interface EmbeddedBroker extends AsyncDisposable {
  url: string;
}

/**
 * A broker on loopback for the demo and for tries: it speaks MQTT 3.1.1 only, keeps everything in memory and asks
 * for no certificate, so it is nothing to run a service on. Port 0 takes a free one.
 */
export async function createEmbeddedBroker(
  options: { port?: number } = {},
): Promise<EmbeddedBroker> {
  const broker = await Aedes.createBroker();
  const server = createServer((socket) => broker.handle(socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the broker has no port');
  return {
    url: `mqtt://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await new Promise<void>((resolve) => broker.close(() => resolve()));
      await closed;
    },
  };
}
