/**
 * A text as the archive has it: PostgreSQL takes no character 0, neither in text nor, written as an escape, where JSON is looked
 * into.
 */
export function storable<Text extends string | null>(text: Text): Text {
  if (text === null) return text;
  return text.replaceAll('\0', '\ufffd').replaceAll('\\u0000', '\\ufffd') as Text;
}
