/** The events of the unit's stream. */
const eventNames = [
  'hello',
  'alerts',
  'more-alerts',
  'alert',
  'cleared',
  'not-shown',
  'beat',
  'locked',
  'hidden',
  'over',
] as const;

export type EventName = (typeof eventNames)[number];

/** What a page hears: an event with its data as JSON, or that the stream is open now or not. */
export type Heard = { event: EventName; data: string } | { isOpen: boolean };

/** After the unit refused the stream it is asked for again so much later, ms. */
const againAfterMs = 1000;

/** Opens the unit's stream, again and again where it breaks off; returns what ends that. */
export function openStream(hear: (heard: Heard) => void): () => void {
  let source: EventSource;
  let again: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    source = new EventSource('/api/events');
    for (const event of eventNames) {
      source.addEventListener(event, ({ data }) => hear({ event, data }));
    }
    source.addEventListener('open', () => hear({ isOpen: true }));
    source.addEventListener('error', () => {
      hear({ isOpen: false });
      if (source.readyState === EventSource.CLOSED) again = setTimeout(open, againAfterMs);
    });
  };
  open();
  return () => {
    clearTimeout(again);
    source.close();
  };
}
