import type { Config } from '../config/schema.ts';
import type { Alert, AlertEvent, DispatchAnswer, OutputHealth } from './alert.ts';

/** What the audio thread is started with. */
export interface AudioSetUp {
  config: Config['alerts'];
  /** Where sounds go without a device. */
  folder: string;
}

export type AudioName = 'sound' | 'voice';

/** What one output has to do. */
export interface AudioCall {
  name: AudioName;
  /** Null: make ready. */
  tell:
    | { event: AlertEvent; alert: Omit<Alert, 'images'> }
    | { answer: DispatchAnswer; alert: Omit<Alert, 'images'> }
    | null;
}

/** What the audio thread can be called for. */
export interface AudioHandlers {
  perform(call: AudioCall): Promise<void>;
}

export type AudioHealth = Record<AudioName, Pick<OutputHealth, 'state' | 'problem'>>;

/** From the audio thread, before each answer and with each line for the log: how the outputs are. */
export interface AudioNote {
  health: AudioHealth;
  log: { level: 'info' | 'warn'; fields: object; message: string } | null;
}
