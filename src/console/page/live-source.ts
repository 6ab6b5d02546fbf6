import { type Heard, openStream } from './live-events.ts';
import type { Asked } from './live-events-worker.ts';

/** The unit's events as this page hears them. */
export interface LiveSource {
  /** Begins anew: the unit tells everything it holds. */
  begin(): void;
  end(): void;
}

/** Hears the unit through one stream that all pages of this browser share, or alone where a browser has no such thing. */
export function liveSource(hear: (heard: Heard) => void): LiveSource {
  return typeof SharedWorker === 'undefined' ? ownStream(hear) : sharedStream(hear);
}

function sharedStream(hear: (heard: Heard) => void): LiveSource {
  const worker = new SharedWorker(workerAddress(), { type: 'module' });
  worker.port.onmessage = ({ data }: MessageEvent<Heard>) => hear(data);
  const ask = (asked: Asked) => worker.port.postMessage(asked);
  addEventListener('pagehide', () => ask('leave'));
  return { begin: () => ask('join'), end: () => ask('leave') };
}

function ownStream(hear: (heard: Heard) => void): LiveSource {
  let end = () => {};
  return {
    begin() {
      end();
      end = openStream(hear);
    },
    end: () => end(),
  };
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
