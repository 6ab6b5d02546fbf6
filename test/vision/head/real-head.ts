import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Config, configSchema } from '../../../src/config/schema.ts';
import { createLog } from '../../../src/platform/log.ts';
import { createHeadSupervisor, type HeadSupervisor } from '../../../src/vision/head/supervisor.ts';

const root = join(import.meta.dirname, '../../..');
const models = join(root, 'models');

/** Whether the models are there, without which no real head reads. */
export const hasModels = existsSync(join(models, 'detector.onnx'));

/** A real head that reads a short drive again and again in real time: one plate, 8LVN362, 62 to 121 px wide. */
export async function startRealHead(
  options: { id?: string; reading?: Record<string, unknown> } = {},
): Promise<{ supervisor: HeadSupervisor; config: Config }> {
  const { id = 'front', reading = {} } = options;
  const recording = (name: string) => ({
    kind: 'video',
    path: join(root, 'fixtures/short', name),
    loop: true,
  });
  const config = configSchema.parse({
    heads: { list: [{ id, ir: recording('ir.mp4'), colour: recording('colour.mp4') }] },
    reading: { modelsDir: models, ...reading },
  });
  const [head] = config.heads.list;
  if (head === undefined) throw new Error('no head');
  const supervisor = createHeadSupervisor({
    ...{ head, heads: config.heads, reading: config.reading, tracking: config.tracking },
    ...{ inPlayFrom: config.hotlist.nearMinP, log: createLog({ level: 'fatal' }) },
  });
  onTestFinished(() => supervisor[Symbol.asyncDispose]());
  await supervisor.start();
  return { supervisor, config };
}
