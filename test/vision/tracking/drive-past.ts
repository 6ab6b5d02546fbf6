import type { FoundPlate } from '../../../src/vision/reading/plate-read.ts';
import type { TrackImage } from '../../../src/vision/tracking/track-report.ts';
import type { TrackedFrame } from '../../../src/vision/tracking/tracked-frame.ts';

/** What one plate looks like in one frame of a made-up scene. */
export interface Seen {
  text: string;
  x: number;
  y?: number;
  width?: number;
  confidence?: number;
  unread?: FoundPlate['unread'];
  alternatives?: { plate: string; p: number }[];
  sharpness?: number;
  score?: number;
  /** The reader has weighted the texts by the formats of regions. */
  isWeighed?: true;
}

/** A plate as the reader would give it. */
export function plateOf(seen: Seen): FoundPlate {
  const { text, x, y = 300, width = 100, confidence = 0.9, alternatives = [] } = seen;
  const height = width / 2;
  return {
    read: {
      plate: text,
      confidence,
      characters: [...text].map((char) => ({ char, p: confidence })),
      alternatives,
      state: null,
      box: [x, y, width, height],
      corners: [
        [x, y],
        [x + width, y],
        [x + width, y + height],
        [x, y + height],
      ],
    },
    unread: seen.unread ?? null,
    detectorScore: seen.score ?? 0.9,
    sure: (seen.score ?? 0.9) >= 0.6,
    sharpness: seen.sharpness ?? 2500,
    ...(seen.isWeighed && { isWeighed: true as const }),
  };
}

/** Pictures that name themselves, so that a test can identify them: `plate@atMs`, `ir@atMs`. */
function picture(name: string, takenAtMs: number): TrackImage {
  return { jpeg: Buffer.from(`${name}@${takenAtMs}`), width: 1, height: 1, takenAtMs };
}

/** What a picture made by `frameOf` says of itself. */
export function nameOf(image: TrackImage | null): string | null {
  return image && Buffer.from(image.jpeg).toString();
}

/** One 1280×720 frame. */
export function frameOf(atMs: number, plates: Seen[], overview = true): TrackedFrame {
  return {
    takenAtMs: atMs,
    capturedAtMs: atMs,
    width: 1280,
    height: 720,
    reading: {
      plates: plates.map(plateOf),
      ms: { detect: 20, recognise: 5 },
      foundAtMs: atMs + 20,
      readAtMs: atMs + 25,
    },
    pictures: {
      plate: ({ read }) => picture(read.plate, atMs),
      ir: () => picture('ir', atMs),
      retain: () => {},
      release: () => {},
      overviewMissing: overview ? null : 'skew',
      overview: () => (overview ? picture('overview', atMs) : null),
    },
  };
}
