import type { Corners, GreyPicture } from '../../src/vision/reading/grey-picture.ts';
import type { FoundPlate } from '../../src/vision/reading/plate-read.ts';
import type { FrameReader } from '../../src/vision/reading/read-frame.ts';

/** The grey around a framed picture, as a share of its mean: a vehicle is darker than its plate. */
const surround = 0.6;
/** A crop's frame is so many times as wide: a plate that fills the picture is found less well. */
const frameFactor = 1.6;

/** An area of a picture's size and place in the area around it. */
interface Area {
  width: number;
  height: number;
  /** Place of the picture's left top corner. */
  x: number;
  y: number;
}

/** What an area shows of a picture; grey where it reaches beyond. */
function cutOut(picture: GreyPicture, { width, height, x, y }: Area): GreyPicture {
  const sum = picture.grey.reduce((total, value) => total + value, 0);
  const grey = new Uint8Array(width * height).fill((surround * sum) / picture.grey.length);
  const left = Math.max(0, x);
  const right = Math.min(width, x + picture.width);
  const bottom = Math.min(height, y + picture.height);
  for (let row = Math.max(0, y); row < bottom && left < right; row++) {
    const from = (row - y) * picture.width;
    grey.set(picture.grey.subarray(from + left - x, from + right - x), row * width + left);
  }
  return { grey, width, height };
}

/** The surest plate of a picture that holds its middle. */
export async function plateHoldingMiddle(
  reader: FrameReader,
  picture: GreyPicture,
): Promise<FoundPlate | null> {
  const { plates } = (await reader.readFrame(picture)).reading;
  const [x, y] = [picture.width / 2, picture.height / 2];
  const there = plates.filter(({ read: { box } }) => {
    return box[0] <= x && x <= box[0] + box[2] && box[1] <= y && y <= box[1] + box[3];
  });
  return there.sort((a, b) => b.detectorScore - a.detectorScore)[0] ?? null;
}

/**
 * The plate of a crop as the detector finds it, in pixels of the crop: the crop is in the middle of a larger
 * frame, so that the plate is as small as in a photograph.
 */
export async function plateInMiddle(
  reader: FrameReader,
  crop: GreyPicture,
): Promise<FoundPlate | null> {
  const width = Math.round(crop.width * frameFactor);
  const height = Math.round(Math.max(crop.height * frameFactor, width / 2));
  const x = Math.floor((width - crop.width) / 2);
  const y = Math.floor((height - crop.height) / 2);
  const found = await plateHoldingMiddle(reader, cutOut(crop, { width, height, x, y }));
  if (!found) return null;
  const [left, top, across, down] = found.read.box;
  const corners = found.read.corners.map(([cx, cy]) => [cx - x, cy - y]) as Corners;
  return { ...found, read: { ...found.read, corners, box: [left - x, top - y, across, down] } };
}

/** A piece of a picture around a box (x, y, width, height), `times` as wide as that and half as high as wide. */
export function framedAround(
  picture: GreyPicture,
  box: readonly [number, number, number, number],
  times: number,
): GreyPicture {
  const width = Math.round(Math.max(box[2] * times, box[3] * 2));
  const height = Math.round(Math.max(width / 2, box[3] * 1.5));
  const x = Math.round(width / 2 - box[0] - box[2] / 2);
  const y = Math.round(height / 2 - box[1] - box[3] / 2);
  return cutOut(picture, { width, height, x, y });
}
