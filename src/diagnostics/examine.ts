import type { Config } from '../config/schema.ts';
import { becomeServiceUser, type ServiceUser } from '../platform/service-user.ts';
import { allOf, type Finding } from './check.ts';
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
