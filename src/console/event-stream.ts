import type { ServerResponse } from 'node:http';

/** Server-sent events to every open page. */
export interface EventStream {
  /** Sends to all; `id` comes back as Last-Event-ID when a page reconnects. */
  send(event: string, data: unknown, id?: string): void;
  /** Joins a page; `first` are the events that it is told at once. */
  join(
    response: ServerResponse,
    first: readonly { event: string; data: unknown; id?: string }[],
  ): void;
  readonly viewers: number;
  close(): void;
}

/** Pages at once; more than a car has screens. */
const VIEWERS = 8;
/** A page that has taken nothing for this much is gone, whatever its socket says. */
const BACKLOG_BYTES = 1 << 20;

export function createEventStream(): EventStream {
  const pages = new Set<ServerResponse>();

  const write = (page: ServerResponse, text: string) => {
    if (page.writableLength > BACKLOG_BYTES) {
      pages.delete(page);
      page.destroy();
    } else {
      page.write(text);
    }
  };

  return {
    send(event, data, id) {
      const text = format(event, data, id);
      for (const page of pages) write(page, text);
    },
    join(response, first) {
      response.once('close', () => pages.delete(response));
      response.on('error', () => pages.delete(response));
      response.write('retry: 1000\n\n');
      for (const { event, data, id } of first) write(response, format(event, data, id));
      pages.add(response);
      for (const oldest of pages) {
        if (pages.size <= VIEWERS) break;
        pages.delete(oldest);
        oldest.end();
      }
    },
    get viewers() {
      return pages.size;
    },
    close() {
      for (const page of pages) page.end();
      pages.clear();
    },
  };
}

/** JSON holds no bare line break, so an event is always one `data` line. */
function format(event: string, data: unknown, id?: string): string {
  const head = id === undefined ? '' : `id: ${id}\n`;
  return `${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
