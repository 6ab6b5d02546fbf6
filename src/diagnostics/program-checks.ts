import type { Config } from '../config/schema.ts';
import { messageOf } from '../platform/problem.ts';
import { loadModel } from '../vision/reading/manifest.ts';
import { about, type Check, type Finding } from './check.ts';
import { hasDevices } from './device-checks.ts';

/** Node; the native packages load; the models match their manifests. */
export function programChecks(config: Config): Check[] {
  const node: Check = async () => [nodeVersion()];
  // Nothing is read at headquarters, and no receiver is connected to it.
  if (!hasDevices(config)) {
    return [node, () => Promise.all(['sharp', 'better-sqlite3'].map(loads))];
  }
  return [
    node,
    async () =>
      Promise.all(['onnxruntime-node', 'sharp', 'better-sqlite3', 'serialport'].map(loads)),
    async () => [await openCv()],
    async () => [await model(config.reading.modelsDir, config.reading.detector, 'detector')],
    async () => [await model(config.reading.modelsDir, config.reading.recogniser, 'recogniser')],
  ];
}

function nodeVersion(): Finding {
  const found = about('node', 'Node');
  const major = Number(process.versions.node.split('.')[0]);
  if (major === 24) return found.ok(process.versions.node);
  return found.failure(
    `version ${process.versions.node} is running; version 24 is needed`,
    'Start it with scripts/lookout.',
  );
}

async function loads(name: string): Promise<Finding> {
  const found = about('packages', `package ${name}`);
  try {
    await import(name);
    return found.ok('loads');
  } catch (error) {
    return found.failure(messageOf(error), 'Run scripts/setup again.');
  }
}

async function openCv(): Promise<Finding> {
  const found = about('opencv', 'OpenCV');
  try {
    const { cv } = await import('../vision/capture/opencv.ts');
    return found.ok(`${cv.version.major}.${cv.version.minor}.${cv.version.revision}`);
  } catch (error) {
    return found.failure(messageOf(error), 'Run scripts/setup again; it rebuilds the addon.');
  }
}

async function model(
  folder: string,
  name: string,
  task: 'detector' | 'recogniser',
): Promise<Finding> {
  const found = about('models', `model ${name}`);
  try {
    const { bytes } = await loadModel(folder, name, task);
    return found.ok(`${Math.round(bytes.length / 1024)} KiB, matches its manifest`);
  } catch (error) {
    return found.failure(
      `does not match its manifest (${messageOf(error)})`,
      'Restore the model and its manifest from the release.',
    );
  }
}
