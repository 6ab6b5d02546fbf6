import type { AnchorReading } from './anchor.ts';
import type { Head } from './chain.ts';

/** The differences between anchor and records, in words; null if there are none. */
export function anomalyOf(
  reading: AnchorReading,
  found: {
    head: Head;
    log: string;
    hashAt(seq: number): string | undefined;
    isOurs(afterSeq: number): boolean;
  },
): string | null {
  const { head, log } = found;
  if (reading.state === 'missing')
    return `the anchor was missing when the log had ${head.seq} records`;
  if (reading.state === 'forged') return 'the anchor was not written by this unit';
  const { anchor } = reading;
  if (anchor.log !== log) return `the anchor belongs to another log, ${anchor.log}`;
  if (anchor.seq > head.seq) {
    return `the anchor named record ${anchor.seq} with hash ${anchor.hash}, and the log ended at ${head.seq}`;
  }
  if (found.hashAt(anchor.seq) !== anchor.hash) {
    return `the anchor named another record ${anchor.seq}, with hash ${anchor.hash}`;
  }
  if (!found.isOurs(anchor.seq)) {
    return `records ${anchor.seq + 1} to ${head.seq} were not written by this unit`;
  }
  return null;
}
