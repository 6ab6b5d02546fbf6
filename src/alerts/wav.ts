/** A WAV file (RIFF, PCM, 16 bits, one channel) of the samples. */
export function encodeWav(samples: Int16Array, sampleRate: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.byteLength, 40);
  const data = Buffer.alloc(samples.byteLength);
  samples.forEach((sample, index) => {
    data.writeInt16LE(sample, index * 2);
  });
  return Buffer.concat([header, data]);
}

/** Playing time of a 16-bit one-channel WAV with the plain 44-byte header, in ms. */
export function durationMsOf(wav: Buffer): number {
  return ((wav.byteLength - 44) / 2 / wav.readUInt32LE(24)) * 1000;
}

/** Writes the true lengths into the header of a WAV that was written as a stream, before they were known. */
export function closeWav(wav: Buffer): Buffer {
  const closed = Buffer.from(wav);
  closed.writeUInt32LE(wav.byteLength - 8, 4);
  closed.writeUInt32LE(wav.byteLength - 44, 40);
  return closed;
}
