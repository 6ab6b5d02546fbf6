import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { immigrationIn } from '../../src/hotlist/lint/immigration.ts';

type Phrase = [verdict: 'denied' | 'unsure' | 'plain', kind: 'agency' | 'text', text: string];

const phrases = (name: string): Phrase[] =>
  parse(readFileSync(join(import.meta.dirname, `immigration-${name}.yaml`), 'utf8'));

describe.each(['tuned', 'unseen', 'fresh', 'second', 'third', 'fourth'])(
  'the %s phrases',
  (name) => {
    it.each(phrases(name))('REL-4: %s: %s: %s', (verdict, kind, text) => {
      expect(immigrationIn(text, kind)?.weight ?? 'plain').toBe(verdict);
    });
  },
);
