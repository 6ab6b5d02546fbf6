import type { Config } from '../config/schema.ts';
import { messageOf } from '../platform/problem.ts';
import { loadModel } from '../vision/reading/manifest.ts';
import { type Check, type Finding, failure, ok } from './check.ts';

/** Node and the native packages load; the models are those of their manifests. */
export function programChecks(config: Config): Check[] {
  return [
    async () => [nodeVersion()],
    async () =>
      Promise.all(['onnxruntime-node', 'sharp', 'better-sqlite3', 'serialport'].map(loads)),
    async () => [await openCv()],
    async () => [await model(config.reading.modelsDir, config.reading.detector, 'detector')],
    async () => [await model(config.reading.modelsDir, config.reading.recogniser, 'recogniser')],
  ];
}

function nodeVersion(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  if (major === 24) return ok('Node', process.versions.node);
  return failure(
    'Node',
    `version ${process.versions.node} is running; version 24 is needed`,
    'Start it with scripts/lookout.',
  );
}

async function loads(name: string): Promise<Finding> {
  try {
    await import(name);
    return ok(`package ${name}`, 'loads');
  } catch (error) {
    return failure(`package ${name}`, messageOf(error), 'Run scripts/setup again.');
  }
}

async function openCv(): Promise<Finding> {
  try {
    const { cv } = await import('../vision/capture/opencv.ts');
    return ok('OpenCV', `${cv.version.major}.${cv.version.minor}.${cv.version.revision}`);
  } catch (error) {
    return failure('OpenCV', messageOf(error), 'Run scripts/setup again; it rebuilds the addon.');
  }
}

async function model(
  folder: string,
  name: string,
  task: 'detector' | 'recogniser',
): Promise<Finding> {
  const subject = `model ${name}`;
  try {
    const { bytes } = await loadModel(folder, name, task);
    return ok(subject, `${Math.round(bytes.length / 1024)} KiB, matches its manifest`);
  } catch (error) {
    return failure(
      subject,
      `does not match its manifest (${messageOf(error)})`,
      'Restore the model and its manifest from the release.',
    );
  }
}
