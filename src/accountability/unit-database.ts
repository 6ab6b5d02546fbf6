import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { archiveMigrations } from '../archive/tables.ts';
import { outboxMigrations } from '../outbox/tables.ts';
import { pathOfSetAside, type SetAside } from '../platform/damaged-database.ts';
import {
  type Database,
  type Migration,
  type OwnDatabase,
  openDatabase,
  openOwnDatabase,
} from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import {
  recordsCanvassMigrations,
  recordsMigrations,
  recordsModeMigrations,
  recordsNameMigrations,
  recordsUnitMigrations,
} from '../records/tables.ts';
import { agencyMigrations } from './agency/tables.ts';
import { auditForwardMigrations } from './audit/tables.ts';
import { canvassMigrations } from './canvass/tables.ts';
import { cloneMigrations } from './clones/tables.ts';
import { evidenceMigrations, packedMigrations } from './evidence/tables.ts';
import { hotPlateIndexMigrations, hotPlatesMigrations } from './hotplates/tables.ts';
import { listVersionMigrations } from './lists/tables.ts';
import { unitOrderMigrations, unitRevocationMigrations } from './lost-unit/tables.ts';
import { noticeMigrations } from './notices/tables.ts';
import { officialMigrations } from './officials/tables.ts';
import { oversightMigrations } from './oversight/tables.ts';
import {
  releaseCoverMigrations,
  releaseDecisionMigrations,
  releaseMigrations,
} from './releases/tables.ts';
import { caseMemberMigrations, retentionMigrations } from './retention/tables.ts';
import { suspensionMigrations } from './suspension/tables.ts';
import { heartbeatMigrations } from './tables.ts';
import { takeOverRows } from './take-over-rows.ts';
import {
  dataErrorMigrations,
  exchangedStepsMigrations,
  reportMigrations,
  seenMigrations,
  verificationMigrations,
  verificationStandingMigrations,
} from './verification/tables.ts';

/** The steps of `lookout.db`, in the order of the releases. A new list goes to the end: see CONTRIBUTING.md, "a table". */
export const unitMigrations: readonly Migration[] = [
  ...outboxMigrations,
  ...recordsMigrations,
  ...heartbeatMigrations,
  ...auditForwardMigrations,
  ...retentionMigrations,
  ...releaseMigrations,
  ...verificationMigrations,
  ...hotPlatesMigrations,
  ...recordsNameMigrations,
  ...recordsCanvassMigrations,
  ...canvassMigrations,
  ...verificationStandingMigrations,
  ...agencyMigrations,
  ...noticeMigrations,
  ...reportMigrations,
  ...suspensionMigrations,
  ...oversightMigrations,
  ...evidenceMigrations,
  ...caseMemberMigrations,
  ...releaseCoverMigrations,
  ...packedMigrations,
  ...dataErrorMigrations,
  ...seenMigrations,
  ...recordsUnitMigrations,
  ...exchangedStepsMigrations,
  ...officialMigrations,
  ...listVersionMigrations,
  ...unitOrderMigrations,
  ...cloneMigrations,
  ...recordsModeMigrations,
  ...hotPlateIndexMigrations,
  ...releaseDecisionMigrations,
  ...archiveMigrations,
  ...unitRevocationMigrations,
];

const erasing = true;

/** Opens `lookout.db`, which several rooms share so that related changes are one transaction. */
export function openUnitDatabase(dataDir: string): Database {
  return openDatabase(join(dataDir, 'lookout.db'), unitMigrations, { erasing });
}

/**
 * Opens `lookout.db` for the daemon. A damaged file is set aside together with the images that it knows, and the new one
 * takes over what people decided and what waits for headquarters, as far as it can be read.
 */
export function openOwnUnitDatabase(dataDir: string, log: Log): OwnDatabase {
  let isOpen = false;
  let lostAtOpening: SetAside | null = null;
  const path = join(dataDir, 'lookout.db');
  const own = openOwnDatabase(path, unitMigrations, {
    erasing,
    temporaryInMemory: true,
    onSetAside(lost) {
      if (isOpen) takeOver(lost);
      else lostAtOpening = lost;
    },
  });

  function takeOver(lost: SetAside): void {
    const images = join(dataDir, 'images');
    if (existsSync(images)) {
      renameSync(images, `${images}${lost.file.slice(lost.database.length)}`);
    }
    const { rows, cut } = takeOverRows(pathOfSetAside(dataDir, lost), own.db);
    log.error(
      { database: lost.database, setAside: lost.file, rowsTakenOver: rows, notWhole: cut },
      'the database of the records is damaged and was set aside; a new one is in use',
    );
  }

  isOpen = true;
  if (lostAtOpening !== null) takeOver(lostAtOpening);
  return own;
}
