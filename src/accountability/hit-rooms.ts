import { join } from 'node:path';
import { archiveSettingsOf } from '../archive/postgres/connect.ts';
import { createHotlist } from '../hotlist/hotlist.ts';
import { layoutOf } from '../hotlist/list-presets.ts';
import { createPackedDetections } from './evidence/packed-detections.ts';
import { hitRights } from './gate/list-rights.ts';
import type { Ground } from './ground.ts';
import { createEntryExpiry } from './hotplates/expire-entries.ts';
import { localListId } from './hotplates/hot-plate.ts';
import { createHotPlates } from './hotplates/hot-plates.ts';
import { createHotPlateMatcher } from './hotplates/match-hot-plates.ts';
import { createLogEmptier } from './retention/log-emptier.ts';
import { createSearch } from './search/search.ts';
import type { EntryEnds } from './verification/entry-ends.ts';
import { createVerification } from './verification/verification.ts';

/** Opens what alerts, and what becomes of a hit: hot plates and hot lists, verification, the search of past reads. */
export function openHitRooms(ground: Ground, open: AsyncDisposableStack) {
  const { config, policy, unit, dataDir, db, outbox, audit, belief, log, daemon } = ground;
  const { clock, listClock } = ground;
  const { believes: believesClock } = belief;
  const search = open.use(
    createSearch({
      ...{ dataDir, log, archive: archiveSettingsOf(config.headquarters.archive) },
      ...(daemon && { file: daemon.file }),
    }),
  );
  const { countPastReads } = search;
  const hotPlates = createHotPlates({ db, policy, outbox, countPastReads });
  const zeroLists = new Set(
    config.hotlist.lists
      .filter(({ layout }) => layoutOf(layout).letterO === 'zero')
      .map(({ id }) => id),
  );
  const packed = createPackedDetections(db);
  const hotlist = open.use(
    createHotlist({
      path: join(dataDir, 'hotlist.db'),
      config: config.hotlist,
      policy,
      local: createHotPlateMatcher({ db, config: config.hotlist, policy, clock: listClock }),
      log,
      clock: listClock,
      maintain: daemon !== null,
      believesClock,
    }),
  );
  const entryEnds: EntryEnds = {
    of(match) {
      if (match.list.id === localListId) return hotPlates.endOf(match.entry.id, clock());
      const end = hotlist.listingEnds.of(match);
      return end && { ...end, outcome: null };
    },
    version: () => `${hotPlates.revision()} ${hotlist.listingEnds.version()}`,
  };
  // Without the daemon the log is emptied when the command ends.
  const logEmptier = daemon && open.use(createLogEmptier({ db, log }));
  const verification = createVerification({
    db,
    policy,
    outbox,
    audit,
    unit,
    place: ground.place,
    clock: ground.deviceClock,
    believedClock: clock,
    oIsZero: (list) => zeroLists.has(list),
    entryEnds,
    restoreHotPlate: (entry) => hotPlates.restoreRecovered(entry, clock()),
    packedAtMs: packed.atMs,
    emptyLog: () => logEmptier?.empty(),
  });
  const entryExpiry = open.use(
    createEntryExpiry({
      hotPlates,
      audit,
      agency: unit.agency,
      clock,
      believesClock,
      isClockConfirmed: belief.isConfirmed,
      log,
    }),
  );
  const lists = () => [...hotlist.status(), { id: localListId, source: null }];
  return {
    search,
    hotPlates,
    verification,
    packed,
    entryExpiry,
    hotlist,
    hitRights: hitRights(lists, policy.verification.ownAlerts),
  };
}
