import { YAMLParseError } from 'yaml';

const unreadable = 'it cannot be read as YAML';
const sayings = {
  BAD_ALIAS: 'an alias (*name) has no anchor before it',
  BAD_DQ_ESCAPE: 'a text in "…" has an escape that YAML does not know; write it in \'…\'',
  BAD_INDENT: 'the indentation does not fit the lines before it',
  BAD_SCALAR_START: "a text begins with a character that YAML reserves; write it in '…'",
  BLOCK_AS_IMPLICIT_KEY: "two keys are on one line, or a text holds ': '; write the text in '…'",
  DUPLICATE_KEY: 'a key is given twice',
  MISSING_CHAR: 'a quote, bracket, comma or space is missing',
  MULTIPLE_DOCS: 'the file holds two documents (a line ---)',
  TAB_AS_INDENT: 'a tab is used as indentation; use spaces',
  UNEXPECTED_TOKEN: 'something is there that YAML does not expect',
} satisfies Partial<Record<YAMLParseError['code'], string>>;

/**
 * Where and why a text is not valid YAML, as a sentence. The parser's own message is not used: it quotes the text, which
 * may hold a password.
 */
export function yamlFault(error: unknown): string {
  // An alias without an anchor is found when the document becomes a value.
  if (error instanceof ReferenceError) return sayings.BAD_ALIAS;
  if (!(error instanceof YAMLParseError)) return unreadable;
  const says = (sayings as Partial<Record<string, string>>)[error.code] ?? unreadable;
  const [place] = error.linePos ?? [];
  return place === undefined ? says : `line ${place.line}, column ${place.col}: ${says}`;
}
