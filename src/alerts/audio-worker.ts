import { workerData } from 'node:worker_threads';
import { answerCalls, sendNote } from '../platform/thread-call.ts';
import type { AudioHandlers, AudioNote, AudioSetUp } from './audio-messages.ts';
import { createPlayer } from './player.ts';
import { createSoundOutput } from './sound-output.ts';
import type { Speakable } from './speakable.ts';
import { createVoiceOutput } from './voice-output.ts';

/** The audio thread: starting a program blocks its thread for tens of milliseconds on a busy machine. */
const { config, folder }: AudioSetUp = workerData;

const note = (log: AudioNote['log']) =>
  sendNote({
    health: { sound: outputs.sound.health(), voice: outputs.voice.health() },
    log,
  } satisfies AudioNote);

const player = createPlayer({
  device: config.sound.device,
  folder,
  log: {
    info: (fields, message) => note({ level: 'info', fields, message }),
    warn: (fields, message) => note({ level: 'warn', fields, message }),
  },
});
/** Of the call that is performed; the voice reads it before anything else comes in between. */
let speakable: Speakable = config.voice.says;
const outputs = {
  sound: createSoundOutput({ enabled: config.sound.enabled, player }),
  voice: createVoiceOutput({ config: config.voice, speakable: () => speakable, player }),
};

const handlers: AudioHandlers = {
  async perform({ name, order, ...call }) {
    const output = outputs[name];
    speakable = call.speakable;
    try {
      if (order === null) return await output.start();
      if (order === 'test') return await output.test?.();
      const alert = { ...order.alert, images: noImages };
      if ('event' in order) await output.present(order.event, alert);
      else if ('again' in order) await output.repeat?.(alert);
      else await output.answer?.(order.answer, alert);
    } finally {
      note(null);
    }
  },
};

/** Images stay in the daemon's thread; the audio outputs do not use them. */
const noImages = { plate: null, ir: null, overview: null, overviewMissing: null };

answerCalls(handlers, () => player[Symbol.asyncDispose]());
