import type { Config } from '../config/schema.ts';
import { messageOf } from '../platform/problem.ts';
import { becomeServiceUser, type ServiceUser } from '../platform/service-user.ts';
import { about, type Check, type Finding } from './check.ts';
import { deviceChecks } from './device-checks.ts';
import { linkChecks } from './link-checks.ts';
import { oversightChecks } from './oversight-checks.ts';
import { programChecks } from './program-checks.ts';
import { schemaChecks } from './schema-checks.ts';
import { storageChecks } from './storage-checks.ts';

/**
 * Runs every check of the unit, in the order of the data, and returns the findings. If root asks, all but the link is
 * looked at as the user of the service, whose rights this process then has for good; systemd hands that user the files of
 * the link.
 */
export async function examine(config: Config, user: ServiceUser | null = null): Promise<Finding[]> {
  const link = await allOf(linkChecks(config));
  if (user !== null) becomeServiceUser(user);
  const others = await allOf([
    ...programChecks(config),
    ...storageChecks(config, user),
    ...schemaChecks(config),
    ...oversightChecks(config),
    ...deviceChecks(config),
  ]);
  return [...others, ...link];
}

async function allOf(checks: readonly Check[]): Promise<Finding[]> {
  const findings = await Promise.all(
    checks.map((check) =>
      check().catch((error) => [
        about('failed-check', 'a check').failure(messageOf(error), 'Report this as an error.'),
      ]),
    ),
  );
  return findings.flat();
}
