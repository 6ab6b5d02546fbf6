import { once } from 'node:events';
import { join } from 'node:path';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { Config } from '../config/schema.ts';
import type { Log } from '../platform/log.ts';
import { messageOf } from '../platform/problem.ts';
import type { AlertOutput } from './alert.ts';
import type {
  AudioCall,
  AudioHealth,
  AudioName,
  AudioReply,
  AudioSetUp,
} from './audio-messages.ts';

/**
 * The outputs that are heard: tones, and speech after them where it is configured. Both live in one worker thread
 * and share one player, for there is one device, and the daemon's own thread must not wait for programs to start.
 */
export function createAudioOutputs(deps: {
  config: Config['alerts'];
  dataDir: string;
  log: Log;
}): AlertOutput[] {
  const { config, log } = deps;
  const setUp: AudioSetUp = { config, folder: join(deps.dataDir, 'sounds') };
  const pending = new Map<number, PromiseWithResolvers<void>>();
  let calls = 0;
  let worker: Worker | undefined;
  let health: AudioHealth = {
    sound: { state: config.sound.enabled ? 'ok' : 'off', problem: null },
    voice: { state: config.voice.enabled ? 'ok' : 'off', problem: null },
  };

  const start = (): Worker => {
    const thread = new Worker(new URL('./audio-worker.ts', import.meta.url), {
      workerData: setUp,
      env: SHARE_ENV,
    });
    thread.on('message', (reply: AudioReply) => {
      health = reply.health;
      if (reply.kind === 'log') return log[reply.level](reply.fields, reply.message);
      const call = pending.get(reply.id);
      pending.delete(reply.id);
      if (reply.problem === null) call?.resolve();
      else call?.reject(new Error(reply.problem));
    });
    thread.on('error', (error) => {
      for (const call of pending.values()) {
        call.reject(new Error(`the audio thread ended (${messageOf(error)})`));
      }
      pending.clear();
    });
    // The next alert starts another.
    thread.on('exit', () => {
      if (worker === thread) worker = undefined;
    });
    return thread;
  };

  const ask = (name: AudioName, tell: AudioCall['tell']): Promise<void> => {
    if (health[name].state === 'off') return Promise.resolve();
    worker ??= start();
    calls += 1;
    const call = Promise.withResolvers<void>();
    pending.set(calls, call);
    worker.postMessage({ id: calls, name, tell } satisfies AudioCall);
    return call.promise;
  };

  const output = (name: AudioName): AlertOutput => ({
    name,
    start: () => ask(name, null),
    tell: (event, { images: _, ...alert }) => ask(name, { event, alert }),
    answer: (answer, { images: _, ...alert }) => ask(name, { answer, alert }),
    health: () => health[name],
    async [Symbol.asyncDispose]() {
      const thread = worker;
      worker = undefined;
      if (thread === undefined) return;
      const ended = once(thread, 'exit');
      thread.postMessage('dispose');
      await ended;
    },
  });
  return [output('sound'), output('voice')];
}
