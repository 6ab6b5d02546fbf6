import { stat } from 'node:fs/promises';
import { dayMs } from '../platform/clock.ts';
import { fileFault, Problem } from '../platform/problem.ts';
import { loadRegularFile } from '../platform/regular-file.ts';
import { checksumOf, type NmeaSentence, readNmeaLine } from './nmea-sentence.ts';

const largestLog = 256 * 1024 * 1024;

/** The lines of one moment of a log, and the time since the moment before it. */
export interface Burst {
  afterMs: number;
  lines: string[];
}

/** Reads an NMEA log. Throws a Problem that names the file. */
export async function readNmeaLog(path: string): Promise<string[]> {
  try {
    const { size } = await stat(path);
    if (size > largestLog) {
      throw new Problem(`${path}: too large for an NMEA log (${size} bytes); cut it into parts`);
    }
    return (await loadRegularFile(path)).toString('latin1').split('\n');
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(
      `${path}: the NMEA log cannot be read (${fileFault(error)}); check the path and that the file is there`,
    );
  }
}

/** Groups lines by the times of day in them; lines without a time belong to the moment before. */
export function burstsOf(lines: readonly string[]): Burst[] {
  const bursts: Burst[] = [];
  let lastMs: number | null = null;
  for (const line of lines) {
    const sentence = readNmeaLine(line);
    if (sentence === 'empty') continue;
    const timeMs = typeof sentence === 'string' ? null : timeIn(sentence);
    const last = bursts.at(-1);
    if (last === undefined || (timeMs !== null && lastMs !== null && timeMs !== lastMs)) {
      const afterMs = timeMs === null || lastMs === null ? 0 : (timeMs - lastMs + dayMs) % dayMs;
      bursts.push({ afterMs, lines: [line] });
    } else last.lines.push(line);
    lastMs = timeMs ?? lastMs;
  }
  return bursts;
}

/** The line as a receiver would send it now: times and dates rewritten, with a new checksum. */
export function restamped(line: string, nowMs: number): string {
  const sentence = readNmeaLine(line);
  if (typeof sentence === 'string' || timeIn(sentence) === null) return line;
  const now = new Date(nowMs).toISOString();
  const [year, month, day] = [now.slice(0, 4), now.slice(5, 7), now.slice(8, 10)];
  const clock = now.slice(11, 22).replaceAll(':', '');
  const start = line.lastIndexOf('$') + 1;
  const fields = line.slice(start, line.lastIndexOf('*')).split(',');
  fields[1] = clock;
  if (sentence.type === 'RMC') fields[9] = `${day}${month}${year.slice(2)}`;
  if (sentence.type === 'ZDA') fields.splice(2, 3, day, month, year);
  const body = fields.join(',');
  return `$${body}*${checksumOf(body)}`;
}

function timeIn(sentence: NmeaSentence): number | null {
  return 'timeMs' in sentence ? sentence.timeMs : null;
}
