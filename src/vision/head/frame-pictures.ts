import type { Frame } from '../capture/frame.ts';
import { cv, type Mat } from '../capture/opencv.ts';
import type { Pair } from '../capture/pairing.ts';
import type { GreyPicture } from '../reading/grey-picture.ts';
import type { FoundPlate } from '../reading/plate-read.ts';
import type { TrackImage } from '../tracking/track-report.ts';
import type { FramePictures } from '../tracking/tracked-frame.ts';

/**
 * The pictures of one frame, encoded when the tracker first needs them and then kept for the frame's other vehicles. The
 * caller is the first holder of the pixels.
 */
export function createFramePictures(input: {
  ir: Frame;
  grey: GreyPicture;
  /** The paired colour frame; 'not_fitted' on a head without a colour camera. */
  overview: () => Pair | { missing: 'not_fitted' };
  rectify: (frame: GreyPicture, plate: FoundPlate) => GreyPicture;
  jpegQuality: number;
}): FramePictures {
  const { ir, grey, jpegQuality } = input;
  let holders = 1;
  let irImage: TrackImage | null = null;
  let overviewImage: TrackImage | null = null;
  const pair = input.overview();
  const colour = 'frame' in pair ? pair.frame.retain() : null;
  ir.retain();

  const whole = (frame: Frame): TrackImage => ({
    jpeg: encodeJpeg(frame.mat, jpegQuality),
    width: frame.width,
    height: frame.height,
    takenAtMs: frame.takenAtMs,
  });

  return {
    retain() {
      holders += 1;
    },
    release() {
      holders -= 1;
      if (holders > 0) return;
      ir.release();
      colour?.release();
    },
    overviewMissing: 'missing' in pair ? pair.missing : null,
    plate(found) {
      const flat = input.rectify(grey, found);
      const mat = new cv.Mat(Buffer.from(flat.grey), flat.height, flat.width, cv.CV_8UC1);
      const jpeg = encodeJpeg(mat, Math.max(jpegQuality, 90));
      mat.release();
      return { jpeg, width: flat.width, height: flat.height, takenAtMs: ir.takenAtMs };
    },
    ir() {
      irImage ??= whole(ir);
      return irImage;
    },
    overview() {
      if (colour !== null) overviewImage ??= whole(colour);
      return overviewImage;
    },
  };
}

function encodeJpeg(mat: Mat, quality: number): Uint8Array {
  return cv.imencode('.jpg', mat, [cv.IMWRITE_JPEG_QUALITY, quality]);
}
