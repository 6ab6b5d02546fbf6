import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const root = resolve(import.meta.dirname, '../..');

const rowSchema = z.union([
  z.tuple([z.string(), z.string(), z.string(), z.string()]),
  z.tuple([z.string(), z.string(), z.string(), z.string(), z.string()]),
]);
const sectionsSchema = z.array(z.strictObject({ title: z.string(), rows: z.array(rowSchema) }));

/** A row of requirements, with the test files whose titles name its id. */
export interface Requirement {
  section: string;
  id: string;
  source: string;
  requires: string;
  /** Files and folders, relative to the root. */
  implementedIn: string[];
  /** The part that headquarters or the page implements; null if there is none. */
  elsewhere: string | null;
  testedBy: string[];
}

/** A title is the first string of a call of test, it or describe, `.each` and `.skipIf` included. */
const titles =
  /\b(?:test|it|describe)(?:\.\w+(?:\([^()]*(?:\([^()]*\)[^()]*)*\))?)*\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;
const idsOrRanges = /\b([A-Z]{3})-(\d+)(?: to \1-(\d+))?\b/g;

/** Every requirement of test/requirements.yaml, in its order. */
export function readRequirements(): Requirement[] {
  const tested = idsInTitles();
  const sections = sectionsSchema.parse(
    parse(readFileSync(join(root, 'test/requirements.yaml'), 'utf8')),
  );
  return sections.flatMap(({ title, rows }) =>
    rows.map(([id, source, requires, implementedIn, elsewhere]) => ({
      section: title,
      id,
      source,
      requires,
      implementedIn: implementedIn.split(', '),
      elsewhere: elsewhere ?? null,
      testedBy: [...(tested.get(id) ?? [])].sort(),
    })),
  );
}

/** The whole of test/requirements.md. */
export function requirementsMarkdown(): string {
  const rows = readRequirements();
  const lines = [
    '# Requirements',
    '',
    'Requirements by the ids that code and tests use. Policies: **V** Vallejo PD 426, **A** an agency’s Vigilant policy',
    '429, **N** Napa PD 429, **W** Walnut Creek PD 432, **B** Barstow PD 466. `scripts/generate/requirements.ts` writes this',
    'table from `requirements.yaml` and the titles of the tests; a row without a test fails the tests.',
  ];
  for (const section of new Set(rows.map((row) => row.section))) {
    lines.push('', `## ${section}`, '');
    lines.push('| id | source | requires | implemented in | tested by |', '|---|---|---|---|---|');
    for (const row of rows.filter((each) => each.section === section)) {
      const elsewhere = row.elsewhere === null ? '' : ` (${row.elsewhere})`;
      const places = row.implementedIn.map((path) => `\`${path}\``).join(', ') + elsewhere;
      const tests = row.testedBy.map((path) => `\`${path}\``).join(', ');
      lines.push(`| ${row.id} | ${row.source} | ${row.requires} | ${places} | ${tests} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function idsInTitles(): Map<string, Set<string>> {
  const tested = new Map<string, Set<string>>();
  for (const file of globSync('test/**/*.test.ts', { cwd: root })) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, , title = ''] of text.matchAll(titles)) {
      for (const [, family = '', first, last] of title.matchAll(idsOrRanges)) {
        for (let number = Number(first); number <= Number(last ?? first); number += 1) {
          const id = `${family}-${number}`;
          const files = tested.get(id) ?? new Set();
          tested.set(id, files.add(file));
        }
      }
    }
  }
  return tested;
}
