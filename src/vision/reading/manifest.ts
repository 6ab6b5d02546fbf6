import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { fileFault, messageOf, Problem } from '../../platform/problem.ts';
import { loadRegularFile } from '../../platform/regular-file.ts';

/** A dimension: a fixed size, or a name if the model accepts any. */
const dimension = z.union([z.int().min(1), z.string().min(1)]);
const ratio = z.number().min(0).max(1);

const figureSchema = z.strictObject({
  set: z.string().min(1).describe('The set it was measured on'),
  what: z.string().min(1).describe('What was measured'),
  value: z.number(),
  n: z.int().min(0).describe('Items measured'),
});

const common = {
  name: z.string().min(1),
  file: z.string().regex(/^[a-z0-9-]+\.onnx$/, 'a file name beside the manifest'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits'),
  opset: z.int().min(13),
  training: z.strictObject({
    command: z.string().describe('Command that trains it again'),
    date: z.iso.date(),
    images: z.int().min(0).describe('Training images seen'),
  }),
  datasets: z
    .array(z.strictObject({ name: z.string(), licence: z.string(), use: z.string() }))
    .describe('Every set it was trained on'),
  figures: z.array(figureSchema),
};

const input = {
  name: z.string().min(1),
  dtype: z.literal('uint8'),
  shape: z.array(dimension).length(4),
  layout: z.literal('NCHW'),
  colour: z.literal('grey'),
};

/** An output tensor, float32. */
const output = <Name extends string>(name: Name) => ({
  name: z.literal(name),
  shape: z.array(dimension).min(1),
});

/** A detector: one grey frame → corner points, boxes and scores of plates. */
export const detectorManifestSchema = z.strictObject({
  ...common,
  task: z.literal('detector'),
  input: z.strictObject({
    ...input,
    width: z.int().min(32).describe('Usual input size; other sizes of about this area are used'),
    height: z.int().min(32),
    multipleOf: z.int().min(1),
    letterbox: z.strictObject({
      align: z.literal('top-left'),
      pad: z.int().min(0).max(255).describe('Grey of the bars'),
      upscale: z.number().min(1).describe('Small frames are enlarged at most this much'),
      shrinkBy: z.literal('area'),
    }),
  }),
  outputs: z.strictObject({
    scores: z.strictObject(output('scores')),
    corners: z.strictObject(output('corners')),
    boxes: z.strictObject(output('boxes')),
  }),
  thresholds: z.strictObject({
    score: ratio.describe('Score from which a candidate is considered'),
    nmsIou: ratio,
    sure: ratio.describe('Score from which it is a plate even if nothing was read in it'),
  }),
});

/** A recogniser: rectified plates → character probabilities for CTC, and the issuing state if it has it. */
export const recogniserManifestSchema = z.strictObject({
  ...common,
  task: z.literal('recogniser'),
  input: z.strictObject({
    ...input,
    shape: z.tuple([dimension, z.literal(1), z.int().min(16), z.int().min(16)]),
    cropMargin: z.number().min(0).max(0.5).describe('Margin around the plate, as a share of it'),
  }),
  outputs: z.strictObject({
    characters: z.strictObject(output('characters')),
    state: z
      .strictObject({ ...output('state'), labels: z.array(z.string().min(1)).min(2) })
      .optional(),
    rows: z.strictObject(output('rows')).optional(),
  }),
  alphabet: z.string().min(2).describe('Characters of the classes after the blank'),
  blank: z.literal(0),
  temperature: z
    .number()
    .positive()
    .default(1)
    .describe('Divisor of the character logits inside the graph'),
  thresholds: z.strictObject({
    readAt: ratio.describe('Confidence, O and 0 as one, from which a plate counts as read'),
    rowsAt: ratio.default(0.5).describe('Probability from which a plate is taken to have two rows'),
    stateAt: ratio.default(0.7).describe('Probability from which the issuing state is reported'),
  }),
});

export type DetectorManifest = z.infer<typeof detectorManifestSchema>;
export type RecogniserManifest = z.infer<typeof recogniserManifestSchema>;

/** The model that made a reading. */
export interface ModelIdentity {
  name: string;
  sha256: string;
}

const schemas = { detector: detectorManifestSchema, recogniser: recogniserManifestSchema };
interface Manifests {
  detector: DetectorManifest;
  recogniser: RecogniserManifest;
}

/** A manifest with the bytes of its model. */
export interface LoadedModel<M> {
  manifest: M;
  bytes: Uint8Array;
}

/**
 * Reads `<folder>/<name>.json` and the model beside it, and checks the model's hash. Throws a Problem that names the
 * file and the mismatch.
 */
export async function loadModel<T extends keyof Manifests>(
  folder: string,
  name: string,
  task: T,
): Promise<LoadedModel<Manifests[T]>> {
  const path = join(folder, `${name}.json`);
  const manifest = parseManifest(await readModelFile(path), path, task);
  const modelPath = join(folder, manifest.file);
  const bytes = await readModelFile(modelPath);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== manifest.sha256) {
    throw new Problem(
      `${modelPath}: this is not the model that ${path} describes (sha256 ${sha256}, expected ${manifest.sha256}); restore both files from one release`,
    );
  }
  return { manifest, bytes };
}

