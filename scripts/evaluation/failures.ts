import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import sharp from 'sharp';
import { annotate } from '../../src/vision/reading/annotate.ts';
import { badness, type PictureVerdict } from './judge.ts';
import type { Measured } from './measure.ts';

/** Failures of each set on the page. */
const maxWorst = 20;
const widest = 460;

const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (char) => `&#${char.codePointAt(0) ?? 0};`);

/** Writes one page with the worst failures of every set, the pictures inside it. */
export async function writeFailures(measured: readonly Measured[], path: string): Promise<void> {
  const sections: string[] = [];
  for (const { yardstick, verdicts } of measured) {
    const worst = verdicts
      .map((verdict) => ({ verdict, bad: badness(verdict) }))
      .filter(({ bad }) => bad > 0)
      .sort((a, b) => b.bad - a.bad);
    const figures: string[] = [];
    for (const { verdict } of worst.slice(0, maxWorst)) {
      figures.push(await figureOf(verdict));
    }
    sections.push(
      `<h2>${escaped(yardstick.name)}${yardstick.rendered ? ' (rendered)' : ''}: ${worst.length} of ${verdicts.length} pictures not wholly right</h2>`,
      `<div>${figures.join('\n')}</div>`,
    );
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    `<!doctype html><meta charset="utf-8"><title>Worst failures</title>
<style>body{font:14px sans-serif;margin:1em}div{display:flex;flex-wrap:wrap;gap:1em}figure{margin:0;max-width:${widest}px}figcaption{overflow-wrap:anywhere}</style>
<h1>Worst failures of each set, worst first</h1>
${sections.join('\n')}
`,
  );
}

async function figureOf(verdict: PictureVerdict): Promise<string> {
  const { sample, found, plates, falseReads } = verdict;
  const picture = await sharp(await annotate(sample.path, found))
    .resize({ width: widest, withoutEnlargement: true })
    .jpeg({ quality: 80 })
    .toBuffer();
  const wanted = plates.map(({ label }) => label.text ?? 'a plate').join(', ') || 'none';
  const reads = found.map(
    ({ read, unread }) =>
      `${read.plate || '–'} ${read.confidence.toFixed(2)}${unread ? ` (${unread})` : ''}`,
  );
  const lost = plates.filter(({ covered }) => !covered).length;
  const notes = [
    `wanted ${wanted}; got ${reads.join(', ') || 'nothing'}`,
    ...(lost > 0 ? [`${lost} not found`] : []),
    ...(falseReads > 0 ? [`${falseReads} read where no label is`] : []),
  ];
  return `<figure><img src="data:image/jpeg;base64,${picture.toString('base64')}" alt=""><figcaption>${escaped(notes.join('; '))}<br>${escaped(basename(sample.path))}</figcaption></figure>`;
}
