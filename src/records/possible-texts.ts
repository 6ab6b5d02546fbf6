import type { Alternative } from '../vision/reading/plate-read.ts';
import type { Consensus } from '../vision/tracking/track-report.ts';

/** Every text that a read or a vote holds possible with its probability, its own first. */
export const possibleTexts = ({
  plate,
  confidence,
  alternatives,
}: Pick<Consensus, 'plate' | 'confidence' | 'alternatives'>): Alternative[] => [
  { plate, p: confidence },
  ...alternatives,
];
