import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { type LoadedConfig, loadConfig } from '../platform/config/load.ts';

/** Where an installed unit keeps its configuration. */
const installedFile = '/etc/lookout/lookout.yaml';

/** Options of every command that reads the configuration. */
export interface ConfiguredOptions {
  config?: string;
  set?: string[];
}

/** Adds `--config` and `--set` to a command. */
export function configured(command: Command): Command {
  return command
    .option(
      '-c, --config <file>',
      `configuration file (default: $LOOKOUT_CONFIG or ${installedFile})`,
    )
    .option(
      '--set <section.key=value>',
      'override one value; may be given again',
      (value: string, before: string[] = []) => [...before, value],
    );
}

/** The configuration that a command runs with: defaults, file, credentials, environment, flags. */
export function readConfig(options: ConfiguredOptions): LoadedConfig {
  const file =
    options.config ??
    process.env.LOOKOUT_CONFIG ??
    (existsSync(installedFile) ? installedFile : undefined);
  return loadConfig({
    file,
    credentials: process.env.CREDENTIALS_DIRECTORY,
    environment: process.env,
    flags: options.set ?? [],
  });
}
