import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import {
  type ClockWitnesses,
  clockToleranceMs,
  verdictOf,
} from '../accountability/retention/clock-belief.ts';
import { systemClock } from '../platform/clock.ts';
import { localTime } from '../platform/local-time.ts';
import { about, type Finding } from './check.ts';

const run = promisify(execFile);

/**
 * The clock, what keeps it, and what satellites and headquarters say of it.
 *
 * @param witnesses their time minus this clock's, ms; null: it told none.
 */
export async function proveClock(witnesses: ClockWitnesses): Promise<Finding> {
  const found = about('clock', 'clock');
  const { satellitesOffsetMs, headquartersOffsetMs } = witnesses;
  const kept = await keeper();
  const says = [
    `${localTime(systemClock())}, ${kept ?? 'kept by nothing'}`,
    ...offWords('satellites', satellitesOffsetMs),
    ...offWords('headquarters', headquartersOffsetMs),
  ].join('; ');
  const setIt = 'Set the clock, or let chrony or systemd-timesyncd do it.';
  switch (verdictOf(witnesses)) {
    case 'contradicted':
      return found.failure(
        `${says}: it is not believed, so nothing would be deleted or expire`,
        setIt,
      );
    case 'silent':
      return found.warning(
        `${says}; neither satellites nor headquarters confirm it`,
        'After a longer rest nothing is deleted or expires until one of them does: have a GPS fix or headquarters.',
      );
    case 'confirmed':
      return kept === null
        ? found.warning(
            `${says}; confirmed, but nothing keeps it right`,
            'Let chrony or systemd-timesyncd keep it. Run: sudo apt-get install chrony',
          )
        : found.ok(`${says}: confirmed`);
  }
}

function offWords(source: string, offsetMs: number | null): string[] {
  if (offsetMs === null) return [];
  const s = Math.abs(offsetMs) / 1000;
  if (Math.abs(offsetMs) < 1000) return [`within a second of ${source}`];
  const span =
    Math.abs(offsetMs) > clockToleranceMs ? `${(s / 3600).toFixed(1)} h` : `${s.toFixed(0)} s`;
  return [`${span} ${offsetMs < 0 ? 'ahead of' : 'behind'} ${source}`];
}

/** The program that keeps the clock right now, in words; null if there is none. */
async function keeper(): Promise<string | null> {
  try {
    const { stdout } = await run('chronyc', ['-n', 'tracking'], { timeout: 3000 });
    const off = /^System time\s*: (\S+) seconds (\w+)/m.exec(stdout);
    if (/^Leap status\s*: Normal/m.test(stdout) && off !== null) return 'kept by chrony';
  } catch {
    // There is no chrony.
  }
  try {
    const { stdout } = await run('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], {
      timeout: 3000,
    });
    if (stdout.trim() === 'yes') return 'kept by a time server';
  } catch {
    // There is no systemd.
  }
  const isSynced = await readFile('/run/systemd/timesync/synchronized').then(
    () => true,
    () => false,
  );
  return isSynced ? 'kept by systemd-timesyncd' : null;
}
