import type { Config } from '../config/schema.ts';
import type { Alert, AlertEvent, DispatchAnswer, OutputHealth } from './alert.ts';
import type { Speakable } from './speakable.ts';

/** Start data of the audio thread. */
export interface AudioSetUp {
  config: Config['alerts'];
  /** Folder for sounds if there is no device. */
  folder: string;
}

export type AudioName = 'sound' | 'voice';

/** A call of one output. */
export interface AudioCall {
  name: AudioName;
  /** What the voice may say of it. */
  speakable: Speakable;
  /** Null: start. */
  order:
    | { event: AlertEvent; alert: Omit<Alert, 'images'> }
    | { answer: DispatchAnswer; alert: Omit<Alert, 'images'> }
    | { again: true; alert: Omit<Alert, 'images'> }
    | 'test'
    | null;
}

/** The calls that the audio thread answers. */
export interface AudioHandlers {
  perform(call: AudioCall): Promise<void>;
}

export type AudioHealth = Record<AudioName, Pick<OutputHealth, 'state' | 'problem'>>;

/** The outputs' health, sent by the audio thread before each answer and with each log line. */
export interface AudioNote {
  health: AudioHealth;
  log: { level: 'info' | 'warn'; fields: object; message: string } | null;
}
