import { expect, it } from 'vitest';
import { isFileAnswer } from '../../../src/accountability/gate/answer.ts';
import { createOfficials } from '../../../src/accountability/officials/officials.ts';
import { statisticsOperations } from '../../../src/accountability/releases/bind-operations.ts';
import { makeStatistics } from '../../../src/accountability/releases/operations.ts';
import { createStatistics } from '../../../src/accountability/releases/statistics.ts';
import { createOutbox } from '../../../src/outbox/outbox.ts';
import { noImages, sampleDetection } from '../../records/samples.ts';
import { openGate } from '../../support/gate.ts';
import { inZone } from '../../support/in-zone.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { now, openRetention, profile } from '../retention/open-retention.ts';

it('REL-7: a month is one of the unit’s zone, also for what was let go', async () => {
  inZone('America/Los_Angeles');
  const span = { minDays: 0, maxDays: 30 };
  const policy = profile('vallejo', { reads: span, hits: span, images: span });
  const unit = openRetention(temporaryFolder(), policy);
  const lastOfSeptember = '2026-10-01T06:59:59.999Z';
  const at = { firstSeen: lastOfSeptember, lastSeen: lastOfSeptember };
  await unit.passing((now - Date.parse(lastOfSeptember)) / 86_400_000, at);
  const statistics = createStatistics({
    db: unit.db,
    policy,
    clock: () => now,
    unit: { agency: 'test-pd', id: 'unit-7' },
    officials: createOfficials({
      db: unit.db,
      beginning: { title: 'Captain', name: 'Roe' },
      outbox: createOutbox(unit.db),
    }),
    accuracy: () => undefined,
  });
  const reads = async () =>
    (await statistics.make(12)).months.map(({ month, reads }) => [month, reads]);
  const expected = [
    ['2026-09', 1],
    ['2026-10', 0],
    ['2026-11', 0],
  ];
  expect(await reads()).toEqual(expected);
  await unit.retention.run();
  expect(unit.ids()).toEqual([]);
  expect(await reads()).toEqual(expected);
});

it('REL-7: figures by month count what was let go too, and hold no plate', async () => {
  const span = { minDays: 0, maxDays: 30 };
  const policy = profile('vallejo', { reads: span, hits: span, images: span });
  const unit = openRetention(temporaryFolder(), policy);
  await unit.passing(60, { plate: '7PUB100' });
  const { hits } = await unit.passing(60, { plate: '7PUB101', hit: true });
  // Another sighting of an open alert is a read, and no other hit.
  const [first] = hits;
  await unit.passing(60, { plate: '7PUB101', hit: true, repeatOf: first?.id ?? '' });
  await unit.passing(3, { plate: '7PUB102' });
  await unit.records.storeDetection({
    detection: sampleDetection({
      read: null,
      unread: 'no_contrast',
      closed: true,
      firstSeen: '2026-11-20T10:00:00.000Z',
      lastSeen: '2026-11-20T10:00:01.000Z',
    }),
    images: noImages,
  });
  const accuracy = { right: 9, wrong: 1, undetermined: 2, precision: 0.9 };
  const statistics = createStatistics({
    db: unit.db,
    policy,
    clock: () => now,
    unit: { agency: 'test-pd', id: 'unit-7' },
    officials: createOfficials({
      db: unit.db,
      beginning: { title: 'Captain', name: 'Roe' },
      outbox: createOutbox(unit.db),
    }),
    accuracy: (fromMs) =>
      new Date(fromMs).getMonth() === 8
        ? { ...accuracy, interval: { low: 0.6, high: 0.98 } }
        : undefined,
  });
  const { perform } = openGate(statisticsOperations({ statistics }));
  const clerk = { role: 'records_clerk' } as const;
  const make = async () => {
    const answer = await perform(clerk, makeStatistics, { months: '12' });
    if (isFileAnswer(answer)) throw new Error('figures were asked for');
    return answer;
  };
  const textOf = async (as: 'csv' | 'markdown') => {
    const answer = await perform(clerk, makeStatistics, { as });
    if (!isFileAnswer(answer)) throw new Error('a file was asked for');
    return Buffer.from(answer.bytes).toString();
  };

  const before = await make();
  expect(
    before.months.map(({ month, reads, unread, hits }) => [month, reads, unread, hits]),
  ).toEqual([
    ['2026-09', 3, 0, 1],
    ['2026-10', 0, 0, 0],
    ['2026-11', 1, 1, 0],
  ]);
  await unit.retention.run();
  expect(unit.ids()).toHaveLength(2);
  expect(await make()).toEqual(before);
  expect(before.retentionDays).toEqual({ reads: 30, hits: 30, images: 30 });

  const [csv, markdown] = [await textOf('csv'), await textOf('markdown')];
  expect(csv).toContain("'2026-09,3,0,1,9,1,2,0.9,0.6,0.98");
  expect(markdown).toContain('90.0 % (60.0 to 98.0)');
  for (const text of [JSON.stringify(before), csv, markdown]) {
    expect(text).not.toContain('7PUB');
  }
});
