import { join } from 'node:path';
import type { Config } from '../platform/config/schema.ts';
import type { Log } from '../platform/log.ts';
import type { AlertOutput } from './alert.ts';
import { createPlayer } from './player.ts';
import { createSoundOutput } from './sound-output.ts';
import { createVoiceOutput } from './voice-output.ts';

/**
 * The outputs that are heard: tones, and speech after them where it is configured. They share one player, for
 * there is one device, and speech must not cover a tone.
 */
export function createAudioOutputs(deps: {
  config: Config['alerts'];
  dataDir: string;
  log: Log;
}): AlertOutput[] {
  const { config } = deps;
  const player = createPlayer({
    device: config.sound.device,
    folder: join(deps.dataDir, 'sounds'),
    log: deps.log,
  });
  return [
    createSoundOutput({ enabled: config.sound.enabled, player }),
    createVoiceOutput({ config: config.voice, player }),
  ];
}
