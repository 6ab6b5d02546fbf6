import { encode } from 'uqr';

/** A QR code of a text: its rows from the top, each module a `1` if it is dark, else `0`; without the quiet zone around it. */
export function qrRows(text: string): string[] {
  const { data } = encode(text, { ecc: 'M', border: 0 });
  return data.map((row) => row.map((isDark) => (isDark ? '1' : '0')).join(''));
}
