import type { Alert, AlertEvent } from './alert.ts';

/** Sounds urgent alerts again until someone has seen them. */
export interface Repeats {
  /** Takes what was just told of an alert. */
  note(event: AlertEvent, alert: Alert): void;
  close(): void;
}

/** Vehicles that sound again at a time; of more than these at once the oldest fall silent, and stay on the screen. */
const mostAtOnce = 20;

/**
 * @param everyMs between two sounds of an alert.
 * @param times how often it sounds again at most.
 * @param isUnseen whether nobody has seen or closed the alert yet; asked before each sound.
 */
export function createRepeats(deps: {
  everyMs: number;
  times: number;
  isUnseen: (alert: Alert) => boolean;
  sound: (alert: Alert) => void;
}): Repeats {
  const { everyMs, times, isUnseen, sound } = deps;
  /** By detection: one alert a vehicle. */
  const waiting = new Map<string, NodeJS.Timeout>();

  const stop = (id: string): void => {
    clearTimeout(waiting.get(id));
    waiting.delete(id);
  };

  const wait = (alert: Alert, left: number): void => {
    const id = alert.hit.detectionId;
    stop(id);
    if (left <= 0) return;
    const timer = setTimeout(() => {
      if (!isUnseen(alert)) return stop(id);
      sound(alert);
      wait(alert, left - 1);
    }, everyMs);
    timer.unref();
    waiting.set(id, timer);
    for (const oldest of waiting.keys()) {
      if (waiting.size <= mostAtOnce) break;
      stop(oldest);
    }
  };

  return {
    note(event, alert) {
      if (event === 'withdrawn' || alert.class !== 'urgent') stop(alert.hit.detectionId);
      else wait(alert, times);
    },
    close() {
      for (const id of [...waiting.keys()]) stop(id);
    },
  };
}
