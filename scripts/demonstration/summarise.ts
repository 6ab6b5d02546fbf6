import { readFileSync } from 'node:fs';
import type { Daemon } from '../../src/daemon/daemon.ts';
import type { Headquarters } from '../reference-headquarters/headquarters.ts';

const waitS = 15;

/** A vehicle of the recorded drive, as it was rendered. */
interface Truth {
  /** The entry that it matches, or null. */
  listed: string | null;
}

/** The plates of the hot list that pass in the drive. */
export function listedIn(truthFile: string): string[] {
  const listed = readFileSync(truthFile, 'utf8')
    .trimEnd()
    .split('\n')
    .flatMap((line) => (JSON.parse(line) as Truth).listed ?? []);
  return [...new Set(listed)];
}

/** What the drive came to, once headquarters has acknowledged everything (or has had time enough to). */
export async function summarise(
  daemon: Daemon,
  headquarters: Headquarters,
  alerts: { listed: readonly string[]; alerted: ReadonlySet<string> },
): Promise<string> {
  const waiting = () =>
    Object.values(daemon.status().uplink?.waiting ?? {}).reduce((sum, count) => sum + count, 0);
  for (let tries = 0; waiting() > 0 && tries < waitS * 10; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const status = daemon.status();
  const ms = (value: number | null) => (value === null ? '–' : `${Math.round(value)} ms`);
  const sum = (figure: (head: (typeof status.heads)[number]) => number | undefined) =>
    status.heads.reduce((total, head) => total + (figure(head) ?? 0), 0);
  const { detections, hits, images } = headquarters.counts;
  const left = waiting();
  const { listed, alerted } = alerts;
  const missed = listed.filter((plate) => !alerted.has(plate));
  return [
    'Summary',
    `  frames          ${sum((h) => h.health?.framesRead)} read, ` +
      `${sum((h) => h.health?.ir.framesDropped)} passed over for newer ones`,
    `  vehicles read   ${status.counts.reads}`,
    `  alerts          ${listed.length - missed.length} of ${listed.length} listed vehicles alerted` +
      (missed.length === 0 ? '' : `; MISSED: ${missed.join(', ')}`),
    `  hits            ${status.counts.hits} raised, ${status.counts.withdrawn} withdrawn`,
    `  frame to alert  p50 ${ms(status.alertMs.raised.p50)}, p99 ${ms(status.alertMs.raised.p99)}`,
    `  sound           ${status.outputs.map((o) => `${o.name} ${o.state}`).join(', ')}`,
    `  headquarters    has ${detections} detections, ${hits} hits, ${images} images; ` +
      `${left === 0 ? 'everything is acknowledged' : `${left} messages still wait`}`,
    ...status.problems.map((problem) => `  note            ${problem}`),
  ].join('\n');
}
