/**
 * The reading worker: owns both models and does all the work on pixels, so that the thread that takes
 * frames stays free while a model runs (rule 1).
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from '../../config/schema.ts';
import { messageOf } from '../../platform/problem.ts';
import { openDetector, openRecogniser } from './models.ts';
import { createFrameReader } from './read-frame.ts';
import type { FromReadingWorker, ToReadingWorker } from './worker-messages.ts';

const port = parentPort;
if (!port) throw new Error('reading-worker.ts must run as a worker thread');
const tell = (message: FromReadingWorker) => port.postMessage(message);

try {
  const config = workerData as Config['reading'];
  const detector = await openDetector(config.modelsDir, config.detector, config.threads);
  const recogniser = await openRecogniser(config.modelsDir, config.recogniser, config.threads);
  const reader = createFrameReader(detector, recogniser, config);

  const answer = async (request: ToReadingWorker): Promise<FromReadingWorker> => {
    const { id, picture } = request;
    try {
      return request.type === 'frame'
        ? {
            type: 'reading',
            id,
            reading: (await reader.readFrame(picture, request.thorough)).reading,
          }
        : { type: 'plate', id, plate: await reader.readPlate(picture) };
    } catch (error) {
      return { type: 'failed', id, problem: messageOf(error) };
    }
  };
  port.on('message', (request: ToReadingWorker) => {
    void answer(request).then(tell);
  });
  tell({
    type: 'ready',
    models: [detector, recogniser].map(({ manifest: { name, sha256 } }) => ({ name, sha256 })),
  });
} catch (error) {
  tell({ type: 'refused', problem: messageOf(error) });
}
