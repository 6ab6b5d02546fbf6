import { createCanvasses } from './canvass/canvasses.ts';
import { createPackages } from './evidence/packages.ts';
import type { PackedDetections } from './evidence/packed-detections.ts';
import type { Ground } from './ground.ts';
import { recordsAbout } from './oversight/records-about.ts';
import { createReleases } from './releases/releases.ts';
import { createStatistics } from './releases/statistics.ts';
import { createHolds } from './retention/holds.ts';
import { createRetention } from './retention/retention.ts';
import type { Verification } from './verification/verification.ts';

/** Opens what decides how long data is kept and who else gets it: cases, holds, purge, packages, releases, figures. */
export function openKeepingRooms(
  ground: Ground,
  open: AsyncDisposableStack,
  {
    verification,
    packed,
  }: { verification: Pick<Verification, 'leavesAtMs' | 'precision'>; packed: PackedDetections },
) {
  const { unit, dataDir, db, policy, outbox, officials, audit, wholeLog } = ground;
  const { belief, clock, log } = ground;
  const canvasses = createCanvasses({ db, outbox, unit, clock });
  const holds = createHolds({ db, canvasses });
  const retention = open.use(
    createRetention({
      db,
      dataDir,
      policy,
      unit,
      outbox,
      audit,
      holds,
      isNeeded(detectionId) {
        const leavesMs = verification.leavesAtMs(detectionId);
        return leavesMs > 0 && (leavesMs > clock() || !belief.believes());
      },
      belief,
      clock,
      log,
    }),
  );
  const releases = createReleases({ db, policy });
  const packages = createPackages({
    db,
    dataDir,
    unit,
    believesClock: belief.believes,
    holds,
    releases,
    packed,
    auditExtract: (ids) => recordsAbout(audit, wholeLog, ids),
  });
  const statistics = createStatistics({
    db,
    policy,
    unit,
    officials,
    clock,
    accuracy: (fromMs, toMs) => verification.precision('all', fromMs, toMs).figures[0],
  });
  return { canvasses, holds, retention, releases, packages, statistics };
}
