import { describe, expect, it } from 'vitest';
import { imageFilesOf } from '../../records/open-records.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { waitFor } from '../../support/wait-for.ts';
import { missingMosquitto } from '../../uplink/mosquitto.ts';
import { openLinked } from './open-linked.ts';
import { now, profile } from './open-retention.ts';

describe.skipIf(missingMosquitto)('transient mode over a real broker', { timeout: 120_000 }, () => {
  it('RET-6: under napa headquarters gets all, and the unit keeps only what is held or open', async () => {
    const dataDir = temporaryFolder();
    let open = '';
    const unit = await openLinked(temporaryFolder(), dataDir, profile('napa'), {
      isNeeded: (id) => id === open,
    });
    await unit.passing(0, { kept: false });
    const hit = await unit.passing(0, { kept: false, hit: true });
    const held = await unit.passing(0, { kept: false, plate: '5HELD55' });
    const verifying = await unit.passing(0, { kept: false, hit: true });
    open = verifying.id;
    unit.holds.set({
      scope: { kind: 'plate', plate: '5HELD55' },
      caseNumber: null,
      reason: 'evidence',
      by: 'Test',
      nowMs: now,
    });
    expect(unit.ids()).toHaveLength(4);

    const { headquarters } = await unit.headquarters();
    await waitFor(() => unit.ids().length === 2, { timeoutMs: 60_000, what: 'letting go' });
    expect(unit.ids()).toEqual([held.id, verifying.id].sort());
    await waitFor(() => imageFilesOf(dataDir).length === 6, { what: 'the files to go' });
    // What stays may still be on its way when the rest has gone.
    await waitFor(() => unit.outbox.status().waiting === 0, { what: 'an empty outbox' });
    expect(headquarters.counts).toMatchObject({ detections: 4, hits: 2, images: 12 });

    // The verification ends, and what is said of it is acknowledged as everything else.
    open = '';
    await unit.retention.run();
    expect(unit.ids()).toEqual([held.id]);
    expect(hit.hits).toHaveLength(1);
  });
});
