import type { Daemon } from '../../src/daemon/daemon.ts';
import type { Headquarters } from '../reference-headquarters/headquarters.ts';

const waitS = 15;

/** What the drive came to, once headquarters has acknowledged everything (or has had time enough to). */
export async function summarise(daemon: Daemon, headquarters: Headquarters): Promise<string> {
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
  return [
    'Summary',
    `  frames          ${sum((h) => h.health?.framesRead)} read, ` +
      `${sum((h) => h.health?.ir.framesDropped)} passed over for newer ones`,
    `  vehicles read   ${status.counts.reads}`,
    `  hits            ${status.counts.hits} raised, ${status.counts.withdrawn} withdrawn`,
    `  frame to alert  p50 ${ms(status.alertMs.raised.p50)}, p99 ${ms(status.alertMs.raised.p99)}`,
    `  sound           ${status.outputs.map((o) => `${o.name} ${o.state}`).join(', ')}`,
    `  headquarters    has ${detections} detections, ${hits} hits, ${images} images; ` +
      `${left === 0 ? 'everything is acknowledged' : `${left} messages still wait`}`,
    ...status.problems.map((problem) => `  note            ${problem}`),
  ].join('\n');
}
