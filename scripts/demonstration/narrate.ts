import type { Daemon } from '../../src/daemon/daemon.ts';
import type { Headquarters } from '../reference-headquarters/headquarters.ts';

/** Tells what happens, a line each: reads as they come, alerts, what headquarters has. */
export function narrate(
  daemon: Daemon,
  headquarters: Headquarters,
  say: (line: string) => void,
): void {
  const began = performance.now();
  const line = (what: string, text: string) => {
    const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(5);
    say(`${seconds} s  ${what.padEnd(13)} ${text}`);
  };
  const plates = new Map<string, string>();

  daemon.events.on('report', ({ id, consensus, phase, unread, seenCount }) => {
    if (consensus !== null && plates.get(id) !== consensus.plate) {
      const before = plates.get(id);
      const sure = `${Math.round(consensus.confidence * 100)} % sure`;
      line(
        'read',
        `${consensus.plate.padEnd(8)} ${sure}${before === undefined ? '' : `, before: ${before}`}`,
      );
      plates.set(id, consensus.plate);
    }
    if (phase === 'ended' && consensus === null) {
      line('unread', `a plate in ${seenCount} frames (${unread?.replaceAll('_', ' ')})`);
    }
  });
  daemon.events.on('hit', (hit) => {
    const { match, times } = hit;
    const ms = Math.round(times.raisedAtMs - times.capturedAtMs);
    const mark = match.tier === 'exact' ? '=' : '≈';
    if (hit.repeatOf !== undefined) {
      line('hit again', `${hit.read.plate} is stored and sent; it has been alerted shortly before`);
      return;
    }
    const what = hit.state === 'raised' ? `after ${ms} ms` : hit.state;
    line(
      'ALERT',
      `${hit.read.plate} ${mark} ${match.entry.plate} possible ${match.entry.category.replaceAll('_', ' ')}, ${what}`,
    );
  });
  headquarters.events.on('hit', (hit) =>
    line('headquarters', `has the hit ${hit.read.plate} (${hit.state})`),
  );
  headquarters.events.on('detection', ({ read, closed, seenCount, images }) =>
    line(
      'headquarters',
      `has the detection ${read?.plate ?? 'of an unread plate'}, ${seenCount} frames, ` +
        `${images.length} images${closed ? '' : ', still in view'}`,
    ),
  );
}
