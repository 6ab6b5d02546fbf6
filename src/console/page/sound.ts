import type { AlertClass } from '../../alerts/alert.ts';
import type * as operations from '../sound-operations.ts';
import { perform, wordsOf } from './api.ts';
import { changed, page, tell } from './state.ts';
import { onRefusal } from './stream.ts';
import { timeOfDay, unitNowMs } from './words.ts';

/** Asks the unit for something about its sound, and shows what the unit says of it. */
async function ask(
  work: () => Promise<NonNullable<typeof page.status.sound>>,
  said: string,
): Promise<void> {
  try {
    page.status = { ...page.status, sound: await work() };
    tell(said, 'noted');
  } catch (error) {
    onRefusal(error);
    tell(wordsOf(error), 'refused');
  }
  changed();
}

/** Plays the tone of each class. */
export const testSound = () =>
  ask(
    () => perform<typeof operations.testSound>('sound.test', {}),
    'You hear the tone of each class now.',
  );

/** Mutes all alerts but urgent ones for a quarter of an hour, or ends that. */
export function toggleSound(): Promise<void> {
  if (page.status.sound?.state === 'muted') {
    return ask(
      () => perform<typeof operations.unmuteSound>('sound.unmute', {}),
      'Alerts sound again.',
    );
  }
  const minutes = 15;
  return ask(
    () => perform<typeof operations.muteSound>('sound.mute', { minutes }),
    `Muted until ${timeOfDay(unitNowMs() + minutes * 60_000).slice(0, 5)}. Urgent alerts still sound.`,
  );
}

/** Lets the voice say no plates before a passenger, or all again. */
export function toggleVoice(): Promise<void> {
  return page.status.sound?.discreet
    ? ask(
        () => perform<typeof operations.unhushVoice>('sound.unhush', {}),
        'The voice says plates again.',
      )
    : ask(
        () => perform<typeof operations.hushVoice>('sound.hush', {}),
        'The voice says how urgent an alert is, and no more.',
      );
}

/** Two tones of each class, Hz. */
const tones: Record<AlertClass, readonly [number, number]> = {
  urgent: [1320, 880],
  standard: [880, 660],
  near: [660, 550],
  informational: [550, 550],
};

let context: AudioContext | null = null;

/** Takes the first touch as leave to make sound, as browsers ask for. */
export function allowTones(): void {
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume();
}

/** Sounds an alert from this screen where the unit itself is silent; nothing where it sounds. */
export function soundHere(alertClass: AlertClass): void {
  const { sound } = page.status;
  const isSilent = sound?.state === 'none' || sound?.state === 'fallback';
  if (!isSilent || context === null || context.state !== 'running') return;
  for (const [at, pitch] of tones[alertClass].entries()) {
    const source = new OscillatorNode(context, { frequency: pitch, type: 'square' });
    const volume = new GainNode(context, { gain: 0.25 });
    source.connect(volume).connect(context.destination);
    source.start(context.currentTime + at * 0.35);
    source.stop(context.currentTime + at * 0.35 + 0.3);
  }
}
