import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../platform/problem.ts';
import type { AudioCall, AudioReply, AudioSetUp } from './audio-messages.ts';
import { createPlayer } from './player.ts';
import { createSoundOutput } from './sound-output.ts';
import { createVoiceOutput } from './voice-output.ts';

/** The audio thread: starting a program stops the thread that does it, for tens of milliseconds on a busy machine. */
const { config, folder }: AudioSetUp = workerData;

const reply = (message: DistributedOmit<AudioReply, 'health'>) =>
  parentPort?.postMessage({
    ...message,
    health: { sound: outputs.sound.health(), voice: outputs.voice.health() },
  } satisfies AudioReply);

type DistributedOmit<T, K extends keyof T> = T extends unknown ? Omit<T, K> : never;

const player = createPlayer({
  device: config.sound.device,
  folder,
  log: {
    info: (fields, message) => reply({ kind: 'log', level: 'info', fields, message }),
    warn: (fields, message) => reply({ kind: 'log', level: 'warn', fields, message }),
  },
});
const outputs = {
  sound: createSoundOutput({ enabled: config.sound.enabled, player }),
  voice: createVoiceOutput({ config: config.voice, player }),
};

parentPort?.on('message', async (call: AudioCall | 'dispose') => {
  if (call === 'dispose') {
    await player[Symbol.asyncDispose]();
    parentPort?.close();
    return;
  }
  const output = outputs[call.name];
  let problem: string | null = null;
  try {
    if (call.tell === null) await output.start();
    else {
      const alert = { ...call.tell.alert, images: noImages };
      if ('event' in call.tell) await output.tell(call.tell.event, alert);
      else await output.answer?.(call.tell.answer, alert);
    }
  } catch (error) {
    problem = messageOf(error);
  }
  reply({ kind: 'done', id: call.id, problem });
});

/** Pictures stay with the daemon: nothing here looks at them. */
const noImages = { plate: null, ir: null, overview: null, overviewMissing: null };
