import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../platform/config/schema.ts';
import { messageOf } from '../platform/problem.ts';
import { type Check, type Finding, failure, ok } from './check.ts';

/** Node and the native packages load; the models are those of their manifests. */
export function programChecks(config: Config): Check[] {
  return [
    async () => [nodeVersion()],
    async () =>
      Promise.all(['onnxruntime-node', 'sharp', 'better-sqlite3', 'serialport'].map(loads)),
    async () => [await openCv()],
    async () =>
      Promise.all(
        [config.reading.detector, config.reading.recogniser].map((name) =>
          model(config.reading.modelsDir, name),
        ),
      ),
  ];
}

function nodeVersion(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  if (major === 24) return ok('Node', process.versions.node);
  return failure(
    'Node',
    `${process.versions.node} runs, 24 is needed`,
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
    const { cv } = await import('../capture/opencv.ts');
    return ok('OpenCV', `${cv.version.major}.${cv.version.minor}.${cv.version.revision}`);
  } catch (error) {
    return failure(
      'OpenCV',
      messageOf(error),
      'Run scripts/setup again; it builds the addon anew.',
    );
  }
}

async function model(folder: string, name: string): Promise<Finding> {
  const subject = `model ${name}`;
  const advice = 'Put the model and its manifest back as they were shipped.';
  try {
    const manifest = JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as {
      sha256?: string;
    };
    const bytes = await readFile(join(folder, `${name}.onnx`));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== manifest.sha256)
      return failure(subject, 'is not the one of its manifest', advice);
    return ok(subject, `${Math.round(bytes.length / 1024)} KiB, as its manifest says`);
  } catch (error) {
    return failure(subject, messageOf(error), advice);
  }
}
