import './platform/no-telemetry.ts';

import { Command } from '@commander-js/extra-typings';
import { registerAudit } from './cli/audit.ts';
import { registerBackup } from './cli/backup.ts';
import { exitOnBrokenPipe } from './cli/broken-pipe.ts';
import { registerCanvass } from './cli/canvass.ts';
import { registerCapture } from './cli/capture.ts';
import { registerClones } from './cli/clones.ts';
import { registerConfig } from './cli/config.ts';
import { registerDoctor } from './cli/doctor.ts';
import { registerEvidence } from './cli/evidence.ts';
import { registerHeadquarters } from './cli/headquarters.ts';
import { registerHit } from './cli/hit.ts';
import { registerHold } from './cli/hold.ts';
import { registerHotlist } from './cli/hotlist.ts';
import { registerHotplate } from './cli/hotplate.ts';
import { registerLogin } from './cli/login.ts';
import { registerMap } from './cli/map.ts';
import { registerNotices } from './cli/notices.ts';
import { registerOfficial } from './cli/official.ts';
import { registerPage } from './cli/page.ts';
import { registerPolicy } from './cli/policy.ts';
import { registerRead } from './cli/read.ts';
import { registerRelease } from './cli/release.ts';
import { registerReplay } from './cli/replay.ts';
import { registerReports } from './cli/reports.ts';
import { registerRetention } from './cli/retention.ts';
import { registerRun } from './cli/run.ts';
import { registerSearch } from './cli/search.ts';
import { registerSound } from './cli/sound.ts';
import { registerStatistics } from './cli/statistics.ts';
import { registerStatus } from './cli/status.ts';
import { registerUnit } from './cli/unit.ts';
import { registerTraining, registerUser } from './cli/user.ts';
import { hideArguments } from './platform/hide-arguments.ts';
import { isOfTheSystem, messageOf, Problem } from './platform/problem.ts';
import { release, releaseMadeAt, releaseWords } from './version.ts';

const program = new Command('lookout')
  .description('Edge daemon for licence-plate readers')
  .version(releaseWords(release, releaseMadeAt))
  .showHelpAfterError();

hideArguments();
exitOnBrokenPipe();
registerRun(program);
registerReplay(program);
registerRead(program);
registerStatus(program);
registerLogin(program);
registerUser(program);
registerTraining(program);
registerDoctor(program);
registerHotlist(program);
registerHotplate(program);
registerConfig(program);
registerPolicy(program);
registerSearch(program);
registerClones(program);
registerHit(program);
registerReports(program);
registerNotices(program);
registerRetention(program);
registerCanvass(program);
registerCapture(program);
registerOfficial(program);
registerHold(program);
registerEvidence(program);
registerRelease(program);
registerStatistics(program);
registerSound(program);
registerMap(program);
registerPage(program);
registerUnit(program);
registerHeadquarters(program);
registerBackup(program);
registerAudit(program);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`lookout: ${messageOf(error)}\n`);
  const isExplained = error instanceof Problem || isOfTheSystem(error);
  if (!isExplained) process.stderr.write(`${(error as Error).stack ?? ''}\n`);
  process.exitCode = 1;
}
