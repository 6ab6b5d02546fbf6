import type { LoadedConfig } from '../config/load.ts';
import { about, type Finding } from './check.ts';

/** Which file the configuration is from, and whether the unit has a name of its own. */
export function configurationFindings({ config, origins, file }: LoadedConfig): Finding[] {
  const found = about('configuration', 'configuration');
  const read =
    file === null
      ? found.warning(
          'no file was found, so the defaults are in force',
          'Name one with --config or $LOOKOUT_CONFIG, or write /etc/lookout/lookout.yaml.',
        )
      : found.ok(`read from ${file}`);
  const unnamed = (['agency', 'id'] as const).filter((key) => !origins.has(`unit.${key}`));
  if (unnamed.length === 0) return [read];
  const paths = unnamed.map((key) => `unit.${key} is still "${config.unit[key]}"`).join(', ');
  return [
    read,
    about('configuration', 'unit').warning(
      `has the name of the defaults: ${paths}`,
      'Headquarters cannot tell apart units of one name. Set each to its own.',
    ),
  ];
}
