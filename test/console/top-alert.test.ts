import { describe, expect, test } from 'vitest';
import { chooseTop, leastShownMs, unseenOf } from '../../src/console/page/top-alert.ts';

const alert = (
  id: string,
  kind: 'urgent' | 'standard' | 'near' | 'informational',
  over: { event?: 'raised' | 'withdrawn'; isSeen?: boolean } = {},
) => ({
  id,
  class: kind,
  event: over.event ?? ('raised' as const),
  seen: over.isSeen === true ? { by: 'Ada Cole', atMs: 1 } : null,
});

const ids = (alerts: Parameters<typeof unseenOf>[0]) => unseenOf(alerts).map(({ id }) => id);

const choose = (
  alerts: ReturnType<typeof alert>[],
  over: Partial<Parameters<typeof chooseTop>[0]> = {},
) => {
  const top = chooseTop({
    alerts: new Map(alerts.map((each) => [each.id, each])),
    shown: null,
    opened: null,
    isHeld: false,
    nowMs: 10_000,
    ...over,
  });
  return [top.shown?.id ?? null, top.next?.id ?? null];
};

describe('the alert that fills the screen', () => {
  test('what sounds is what shows: the newest, whatever its class, but urgent ones first', () => {
    const stolen = alert('stolen', 'standard');
    const felony = alert('felony', 'near');
    expect(ids([stolen, felony])).toEqual(['felony', 'stolen']);
    const amber = alert('amber', 'urgent');
    expect(ids([amber, stolen, felony])).toEqual(['amber', 'felony', 'stolen']);
    expect(ids([alert('gone', 'urgent', { event: 'withdrawn' }), stolen])).toEqual([
      'stolen',
      'gone',
    ]);
    expect(ids([alert('done', 'urgent', { isSeen: true }), stolen])).toEqual(['stolen']);
  });

  test('a card younger than two seconds stays, and one under a finger; the next one is told', () => {
    const both = [alert('stolen', 'standard'), alert('amber', 'urgent')];
    const young = { shown: { id: 'stolen', sinceMs: 10_000 - leastShownMs + 1 } };
    const old = { shown: { id: 'stolen', sinceMs: 10_000 - leastShownMs } };
    expect(choose(both, young)).toEqual(['stolen', 'amber']);
    expect(choose(both, old)).toEqual(['amber', null]);
    expect(choose(both, { ...old, isHeld: true })).toEqual(['stolen', 'amber']);
  });

  test('one that is seen or closed makes room at once', () => {
    const shown = { id: 'stolen', sinceMs: 9999 };
    const amber = alert('amber', 'urgent');
    expect(choose([alert('stolen', 'standard', { isSeen: true }), amber], { shown })).toEqual([
      'amber',
      null,
    ]);
    expect(choose([amber], { shown })).toEqual(['amber', null]);
    expect(choose([], { shown })).toEqual([null, null]);
  });

  test('one that somebody opens is shown though it is seen, after the two seconds of the other', () => {
    const seen = alert('seen', 'standard', { isSeen: true });
    const amber = alert('amber', 'urgent');
    expect(choose([seen], { opened: 'seen' })).toEqual(['seen', null]);
    const shown = { id: 'amber', sinceMs: 0 };
    expect(choose([seen, amber], { opened: 'seen', shown })).toEqual(['seen', null]);
  });
});
