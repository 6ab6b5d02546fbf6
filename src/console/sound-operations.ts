import { z } from 'zod';
import { record } from '../accountability/gate/answer.ts';
import { change } from '../accountability/gate/definition.ts';
import { nothing, wholeNumber } from '../accountability/gate/input-fields.ts';
import type { Operation } from '../accountability/gate/operation.ts';
import { nameOf } from '../accountability/verification/step.ts';
import { longestMuteMin, type SoundControl, type SoundStatus } from '../alerts/sound-control.ts';

const common = {
  permission: 'alerts.watch',
  category: 'Configuration Change',
  answer: record<SoundStatus>(),
} as const;

export const testSound = change({
  name: 'sound.test',
  http: { method: 'POST', path: '/sound/test' },
  ...common,
  category: 'System',
  input: nothing,
});

/** Mutes all alerts but urgent ones. */
export const muteSound = change({
  name: 'sound.mute',
  http: { method: 'POST', path: '/sound/mute' },
  ...common,
  input: z.strictObject({ minutes: wholeNumber(1, longestMuteMin).default(longestMuteMin) }),
});

export const unmuteSound = change({
  name: 'sound.unmute',
  http: { method: 'POST', path: '/sound/unmute' },
  ...common,
  input: nothing,
});

/** For a passenger who may not hear what lists say: the voice says how urgent an alert is, and no more. */
export const hushVoice = change({
  name: 'sound.hush',
  http: { method: 'POST', path: '/sound/hush' },
  ...common,
  input: nothing,
});

export const unhushVoice = change({
  name: 'sound.unhush',
  http: { method: 'POST', path: '/sound/unhush' },
  ...common,
  input: nothing,
});

/** What people do with the sound of alerts, which the daemon alone makes. */
export function soundOperations(sound: SoundControl): Operation[] {
  return [
    testSound.does(() => sound.test()),
    muteSound.does(({ minutes }, { actor }) =>
      sound.mute(minutes, { name: nameOf(actor), session: actor.session }),
    ),
    unmuteSound.does(() => sound.unmute()),
    hushVoice.does((_, { actor }) => sound.hush(actor.session)),
    unhushVoice.does(() => sound.unhush()),
  ];
}
