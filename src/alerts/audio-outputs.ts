import { join } from 'node:path';
import { SHARE_ENV } from 'node:worker_threads';
import type { Config } from '../config/schema.ts';
import type { Log } from '../platform/log.ts';
import { createThread } from '../platform/thread-call.ts';
import type { Alert, AlertOutput } from './alert.ts';
import type {
  AudioCall,
  AudioHandlers,
  AudioHealth,
  AudioName,
  AudioNote,
  AudioSetUp,
} from './audio-messages.ts';
import { speakableNow } from './speakable.ts';

/**
 * The audible outputs: tones, and speech after them if it is configured. Both run in one worker thread and share one
 * player, because there is one device and starting programs must not block the daemon's thread.
 */
export function createAudioOutputs(deps: {
  config: Config['alerts'];
  dataDir: string;
  log: Log;
  /** Whether somebody who may not hear what lists say sits in the car; asked at each alert. */
  hasPassenger?: () => boolean;
}): AlertOutput[] {
  const { config, log, hasPassenger = () => false } = deps;
  const setUp: AudioSetUp = { config, folder: join(deps.dataDir, 'sounds') };
  let health: AudioHealth = {
    sound: { state: config.sound.enabled ? 'ok' : 'off', problem: null },
    voice: { state: config.voice.enabled ? 'ok' : 'off', problem: null },
  };
  const thread = createThread<AudioHandlers>(new URL('./audio-worker.ts', import.meta.url), {
    workerData: setUp,
    env: SHARE_ENV,
    ended: 'the audio thread has ended',
    restarts: true,
    closesItself: true,
    onNote(note: AudioNote) {
      health = note.health;
      if (note.log !== null) log[note.log.level](note.log.fields, note.log.message);
    },
  });

  const ask = async (name: AudioName, order: AudioCall['order']): Promise<void> => {
    if (health[name].state === 'off') return;
    const speakable = speakableNow(config.voice.says, hasPassenger());
    await thread.call('perform', { name, order, speakable });
  };

  const output = (name: AudioName): AlertOutput => ({
    name,
    start: () => ask(name, null),
    present: (event, { images: _, ...alert }) => ask(name, { event, alert }),
    answer: (answer, { images: _, ...alert }) => ask(name, { answer, alert }),
    ...(name === 'sound'
      ? {
          repeat: ({ images: _, ...alert }: Alert) => ask(name, { again: true, alert }),
          test: () => ask(name, 'test'),
        }
      : {}),
    health: () => health[name],
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  });
  return [output('sound'), output('voice')];
}
