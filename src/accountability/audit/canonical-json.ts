import canonicalize from 'canonicalize';

/**
 * The JSON text by RFC 8785: equal values give equal texts on any machine, so that headquarters can compute it from the
 * parsed message. A value that JSON cannot hold is left out or null, as in JSON.stringify. An unpaired surrogate, which
 * the RFC forbids, becomes U+FFFD as in UTF-8.
 */
export function canonicalJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  const wellFormed = text.replace(jsonEscape, (whole, half) =>
    half === undefined ? whole : '\ufffd',
  );
  return canonicalize(JSON.parse(wellFormed)) ?? 'null';
}

/** An escape in JSON text; its group holds an unpaired surrogate, which JSON.stringify always escapes. */
const jsonEscape = /\\(?:u(d[89a-f][0-9a-f]{2})|.)/g;

/**
 * The same text as earlier versions wrote it: an unpaired surrogate stays the escape that it is in JSON. Records of
 * theirs have their hash over it.
 */
export function earlierJson(value: unknown): string {
  return written(JSON.parse(JSON.stringify(value) ?? 'null'));
}

function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${written(member)}`);
  return `{${members.join(',')}}`;
}
