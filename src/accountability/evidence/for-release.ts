import type { CollectedDetection } from './collect.ts';

/** A detection with what goes to another agency: nothing of lists, and of no canvass that it was seen in. */
export function forRelease({ detection, hits, images }: CollectedDetection): CollectedDetection {
  const { canvass: _, ...released } = detection;
  return {
    detection: released,
    hits: hits.map(({ id, detectionId, raisedAt, state }) => ({
      ...{ id, detectionId, raisedAt, state },
      withheld: 'list and entry' as const,
    })),
    images,
  };
}
