import { isMap, isScalar, parseDocument, stringify, type YAMLMap } from 'yaml';
import { configJsonSchema, type JsonSchema } from './describe-issue.ts';
import { configSchema } from './schema.ts';

const heading = ` Every setting with its default; made by scripts/generate, do not edit.
 Copy the lines that you change into a file of your own and name it with --config.
 config/lookout.schema.json lets an editor check and complete such a file.`;

/** The defaults as YAML, each key under the description that its schema gives. */
export function defaultYaml(): string {
  const document = parseDocument(stringify(configSchema.parse({})));
  document.commentBefore = heading;
  if (isMap(document.contents)) comment(document.contents, configJsonSchema());
  return document.toString({ lineWidth: 0 });
}

function comment(map: YAMLMap, schema: JsonSchema): void {
  for (const pair of map.items) {
    if (!isScalar(pair.key)) continue;
    const below = schema.properties?.[String(pair.key.value)];
    if (below?.description !== undefined) pair.key.commentBefore = ` ${below.description}`;
    if (isMap(pair.value) && below !== undefined) comment(pair.value, below);
  }
}
