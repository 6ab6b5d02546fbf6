import type { ServerResponse } from 'node:http';
import type { Actor } from '../accountability/gate/operation.ts';

/** Who sits at an open page: a person who may watch, nobody for sure (hidden: it is locked), or nobody any more. */
export type Audience = Actor | 'hidden' | 'ended';

/** An open page. */
export interface Viewer {
  response: ServerResponse;
  /** Asked anew for each event. */
  audience: () => Audience;
}

/** One event; `hidden` is what a locked screen gets in its place, nothing where it is left out. */
export interface StreamEvent {
  event: string;
  data: unknown;
  /** Comes back as Last-Event-ID when a page reconnects. */
  id?: string;
  hidden?: { event: string; data: unknown };
  /** Called for each person before they get the whole event; when it throws they get `hidden`. */
  before?: (actor: Actor) => void;
}

/** Server-sent events to every open page. */
export interface EventStream {
  send(event: StreamEvent): void;
  /** Joins a page; `first` are the events that it is told at once. */
  join(viewer: Viewer, first: readonly StreamEvent[]): void;
  readonly viewers: number;
  close(): void;
}

/** Pages at once; more than a car has screens. */
const maxViewers = 8;
/** A page that has taken nothing for this much is gone, whatever its socket says. */
const backlogBytes = 1 << 20;

export function createEventStream(): EventStream {
  const viewers = new Set<Viewer>();

  const write = (viewer: Viewer, text: string) => {
    const { response } = viewer;
    if (response.writableLength > backlogBytes) {
      viewers.delete(viewer);
      response.destroy();
    } else {
      response.write(text);
    }
  };

  const send = (viewer: Viewer, event: StreamEvent) => {
    const audience = viewer.audience();
    if (audience === 'ended') {
      viewers.delete(viewer);
      viewer.response.end(format({ event: 'over', data: {} }));
      return;
    }
    if (audience !== 'hidden' && isAllowed(audience, event)) write(viewer, format(event));
    else if (event.hidden !== undefined) write(viewer, format(event.hidden));
  };

  return {
    send(event) {
      for (const viewer of viewers) send(viewer, event);
    },
    join(viewer, first) {
      const { response } = viewer;
      response.once('close', () => viewers.delete(viewer));
      response.on('error', () => viewers.delete(viewer));
      response.write('retry: 1000\n\n');
      viewers.add(viewer);
      for (const event of first) send(viewer, event);
      for (const oldest of viewers) {
        if (viewers.size <= maxViewers) break;
        viewers.delete(oldest);
        oldest.response.end();
      }
    },
    get viewers() {
      return viewers.size;
    },
    close() {
      for (const { response } of viewers) response.end();
      viewers.clear();
    },
  };
}

function isAllowed(actor: Actor, { before }: StreamEvent): boolean {
  try {
    before?.(actor);
    return true;
  } catch {
    return false;
  }
}

/** JSON holds no bare line break, so an event is always one `data` line. */
function format({ event, data, id }: StreamEvent): string {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return `${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
