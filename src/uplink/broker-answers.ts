import type { MqttClient } from 'mqtt';

/**
 * Runs requests to the broker so that each ends with its connection, and ends a connection on which the broker answers
 * nothing for `answerWithinMs`. Every answer restarts that time for the next one.
 */
export function createBrokerAnswers(answerWithinMs: number) {
  /** Ends of the requests in work. */
  const pending = new Set<(error: Error) => void>();
  /** Of these, the ones that the broker must answer, and the timeout for its answer. */
  const owed = new Set<(error: Error) => void>();
  let patience: NodeJS.Timeout | undefined;
  /** Set when the timeout expired, until the next answer. */
  let silence: string | null = null;

  const awaitAnswer = (client: MqttClient): void => {
    clearTimeout(patience);
    if (owed.size === 0) return;
    patience = setTimeout(() => {
      const s = Math.round(answerWithinMs / 1000);
      silence = `the broker keeps the connection open but has not answered for ${s} s. Is its disk or its memory full?`;
      owed.clear();
      client.end(true);
    }, answerWithinMs).unref();
  };

  return {
    /** Why the broker is taken for silent; null if it is not. */
    silence: (): string | null => silence,
    /** Runs one request. Rejects if the connection ends before it is done. `isAnswered`: the broker must answer it. */
    run(
      client: MqttClient,
      work: (client: MqttClient) => Promise<unknown>,
      isAnswered = true,
    ): Promise<void> {
      return new Promise<void>((resolve, reject) => {
        pending.add(reject);
        if (isAnswered && owed.add(reject).size === 1) awaitAnswer(client);
        work(client)
          .then(() => resolve(), reject)
          .finally(() => {
            pending.delete(reject);
            if (!owed.delete(reject)) return;
            silence = null;
            awaitAnswer(client);
          });
      });
    },
    /** The connection is over, and with it every request. Returns whether the broker had something to answer. */
    end(): boolean {
      clearTimeout(patience);
      const isOwing = owed.size > 0;
      owed.clear();
      for (const reject of pending) reject(new Error('the connection was lost'));
      // mqtt.js does not answer any of them after this.
      pending.clear();
      return isOwing;
    },
  };
}
