import { execFile } from 'node:child_process';
import type { Config } from '../config/schema.ts';
import { kindOf, messageOf } from '../platform/problem.ts';
import type { AlertOutput, OutputHealth } from './alert.ts';
import { rankOf } from './classify.ts';
import type { Player } from './player.ts';
import type { Speakable } from './speakable.ts';
import { closeWav, durationMsOf } from './wav.ts';
import { spokenAnswer, spokenText } from './wording.ts';

/** A sentence takes some tens of milliseconds; after this time it counts as failed. */
const timeLimitMs = 4000;

/** Speaks plate and reason after the tone, so that the driver need not look at the screen. Off by default. */
export function createVoiceOutput(deps: {
  config: Config['alerts']['voice'];
  /** What may be said now. */
  speakable: () => Speakable;
  player: Player;
}): AlertOutput {
  const { config, speakable, player } = deps;
  let trouble: string | null = null;

  /** The text goes to standard input: it comes from lists, and must not be read as an option. */
  const speak = (text: string): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const voice = ['-v', config.voice, '-s', String(config.wordsPerMinute)];
      const child = execFile(
        'espeak-ng',
        [...voice, '--stdin', '--stdout'],
        { encoding: 'buffer', maxBuffer: 8 << 20, timeout: timeLimitMs },
        (error, stdout, stderr) => {
          if (error === null && stdout.byteLength > 44) resolve(closeWav(stdout));
          else reject(new Error(refusal(config.voice, error, stderr.toString('utf8'))));
        },
      );
      child.stdin?.on('error', () => {}); // Ended before it read the text; its exit gives the reason.
      child.stdin?.end(text);
    });

  const say = async (text: string, priority: number): Promise<void> => {
    try {
      const wav = await speak(text);
      trouble = null;
      await player.play({
        name: 'voice',
        wav,
        durationMs: durationMsOf(wav),
        priority,
        isRepeated: false,
      });
    } catch (error) {
      trouble = messageOf(error);
      throw error;
    }
  };

  return {
    name: 'voice',
    async start() {
      if (config.enabled) await speak('ready').catch((error) => (trouble = messageOf(error)));
    },
    async present(event, alert) {
      if (!config.enabled) return;
      const priority = rankOf(alert.class);
      if (event === 'withdrawn') return say('Alert withdrawn.', priority);
      await say(
        `${event === 'amended' ? 'Corrected. ' : ''}${spokenText(alert, config.spelling, speakable())}`,
        priority,
      );
    },
    async answer(answer, alert) {
      if (config.enabled)
        await say(spokenAnswer(answer, alert, config.spelling, speakable()), rankOf(alert.class));
    },
    health(): Pick<OutputHealth, 'state' | 'problem'> {
      if (!config.enabled) return { state: 'off', problem: null };
      return trouble === null ? player.health() : { state: 'failed', problem: trouble };
    },
    [Symbol.asyncDispose]: () => player[Symbol.asyncDispose](),
  };
}

function refusal(voice: string, error: Error | null, said: string): string {
  if (kindOf(error) === 'missing') {
    return 'espeak-ng is not installed: install it, or turn alerts.voice.enabled off.';
  }
  const why = said.trim().split('\n').at(-1) || error?.message || 'it made no sound';
  return `espeak-ng cannot speak with the voice '${voice}' (${why}): see alerts.voice.voice and 'espeak-ng --voices'.`;
}
