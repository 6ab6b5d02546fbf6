import type { JsonSchema } from './describe-issue.ts';

/**
 * What may stand under a key whose default is empty, such as a list of cameras, as lines of YAML: each key with its
 * default, or `…`, and what it means. One form after the other where there are several. No line for a plain value.
 */
export function shapeLines(schema: JsonSchema): string[] {
  const forms = formsOf(schema).map(formLines);
  return forms
    .filter((lines) => lines.length > 0)
    .flatMap((lines, at) => (at === 0 ? lines : ['# or', ...lines]));
}

/** What a key means, and its values where they are few and the meaning does not name them; empty if neither is told. */
export function meaningOf(schema: JsonSchema): string {
  const forms = formsOf(schema);
  const said = schema.description ?? forms.find((form) => form.description)?.description ?? '';
  const values = forms.flatMap((form) => form.enum ?? []).map(valueWords);
  const isNamed = values.every((value) => said.includes(value));
  return [said, isNamed ? '' : `one of ${values.join(', ')}`].filter(Boolean).join('; ');
}

/** A schema's alternatives, or itself alone. */
function formsOf(schema: JsonSchema): JsonSchema[] {
  const forms = schema.oneOf ?? schema.anyOf;
  return forms === undefined ? [schema] : forms.flatMap(formsOf);
}

function formLines({ properties, additionalProperties, items }: JsonSchema): string[] {
  if (items !== undefined) {
    const lines = shapeLines(items);
    return lines.map((line, at) => `${at === 0 || lines[at - 1] === '# or' ? '-' : ' '} ${line}`);
  }
  if (properties !== undefined) return keyLines(properties);
  if (typeof additionalProperties !== 'object') return [];
  return keyLines({ CODE: additionalProperties });
}

function keyLines(properties: Record<string, JsonSchema>): string[] {
  const shown = new Map<string, string>();
  return Object.entries(properties).flatMap(([name, schema]) => {
    const lines = shapeLines(schema);
    const shape = lines.join('\n');
    const alike = shown.get(shape);
    if (lines.length > 0 && alike === undefined) shown.set(shape, name);
    const isShown = lines.length > 0 && alike === undefined;
    const meaning = [
      meaningOf(schema),
      lines.length > 0 && alike !== undefined ? `as ${alike}` : '',
    ]
      .filter(Boolean)
      .join('; ');
    const value = isShown ? '' : ` ${valueText(schema)}`;
    const note = meaning === '' ? '' : `  # ${meaning}`;
    return [`${name}:${value}${note}`, ...(isShown ? lines.map((line) => `  ${line}`) : [])];
  });
}

/** The one value, or the default; `…` for what has to be given or is left out. */
function valueText(schema: JsonSchema): string {
  const value = schema.const ?? schema.default;
  return value === undefined ? '…' : valueWords(value);
}

/** A value as one writes it on a line of YAML. */
function valueWords(value: unknown): string {
  return typeof value === 'string' && /^[\w.-]+$/.test(value) ? value : JSON.stringify(value);
}
