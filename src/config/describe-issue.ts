import { z } from 'zod';
import { treeWithoutSecrets } from '../platform/without-secrets.ts';
import { configSchema } from './schema.ts';
import { getAt } from './tree.ts';

/** The keywords of JSON Schema that the configuration uses. */
export interface JsonSchema {
  type?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMaximum?: number;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  description?: string;
}

/** The JSON Schema of a configuration file as people write it: keys with defaults may be left out. */
export function configJsonSchema(): JsonSchema {
  return z.toJSONSchema(configSchema, { io: 'input' }) as JsonSchema;
}

/**
 * One sentence per fault (for unknown keys one each): path, origin, value, allowed values. `origins` maps dotted paths
 * to the file, variable or flag that set them; `root` is what the tree should be.
 */
export function describeIssue(
  issue: z.core.$ZodIssue,
  tree: unknown,
  origins: ReadonlyMap<string, string>,
  root: JsonSchema = configJsonSchema(),
): string[] {
  const dotted = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const allowed = schemasAt(issue.path, tree, root).flatMap((s) =>
      Object.keys(s.properties ?? {}),
    );
    return issue.keys.map((key) => {
      const path = dotted === '' ? key : `${dotted}.${key}`;
      return `${path}: unknown key${originOf(path, origins)}; allowed here: ${[...new Set(allowed)].join(', ')}`;
    });
  }
  const value = getAt(tree, issue.path);
  // The sentence of a rule over several keys says what they hold.
  if (issue.code === 'custom' && typeof value === 'object' && value !== null) {
    return [`${dotted}: ${issue.message}${originOf(dotted, origins)}`];
  }
  const found = value === undefined ? 'is missing' : `got ${shown(issue.path.at(-1), value)}`;
  const own =
    issue.code === 'custom' || issue.code === 'invalid_format' || issue.code === 'too_small';
  const says = own ? ` (${issue.message})` : '';
  // A sentence about a text says more than "string".
  const allowed = schemasAt(issue.path, tree, root)
    .map(allowedValues)
    .filter((each) => each !== '' && !(own && each === 'string'));
  const wanted = allowed.length > 0 ? `; allowed: ${allowed.join(', or ')}` : '';
  return [`${dotted || 'configuration'}: ${found}${says}${originOf(dotted, origins)}${wanted}`];
}

/** A value as JSON, without secrets; some are known by the key that holds them. */
function shown(key: PropertyKey | undefined, value: unknown): string {
  const [bare] = Object.values(treeWithoutSecrets({ [key ?? '']: value }) as object);
  return JSON.stringify(bare);
}

/** What is missing has the origin of the nearest object that lacks it. */
function originOf(path: string, origins: ReadonlyMap<string, string>): string {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const direct = origins.get(at);
    if (direct !== undefined) return `, from ${direct}`;
    for (const [key, origin] of origins) if (key.startsWith(`${at}.`)) return `, from ${origin}`;
  }
  return '';
}

/** The schemas that apply at a path of `tree`; a union is narrowed by the `kind` of the value. */
export function schemasAt(
  path: readonly PropertyKey[],
  tree: unknown,
  root: JsonSchema = configJsonSchema(),
): JsonSchema[] {
  let schemas: JsonSchema[] = [root];
  let value: unknown = tree;
  for (const key of [...path, undefined]) {
    schemas = schemas.flatMap((schema) => branches(schema, value));
    if (key === undefined) break;
    schemas = schemas.flatMap((s) => {
      const below = typeof key === 'number' || /^\d+$/.test(String(key)) ? s.items : undefined;
      const other = typeof s.additionalProperties === 'object' ? s.additionalProperties : undefined;
      const next = below ?? s.properties?.[String(key)] ?? other;
      return next === undefined ? [] : [next];
    });
    value = getAt(value, [key]);
  }
  return schemas;
}

function branches(schema: JsonSchema, value: unknown): JsonSchema[] {
  const options = schema.anyOf ?? schema.oneOf;
  if (options === undefined) return [schema];
  const kind = getAt(value, ['kind']);
  const matching = options.filter(
    (option) => kind !== undefined && option.properties?.kind?.const === kind,
  );
  return (matching.length > 0 ? matching : options).flatMap((option) => branches(option, value));
}

function allowedValues(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map(asWritten).join(' | ');
  if (schema.const !== undefined) return String(schema.const);
  if (schema.properties?.kind?.const !== undefined) return `kind: ${schema.properties.kind.const}`;
  if (schema.properties !== undefined) return `{ ${Object.keys(schema.properties).join(', ')} }`;
  if (schema.items !== undefined) {
    return `a list [${branches(schema.items, undefined).map(allowedValues).join(', or ')}]`;
  }
  return `${schema.type ?? ''}${rangeOf(schema)}`;
}

function rangeOf({ minimum, maximum, exclusiveMaximum }: JsonSchema): string {
  const from = minimum === undefined ? '' : ` from ${minimum}`;
  if (exclusiveMaximum !== undefined) return `${from} to below ${exclusiveMaximum}`;
  // A whole number without its own limit has the largest safe integer.
  if (maximum === undefined || maximum === Number.MAX_SAFE_INTEGER) return from;
  return `${from} to ${maximum}`;
}

/** Text that YAML would read as another type (a number, a sign, a tab) is shown in quotes. */
function asWritten(value: unknown): string {
  return typeof value === 'string' && !/^[a-z]/i.test(value)
    ? JSON.stringify(value)
    : String(value);
}
