import { Worker } from 'node:worker_threads';
import type { Config } from '../../config/schema.ts';
import { systemClock } from '../../platform/clock.ts';
import { messageOf, Problem } from '../../platform/problem.ts';
import type { GreyPicture } from './grey-picture.ts';
import type { ModelIdentity } from './manifest.ts';
import type { FoundPlate, FrameReading } from './plate-read.ts';
import { rectifiedPlate } from './rectify.ts';
import type { FromReadingWorker, ToReadingWorker } from './worker-messages.ts';

/** Finds and reads plates in a worker thread of its own. */
export interface Reader extends AsyncDisposable {
  /** Names and hashes of the models in use, detector first. */
  readonly models: readonly ModelIdentity[];
  /** Since when the worker has been busy with one picture (ms since the epoch), or null. */
  readonly busySinceMs: number | null;
  /**
   * Reads one frame; the caller keeps the pixels. One at a time: a second call before the first has ended is
   * refused, because a caller that queued frames would read old ones (rule 2). `thorough` looks at a
   * large picture a second time, closer: for stills, where time is of no matter.
   */
  read(frame: GreyPicture, options?: { thorough?: boolean }): Promise<FrameReading>;
  /** Reads a picture that is one plate and nothing else, without looking for it. */
  readPlate(picture: GreyPicture): Promise<FoundPlate>;
  /** The plate cut out of its frame, flat, at about its own size; on the calling thread (under 1 ms). */
  rectify(frame: GreyPicture, plate: FoundPlate): GreyPicture;
}

interface Waiting {
  id: number;
  sinceMs: number;
  settle(answer: FromReadingWorker): void;
  fail(error: Error): void;
}

/** Starts the worker and loads the models; throws a Problem when a model is missing or not the one meant. */
export async function createReader(config: Config['reading']): Promise<Reader> {
  const worker = new Worker(new URL('./reading-worker.ts', import.meta.url), {
    workerData: config,
    name: 'reading',
    // onnxruntime 1.30 searches the process's command line with a regular expression that recurses for each
    // character; with some 290 file names it would run out of a worker's usual 4 MB.
    resourceLimits: { stackSizeMb: 128 },
  });
  let waiting: Waiting | null = null;
  let lost: Error | null = null;
  let nextId = 1;

  const models = await new Promise<ModelIdentity[]>((resolve, reject) => {
    worker.once('message', (first: FromReadingWorker) => {
      if (first.type === 'ready') return resolve(first.models);
      reject(
        new Problem(
          first.type === 'refused' ? first.problem : 'the reading worker sent an unexpected answer',
        ),
      );
    });
    worker.once('error', reject);
  }).catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });

  const lose = (error: Error) => {
    lost ??= error;
    waiting?.fail(error);
    waiting = null;
  };
  worker.removeAllListeners('error');
  worker.on('error', (error) => lose(new Error(`the reading worker failed: ${messageOf(error)}`)));
  worker.on('exit', () => lose(new Error('the reading worker has ended')));
  worker.on('message', (answer: FromReadingWorker) => {
    if (!waiting || !('id' in answer) || answer.id !== waiting.id) return;
    const { settle } = waiting;
    waiting = null;
    settle(answer);
  });

  const ask = (
    kind: { type: 'frame'; thorough: boolean } | { type: 'plate' },
    picture: GreyPicture,
  ) =>
    new Promise<FromReadingWorker>((resolve, reject) => {
      const { width, height } = picture;
      if (picture.grey.length !== width * height || width < 1 || height < 1) {
        throw new Error(`a picture of ${picture.grey.length} bytes is not ${width}×${height} grey`);
      }
      if (lost) throw lost;
      if (waiting) throw new Error('the reader is still busy with the previous picture');
      const id = nextId++;
      waiting = { id, sinceMs: systemClock(), settle: resolve, fail: reject };
      // A copy costs a tenth of a millisecond and leaves the caller its frame for the images to keep.
      // A copy that is ours to give away; `slice` of a Buffer would share the caller's memory.
      const grey = new Uint8Array(picture.grey);
      const request: ToReadingWorker = { ...kind, id, picture: { grey, width, height } };
      worker.postMessage(request, [grey.buffer]);
    });

  return {
    models,
    get busySinceMs() {
      return waiting?.sinceMs ?? null;
    },
    async read(frame, { thorough = false } = {}) {
      const answer = await ask({ type: 'frame', thorough }, frame);
      if (answer.type === 'reading') return answer.reading;
      throw new Error(
        'problem' in answer ? answer.problem : 'the reading worker sent an unexpected answer',
      );
    },
    async readPlate(picture) {
      const answer = await ask({ type: 'plate' }, picture);
      if (answer.type === 'plate') return answer.plate;
      throw new Error(
        'problem' in answer ? answer.problem : 'the reading worker sent an unexpected answer',
      );
    },
    rectify: (frame, plate) => rectifiedPlate(frame, plate.read.corners),
    async [Symbol.asyncDispose]() {
      // At once, not when the thread has gone: an answer may come in meanwhile, and nobody waits for it any more.
      lose(new Error('the reading worker has ended'));
      await worker.terminate();
    },
  };
}
