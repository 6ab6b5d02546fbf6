import type { Command } from '@commander-js/extra-typings';
import {
  installMap,
  type MapFacts,
  mapPath,
  megabytes,
  readMap,
  removeMap,
} from '../console/map-file.ts';
import { giveToServiceUser } from '../platform/service-user.ts';
import { type ConfiguredOptions, configured, readConfig } from './configured.ts';
import { print } from './perform.ts';

/** `lookout map install|show|remove`: the map behind what the page finds. It needs no login: it shows no one's data. */
export function registerMap(program: Command): void {
  const group = program
    .command('map')
    .description('the map of the page, from a PMTiles file; without one it draws a grid');

  configured(group.command('install'))
    .argument('<file>', 'a .pmtiles file of the area, as "pmtiles extract" makes it')
    .description('check a map, and put it in place of the one before')
    .option('--json', 'as JSON')
    .action(async (file, options) => {
      const path = placeOf(options);
      print(
        options,
        await installMap(file, path),
        (facts) => `Installed ${path}: ${described(facts)}`,
      );
    });

  configured(group.command('show'))
    .description('what the installed map covers, and whether the page can draw it')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const path = mapPath(readConfig(options).config);
      print(options, await readMap(path), (facts) => `${path}: ${described(facts)}`);
    });

  configured(group.command('remove'))
    .description('remove the map; the page draws a grid then')
    .action(async (options) => {
      const path = placeOf(options);
      const words = (await removeMap(path)) ? `Removed ${path}.` : 'No map is installed.';
      process.stdout.write(`${words}\n`);
    });
}

/** Where the map belongs; what root puts there is given to the user of the service. */
function placeOf(options: ConfiguredOptions): string {
  const { config, isInstalled } = readConfig(options);
  giveToServiceUser(config.unit.dataDir, isInstalled);
  return mapPath(config);
}

function described({
  name,
  kind,
  tiles,
  minZoom,
  maxZoom,
  bounds,
  bytes,
  attribution,
}: MapFacts): string {
  const { south, west, north, east } = bounds;
  const of = name === null ? 'a map' : name;
  return [
    `${of}, ${kind} (${tiles}), ${megabytes(bytes)}`,
    `  covers  latitude ${south} to ${north}, longitude ${west} to ${east}`,
    `  zoom    ${minZoom} to ${maxZoom}`,
    `  shows   ${attribution}`,
  ].join('\n');
}
