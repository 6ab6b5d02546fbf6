/** Fixed header, length of the topic, packet id, and no properties. */
const packetOverhead = 1 + 4 + 2 + 2 + 1;

/** Bytes of a PUBLISH packet, at most. */
export function packetBytes(topic: string, payload: string | Uint8Array): number {
  return packetOverhead + Buffer.byteLength(topic) + Buffer.byteLength(payload);
}
