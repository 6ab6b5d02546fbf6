import type { TrackReport } from '../tracking/track-report.ts';
import type { FromHead } from './messages.ts';

/** The head's side of the way to the daemon. Reports carry pictures, so only a few may wait. */
export interface ReportChannel {
  /** Sends a report after those before it. */
  report(report: TrackReport): void;
  /** Sends a figure of the moment; left out while the one before it is still on its way. */
  tell(message: FromHead): void;
  /** Resolves when few enough reports wait that another frame may be read. */
  room(): Promise<void>;
  /** Resolves when every report is with the daemon. */
  drained(): Promise<void>;
}

/** Reports that may wait before the head stops reading frames (which are then dropped and counted). */
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
    tell(message) {
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
