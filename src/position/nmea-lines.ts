import { createEpochs, type Epoch } from './epochs.ts';
import { readNmeaLine } from './nmea-sentence.ts';

/** Parses the lines of one receiver in order and counts them. */
export interface NmeaLines {
  /** Returns whether the line had a valid checksum; calls `onEpoch` with its new data. */
  take(line: string, receivedAtMs: number, onEpoch: (epoch: Epoch) => void): boolean;
  readonly sentences: number;
  readonly rejected: number;
  /** Of the rejected, those that had no checksum since the last valid sentence. */
  readonly unchecked: number;
}

export function createNmeaLines(): NmeaLines {
  const epochs = createEpochs();
  let sentences = 0;
  let rejected = 0;
  let unchecked = 0;
  return {
    take(line, receivedAtMs, onEpoch) {
      const outcome = readNmeaLine(line);
      if (outcome === 'empty') return false;
      if (outcome === 'refused' || outcome === 'unchecked') {
        rejected += 1;
        if (outcome === 'unchecked') unchecked += 1;
        return false;
      }
      sentences += 1;
      unchecked = 0;
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
    get unchecked() {
      return unchecked;
    },
  };
}
