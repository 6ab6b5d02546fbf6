import { accessSync, constants } from 'node:fs';
import type { Command } from '@commander-js/extra-typings';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { fileFault, kindOf, Problem } from '../platform/problem.ts';
import { useTimeZone } from '../platform/time-zone.ts';

/** Configuration file of an installed unit. */
const installedFile = '/etc/lookout/lookout.yaml';

/** Adds `--config`, `--set` and `--utc` to a command. */
export function configured(command: Command) {
  return command
    .option(
      '-c, --config <file>',
      `configuration file (default: $LOOKOUT_CONFIG or ${installedFile})`,
    )
    .option(
      '--set <section.key=value>',
      'override one value; may be given again',
      (value: string, before: string[] = []) => [...before, value],
    )
    .option('--utc', "show times in UTC, not in the unit's zone");
}

/** The options of a command that a function such as `configured` gave them. */
export type OptionsOf<Made extends (...given: never[]) => { opts(): unknown }> = ReturnType<
  ReturnType<Made>['opts']
>;

/** Options of every command that reads the configuration. */
export type ConfiguredOptions = OptionsOf<typeof configured>;

/**
 * The configuration of a command: defaults, file, credentials, environment, flags. Days and times that the command
 * reads or shows are from then on those of the unit's zone. `isInstalled`: it is that of the unit which is installed on
 * this computer.
 */
export function readConfig(
  options: ConfiguredOptions,
  installed = installedFile,
): LoadedConfig & { isInstalled: boolean } {
  const file =
    options.config ??
    process.env.LOOKOUT_CONFIG ??
    (isInstalled(installed) ? installed : undefined);
  if (file === '') {
    throw new Problem(
      `${options.config === undefined ? '$LOOKOUT_CONFIG' : '--config'} is empty: give it the path of the ` +
        'configuration file, or leave it out',
    );
  }
  const loaded = loadConfig({
    file,
    credentials: process.env.CREDENTIALS_DIRECTORY,
    environment: process.env,
    flags: options.set ?? [],
  });
  useTimeZone(loaded.config.unit.timeZone);
  return { ...loaded, isInstalled: file === installed };
}

/** The same of a command of headquarters. Throws a Problem if it is the configuration of a unit. */
export function readHeadquartersConfig(options: ConfiguredOptions): ReturnType<typeof readConfig> {
  const loaded = readConfig(options);
  const { mode } = loaded.config.unit;
  if (mode === 'headquarters') return loaded;
  throw new Problem(
    `unit.mode: this is the configuration of a ${mode} unit; headquarters has one of its own, ` +
      'with unit.mode: headquarters (config/headquarters.yaml is an example)',
  );
}

/** If this user may not read the unit's file, its existence still prevents the use of the defaults. */
function isInstalled(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch (error) {
    if (kindOf(error) === 'missing') return false;
    throw new Problem(
      `${file}: cannot be read (${fileFault(error)}). Run the command with sudo, or as a member of the group lookout.`,
    );
  }
}
