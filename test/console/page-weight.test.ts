import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { importsOf } from './page-imports.ts';
import { runConsole } from './running-console.ts';

/** What the page may load before Drive stands, kB: a car's screen on a slow computer, or a phone on a bad link. */
const mostKb = { ownScript: 60, looks: 45, packed: 50 };

describe('the first load of Drive', () => {
  test('stays within what a car’s computer and a phone take at once', async () => {
    const { url, cookie } = await runConsole();
    const scripts = await importsOf(url, '/page/main.js', '/page/screens/drive.js');
    const html = await (await fetch(url, { headers: { cookie } })).text();
    const sheets = [...html.matchAll(/href="(\/page\/[\w-]+\.css)"/g)].map(([, path = '']) => path);
    const looks = await Promise.all(
      sheets.map(async (path) => (await fetch(new URL(path, url))).text()),
    );
    const own = [...scripts].filter(([path]) => !path.includes('/lit-html/'));
    const kb = (texts: readonly string[], weigh = (text: string) => Buffer.byteLength(text)) =>
      texts.reduce((sum, text) => sum + weigh(text), 0) / 1000;
    expect(own.length).toBeGreaterThan(20);
    expect(sheets).toContain('/page/alert.css');
    expect(scripts.has('/page/screens/alert.js')).toBe(true);
    expect(kb(own.map(([, text]) => text))).toBeLessThan(mostKb.ownScript);
    expect(kb(looks)).toBeLessThan(mostKb.looks);
    const packed = kb([...scripts.values(), ...looks, html], (text) => gzipSync(text).length);
    expect(packed).toBeLessThan(mostKb.packed);
  });
});
