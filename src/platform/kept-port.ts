import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { createBackoff } from './backoff.ts';
import { messageOf } from './problem.ts';

/** The port of a server, which may be in use by another program for now. */
export interface KeptPort {
  /** Listens; an unavailable port is a problem, and tried again until `close`. */
  open(): Promise<void>;
  /** The port; the actual one instead of 0 once the server listens. */
  readonly port: number;
  /** Why the port cannot be had; null while it can, and before `open`. */
  readonly problem: string | null;
  /** Tries no more; the server itself is its owner's to close. */
  close(): void;
}

export function createKeptPort(options: {
  app: FastifyInstance;
  host: string;
  /** 0: any free port. */
  port: number;
  /** The section of the configuration that sets `port`. */
  section: string;
  /** The start of the message if the port is unavailable. */
  unavailable: string;
  /** Called once, not at every try. */
  onProblem: (problem: string) => void;
}): KeptPort {
  const { app, host, section, unavailable, onProblem } = options;
  const backoff = createBackoff({ firstMs: 1000, maxMs: 30_000 });
  let { port } = options;
  let problem: string | null = null;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  /** A taken port must not stop the reading of plates. */
  const open = async (): Promise<void> => {
    try {
      await app.listen({ host, port: options.port });
      port = (app.server.address() as AddressInfo).port;
      problem = null;
    } catch (error) {
      if (closed) return;
      const isNew = problem === null;
      problem =
        `${unavailable} (${messageOf(error)}): ` +
        `stop what uses the port, or set ${section}.port to another (0 for any).`;
      if (isNew) onProblem(problem);
      retry = setTimeout(() => void open(), backoff.next());
      retry.unref();
    }
  };

  return {
    open,
    get port() {
      return port;
    },
    get problem() {
      return problem;
    },
    close() {
      closed = true;
      clearTimeout(retry);
    },
  };
}
