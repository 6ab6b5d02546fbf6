import { mkdir, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { kindOf, messageOf, Problem } from '../platform/problem.ts';
import type { FileReport } from '../vision/reading/file-report.ts';
import type { PlateRead, UnreadReason } from '../vision/reading/plate-read.ts';
import { configured, readConfig } from './configured.ts';
import type { FileReading } from './read-file.ts';

/** `lookout read FILE…`: reads photos and videos and prints the result. */
export function registerRead(program: Command): void {
  configured(program.command('read'))
    .argument(
      '<file...>',
      'photos (JPEG, PNG, WebP, TIFF, GIF, AVIF, BMP, PGM, PPM) or videos (MP4, MKV, AVI, MOV, TS …)',
    )
    .description('read the plates in photos and videos; a video gives one read a vehicle')
    .option('--json', 'as JSON, one object a file')
    .option(
      '--annotate <folder>',
      'write pictures with the plates and texts drawn in; overwrites none',
    )
    .action(async (files, options) => {
      const { config } = readConfig(options);
      const { createReader } = await import('../vision/reading/reader.ts');
      const { readFile } = await import('./read-file.ts');
      if (options.annotate !== undefined) await makeFolder(options.annotate);
      await using reader = await createReader(config.reading);
      for (const file of files) {
        try {
          const draws = options.annotate !== undefined;
          for await (const reading of readFile(file, reader, config, draws)) {
            process.stdout.write(
              options.json ? `${JSON.stringify(reading.report)}\n` : describeReading(reading),
            );
            if (reading.warning !== null) process.stderr.write(`lookout: ${reading.warning}\n`);
            if (options.annotate !== undefined) {
              await writePictures(options.annotate, file, reading);
            }
          }
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          process.stderr.write(`lookout: ${error.message.replaceAll(/\s*\n\s*/g, ' ')}\n`);
          process.exitCode = 1;
        }
      }
    });
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new Problem(`--annotate ${path}: cannot be made a folder (${messageOf(error)})`);
  }
}

/**
 * `photo.jpg` becomes `photo.jpg` in the folder, a video `clip-1.jpg`, `clip-2.jpg` …, one per vehicle, a file of several
 * pictures the same, one per picture.
 */
async function writePictures(folder: string, file: string, reading: FileReading): Promise<void> {
  const name = basename(file, extname(file));
  for (const [index, picture] of reading.pictures.entries()) {
    const number = reading.video ? index + 1 : reading.report.page;
    const target = join(folder, number === undefined ? `${name}.jpg` : `${name}-${number}.jpg`);
    try {
      // The photo may itself be in the folder, or one of the same name may already be written.
      await writeFile(target, picture, { flag: 'wx' });
    } catch (error) {
      throw new Problem(
        kindOf(error) === 'there-already'
          ? `${target} is there already and is not overwritten: give --annotate another folder, or remove it`
          : `${target}: cannot be written (${messageOf(error)})`,
      );
    }
  }
}

function describeReading({ report, unread, spans }: FileReading): string {
  const { file, page, pages, width, height, reads, ms } = report;
  const place = page === undefined ? '' : `  picture ${page} of ${pages}`;
  const plates = reads.length === 1 ? '1 plate' : `${reads.length || 'no'} plates`;
  const lines = reads.map((read, index) => {
    const seen = spans[index];
    const when = seen
      ? `  ${seen.fromS.toFixed(1)}–${seen.toS.toFixed(1)} s, ${seen.frames} frames`
      : '';
    return `  ${line(read, unread[index] ?? null)}${when}\n`;
  });
  return `${file}${place}  ${width}×${height}  ${plates}  ${timesOf(ms)}\n${lines.join('')}`;
}

function timesOf(ms: FileReport['ms']): string {
  return ms.total < 10_000 ? `${Math.round(ms.total)} ms` : `${(ms.total / 1000).toFixed(1)} s`;
}

const percent = (p: number) => `${(100 * p).toFixed(p < 0.1 ? 1 : 0)} %`;

function line(read: PlateRead, unread: UnreadReason | null): string {
  const [x, y, width, height] = read.box.map(Math.round);
  const place = `at ${x},${y}  ${width}×${height}`;
  const others = read.alternatives.slice(0, 3).map(({ plate, p }) => `${plate} ${percent(p)}`);
  if (unread !== null) {
    const guess = others.length > 0 ? `, perhaps ${others.join(', ')}` : '';
    return `unread: ${unread.replaceAll('_', ' ')}${guess}  ${place}`;
  }
  const state =
    read.state && read.state.p >= 0.5 ? `  ${read.state.code} ${percent(read.state.p)}` : '';
  const also = others.length > 0 ? `  or ${others.join(', ')}` : '';
  return `${read.plate.padEnd(8)} ${percent(read.confidence)}${state}  ${place}${also}`;
}
