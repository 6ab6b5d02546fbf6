import { createEpochs, type Epoch } from './epochs.ts';
import { readNmeaLine } from './nmea-sentence.ts';

/** Reads the lines of one receiver one after the other and counts them. */
export interface NmeaLines {
  /** Returns whether the line had a right checksum; tells `onEpoch` what it adds. */
  take(line: string, receivedAtMs: number, onEpoch: (epoch: Epoch) => void): boolean;
  readonly sentences: number;
  readonly rejected: number;
}

export function createNmeaLines(): NmeaLines {
  const epochs = createEpochs();
  let sentences = 0;
  let rejected = 0;
  return {
    take(line, receivedAtMs, onEpoch) {
      const outcome = readNmeaLine(line);
      if (outcome === 'empty') return false;
      if (outcome === 'refused') {
        rejected += 1;
        return false;
      }
      sentences += 1;
      if (outcome === 'other') return true;
      const epoch = epochs.add(outcome, receivedAtMs);
      if (epoch !== null) onEpoch(epoch);
      return true;
    },
    get sentences() {
      return sentences;
    },
    get rejected() {
      return rejected;
    },
  };
}
