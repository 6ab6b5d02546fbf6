import type { Config } from '../config/schema.ts';
import { messageOf } from '../platform/problem.ts';
import { about, type Finding } from './check.ts';
import { deviceChecks } from './device-checks.ts';
import { linkChecks } from './link-checks.ts';
import { oversightChecks } from './oversight-checks.ts';
import { programChecks } from './program-checks.ts';
import { storageChecks } from './storage-checks.ts';

/** Runs every check of the unit, in the order of the data, and returns the findings. */
export async function examine(config: Config): Promise<Finding[]> {
  const checks = [
    ...programChecks(config),
    ...storageChecks(config),
    ...oversightChecks(config),
    ...deviceChecks(config),
    ...linkChecks(config),
  ];
  const findings = await Promise.all(
    checks.map((check) =>
      check().catch((error) => [
        about('failed-check', 'a check').failure(messageOf(error), 'Report this as an error.'),
      ]),
    ),
  );
  return findings.flat();
}
