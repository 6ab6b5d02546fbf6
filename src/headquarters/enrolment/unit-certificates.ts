import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { UnitCertificates } from '../../accountability/lost-unit/unit-revocations.ts';
import { isoTime } from '../../platform/clock.ts';
import { Problem } from '../../platform/problem.ts';
import { writeFileDurably } from '../../platform/write-file-durably.ts';
import { type AuthorityPlace, authorityFiles, registerOf, revoke } from './authority.ts';
import { toldBy, updateBrokerFiles } from './broker-files.ts';
import { certificatesOf, registerFile } from './register.ts';

/** In headquarters' data folder: when it last asked the service that revokes, which systemd starts by it. */
const callFile = 'revocations-ordered';

/**
 * The certificates of units by the authority in `place`. `dataDir`: of headquarters. `tellsBroker`: whoever runs this has the
 * broker started anew afterwards.
 */
export function createUnitCertificates(deps: {
  place: AuthorityPlace;
  dataDir: string;
  tellsBroker?: boolean;
}): UnitCertificates {
  const { place, dataDir, tellsBroker = false } = deps;
  const isInReach = (): boolean =>
    [registerFile, authorityFiles.key].every((name) => isReadable(join(place.folder, name)));
  const ofUnit = (unit: string) =>
    certificatesOf(registerOf(place), unit).filter(({ kind }) => kind === 'unit');
  const isLive = (unit: string) => ofUnit(unit).some(({ revokedAt }) => revokedAt === null);

  return {
    standing(unit) {
      if (!isInReach()) return 'out of reach';
      if (ofUnit(unit).length === 0) return 'unknown';
      return isLive(unit) ? 'valid' : 'revoked';
    },
    async revoke(unit) {
      if (!isInReach()) {
        throw new Problem(
          `Headquarters’ program cannot use the authority in ${place.folder}, which alone revokes. On headquarters’ computer run: ` +
            'sudo lookout headquarters revoke-unit --ordered; where the authority is kept elsewhere, with --authority FOLDER.',
        );
      }
      const certificates = ofUnit(unit).length;
      if (certificates === 0) {
        return { certificates, todo: `No certificate was issued to ${unit}: nothing was revoked.` };
      }
      // A crash may have come before the broker's files were written.
      if (isLive(unit)) await revoke(place, { name: unit, keepNewest: false });
      const written = await updateBrokerFiles(place);
      const isTold = tellsBroker && written !== null && !written.kind.namesUnits;
      return { certificates, todo: isTold ? null : toldBy(written) };
    },
    async call() {
      if (isInReach()) return;
      await writeFileDurably(join(dataDir, callFile), `${isoTime(place.clock())}\n`);
    },
  };
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
