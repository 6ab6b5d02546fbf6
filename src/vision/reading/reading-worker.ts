/**
 * The reading worker: holds both models and does all the work on pixels, so that the thread that takes frames is not
 * blocked while a model runs (rule 1).
 */
import type { Config } from '../../config/schema.ts';
import { messageOf, Problem } from '../../platform/problem.ts';
import { answerCalls } from '../../platform/thread-call.ts';
import type { GreyPicture } from './grey-picture.ts';
import type { ModelIdentity } from './manifest.ts';
import { openDetector, openRecogniser } from './models.ts';
import type { FoundPlate, FrameReading } from './plate-read.ts';
import type { Thinning } from './read-choice.ts';
import { createFrameReader, type FrameReader } from './read-frame.ts';

let reader: FrameReader | undefined;
const opened = () => {
  if (reader === undefined) throw new Error('the models are not open yet');
  return reader;
};

const handlers = {
  /** Loads the models; must be the first call. Throws a Problem if one is missing or has another hash. */
  async open(config: Config['reading']): Promise<ModelIdentity[]> {
    try {
      const detector = await openDetector(config.modelsDir, config.detector, config.threads);
      const recogniser = await openRecogniser(config.modelsDir, config.recogniser, config.threads);
      reader = createFrameReader(detector, recogniser, config);
      return [detector, recogniser].map(({ manifest: { name, sha256 } }) => ({ name, sha256 }));
    } catch (error) {
      throw new Problem(messageOf(error));
    }
  },
  async readFrame(frame: {
    picture: GreyPicture;
    thorough: boolean;
    thinning: Thinning | null;
  }): Promise<FrameReading> {
    return (await opened().readFrame(frame.picture, frame)).reading;
  },
  readPlate: (picture: GreyPicture): Promise<FoundPlate> => opened().readPlate(picture),
};

export type ReadingHandlers = typeof handlers;

answerCalls(handlers);
