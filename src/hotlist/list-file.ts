import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import iconv from 'iconv-lite';
import type { Layout } from '../config/sections/hotlist.ts';
import { fileFault, Problem } from '../platform/problem.ts';
import { sha256OfFile } from '../platform/sha256-of-file.ts';
import { createDelimitedRows } from './delimited-rows.ts';
import type { ListRow } from './list-row.ts';
import { packingOf, unpacked } from './unpack-file.ts';

/** Facts about the file that was read. */
export interface FileFacts {
  /** Of the file as it came, packed or not. */
  sha256: string;
  bytes: number;
  /** Of its text. */
  textBytes: number;
  /** A file whose last line has no line end may have been cut short. */
  endsWithLine: boolean;
}

const chunkBytes = 256 * 1024;
const maxLineLength = 64 * 1024;

/** Takes the lines of a file and makes rows of them. */
interface Rows {
  /** `isEnded` is false for a last line without its line end. */
  write(line: string, isEnded: boolean): void;
  end(isEnded: boolean): void;
}

/**
 * Reads a list file from start to end, with one piece of it in memory. Unpacks a gzip file or a ZIP of one file, decodes
 * it, accepts every kind of line end and the end mark of old systems (Ctrl-Z), and calls `onRow` for every row that is
 * not blank, including the header. `isWhole` returns whether cells are a complete row. An error thrown by `onRow` ends
 * the reading.
 */
export async function readListFile(
  file: string,
  layout: Layout,
  isWhole: (cells: readonly string[]) => boolean,
  onRow: (row: ListRow) => void,
): Promise<FileFacts> {
  const size = sizeOf(file);
  const decoder = iconv.getDecoder(layout.encoding, { stripBOM: true });
  const rows =
    layout.kind === 'delimited'
      ? createDelimitedRows(layout.delimiter, isWhole, onRow)
      : createFixedRows(onRow);
  const lines = createLines(file, rows);
  const unify = unifyLineEnds();
  const hash = createHash('sha256');
  let textBytes = 0;
  let sha256: string | null = null;
  try {
    const packing = await packingOf(file);
    if (packing !== 'none') sha256 = await sha256OfFile(file);
    const pieces =
      packing === 'none'
        ? createReadStream(file, { highWaterMark: chunkBytes })
        : unpacked(file, packing);
    for await (const piece of pieces) {
      const buffer: Buffer = piece;
      if (textBytes === 0) refuseForeignEncoding(file, buffer, layout.encoding);
      textBytes += buffer.length;
      if (sha256 === null) hash.update(buffer);
      lines.write(unify(decoder.write(buffer)));
    }
  } catch (error) {
    if (error instanceof Problem || !isReadError(error)) throw error;
    throw new Problem(`${file}: cannot be read (${fileFault(error)})`);
  }
  if ((sha256 === null ? textBytes : sizeOf(file)) !== size) {
    throw new Problem(`${file}: changed while it was read; try again`);
  }
  lines.write(unify(`${decoder.end() ?? ''}`));
  return {
    sha256: sha256 ?? hash.digest('hex'),
    bytes: size,
    textBytes,
    endsWithLine: lines.end(),
  };
}

function sizeOf(file: string): number {
  try {
    const stat = statSync(file);
    if (stat.isFile()) return stat.size;
  } catch (error) {
    throw new Problem(`${file}: cannot be read (${fileFault(error)})`);
  }
  throw new Problem(`${file}: is not a file`);
}

