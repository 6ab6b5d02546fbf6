import type { Server, Socket } from 'node:net';

/** Connections open at a time, of one address and of all. */
const most = { each: 24, all: 96 };
/** New connections, as each costs a handshake: so many at once, and so many a second after that. */
const burst = { each: 40, all: 80 };
const perSecond = { each: 8, all: 24 };
/** Addresses that are remembered at most; those without a connection go first. */
const mostAddresses = 2000;

/** What is left of a burst. */
interface Bucket {
  left: number;
  filledAtMs: number;
}

interface Peer extends Bucket {
  open: number;
}

/**
 * Turns connections away before their TLS handshake, where an address or all of them have too many, or make new ones too
 * fast: what strangers do costs the unit that reads plates next to nothing. `end` closes all that are open.
 */
export function limitConnections(server: Server, onTurnedAway: () => void): { end(): void } {
  const peers = new Map<string, Peer>();
  const sockets = new Set<Socket>();
  const all: Peer = { open: 0, left: burst.all, filledAtMs: performance.now() };

  const peerOf = (address: string): Peer => {
    const known = peers.get(address);
    if (known !== undefined) return known;
    if (peers.size >= mostAddresses) {
      for (const [key, { open }] of peers) if (open === 0) peers.delete(key);
    }
    const peer = { open: 0, left: burst.each, filledAtMs: performance.now() };
    peers.set(address, peer);
    return peer;
  };

  const admits = (socket: Socket): boolean => {
    const peer = peerOf(socket.remoteAddress ?? '');
    if (peer.open >= most.each || all.open >= most.all) return false;
    // Who is turned away for the first uses nothing of what all share.
    if (!take(peer, 'each') || !take(all, 'all')) return false;
    peer.open += 1;
    all.open += 1;
    sockets.add(socket);
    socket.once('close', () => {
      peer.open -= 1;
      all.open -= 1;
      sockets.delete(socket);
    });
    return true;
  };

  // In the place of the server's own listeners, which would begin the handshake.
  const begin = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    if (admits(socket)) {
      for (const each of begin) each.call(server, socket);
    } else {
      socket.destroy();
      onTurnedAway();
    }
  });
  return {
    end() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Takes one of a bucket's burst, which fills again with time; false if there is none. */
function take(bucket: Bucket, whose: 'each' | 'all'): boolean {
  const nowMs = performance.now();
  const grown = ((nowMs - bucket.filledAtMs) / 1000) * perSecond[whose];
  bucket.left = Math.min(burst[whose], bucket.left + grown);
  bucket.filledAtMs = nowMs;
  if (bucket.left < 1) return false;
  bucket.left -= 1;
  return true;
}
