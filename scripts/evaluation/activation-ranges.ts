/**
 * How far a model's activations reach, for `quantise`.
 * activation-ranges.ts MODEL INPUT REACH < pictures: MODEL gives the activations as float outputs; on stdin come the
 * uint8 pictures of INPUT ([1, 1, H, W], after each other, H and W as REACH's third and fourth word say).
 * Prints one JSON object: name of the output → [low, high], the outermost that REACH per cent of a picture stay
 * within, widest of all pictures.
 */
import '../../src/platform/no-telemetry.ts';

import { buffer } from 'node:stream/consumers';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [model = '', input = '', reach = '', height = '', width = ''] = process.argv.slice(2);
const size = [1, 1, Number(height), Number(width)];
const outside = (100 - Number(reach)) / 100;
const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
const pictures = await buffer(process.stdin);
const ranges: Record<string, [number, number]> = {};

const bytes = Number(height) * Number(width);
for (let at = 0; at < pictures.length; at += bytes) {
  const picture = new Tensor('uint8', pictures.subarray(at, at + bytes), size);
  const said = await session.run({ [input]: picture });
  for (const [name, { data }] of Object.entries(said)) {
    if (!(data instanceof Float32Array)) continue;
    const values = Float32Array.from(data).sort();
    const cut = Math.floor(values.length * outside);
    const [low, high] = ranges[name] ?? [0, 0];
    ranges[name] = [
      Math.min(low, values[cut] ?? 0),
      Math.max(high, values[values.length - 1 - cut] ?? 0),
    ];
  }
}
process.stdout.write(`${JSON.stringify(ranges)}\n`);
