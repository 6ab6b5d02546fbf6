import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { lintText, personalKinds } from '../../../src/hotlist/lint/lint-text.ts';

const corpus = z
  .array(z.tuple([z.array(z.enum(personalKinds)), z.string()]))
  .parse(parse(readFileSync(join(import.meta.dirname, 'lint-corpus.yaml'), 'utf8')));

describe('the linter on its corpus (HOT-9)', () => {
  it('has at least 60 cases, good and bad', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(60);
    expect(corpus.filter(([kinds]) => kinds.length === 0).length).toBeGreaterThan(30);
    expect(new Set(corpus.flatMap(([kinds]) => kinds))).toEqual(new Set(personalKinds));
  });

  it.each(corpus)('finds %j in "%s"', (kinds, text) => {
    const found = lintText(text).map(({ kind }) => kind);
    expect(found.sort()).toEqual([...kinds].sort());
  });
});
