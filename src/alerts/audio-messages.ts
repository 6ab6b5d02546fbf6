import type { Config } from '../config/schema.ts';
import type { Alert, AlertEvent, DispatchAnswer, OutputHealth } from './alert.ts';

/** What the audio thread is started with. */
export interface AudioSetUp {
  config: Config['alerts'];
  /** Where sounds go without a device. */
  folder: string;
}

export type AudioName = 'sound' | 'voice';

/** To the audio thread; each call is answered by its number. */
export interface AudioCall {
  id: number;
  name: AudioName;
  /** Null: make ready. */
  tell:
    | { event: AlertEvent; alert: Omit<Alert, 'images'> }
    | { answer: DispatchAnswer; alert: Omit<Alert, 'images'> }
    | null;
}

export type AudioHealth = Record<AudioName, Pick<OutputHealth, 'state' | 'problem'>>;

/** From the audio thread: the end of a call, or a line for the log; always with how the outputs are. */
export type AudioReply = { health: AudioHealth } & (
  | { kind: 'done'; id: number; problem: string | null }
  | { kind: 'log'; level: 'info' | 'warn'; fields: object; message: string }
);
