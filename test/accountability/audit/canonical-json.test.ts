import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { canonicalJson } from '../../../src/accountability/audit/canonical-json.ts';
import { beforeAll, recordOf, sha256 } from '../../../src/accountability/audit/chain.ts';

describe('the vectors of RFC 8785', () => {
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('appendix B: the double %s is written %s', (bits, text) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text);
  });

  it('section 3.2.2: literals, numbers and strings', () => {
    const value: unknown = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`);
    expect(canonicalJson(value)).toBe(
      `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],` +
        String.raw`"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('section 3.2.3: keys in the order of their UTF-16 units', () => {
    const text = canonicalJson({
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      1: 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    });
    const keys = [...text.matchAll(/"([^"]+)":/g)].map(([, key]) => key);
    expect(keys).toEqual(['\\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33']);
  });

  it("the authors' file of structures", () => {
    const value: unknown = JSON.parse(
      String.raw`{"1": {"f": {"f": "hi","F": 5} ,"\n": 56.0}, "10": { }, "": "empty", "a": { }, "111": [ { } ], "A": { }}`,
    );
    expect(canonicalJson(value)).toBe(
      String.raw`{"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{}],"A":{},"a":{}}`,
    );
  });
});

it('leaves out what JSON cannot hold, or writes null for it', () => {
  expect(canonicalJson({ b: undefined, a: [undefined, Number.NaN] })).toBe('{"a":[null,null]}');
  expect(canonicalJson(undefined)).toBe('null');
  expect(canonicalJson(new Date(0))).toBe('"1970-01-01T00:00:00.000Z"');
});

it('writes half of a surrogate pair as U+FFFD, and text that only looks like one as it is', () => {
  expect(canonicalJson({ '\udc00k': 'a\ud83d' })).toBe('{"\ufffdk":"a\ufffd"}');
  expect(canonicalJson('\\ud83d \\\\ud83d')).toBe(String.raw`"\\ud83d \\\\ud83d"`);
});

test('records that an earlier version wrote have the same bytes and hashes', () => {
  const rows = JSON.parse(
    readFileSync(new URL('records-of-an-earlier-log.json', import.meta.url), 'utf8'),
  ) as { body: string; hash: string }[];
  expect(rows).toHaveLength(3);
  let previous = beforeAll.hash;
  for (const row of rows) {
    const { hash, ...unhashed } = recordOf(row);
    expect(unhashed.previous).toBe(previous);
    expect(canonicalJson(unhashed)).toBe(row.body);
    expect(sha256(canonicalJson(unhashed))).toBe(hash);
    previous = hash;
  }
});
