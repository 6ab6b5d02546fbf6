import type { AimEnd, AimFigures, AimFrame, AimLine } from '../../../aim-line.ts';
import { Refused, wordsOf } from '../../api.ts';
import { askForLines } from '../../lines.ts';
import { NoPurpose, withPurpose } from '../../purpose.ts';
import { changed } from '../../state.ts';
import { onRefusal } from '../../stream.ts';
import type { Recent } from './recent.ts';

const recentKept = 40;
/** Pictures come four times a second; a busy unit may pass some over. */
const silentFromMs = 3000;
/** After the connection was lost it is looked again so much later, ms. */
const againMs = 1000;

/** A look at one camera, while its screen is open. */
export interface CameraLook {
  /** The newest picture; null before the first. */
  readonly frame: AimFrame | null;
  /** The figures of the last second; null before the first. */
  readonly figures: AimFigures | null;
  /** What was seen in the last pictures. */
  readonly recent: Recent;
  /** Forgets the sharpest picture so far, as before another lens is turned. */
  forgetSharpest(): void;
  /** The newest picture, decoded. */
  readonly picture: ImageBitmap | null;
  /** The newest one of the colour camera, decoded; null before the first. */
  readonly colourPicture: ImageBitmap | null;
  /** Whether somebody looks and no new picture has come for some seconds. */
  readonly isSilent: boolean;
  /** Why there are no more pictures, in words; empty while they come. */
  readonly ending: string;
  /** Looks, from now on with or without plates in the picture. */
  begin(isClear: boolean): void;
  end(): void;
}

const endings: Record<AimEnd, string> = {
  time: 'The picture stopped after five minutes.',
  locked: 'The picture stopped: this page is locked.',
  ended: 'The picture stopped: your session is over, or you may not look any more.',
  stopped: 'The picture stopped: Lookout is being stopped.',
};

export function newCameraLook(head: string): CameraLook {
  let frame: AimFrame | null = null;
  let picture: ImageBitmap | null = null;
  let colourPicture: ImageBitmap | null = null;
  let ending = '';
  let seenAtMs = performance.now();
  let going: AbortController | null = null;
  let figures: AimFigures | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;
  const recent: Recent = { sharpest: 0, skewsMs: [], tiltsDeg: [] };

  async function take(line: AimLine, own: AbortController): Promise<void> {
    if (line.type === 'over') {
      ending = endings[line.why];
      changed();
      return;
    }
    if (line.type === 'figures') {
      figures = line;
      changed();
      return;
    }
    const [decoded, colour] = await Promise.all([
      pictureOf(line.jpeg),
      line.colourJpeg === null ? null : pictureOf(line.colourJpeg),
    ]);
    if (own !== going) {
      decoded.close();
      colour?.close();
      return;
    }
    picture?.close();
    picture = decoded;
    if (colour !== null) {
      colourPicture?.close();
      colourPicture = colour;
    }
    frame = line;
    seenAtMs = performance.now();
    remember(line);
    changed();
  }

  function remember({ quality, skewMs, plates }: AimFrame): void {
    recent.sharpest = Math.max(recent.sharpest, quality.sharpness);
    if (skewMs !== null) recent.skewsMs.push(skewMs);
    recent.tiltsDeg.push(...plates.map(({ tiltDeg }) => tiltDeg));
    for (const list of [recent.skewsMs, recent.tiltsDeg]) {
      list.splice(0, Math.max(0, list.length - recentKept));
    }
  }

  async function look(isClear: boolean, own: AbortController): Promise<void> {
    const path = `/api/cameras/${encodeURIComponent(head)}/${isClear ? 'aim-clear' : 'aim'}`;
    const lines = (inquiry?: { id: string }) =>
      askForLines<AimLine>(
        path,
        { input: {}, ...(inquiry === undefined ? {} : { inquiry }) },
        { signal: own.signal, onLine: (line) => void take(line, own) },
      );
    try {
      await (isClear ? withPurpose(lines) : lines());
      if (own === going && ending === '') ending = 'The picture stopped.';
    } catch (error) {
      if (own !== going) return;
      onRefusal(error);
      ending = error instanceof NoPurpose ? 'No purpose was stated.' : wordsOf(error);
      // A phone at a pole loses its network now and then, with both hands at the lens.
      const isLost = error instanceof Refused && error.status === 0;
      if (isLost) again = setTimeout(() => begin(isClear), againMs);
    } finally {
      if (own === going) going = null;
      changed();
    }
  }

  const end = (): void => {
    clearTimeout(again);
    going?.abort();
    going = null;
  };

  function begin(isClear: boolean): void {
    end();
    ending = '';
    seenAtMs = performance.now();
    going = new AbortController();
    void look(isClear, going);
    changed();
  }

  return {
    get frame() {
      return frame;
    },
    get picture() {
      return picture;
    },
    get figures() {
      return figures;
    },
    recent,
    forgetSharpest() {
      recent.sharpest = frame?.quality.sharpness ?? 0;
      changed();
    },
    get colourPicture() {
      return colourPicture;
    },
    get ending() {
      return ending;
    },
    get isSilent() {
      return going !== null && performance.now() - seenAtMs >= silentFromMs;
    },
    begin,
    end,
  };
}

/** A JPEG file in base64, decoded. */
function pictureOf(jpeg: string): Promise<ImageBitmap> {
  const bytes = Uint8Array.from(atob(jpeg), (char) => char.charCodeAt(0));
  return createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
}
