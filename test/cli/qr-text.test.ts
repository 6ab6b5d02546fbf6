import { expect, test } from 'vitest';
import { qrRows } from '../../src/accountability/access/qr-code.ts';
import { qrText } from '../../src/cli/qr-text.ts';

/** The upper and the lower module of each character. */
const halves: Record<string, string> = { ' ': '00', '▀': '10', '▄': '01', '█': '11' };

test('a QR code in a terminal has every module, dark on light, with a light edge', () => {
  const rows = qrRows('otpauth://totp/Lookout%20car-12:moss?secret=GEZDGNBVGY3TQOJQ');
  const lines = qrText(rows).split('\n');
  const modules = lines.flatMap((line) => {
    // Black on white, whatever colours the terminal has.
    const [before, after] = ['\u001b[30;107m', '\u001b[0m'];
    expect([line.startsWith(before), line.endsWith(after)]).toEqual([true, true]);
    const text = line.slice(before.length, -after.length);
    return [0, 1].map((half) => [...text].map((char) => halves[char]?.[half]).join(''));
  });
  const size = rows.length;
  expect(modules.slice(2, 2 + size).map((row) => row.slice(2, -2))).toEqual(rows);
  const edge = [...modules.slice(0, 2), ...modules.slice(2 + size)].join('');
  const sides = modules.map((row) => row.slice(0, 2) + row.slice(-2)).join('');
  expect(edge + sides).toMatch(/^0+$/);
});
