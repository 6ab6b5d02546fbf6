import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { openAuditLog } from '../accountability/audit/audit-log.ts';
import {
  createUnitRevocations,
  type UnitRevocations,
} from '../accountability/lost-unit/unit-revocations.ts';
import { openUnitDatabase } from '../accountability/unit-database.ts';
import type { Config } from '../config/schema.ts';
import type { AuthorityPlace } from '../headquarters/enrolment/authority.ts';
import { createUnitCertificates } from '../headquarters/enrolment/unit-certificates.ts';
import { counted } from '../platform/counted.ts';
import { createLog } from '../platform/log.ts';
import { Problem } from '../platform/problem.ts';
import { print } from './perform.ts';

/**
 * Carries out what people ordered on headquarters' page, which itself may not use the authority. Throws a Problem if
 * something of it could not be done.
 */
export async function revokeOrdered(
  place: AuthorityPlace,
  config: Config,
  options: { tellsBroker?: true | undefined; json?: true | undefined },
): Promise<void> {
  using open = new DisposableStack();
  const tellsBroker = options.tellsBroker === true;
  const revocations = openRevocations({ place, config, tellsBroker }, open);
  const waiting = (revocations?.list() ?? []).filter(({ doneAt }) => doneAt === null);
  await revocations?.carryOut();
  const ids = new Set(waiting.map(({ id }) => id));
  const now = (revocations?.list() ?? []).filter(({ id }) => ids.has(id));
  const left = now.filter(({ doneAt }) => doneAt === null);
  if (left.length > 0) {
    throw new Problem(left.map(({ unit, todo }) => `${unit}: ${todo ?? ''}`).join('\n'));
  }
  print(options, now, () =>
    now.length === 0
      ? 'Nobody ordered that a unit is revoked, or it is done.'
      : now
          .map(
            ({ unit, by, certificates, todo }) =>
              `${counted(certificates ?? 0, 'certificate')} of ${unit} revoked, as ${by} ordered. ${todo ?? ''}`,
          )
          .join('\n'),
  );
}

/** Notes what a command revoked where headquarters' page shows it; nothing before headquarters first ran here. */
export async function noteOnPage(
  place: AuthorityPlace,
  config: Config,
  unit: string,
): Promise<void> {
  if (createUnitCertificates({ place, dataDir: config.unit.dataDir }).standing(unit) !== 'revoked')
    return;
  using open = new DisposableStack();
  const revocations = openRevocations({ place, config, tellsBroker: false }, open);
  const who = process.env.SUDO_USER ?? userInfo().username;
  revocations?.note(
    { unit, reason: 'lookout headquarters revoke-unit' },
    `${who}, on headquarters’ computer`,
  );
  await revocations?.carryOut(unit);
}

function openRevocations(
  of: { place: AuthorityPlace; config: Config; tellsBroker: boolean },
  open: DisposableStack,
): UnitRevocations | null {
  const { place, config, tellsBroker } = of;
  const { unit } = config;
  const { dataDir } = unit;
  if (!existsSync(join(dataDir, 'lookout.db'))) return null;
  const { clock } = place;
  const db = open.adopt(openUnitDatabase(dataDir), (own) => void own.close());
  const log = createLog(config.log);
  const audit = openAuditLog({ dataDir, unit, clock, log });
  open.defer(() => audit.close());
  const certificates = createUnitCertificates({ place, dataDir, tellsBroker });
  return createUnitRevocations({ db, audit, unit, clock, certificates, tell: () => undefined });
}
