import { createServer } from 'node:net';

/**
 * Below the ports that Linux gives to outgoing connections (32768 and up): one of those could take a free port before
 * its server does. The workers of a run share out the range by their numbers, so that they never name the same one.
 */
const first = 20_000;
const count = 12_000;
const workers = 16;
const worker = Number(process.env.VITEST_POOL_ID ?? 0) % workers;
let step = Math.floor((Math.random() * count) / workers);

/** A TCP port on loopback that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  for (;;) {
    step += 1;
    const port = first + ((step * workers + worker) % count);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
