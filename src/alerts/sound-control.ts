import { type Clock, systemClock } from '../platform/clock.ts';
import type { AlertClass, AlertOutput } from './alert.ts';

/** Whether alerts are heard. Holds no plate. */
export interface SoundStatus {
  /** `fallback`: sounds go to files, so that nobody hears them; `none`: there is no sound at all. */
  state: 'on' | 'muted' | 'fallback' | 'none';
  /** Until when all but urgent alerts are muted, ms since the epoch; null while they are not. */
  mutedUntilMs: number | null;
  /** Who muted them. */
  by: string | null;
  /** Somebody who may not hear what lists say sits in the car: the voice says how urgent an alert is, and no more. */
  discreet: boolean;
  /** What is wrong and what to do; null if nothing is wrong. */
  problem: string | null;
}

/** What people do with the sound of alerts. A mute ends by itself, with the session of who muted, and at a restart. */
export interface SoundControl {
  status(): SoundStatus;
  /** Plays the tone of each class. Resolves when the first has begun, or is known to fail. */
  test(): Promise<SoundStatus>;
  mute(minutes: number, by: { name: string; session: string }): SoundStatus;
  unmute(): SoundStatus;
  /** Makes the voice say no more than how urgent an alert is, until it is ended or the session is over. */
  hush(session: string): SoundStatus;
  unhush(): SoundStatus;
  isHushed(): boolean;
  /** Whether an alert of this class makes no sound now; an urgent one always does. */
  isMuted(alertClass: AlertClass): boolean;
}

/** Longest mute: a stop, not a shift. */
export const longestMuteMin = 15;

const isOff = 'Sound is turned off: set alerts.sound.enabled to true to hear alerts.';

/**
 * @param outputs those that are heard; none in a replay.
 * @param isHeld whether a session has not ended.
 */
export function createSoundControl(deps: {
  outputs: readonly AlertOutput[];
  isHeld: (session: string) => boolean;
  clock?: Clock;
  /** Counts up whatever the clock does, ms. */
  steady?: Clock;
}): SoundControl {
  const { isHeld, clock = systemClock, steady = () => performance.now() } = deps;
  const sound = deps.outputs.find(({ name }) => name === 'sound');
  let muted: { untilMs: number; name: string; session: string } | null = null;

  let hushedBy: string | null = null;
  const isHushed = () => hushedBy !== null && isHeld(hushedBy);

  const muteNow = () => {
    if (muted !== null && (steady() >= muted.untilMs || !isHeld(muted.session))) muted = null;
    return muted;
  };

  const status = (): SoundStatus => {
    const { state, problem } = sound?.health() ?? { state: 'off', problem: null };
    const mute = muteNow();
    const told = {
      mutedUntilMs: mute === null ? null : Math.round(clock() + mute.untilMs - steady()),
      by: mute === null ? null : mute.name,
      discreet: isHushed(),
      problem: state === 'off' ? isOff : problem,
    };
    if (state === 'off' || state === 'failed') return { state: 'none', ...told };
    if (state === 'fallback') return { state, ...told };
    return { state: mute === null ? 'on' : 'muted', ...told };
  };

  return {
    status,
    async test() {
      try {
        await sound?.test?.();
      } catch {
        // The health says what is wrong.
      }
      return status();
    },
    mute(minutes, { name, session }) {
      muted = { untilMs: steady() + minutes * 60_000, name, session };
      return status();
    },
    unmute() {
      muted = null;
      return status();
    },
    hush(session) {
      hushedBy = session;
      return status();
    },
    unhush() {
      hushedBy = null;
      return status();
    },
    isHushed,
    isMuted: (alertClass) => alertClass !== 'urgent' && muteNow() !== null,
  };
}
