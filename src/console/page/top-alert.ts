import type { AlertView, WithheldView } from '../alert-view.ts';

/** What the order of alerts goes by. */
type Ranked = Pick<AlertView | WithheldView, 'id' | 'event' | 'class' | 'seen'>;

/** A card stays at least so long, so that nothing changes under a glance, ms. */
export const leastShownMs = 2000;

const isWithdrawn = ({ event }: Ranked) => event === 'withdrawn';

/** Urgent ones come first; a withdrawn one last. Of the others the newest, whatever its class: it is the one that sounds. */
function weightOf(alert: Ranked): number {
  if (isWithdrawn(alert)) return 0;
  return alert.class === 'urgent' ? 2 : 1;
}

/** The alerts that nobody has seen, in the order in which they take the screen. `alerts`: the newest last. */
export function unseenOf<A extends Ranked>(alerts: Iterable<A>): A[] {
  return [...alerts]
    .filter(({ seen }) => seen === null)
    .reverse()
    .sort((a, b) => weightOf(b) - weightOf(a));
}

/** What is on the screen, and what waits to take it. */
export interface Top<A> {
  shown: A | null;
  /** It takes the screen as soon as the card may change. */
  next: A | null;
}

/**
 * The alert that fills the screen: one that was opened by hand, else the first that nobody has seen. A card younger than
 * two seconds stays, and one under a finger.
 */
export function chooseTop<A extends Ranked>(now: {
  alerts: ReadonlyMap<string, A>;
  /** Id of the alert on the screen, and since when. */
  shown: { id: string; sinceMs: number } | null;
  /** Id of the one that somebody opened. */
  opened: string | null;
  isHeld: boolean;
  nowMs: number;
}): Top<A> {
  const wanted =
    (now.opened === null ? undefined : now.alerts.get(now.opened)) ??
    unseenOf(now.alerts.values())[0] ??
    null;
  if (now.shown === null || wanted?.id === now.shown.id) return { shown: wanted, next: null };
  const present = now.alerts.get(now.shown.id);
  // What is seen or gone makes room at once.
  if (present === undefined || present.seen !== null || wanted === null) {
    return { shown: wanted, next: null };
  }
  const isYoung = now.nowMs - now.shown.sinceMs < leastShownMs;
  return isYoung || now.isHeld ? { shown: present, next: wanted } : { shown: wanted, next: null };
}
