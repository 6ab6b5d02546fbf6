import type { ServerResponse } from 'node:http';
import type { Actor } from '../accountability/gate/operation.ts';

/** The user of an open page: a person who may watch, `hidden` (the page is locked), or `ended`. */
export type Audience = Actor | 'hidden' | 'ended';

/** An open page. */
export interface Viewer {
  response: ServerResponse;
  /** The session under which it is open. */
  session: string;
  /** Whether it is on another computer. */
  isRemote: boolean;
  /** Called again for each event. */
  audience: () => Audience;
}

/** One event; a locked page gets `hidden` instead, or nothing if that is not set. */
export interface StreamEvent {
  event: string;
  /** What this person is shown, made for each of them; if it throws, they get `hidden`. */
  data: (actor: Actor) => unknown;
  /** Comes back as Last-Event-ID when a page reconnects. */
  id?: string;
  hidden?: { event: string; data: unknown };
}

/** One event as it is sent. */
type Told = { event: string; data: unknown; id?: string };

/** Server-sent events to every open page. */
export interface EventStream {
  send(event: StreamEvent): void;
  /** Adds a page; `first`: events sent on connect. */
  join(viewer: Viewer, first: readonly StreamEvent[]): void;
  /** Ends the pages of sessions that are over. */
  endOver(): void;
  /** Pages on the unit itself. */
  readonly ownViewers: number;
  close(): void;
}

/** Most pages at once, on the unit itself and on other computers each; more than a car has screens. */
const maxViewers = 8;
/** Most pages of one session at once on another computer. */
const maxOfSession = 3;
/** A page with this much unread data is gone, even if its socket is open. */
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

  const end = (viewer: Viewer): void => {
    viewers.delete(viewer);
    viewer.response.end(format({ event: 'over', data: {} }));
  };

  const send = (viewer: Viewer, event: StreamEvent): void => {
    const audience = viewer.audience();
    if (audience === 'ended') {
      end(viewer);
      return;
    }
    const shown = audience === 'hidden' ? null : shownTo(audience, event);
    const told = shown ?? event.hidden;
    if (told !== undefined) write(viewer, format(told));
  };

  /** Ends the oldest pages of a kind, so that as many as this remain. */
  const endOldest = (most: number, isOne: (viewer: Viewer) => boolean): void => {
    const found = [...viewers].filter(isOne);
    for (const oldest of found.slice(0, Math.max(0, found.length - most))) {
      viewers.delete(oldest);
      oldest.response.end();
    }
  };

  return {
    send(event) {
      for (const viewer of viewers) send(viewer, event);
    },
    endOver() {
      for (const viewer of viewers) if (viewer.audience() === 'ended') end(viewer);
    },
    join(viewer, first) {
      const { response } = viewer;
      response.once('close', () => viewers.delete(viewer));
      response.on('error', () => viewers.delete(viewer));
      response.write('retry: 1000\n\n');
      viewers.add(viewer);
      for (const event of first) send(viewer, event);
      const { isRemote, session } = viewer;
      if (isRemote) endOldest(maxOfSession, (each) => each.isRemote && each.session === session);
      endOldest(maxViewers, (each) => each.isRemote === isRemote);
    },
    get ownViewers() {
      return [...viewers].filter(({ isRemote }) => !isRemote).length;
    },
    close() {
      for (const { response } of viewers) response.end();
      viewers.clear();
    },
  };
}

function shownTo(actor: Actor, { data, event, id }: StreamEvent): Told | null {
  try {
    return { event, data: data(actor), ...(id === undefined ? {} : { id }) };
  } catch {
    return null;
  }
}

/** JSON contains no line break, so an event is always one `data` line. */
function format({ event, data, id }: Told): string {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return `${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