async function readModelFile(path: string): Promise<Buffer> {
  try {
    return await loadRegularFile(path);
  } catch (error) {
    throw new Problem(
      `${path}: cannot be read (${fileFault(error)}); check reading.modelsDir and the model's name`,
    );
  }
}

function parseManifest<T extends keyof Manifests>(
  bytes: Buffer,
  path: string,
  task: T,
): Manifests[T] {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new Problem(`${path}: is not JSON (${messageOf(error)})`);
  }
  const result = schemas[task].safeParse(json);
  if (!result.success) {
    const issues = result.error.issues.map(
      (issue) => `${issue.path.join('.') || 'manifest'}: ${issue.message}`,
    );
    throw new Problem(`${path}: is not the manifest of a ${task} (${issues.join('; ')})`);
  }
  return result.data as Manifests[T];
}

/** Shape of an input or output in a model file; a variable dimension has a name. */
export interface TensorFacts {
  name: string;
  type: string;
  shape: readonly (number | string)[];
}

/**
 * Compares the inputs and outputs of a loaded model with its manifest.
 * Throws a Problem naming the model, the tensor and what differs.
 */
export function checkTensors(
  manifest: DetectorManifest | RecogniserManifest,
  model: { inputs: readonly TensorFacts[]; outputs: readonly TensorFacts[] },
): void {
  const mismatch = (text: string) =>
    new Problem(`${manifest.file}: ${text}; its manifest says otherwise`);
  const check = (
    kind: 'input' | 'output',
    expected: { name: string; shape: readonly (number | string)[] },
    dtype: string,
    found: TensorFacts | undefined,
  ) => {
    const title = `${kind} '${expected.name}'`;
    if (!found) throw mismatch(`has no ${title}`);
    if (found.type !== dtype) {
      throw mismatch(`${title} is ${found.type}, not ${dtype}`);
    }
    const fits =
      found.shape.length === expected.shape.length &&
      found.shape.every((size, index) => {
        const wanted = expected.shape[index];
        return typeof size !== 'number' || typeof wanted !== 'number' || size === wanted;
      });
    if (!fits) {
      throw mismatch(`${title} has shape [${found.shape}], not [${expected.shape}]`);
    }
  };
  const [onlyInput, ...more] = model.inputs;
  if (more.length > 0) throw mismatch('has more than one input');
  check(
    'input',
    manifest.input,
    manifest.input.dtype,
    onlyInput?.name === manifest.input.name ? onlyInput : undefined,
  );
  for (const wanted of Object.values(manifest.outputs)) {
    const found = model.outputs.find(({ name }) => name === wanted.name);
    check('output', wanted, 'float32', found);
  }
  if (manifest.task !== 'recogniser') return;
  const classes = manifest.outputs.characters.shape.at(-1);
  if (classes !== manifest.alphabet.length + 1) {
    throw mismatch(
      `has ${classes} classes, but the alphabet and the blank make ${manifest.alphabet.length + 1}`,
    );
  }
  const { state } = manifest.outputs;
  if (state && state.labels.length !== state.shape.at(-1)) {
    throw mismatch(
      `output 'state' has ${state.shape.at(-1)} classes for ${state.labels.length} labels`,
    );
  }
}
