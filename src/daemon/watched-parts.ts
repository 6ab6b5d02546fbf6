import type { WatchedPart } from '../platform/progress-watch.ts';

/** A room that shows on request that it moves; throws, or does not answer, when it does not. */
interface Probed {
  probe(): void | Promise<void>;
}

/** The parts that must keep moving for systemd's watchdog to be fed (rule 10). Without a link the outbox has nobody to empty it. */
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
