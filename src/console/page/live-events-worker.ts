/**
 * Hears the unit's stream for all pages of a browser: it opens six connections to a host at most, so that a seventh page
 * with a stream of its own would hang. A page that joins makes the stream begin anew, so each hears everything the unit
 * holds.
 */
import { type Heard, openStream } from './live-events.ts';

/** What a page asks of it. */
export type Asked = 'join' | 'leave';

const pages = new Set<MessagePort>();
let close: (() => void) | null = null;

function begin(): void {
  close?.();
  close = pages.size === 0 ? null : openStream(tell);
}

function tell(heard: Heard): void {
  for (const page of pages) page.postMessage(heard);
}

addEventListener('connect', (event) => {
  for (const port of (event as MessageEvent).ports) {
    const leave = () => {
      pages.delete(port);
      if (pages.size === 0) begin();
    };
    port.onmessage = ({ data }: MessageEvent<Asked>) => {
      if (data !== 'join') return leave();
      pages.add(port);
      begin();
    };
    // A page that crashed says nothing.
    port.addEventListener('close', leave);
  }
});
