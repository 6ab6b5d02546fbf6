import '../../platform/no-telemetry.ts';

import { InferenceSession, Tensor } from 'onnxruntime-node';
import { messageOf, Problem } from '../../platform/problem.ts';
import type { StepProbabilities } from './ctc.ts';
import type { DetectorOutput } from './find-plates.ts';
import {
  checkTensors,
  type DetectorManifest,
  loadModel,
  type RecogniserManifest,
  type TensorFacts,
} from './manifest.ts';

/** A loaded detector. `run()` blocks its thread, so it must run in a worker (rule 1). */
export interface Detector {
  manifest: DetectorManifest;
  /** `input`: one letterboxed grey frame. */
  run(input: Uint8Array, width: number, height: number): Promise<DetectorOutput>;
}

/** The recogniser's result for one rectified plate. */
export interface RecognisedCrop {
  characters: StepProbabilities;
  /** Probability of each of the manifest's state labels, if the model reports them. */
  state: Float32Array | null;
  /**
   * Probability that the plate has two rows of large characters, and where they divide, as a share of the crop's height
   * from its top; null if the model does not report it.
   */
  rows: { p: number; split: number } | null;
}

/** A loaded recogniser; it blocks its thread like the detector. */
export interface Recogniser {
  manifest: RecogniserManifest;
  /** Size of a rectified plate. */
  width: number;
  height: number;
  /** `plates`: `count` rectified plates, one after the other. */
  run(plates: Uint8Array, count: number): Promise<RecognisedCrop[]>;
}

/** Loads and checks a detector; throws a Problem naming file and mismatch. */
export async function openDetector(
  folder: string,
  name: string,
  threads: number,
): Promise<Detector> {
  const { manifest, bytes } = await loadModel(folder, name, 'detector');
  const session = await openSession(manifest, bytes, threads);
  return {
    manifest,
    async run(input, width, height) {
      const frame = new Tensor('uint8', input, [1, 1, height, width]);
      const found = await session.run({ [manifest.input.name]: frame });
      return {
        scores: floats(found, 'scores'),
        corners: floats(found, 'corners'),
        boxes: floats(found, 'boxes'),
      };
    },
  };
}

/** Loads and checks a recogniser; throws a Problem naming file and mismatch. */
export async function openRecogniser(
  folder: string,
  name: string,
  threads: number,
): Promise<Recogniser> {
  const { manifest, bytes } = await loadModel(folder, name, 'recogniser');
  const session = await openSession(manifest, bytes, threads);
  const [, , height, width] = manifest.input.shape;
  const classes = manifest.alphabet.length + 1;
  const labels = manifest.outputs.state?.labels.length ?? 0;
  return {
    manifest,
    width,
    height,
    async run(plates, count) {
      const batch = new Tensor('uint8', plates, [count, 1, height, width]);
      const said = await session.run({ [manifest.input.name]: batch });
      const characters = floats(said, 'characters');
      const states = labels > 0 ? floats(said, 'state') : null;
      const rows = manifest.outputs.rows ? floats(said, 'rows') : null;
      const size = characters.length / count;
      return Array.from({ length: count }, (_, i) => ({
        characters: {
          values: characters.subarray(i * size, (i + 1) * size),
          steps: size / classes,
          classes,
        },
        state: states?.subarray(i * labels, (i + 1) * labels) ?? null,
        rows: rows && { p: rows[2 * i] ?? 0, split: rows[2 * i + 1] ?? 0 },
      }));
    },
  };
}

function floats(results: InferenceSession.OnnxValueMapType, name: string): Float32Array {
  const data = (results[name] as Tensor | undefined)?.data;
  if (!(data instanceof Float32Array))
    throw new Error(`the model's output '${name}' is not float32`);
  return data;
}

async function openSession(
  manifest: DetectorManifest | RecogniserManifest,
  bytes: Uint8Array,
  threads: number,
): Promise<InferenceSession> {
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(bytes, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      // Threads that spin while they wait take CPU time from the other heads and the daemon.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
  } catch (error) {
    throw new Problem(`${manifest.file}: the model cannot be loaded (${messageOf(error)})`);
  }
  checkTensors(manifest, {
    inputs: session.inputMetadata.map(factsOf),
    outputs: session.outputMetadata.map(factsOf),
  });
  return session;
}

function factsOf(metadata: InferenceSession.ValueMetadata): TensorFacts {
  return metadata.isTensor
    ? { name: metadata.name, type: metadata.type, shape: metadata.shape }
    : { name: metadata.name, type: 'no tensor', shape: [] };
}
