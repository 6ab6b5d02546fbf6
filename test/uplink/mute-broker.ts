import { createServer, type Socket } from 'node:net';
import { listenOnLoopback } from '../support/listen-on-loopback.ts';

/** What a client sent first. */
export interface FirstPacket {
  /** 5 for MQTT 5, 4 for 3.1.1. */
  level: number;
  clean: boolean;
  clientId: string;
}

/** What the broker does with a packet: bytes to answer, nothing, or `close`. */
export type Answer = readonly number[] | 'close' | null;

/**
 * A TCP server that speaks as much MQTT as the answers given to it: to CONNECT, and to each packet after it by its type
 * (8: SUBSCRIBE, 3: PUBLISH). For what no broker here can be made to do.
 */
export async function openMuteBroker(answers: {
  connect: (packet: FirstPacket) => Answer;
  later?: (type: number, packet: Buffer, first: FirstPacket) => Answer;
}) {
  const connects: FirstPacket[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    let first: FirstPacket | null = null;
    let waiting = Buffer.alloc(0);
    socket.on('data', (data) => {
      waiting = Buffer.concat([waiting, data]);
      for (;;) {
        const packet = packetAt(waiting);
        if (packet === null) return;
        waiting = waiting.subarray(packet.length);
        let answer: Answer;
        if (first === null) {
          first = readConnect(packet);
          connects.push(first);
          answer = answers.connect(first);
        } else {
          answer = answers.later?.((packet[0] ?? 0) >> 4, packet, first) ?? null;
        }
        if (answer === 'close') socket.end();
        else if (answer) socket.write(Buffer.from(answer));
      }
    });
  });
  const port = await listenOnLoopback(server, sockets);
  const closeAll = (): void => {
    for (const socket of sockets) socket.end();
  };
  return { broker: `mqtt://127.0.0.1:${port}`, connects, closeAll };
}

/** The first whole packet; null if it has not arrived yet. */
function packetAt(data: Buffer): Buffer | null {
  const length = lengthAt(data);
  if (length === null) return null;
  const end = 1 + length.bytes + length.value;
  return data.length < end ? null : data.subarray(0, end);
}

function lengthAt(data: Buffer): { value: number; bytes: number } | null {
  let value = 0;
  for (let bytes = 1; bytes <= 4; bytes += 1) {
    const byte = data[bytes];
    if (byte === undefined) return null;
    value += (byte & 127) * 128 ** (bytes - 1);
    if (byte < 128) return { value, bytes };
  }
  return null;
}

function readConnect(packet: Buffer): FirstPacket {
  const body = packet.subarray(1 + (lengthAt(packet)?.bytes ?? 1));
  // Length and "MQTT", level, flags, keep alive; MQTT 5 has its properties before the client id.
  const [level = 0, flags = 0] = [body[6], body[7]];
  const at = 10 + (level === 5 ? 1 + (body[10] ?? 0) : 0);
  const clientId = body.toString('utf8', at + 2, at + 2 + body.readUInt16BE(at));
  return { level, clean: (flags & 2) > 0, clientId };
}

/** CONNACK: taken, no session. */
export const taken = (level: number): number[] =>
  [0x20, level === 5 ? 3 : 2, 0, 0].concat(level === 5 ? [0] : []);

/** SUBACK: QoS 1 for each of `count` topics. */
export function subscribed(packet: Buffer, level: number, count: number): number[] {
  const at = 1 + (lengthAt(packet)?.bytes ?? 1);
  const properties = level === 5 ? [0] : [];
  const body = [
    packet[at] ?? 0,
    packet[at + 1] ?? 0,
    ...properties,
    ...Array<number>(count).fill(1),
  ];
  return [0x90, body.length, ...body];
}

/** PUBACK of MQTT 5 for a PUBLISH of QoS 1; nothing for one of QoS 0. */
export function puback(packet: Buffer, reason: number): number[] | null {
  if (((packet[0] ?? 0) & 6) === 0) return null;
  const at = 1 + (lengthAt(packet)?.bytes ?? 1);
  const id = at + 2 + packet.readUInt16BE(at);
  return [0x40, 3, packet[id] ?? 0, packet[id + 1] ?? 0, reason];
}
