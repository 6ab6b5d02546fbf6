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
