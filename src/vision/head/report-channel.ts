import type { TrackReport } from '../tracking/track-report.ts';
import type { FromHead } from './messages.ts';

/** The head's side of the channel to the daemon. Reports contain pictures, so only a few may be queued. */
export interface ReportChannel {
  /** Sends a report after those before it. */
  report(report: TrackReport): void;
  /** Sends a current figure; skipped while the previous one is still being sent. */
  figure(message: FromHead): void;
  /** Resolves when few enough reports are queued to read another frame. */
  room(): Promise<void>;
  /** Resolves when the daemon has every report. */
  drained(): Promise<void>;
}

/** Most queued reports; then the head stops reading frames (which are dropped and counted). */
const maxWaiting = 16;

/** `send` resolves when the message has left this process; it never rejects. */
export function createReportChannel(send: (message: FromHead) => Promise<void>): ReportChannel {
  const waiting: TrackReport[] = [];
  const onTheirWay = new Set<FromHead['type']>();
  let sending: Promise<void> | null = null;
  let left = Promise.withResolvers<void>();

  async function sendAll(): Promise<void> {
    for (let report = waiting[0]; report !== undefined; report = waiting[0]) {
      await send({ type: 'track', report });
      waiting.shift();
      left.resolve();
      left = Promise.withResolvers<void>();
    }
    sending = null;
  }

  return {
    report(report) {
      waiting.push(report);
      sending ??= sendAll();
    },
    figure(message) {
      if (onTheirWay.has(message.type)) return;
      onTheirWay.add(message.type);
      void send(message).then(() => onTheirWay.delete(message.type));
    },
    async room() {
      while (waiting.length >= maxWaiting) await left.promise;
    },
    async drained() {
      await sending;
    },
  };
}
