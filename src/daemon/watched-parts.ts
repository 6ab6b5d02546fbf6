import type { WatchedPart } from '../platform/progress-watch.ts';

/** A room whose probe shows that it makes progress; otherwise the probe throws or does not answer. */
interface Probed {
  probe(): void | Promise<void>;
}

/**
 * The parts that must make progress for systemd's watchdog to be fed (rule 10). Without a link the outbox is not
 * emptied.
 */
export function watchedParts(rooms: {
  heads: Probed;
  hotlist: Probed;
  probeDatabase: Probed['probe'];
  uplink: Probed | null;
}): WatchedPart[] {
  const { heads, hotlist, probeDatabase, uplink } = rooms;
  return [
    { name: 'cameras', probe: () => heads.probe() },
    { name: 'matcher', probe: () => hotlist.probe() },
    { name: 'database', probe: probeDatabase },
    { name: 'outbox', probe: () => uplink?.probe() },
  ];
}
