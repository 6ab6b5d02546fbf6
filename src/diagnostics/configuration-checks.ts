import type { LoadedConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { about, type Finding } from './check.ts';
import { hasDevices, noCameras } from './device-checks.ts';

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
  const others = modeFindings(config);
  const unnamed = (['agency', 'id'] as const).filter((key) => !origins.has(`unit.${key}`));
  if (unnamed.length === 0) return [read, ...others];
  const paths = unnamed.map((key) => `unit.${key} is still "${config.unit[key]}"`).join(', ');
  return [
    read,
    about('configuration', 'unit').warning(
      `has the name of the defaults: ${paths}`,
      'Headquarters cannot tell apart units of one name. Set each to its own.',
    ),
    ...others,
  ];
}

/** That a pole has a receiver in place of its surveyed point, or a car the point in place of a receiver. */
function modeFindings({ unit: { mode }, position: { source } }: Config): Finding[] {
  if ((mode === 'fixed') === (source.kind === 'fixed') || source.kind === 'none') return [];
  const found = about('configuration', 'unit');
  if (mode === 'fixed') {
    return [
      found.warning(
        `unit.mode is fixed, and position.source is of the kind ${source.kind}`,
        'Give the surveyed point there (kind: fixed, latitude, longitude, bearingDeg), or set unit.mode: mobile.',
      ),
    ];
  }
  return [
    found.warning(
      'unit.mode is mobile, and position.source is a surveyed point',
      'Set unit.mode: fixed, or name the receiver in position.source.',
    ),
  ];
}

/** What a configuration lacks without being wrong: whatever reads, places or matches plates. Doctor finds it with the parts. */
export function lacking(config: Config): Finding[] {
  if (!hasDevices(config)) return [];
  const place = about('position', 'position');
  const lists = about('hot-lists', 'hot lists');
  return [
    ...noCameras(config),
    ...(config.position.source.kind === 'none'
      ? [place.warning('no position source is configured', 'Set position.source.')]
      : []),
    ...(config.hotlist.lists.length === 0
      ? [lists.warning('none is configured', 'Add one under hotlist.lists.')]
      : []),
  ];
}
