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
  /** Events that tell the page everything it should know; asked for when it joins, and when too much waits for it. */
  first: () => readonly StreamEvent[];
}

/** One event; a locked page gets `hidden` instead, or nothing if that is not set. */
export interface StreamEvent {
  event: string;
  /**
   * What this person is shown, made for each of them when the link can take it; if it throws, they get `hidden`.
   * Undefined: it is out of date by then, and nothing is sent.
   */
  data: (actor: Actor) => unknown;
  /** Comes back as Last-Event-ID when a page reconnects. */
  id?: string;
  hidden?: { event: string; data: unknown };
  /** A later event of the same key takes the place of one that still waits for the link. */
  key?: string;
}

/** One event as it is sent. */
type Told = { event: string; data: unknown; id?: string };

/** Server-sent events to every open page. */
export interface EventStream {
  send(event: StreamEvent): void;
  /** Adds a page. */
  join(viewer: Viewer): void;
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
/** So much is handed to a link at a time; a link that takes it in this time is alive, ms. */
const pieceBytes = 4096;
const deadAfterMs = 30_000;
/** Of more waiting events than these all are dropped, and the page is told everything anew. */
const mostWaiting = 1000;

/** What a page has not been sent yet. */
interface Line {
  viewer: Viewer;
  /** In the order in which they are sent. */
  waiting: Map<string, StreamEvent>;
  /** The rest of the event that is being sent. */
  rest: Buffer;
  /** Since when the link has not taken what it was handed; null while it waits for nothing. */
  handedAtMs: number | null;
}

/**
 * Hands each page its events as fast as its link takes them: what waits is kept as events, of which the latest of a thing
 * counts, and not as bytes. A link is dead when it has taken nothing for half a minute, however much waits for it.
 *
 * @param nowMs counts up whatever the clock does.
 */
export function createEventStream(nowMs: () => number = () => performance.now()): EventStream {
  const lines = new Map<Viewer, Line>();
  let keys = 0;

  const drop = (viewer: Viewer): void => {
    lines.delete(viewer);
    viewer.response.destroy();
  };

  const end = ({ viewer, rest }: Line): void => {
    // An event that is half sent is not ended for who may see no more.
    if (rest.length > 0) {
      drop(viewer);
      return;
    }
    lines.delete(viewer);
    viewer.response.end(format({ event: 'over', data: {} }));
  };

  /** The next piece to hand over; empty if nothing waits, null if the session is over. */
  const nextPiece = (line: Line): Buffer | null => {
    while (line.rest.length === 0) {
      const [next] = line.waiting;
      if (next === undefined) return line.rest;
      const [key, event] = next;
      line.waiting.delete(key);
      const audience = line.viewer.audience();
      if (audience === 'ended') return null;
      const told =
        audience === 'hidden' ? event.hidden : (shownTo(audience, event) ?? event.hidden);
      if (told !== undefined && told.data !== undefined) line.rest = Buffer.from(format(told));
    }
    const piece = line.rest.subarray(0, pieceBytes);
    line.rest = line.rest.subarray(pieceBytes);
    return piece;
  };

  const hand = (line: Line): void => {
    const { viewer } = line;
    if (line.handedAtMs !== null || lines.get(viewer) !== line) return;
    const piece = nextPiece(line);
    if (piece === null) {
      end(line);
      return;
    }
    if (piece.length === 0) return;
    line.handedAtMs = nowMs();
    viewer.response.write(piece, (error) => {
      if (error) return;
      line.handedAtMs = null;
      hand(line);
    });
  };

  const put = (line: Line, event: StreamEvent): void => {
    keys += 1;
    const key = event.key ?? `${keys}`;
    // What is told again goes to the end, so that the id of the last event covers all before it.
    line.waiting.delete(key);
    line.waiting.set(key, event);
  };

  const send = (line: Line, event: StreamEvent): void => {
    const { viewer, handedAtMs } = line;
    if (handedAtMs !== null && nowMs() - handedAtMs > deadAfterMs) {
      drop(viewer);
      return;
    }
    put(line, event);
    if (line.waiting.size > mostWaiting) {
      line.waiting.clear();
      for (const each of viewer.first()) put(line, each);
    }
    hand(line);
  };

  /** Ends the oldest pages of a kind, so that as many as this remain. */
  const endOldest = (most: number, isOne: (viewer: Viewer) => boolean): void => {
    const found = [...lines.keys()].filter(isOne);
    for (const oldest of found.slice(0, Math.max(0, found.length - most))) {
      lines.delete(oldest);
      oldest.response.end();
    }
  };

  return {
    send(event) {
      for (const line of lines.values()) send(line, event);
    },
    endOver() {
      for (const line of lines.values()) if (line.viewer.audience() === 'ended') end(line);
    },
    join(viewer) {
      const { response } = viewer;
      response.once('close', () => lines.delete(viewer));
      response.on('error', () => lines.delete(viewer));
      const rest = Buffer.from('retry: 1000\n\n');
      const line: Line = { viewer, waiting: new Map(), rest, handedAtMs: null };
      lines.set(viewer, line);
      for (const event of viewer.first()) put(line, event);
      hand(line);
      const { isRemote, session } = viewer;
      if (isRemote) endOldest(maxOfSession, (each) => each.isRemote && each.session === session);
      endOldest(maxViewers, (each) => each.isRemote === isRemote);
    },
    get ownViewers() {
      return [...lines.keys()].filter(({ isRemote }) => !isRemote).length;
    },
    close() {
      for (const { response } of lines.keys()) response.end();
      lines.clear();
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
