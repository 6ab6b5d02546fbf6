import canonicalize from 'canonicalize';

/**
 * The JSON text by RFC 8785: the same text for the same value wherever it is made, so that headquarters can make it
 * again from the parsed message. A value that JSON cannot hold is left out or null, as JSON.stringify has it. Half of a
 * surrogate pair, which the RFC forbids, becomes U+FFFD as it does in UTF-8.
 */
export function canonicalJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  const wellFormed = text.replace(jsonEscape, (whole, half) =>
    half === undefined ? whole : '\ufffd',
  );
  return canonicalize(JSON.parse(wellFormed)) ?? 'null';
}

/** An escape of JSON text; its group holds the half of a surrogate pair, which JSON.stringify always escapes. */
const jsonEscape = /\\(?:u(d[89a-f][0-9a-f]{2})|.)/g;
