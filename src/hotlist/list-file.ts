import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { type CsvError, parse } from 'csv-parse';
import iconv from 'iconv-lite';
import type { LayoutConfig } from '../config/sections/hotlist.ts';
import { messageOf, Problem } from '../platform/problem.ts';

/** One row of a list file. */
export interface ListRow {
  /** Line of the file on which it begins, from 1. */
  row: number;
  /** Lines that it takes: more than one when a quoted text holds line breaks. */
  lines: number;
  raw: string;
  /** The cells of a delimited row; a fixed-width row is one cell. */
  cells: string[];
}

/** What was read. */
export interface FileFacts {
  sha256: string;
  bytes: number;
  /** A file that does not end with its line may have been cut short. */
  endsWithLine: boolean;
}

const chunkBytes = 256 * 1024;
const longestRow = 64 * 1024;

/** Takes decoded text in pieces and hands out rows; line ends are already \n. */
interface RowSplitter {
  write(text: string): void | Promise<void>;
  end(): void | Promise<void>;
}

/**
 * Reads a list file from front to back, holding one piece of it in memory. Decodes it, takes any kind of line
 * end, and calls `onRow` for every row that is not blank, the header included. What `onRow` throws ends it.
 */
export async function readListFile(
  file: string,
  layout: LayoutConfig,
  onRow: (row: ListRow) => void,
): Promise<FileFacts> {
  const size = sizeOf(file);
  const hash = createHash('sha256');
  const decoder = iconv.getDecoder(layout.encoding, { stripBOM: true });
  const splitter =
    layout.kind === 'delimited'
      ? splitDelimited(file, layout.delimiter, onRow)
      : splitLines(file, onRow);
  const unify = unifyLineEnds();
  let bytes = 0;
  let last = '';
  const take = async (text: string) => {
    const unified = unify(text);
    if (unified === '') return;
    last = unified.slice(-1);
    await splitter.write(unified);
  };
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes })) {
      const buffer: Buffer = chunk;
      if (bytes === 0) refuseForeignEncoding(file, buffer, layout.encoding);
      bytes += buffer.length;
      hash.update(buffer);
      await take(decoder.write(buffer));
    }
  } catch (error) {
    if (error instanceof Problem || !isReadError(error)) throw error;
    throw new Problem(`${file}: cannot be read (${messageOf(error)})`);
  }
  if (bytes !== size) throw new Problem(`${file}: changed while it was read; try again`);
  await take(`${decoder.end() ?? ''}`);
  await splitter.end();
  return { sha256: hash.digest('hex'), bytes, endsWithLine: last === '\n' };
}

function sizeOf(file: string): number {
  try {
    const stat = statSync(file);
    if (stat.isFile()) return stat.size;
  } catch (error) {
    throw new Problem(`${file}: cannot be read (${messageOf(error)})`);
  }
  throw new Problem(`${file}: is not a file`);
}

function isReadError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** How spreadsheets (new and old), gzip and PDF files begin. */
const noText = [
  [0x50, 0x4b, 3, 4],
  [0xd0, 0xcf, 0x11, 0xe0],
  [0x1f, 0x8b],
  [0x25, 0x50, 0x44, 0x46],
];

/** A wrong encoding garbles every plate alike, so it is refused before the first row. */
function refuseForeignEncoding(file: string, head: Buffer, encoding: string): void {
  if (noText.some((mark) => mark.every((byte, index) => head[index] === byte))) {
    throw new Problem(
      `${file}: is not a text file but a spreadsheet, an archive or a document. Unpack it, or save it as CSV.`,
    );
  }
  const marks: [string, number[]][] = [
    ['utf-8', [0xef, 0xbb, 0xbf]],
    ['utf-16le', [0xff, 0xfe]],
    ['utf-16be', [0xfe, 0xff]],
  ];
  const marked = marks.find(([, mark]) => mark.every((byte, index) => head[index] === byte))?.[0];
  const found =
    marked ??
    (encoding !== 'utf-16le' && head.subarray(0, 4096).includes(0) ? 'utf-16' : undefined);
  if (found === undefined || found === encoding) return;
  throw new Problem(
    `${file}: is ${found}, but the list's layout.encoding says ${encoding}. Correct the layout` +
      `${found === 'utf-16be' ? ', after converting the file to utf-16le or utf-8' : ''}.`,
  );
}

/** Turns \r\n and \r into \n, also where a piece ends between the two. */
function unifyLineEnds(): (text: string) => string {
  let afterReturn = false;
  return (text) => {
    if (text === '') return text;
    const joined = afterReturn && text.startsWith('\n') ? text.slice(1) : text;
    afterReturn = text.endsWith('\r');
    return joined.includes('\r') ? joined.replace(/\r\n?/g, '\n') : joined;
  };
}

function splitLines(file: string, onRow: (row: ListRow) => void): RowSplitter {
  let rest = '';
  let row = 0;
  const take = (line: string) => {
    row += 1;
    if (line.trim() !== '') onRow({ row, lines: 1, raw: line, cells: [line] });
  };
  return {
    write(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longestRow) {
        throw new Problem(`${file}: row ${row + 1} is longer than ${longestRow} characters`);
      }
      for (const line of lines) take(line);
    },
    end() {
      if (rest !== '') take(rest);
    },
  };
}

function splitDelimited(
  file: string,
  delimiter: string,
  onRow: (row: ListRow) => void,
): RowSplitter {
  let before = 0;
  let thrown: unknown;
  const parser = parse({
    delimiter,
    record_delimiter: '\n',
    // A stray quote inside a text is kept as it stands; a quote that never closes ends the import.
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: longestRow,
    raw: true,
    on_record: (parsed, context) => {
      // With `raw`, which its types do not know.
      const record = parsed as unknown as { raw: string; record: string[] };
      if (thrown !== undefined) return null;
      // Blank lines skipped before this row are at the front of its raw text.
      const blank = record.raw.length - record.raw.replace(/^\n+/, '').length;
      const row = before + blank + 1;
      before = context.lines;
      try {
        const raw = record.raw.slice(blank).replace(/\n$/, '');
        onRow({ row, lines: context.lines - row + 1, raw, cells: record.record });
      } catch (error) {
        thrown = error;
      }
      return null;
    },
  });
  parser.on('error', (error: CsvError) => {
    thrown ??= new Problem(
      `${file}: row ${before + 1} opens a quote that is never closed, or is longer than ${longestRow} ` +
        `characters (${error.code}). The file may be incomplete; fetch it again or correct that row.`,
    );
  });
  parser.resume();
  const check = () => {
    if (thrown !== undefined) throw thrown;
  };
  return {
    async write(text) {
      // The callback also comes, with the error, when the parser gives up; `check` tells of it better.
      await new Promise<void>((resolve) => parser.write(text, () => resolve()));
      check();
    },
    async end() {
      await new Promise<void>((resolve) => parser.end(() => resolve()));
      check();
    },
  };
}
