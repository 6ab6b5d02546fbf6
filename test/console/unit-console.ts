import { onTestFinished } from 'vitest';
import { type AlertDesk, createAlertDesk } from '../../src/alerts/alert-desk.ts';
import type { HttpsConfig } from '../../src/config/sections/console.ts';
import type { AimCameras } from '../../src/console/aim-operations.ts';
import type { UnitChecks } from '../../src/console/check-operations.ts';
import { type Console, createConsole } from '../../src/console/console.ts';
import { createVehicles } from '../../src/daemon/consider-vehicle.ts';
import { createDaemonFigures } from '../../src/daemon/figures.ts';
import { createOpenAlerts } from '../../src/daemon/open-alerts.ts';
import type { HitMatch } from '../../src/hotlist/hit-match.ts';
import { createLog } from '../../src/platform/log.ts';
import type { TrackReport } from '../../src/vision/tracking/track-report.ts';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { exampleFix, exampleReport } from '../alerts/sample-alerts.ts';
import type { StaffedUnit } from '../support/staffed-unit.ts';
import { stopOnce } from '../support/stop-once.ts';
import { openScreen, type TestScreen } from './screen.ts';

const log = createLog({ level: 'silent' });

/** The part of a unit between its cameras and its screens, as each start of it makes it. */
export interface UnitConsole extends AsyncDisposable {
  console: Console;
  alertDesk: AlertDesk;
  /** A vehicle that matches these entries passes; resolves when it is told and stored. */
  see(matches: readonly HitMatch[], over: Partial<TrackReport> & { id: string }): Promise<void>;
  /** A screen on which someone is logged in, all of theirs in one session; closed with the test. */
  screenOf(username: string): Promise<TestScreen>;
}

/**
 * Starts cameras' side and page of a unit on its databases; stopped with the test, or by its disposal. `port`: 0 for a free
 * one; `https`: how it is served to other computers.
 */
export async function startUnitConsole(
  staffed: StaffedUnit,
  status: () => unknown = () => ({}),
  port = 0,
  cameras?: AimCameras,
  https: Partial<HttpsConfig> = {},
  checks?: UnitChecks,
): Promise<UnitConsole> {
  const { config, accountability, db, records } = staffed;
  const { verification, people, gate, audit, hitRights } = accountability;
  const { unit } = config;
  const open = createOpenAlerts({
    ...{ db, dataDir: unit.dataDir, verification, banner: config.alerts.banner },
  });
  const section = { ...config.console, port, https: { ...config.console.https, ...https } };
  const console = createConsole({
    ...{ config: section, unit, people, gate, audit, hitRights, open, log },
    ...{ hits: verification, status, ...(cameras && { cameras }), ...(checks && { checks }) },
  });
  const alertDesk = createAlertDesk({
    ...{ config: config.alerts, hotlist: config.hotlist, unit, log },
    ...{ outputs: [console.output], isOpen: verification.isOpenHit },
  });
  const answered: Parameters<typeof verification.events.on<'answered'>>[1] = (hit, answer) =>
    alertDesk.answer(answer, hit);
  verification.events.on('answered', answered);
  alertDesk.seed(records.recentHits(0), open.all());
  let found: readonly HitMatch[] = [];
  const vehicles = createVehicles({
    ...{ unit, publishAfterS: 1, minCourseSpeedMps: 2, bearingDeg: null },
    position: { fixAt: () => exampleFix() },
    hotlist: { match: () => [...found] },
    suspension: { check: () => false, covers: () => false },
    canvasses: { tagOf: () => null },
    ...{ mutes: { isMuted: () => false }, alertDesk, records, figures: createDaemonFigures(), log },
  });
  await console.start();
  const tokens = new Map<string, string>();
  const stop = stopOnce(async () => {
    await vehicles.stored();
    verification.events.off('answered', answered);
    await console[Symbol.asyncDispose]();
  });
  return {
    console,
    alertDesk,
    async see(matches, over) {
      found = matches;
      const nowMs = Date.now();
      const times = { capturedAtMs: nowMs - 150, foundAtMs: nowMs - 100, readAtMs: nowMs - 50 };
      const seen = { firstSeenMs: nowMs - 200, lastSeenMs: nowMs, times };
      await vehicles.consider(exampleReport({ ...seen, ...over }), 0);
      await vehicles.stored();
    },
    async screenOf(username) {
      const login = { username, password: goodPassword, noticeAcknowledged: true };
      const token = tokens.get(username) ?? (await people.login(login, 'page 127.0.0.1')).token;
      tokens.set(username, token);
      const screen = await openScreen(console.url, `lookout-${unit.id}=${token}`);
      onTestFinished(() => screen.close());
      return screen;
    },
    [Symbol.asyncDispose]: stop,
  };
}
