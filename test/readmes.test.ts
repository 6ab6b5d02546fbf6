import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sourceFiles } from './support/source-rooms.ts';

const root = join(import.meta.dirname, '..');
const readmes = globSync('src/**/README.md', { cwd: root }).sort();
const text = (path: string) => readFileSync(join(root, path), 'utf8');

/** The README that must name a source file: that of its folder, or of the one above where a folder holds parts. */
function readmeOf(file: string): string | undefined {
  const folders = [dirname(file), dirname(dirname(file))];
  return folders.map((folder) => join(folder, 'README.md')).find((path) => readmes.includes(path));
}

/** Names of source files in a text, in backticks or as links. */
function namedFiles(markdown: string): string[] {
  return [...markdown.matchAll(/[`(]([\w./-]+\.(?:ts|js|c))[`)]/g)].map(([, name = '']) => name);
}

describe('the READMEs of the source', () => {
  const files = sourceFiles().map(({ path }) => join('src', path));

  test('each folder with source files has one, or is named in the one above', () => {
    const without = files.filter((file) => {
      const readme = readmeOf(file);
      if (readme === undefined) return true;
      const folder = dirname(file);
      return dirname(readme) !== folder && !text(readme).includes(`${basename(folder)}/`);
    });
    expect(without).toEqual([]);
  });

  test('each names every file of its folder', () => {
    const unnamed = files.filter((file) => {
      const readme = readmeOf(file);
      if (readme === undefined || dirname(readme) !== dirname(file)) return false;
      return !namedFiles(text(readme)).some((name) => basename(name) === basename(file));
    });
    expect(unnamed).toEqual([]);
  });

  test('each names only files that exist', () => {
    const gone = readmes.flatMap((readme) =>
      namedFiles(text(readme))
        .filter((name) => {
          const places = [dirname(readme), dirname(dirname(readme)), 'src', '.'].map((folder) =>
            join(root, folder, name),
          );
          if (places.some((place) => existsSync(place))) return false;
          // The README of the whole source names files of any room.
          return !(readme === 'src/README.md' && files.some((file) => basename(file) === name));
        })
        .map((name) => `${readme}: ${name}`),
    );
    expect(gone).toEqual([]);
  });

  test('and all other pages have links that lead somewhere', () => {
    const pages = globSync(['*.md', '{src,test,scripts,models,fixtures}/**/*.md'], { cwd: root });
    expect(pages).toContain('CONTRIBUTING.md');
    const dead = pages.flatMap((page) =>
      [...text(page).matchAll(/\]\(([^)\s:#]+)(?:#[^)]*)?\)/g)]
        .filter(([, path = '']) => !existsSync(join(root, dirname(page), path)))
        .map(([link]) => `${page}: ${link}`),
    );
    expect(dead).toEqual([]);
  });
});

/** Where the names of files in a page for developers begin; a name alone is that of a file of the source. */
const pagesForDevelopers = { 'CONTRIBUTING.md': ['.', 'src'], 'test/README.md': ['.', 'test'] };

describe.each(Object.entries(pagesForDevelopers))('%s', (page, folders) => {
  test('names only files that exist', () => {
    const names = sourceFiles().map(({ path }) => basename(path));
    const gone = namedFiles(text(page)).filter(
      (name) =>
        !folders.some((folder) => existsSync(join(root, folder, name))) && !names.includes(name),
    );
    expect(gone).toEqual([]);
  });
});