function isReadError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** First bytes of archives, spreadsheets and documents; an archive in an archive is not unpacked. */
const noText = [
  [0x50, 0x4b, 3, 4],
  [0x1f, 0x8b],
  [0xd0, 0xcf, 0x11, 0xe0],
  [0xfd, 0x37, 0x7a, 0x58],
  [0x37, 0x7a, 0xbc, 0xaf],
  [0x28, 0xb5, 0x2f, 0xfd],
  ...['BZh', 'Rar!', '%PDF', '{\\rtf'].map((mark) => [...Buffer.from(mark)]),
];
/** The beginning of a web page (which many programs save as .xls), of XML and of JSON. */
const noTable = /^(?:\xEF\xBB\xBF)?\s*(?:<[!?a-z]|[[{]\s*["{])/i;

/** A wrong encoding garbles every plate in the same way, so the file is refused before the first row. */
function refuseForeignEncoding(file: string, head: Buffer, encoding: string): void {
  const isNoText = noText.some((mark) => mark.every((byte, index) => head[index] === byte));
  if (isNoText || noTable.test(head.toString('latin1', 0, 64))) {
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
    marked ?? (encoding !== 'utf-16le' && isMostlyTwoBytes(head) ? 'utf-16' : undefined);
  if (found === undefined || found === encoding) return;
  throw new Problem(
    `${file}: is ${found}, but the list's layout.encoding says ${encoding}. Correct the layout` +
      `${found === 'utf-16be' ? ', after converting the file to utf-16le or utf-8' : ''}.`,
  );
}

/** Text of two bytes per character has a NUL in every other byte; a few NULs are damage or a filled last block. */
function isMostlyTwoBytes(head: Buffer): boolean {
  const sample = head.subarray(0, 4096);
  const nuls = sample.reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), 0);
  return sample.indexOf(0) < 16 && nuls > sample.length / 4 && nuls < sample.length;
}

/** The line ends of mainframes and of Unicode; text that has others may hold them inside a line. */
const rareLineEnds = /[\u0085\u2028\u2029]/g;

/** Converts \r\n, \r and rare line ends to \n, also if a piece ends between \r and \n. */
function unifyLineEnds(): (text: string) => string {
  let afterReturn = false;
  let hasRareEnds: boolean | null = null;
  return (text) => {
    if (text === '') return text;
    hasRareEnds ??= !/[\r\n]/.test(text) && rareLineEnds.test(text);
    if (hasRareEnds) return text.replace(rareLineEnds, '\n');
    const joined = afterReturn && text.startsWith('\n') ? text.slice(1) : text;
    afterReturn = text.endsWith('\r');
    return joined.includes('\r') ? joined.replace(/\r\n?/g, '\n') : joined;
  };
}

const ctrlZ = '\u001A';

/**
 * The text before the end mark of a file: Ctrl-Z on old systems, and the NULs or blanks that fill the last block. Text
 * without one is unchanged.
 */
function withoutEndMark(text: string): string {
  let end = text.length;
  let isMarked = false;
  for (; end > 0; end -= 1) {
    const char = text.charAt(end - 1);
    if (char === ctrlZ || char === '\0') isMarked = true;
    else if (char.trim() !== '') break;
  }
  return isMarked ? text.slice(0, end) : text;
}

/** Splits text into lines; `end` returns whether the last line had its line end. */
function createLines(file: string, rows: Rows) {
  let rest = '';
  let count = 0;
  return {
    write(text: string): void {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > maxLineLength) {
        throw new Problem(
          `${file}: row ${count + lines.length + 1} is longer than ${maxLineLength} characters`,
        );
      }
      count += lines.length;
      for (const line of lines) rows.write(line, true);
    },
    end(): boolean {
      const last = withoutEndMark(rest);
      // An end mark shows that the line before it is complete; NULs alone are what a power cut leaves.
      const isEnded = last === '' || rest.slice(last.length).includes(ctrlZ);
      if (last !== '') rows.write(last, isEnded);
      rows.end(isEnded);
      return isEnded;
    },
  };
}

function createFixedRows(onRow: (row: ListRow) => void): Rows {
  let row = 0;
  return {
    write(line, isEnded) {
      row += 1;
      if (line.trim() === '') return;
      const doubt = isEnded ? null : 'is cut at the end of the file';
      onRow({ row, lines: 1, raw: line, cells: [line], repair: null, doubt });
    },
    end() {},
  };
}
