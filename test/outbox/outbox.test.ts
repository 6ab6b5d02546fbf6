import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import { expect, onTestFinished, test } from 'vitest';
import { createOutbox, type Lane, lanes } from '../../src/outbox/outbox.ts';
import { countSetAside } from '../../src/outbox/set-aside-count.ts';
import { outboxMigrations } from '../../src/outbox/tables.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { waitingOf } from '../records/open-records.ts';
import { cpuMs } from '../support/cpu-time.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function openOutbox(folder = temporaryFolder()) {
  const db = openDatabase(join(folder, 'outbox.db'), outboxMigrations);
  // The order is under test here, not the disk.
  db.pragma('synchronous = OFF');
  onTestFinished(() => void db.close());
  return { db, folder, outbox: createOutbox(db) };
}

const message = (lane: Lane, id = uuidv7()) => ({ id, lane, topic: lane, json: '{}' });

/** A repeatable source of chance. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

test.each(Array.from({ length: 8 }, (_, seed) => seed))(
  'whatever is added, moved up, acknowledged or taken back: lanes leave in order, oldest first (seed %i)',
  (seed) => {
    const { outbox } = openOutbox();
    const pick = chance(seed + 1);
    /** What must wait, as a plain list: the order of arrival in its lane. */
    let expected: { id: string; lane: Lane }[] = [];
    for (let step = 0; step < 200; step += 1) {
      const lane = lanes[pick(lanes.length)] ?? 'hit';
      const some = expected[pick(Math.max(1, expected.length))];
      const action = pick(10);
      if (action < 6 || !some) {
        const added = message(lane);
        outbox.add(added);
        expected.push(added);
      } else if (action < 8) {
        outbox.add(message(lane, some.id));
        if (lanes.indexOf(lane) < lanes.indexOf(some.lane)) {
          expected = [...expected.filter((each) => each !== some), { id: some.id, lane }];
        }
      } else {
        if (action === 8) outbox.acknowledged([some.id, uuidv7()]);
        else outbox.remove(some.id);
        expected = expected.filter((each) => each !== some);
      }
    }
    const inOrder = lanes.flatMap((lane) => expected.filter((each) => each.lane === lane));
    expect(waitingOf(outbox).map(({ id, lane }) => ({ id, lane }))).toEqual(
      inOrder.map(({ id, lane }) => ({ id, lane })),
    );
    expect(outbox.status().waiting).toBe(expected.length);
  },
);

test('a reader that has passed a row meets it again when it moves up a lane', () => {
  const { outbox } = openOutbox();
  const image = message('image');
  outbox.add(message('hit-image'));
  outbox.add(image);
  outbox.add(message('hit-image'));
  const last = waitingOf(outbox).filter((each) => each.lane === 'hit-image')[1];
  outbox.add({ ...image, lane: 'hit-image' });
  expect(outbox.nextAfter('hit-image', last?.seq ?? 0)?.id).toBe(image.id);
  expect(outbox.nextAfter('image', 0)).toBeUndefined();
});

test('a row of a failed transaction never waits, and its reader is only notified of commits', async () => {
  const { db, outbox } = openOutbox();
  const seen: number[] = [];
  outbox.onAdded(() => seen.push(outbox.status().waiting));
  const failing = db.transaction(() => {
    outbox.add(message('hit'));
    throw new Error('disk full');
  });
  expect(failing).toThrow('disk full');
  db.transaction(() => {
    outbox.add(message('detection'));
    outbox.add(message('detection'));
  })();
  await expect.poll(() => seen.at(-1)).toBe(2);
  expect(outbox.status().lanes.hit).toEqual({ waiting: 0, oldestAgeS: null });
});

test('what headquarters cannot take is set aside, counted, and tried again after a restart', () => {
  const { outbox, folder } = openOutbox();
  const poison = message('hit');
  outbox.add(poison);
  outbox.add(message('detection'));
  outbox.refused([poison.id]);
  expect(waitingOf(outbox).map((each) => each.lane)).toEqual(['detection']);
  expect(outbox.status()).toMatchObject({ waiting: 1, refused: 1 });
  // A command that opens it beside the daemon leaves that alone; the daemon's start does not.
  const again = openOutbox(folder).outbox;
  expect(again.status()).toMatchObject({ waiting: 1, refused: 1 });
  again.retryRefused();
  expect(waitingOf(again).map((each) => each.lane)).toEqual(['hit', 'detection']);
});

test('what the broker does not take is set aside and counted, and due again when it takes more', () => {
  const { outbox, folder } = openOutbox();
  const large = message('detection');
  const hit = message('hit');
  for (const each of [large, hit, message('detection')]) outbox.add(each);
  outbox.setAside([large.id, hit.id]);
  expect(outbox.status()).toMatchObject({ waiting: 1, refused: 0, setAside: 2 });
  expect(countSetAside(join(folder, 'outbox.db'))).toBe(2);
  outbox.retrySetAside('hit');
  expect(waitingOf(outbox).map((each) => each.lane)).toEqual(['hit', 'detection']);
  outbox.retrySetAside();
  expect(outbox.status()).toMatchObject({ waiting: 3, setAside: 0 });
  // Headquarters may have it after all.
  outbox.setAside([large.id]);
  outbox.acknowledged([large.id]);
  expect(outbox.status()).toMatchObject({ waiting: 2, setAside: 0 });
});

test('with 100,000 rows waiting, the next one and the figures are found in milliseconds', () => {
  const { db, outbox } = openOutbox();
  db.transaction(() => {
    for (let count = 0; count < 100_000; count += 1) outbox.add(message('detection'));
  })();
  outbox.add(message('hit'));
  const heapBefore = process.memoryUsage().heapUsed;
  const before = cpuMs();
  let seq = 0;
  for (let count = 0; count < 1000; count += 1) {
    expect(outbox.nextAfter('hit', 0)?.lane).toBe('hit');
    seq = outbox.nextAfter('detection', seq)?.seq ?? 0;
  }
  expect(outbox.status().lanes.detection.waiting).toBe(100_000);
  // Generous for a slow machine: a scan of the table for each would take minutes.
  expect(cpuMs() - before).toBeLessThan(3000);
  expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(50 * 1024 * 1024);
});
