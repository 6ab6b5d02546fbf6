import { type Heard, openStream } from './live-events.ts';
import type { Asked } from './live-events-worker.ts';

/** The unit's events as this page hears them. */
export interface LiveSource {
  /** Begins anew: the unit tells everything it holds. */
  begin(): void;
  /** As `begin`, after nothing was heard for long: also where what hears the unit has died in the browser. */
  beginAfterSilence(): void;
  end(): void;
}

/** After the worker died it is made again so much later, ms. */
const againAfterMs = 1000;

/** Hears the unit through one stream that all pages of this browser share, or alone where a browser has no such thing. */
export function liveSource(hear: (heard: Heard) => void): LiveSource {
  return typeof SharedWorker === 'undefined' ? ownStream(hear) : sharedStream(hear);
}

function sharedStream(hear: (heard: Heard) => void): LiveSource {
  const address = workerAddress();
  let isWanted = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  /** Joins the worker that lives; one that died is made anew by this. */
  const toWorker = (): MessagePort => {
    const { port } = new SharedWorker(address, { type: 'module' });
    port.onmessage = ({ data }: MessageEvent<Heard>) => hear(data);
    port.addEventListener('close', () => {
      hear({ isOpen: false });
      clearTimeout(again);
      if (isWanted) again = setTimeout(beginAnew, againAfterMs);
    });
    return port;
  };
  let port = toWorker();
  const ask = (asked: Asked) => port.postMessage(asked);
  const begin = () => {
    isWanted = true;
    ask('join');
  };
  const end = () => {
    isWanted = false;
    clearTimeout(again);
    ask('leave');
  };
  const beginAnew = () => {
    ask('leave');
    port.onmessage = null;
    port = toWorker();
    begin();
  };
  addEventListener('pagehide', () => ask('leave'));
  return { begin, beginAfterSilence: beginAnew, end };
}

function ownStream(hear: (heard: Heard) => void): LiveSource {
  let end = () => {};
  const begin = () => {
    end();
    end = openStream(hear);
  };
  return { begin, beginAfterSilence: begin, end: () => end() };
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: () => string },
  ): { createScriptURL(input: string): URL };
}

/** Trusted Types let a worker be made of no other address than this. */
function workerAddress(): string | URL {
  const address = '/page/live-events-worker.js';
  const { trustedTypes } = window as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('lookout-worker', { createScriptURL: () => address });
  return policy?.createScriptURL('') ?? address;
}
