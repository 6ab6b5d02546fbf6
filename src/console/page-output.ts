import type { AlertOutput } from '../alerts/alert.ts';
import type { Config } from '../config/schema.ts';
import type { AlertBoard, BoardAlert } from './alert-board.ts';

/** Told everywhere but on the page itself, which is open where it would be read. */
export const noScreen = 'No screen has the alert page open: open it and log in.';

/** The visible alert (ALT-1): puts alerts on the board and sends them to every open page. */
export function createPageOutput(deps: {
  mode: Config['unit']['mode'];
  board: AlertBoard;
  /** Shows an alert on every open page; `isNew` unless it only has better pictures. */
  show: (alert: BoardAlert, isNew: boolean) => void;
  /** Takes a closed alert off every open page. */
  clear: (id: string) => void;
  viewers: () => number;
  /** Why the page is not available, or null. */
  problem: () => string | null;
}): AlertOutput {
  const { mode, board } = deps;
  return {
    name: 'page',
    async start() {},
    async present(event, alert) {
      // The desk stamps the time of raising after all outputs are called: make the view after that.
      await Promise.resolve();
      const shown = board.put(event, alert);
      if (shown !== null) deps.show(shown, true);
    },
    refresh(alert) {
      const shown = board.put(null, alert);
      if (shown !== null) deps.show(shown, false);
    },
    restore: (alert) => board.restore(alert),
    async answer(_, alert) {
      const touched = board.touch(alert.hit.id, true);
      if (touched?.alert) deps.show(touched.alert, true);
      else if (touched) deps.clear(touched.id);
    },
    health() {
      const problem = deps.problem();
      if (problem !== null) return { state: 'failed', problem };
      // On a pole no one watches; in a car an alert that no screen shows is not visible.
      if (mode === 'mobile' && deps.viewers() === 0) {
        return { state: 'failed', problem: noScreen };
      }
      return { state: 'ok', problem: null };
    },
    async [Symbol.asyncDispose]() {},
  };
}
