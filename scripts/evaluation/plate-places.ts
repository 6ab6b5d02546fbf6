/**
 * Finds and reads the plates of pictures with the daemon's own reader, for training: where they are and what they say.
 *
 *     plate-places.ts crops|photos MODELS < one path a line > one JSON object a line:
 *     {"plates": [{"corners", "score", "plate", "again", "sureness"}]}
 *
 * `crops` are pictures of one plate with some room around it: at most one plate, the surest that holds the middle.
 * `photos` may show several. `again` is what a second, closer look at the plate alone says, `sureness` the lesser of
 * both; corners in pixels of the picture, clockwise from the top left.
 */
import { text } from 'node:stream/consumers';
import { configSchema } from '../../src/config/schema.ts';
import { isPlate } from '../../src/vision/reading/find-plates.ts';
import type { Corners, GreyPicture } from '../../src/vision/reading/grey-picture.ts';
import { loadPicture } from '../../src/vision/reading/load-picture.ts';
import { openDetector, openRecogniser } from '../../src/vision/reading/models.ts';
import { sureness } from '../../src/vision/reading/plate-read.ts';
import { createFrameReader } from '../../src/vision/reading/read-frame.ts';
import { framedAround, plateHoldingMiddle, plateInMiddle } from './framing.ts';

/** The closer look shows so much of the picture around a plate, in widths of it. */
const closeFrame = 3;

const [kind = 'crops', modelsDir = 'models'] = process.argv.slice(2);
const config = configSchema.parse({ reading: { modelsDir } }).reading;
const detector = await openDetector(modelsDir, config.detector, 1);
const recogniser = await openRecogniser(modelsDir, config.recogniser, 1);
const reader = createFrameReader(detector, recogniser, config);

interface Place {
  corners: Corners;
  score: number;
  plate: string;
  again: string;
  sureness: number;
}

async function inCrop(picture: GreyPicture): Promise<Place[]> {
  const found = await plateInMiddle(reader, picture);
  if (!found) return [];
  const { corners, plate } = found.read;
  const sure = sureness(found.read);
  return [{ corners, score: found.detectorScore, plate, again: plate, sureness: sure }];
}

async function inPhoto(picture: GreyPicture): Promise<Place[]> {
  const { plates } = (await reader.readFrame(picture, { thorough: true })).reading;
  const places: Place[] = [];
  for (const found of plates.filter(isPlate)) {
    const { corners, plate } = found.read;
    const close = framedAround(picture, found.read.box, closeFrame);
    const second = await plateHoldingMiddle(reader, close);
    places.push({
      corners,
      score: found.detectorScore,
      plate: found.unread === null ? plate : '',
      again: second?.unread === null ? second.read.plate : '',
      sureness: Math.min(sureness(found.read), second ? sureness(second.read) : 0),
    });
  }
  return places;
}

const placesOf = kind === 'photos' ? inPhoto : inCrop;
for (const path of (await text(process.stdin)).split('\n').filter(Boolean)) {
  const plates = await placesOf(await loadPicture(path));
  process.stdout.write(`${JSON.stringify({ plates })}\n`);
}
