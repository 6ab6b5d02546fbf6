import { basename, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Command } from '@commander-js/extra-typings';
import { stringify } from 'yaml';
import type { MadeBackup } from '../backup/make-backup.ts';
import type { BackupManifest } from '../backup/manifest.ts';
import type { Config } from '../config/schema.ts';
import { counted } from '../platform/counted.ts';
import { localTime } from '../platform/local-time.ts';
import { Problem } from '../platform/problem.ts';
import { giveToServiceUser } from '../platform/service-user.ts';
import { treeWithoutSecrets } from '../platform/without-secrets.ts';
import { release } from '../version.ts';
import { configured, readConfig } from './configured.ts';
import { print } from './perform.ts';

/** `lookout backup` and `lookout restore`: of a unit and of headquarters. */
export function registerBackup(program: Command): void {
  configured(program.command('backup'))
    .description(
      'back up a unit or headquarters while it runs: all databases as they are at one moment, pictures, configuration; each backup is a folder of its own in DIR',
    )
    .argument('<dir>', 'the folder of all backups, on another disk')
    .option('--keys', 'the private keys, too: lock such a backup away')
    .option(
      '--keep <n>',
      'afterwards remove all but the newest n backups of this unit there',
      count,
    )
    .option('--json', 'as JSON')
    .action(async (dir, options) => {
      const { config, file, isInstalled } = readConfig(options);
      const { unit } = config;
      giveToServiceUser(unit.dataDir, isInstalled);
      const { makeBackup, removeOlder } = await import('../backup/make-backup.ts');
      const { imageFilesOf } = await import('../records/image-list.ts');
      const { earlyImageFilesOf } = await import('../headquarters/intake/early-image-list.ts');
      const bare = treeWithoutSecrets(config);
      const withKeys = options.keys === true;
      const made = await makeBackup({
        ...{ dataDir: unit.dataDir, unit, release, into: dir, withKeys },
        // A file with a password in it is as good as a key.
        config: configFiles(config, withKeys || isDeepStrictEqual(bare, config) ? file : null),
        configText: stringify(bare),
        picturesOf: { 'lookout.db': imageFilesOf, 'headquarters.db': earlyImageFilesOf },
      });
      const removed = options.keep === undefined ? [] : await removeOlder(dir, unit, options.keep);
      print(options, { ...made, removed }, backupText);
    });

  program
    .command('restore')
    .description(
      'make a data folder of a backup, on this computer or another; every file, database and the audit log is checked before',
    )
    .argument('<backup>', 'the folder of one backup')
    .requiredOption('--to <dir>', 'the data folder to make: empty or not there')
    .option('--keys <dir>', 'for a backup without keys: one with them, or their folder')
    .option('--log-as-it-is', 'also if the audit log does not verify')
    .option('--json', 'as JSON')
    .action(async (backup, options) => {
      const { restoreBackup } = await import('../backup/restore-backup.ts');
      const { manifest, head } = await restoreBackup({
        ...{ backup, to: options.to, keysFrom: options.keys ?? null },
        logAsItIs: options.logAsItIs === true,
      });
      print(options, { manifest, to: resolve(options.to), logRecords: head }, (restored) =>
        restoredText(restored, backup),
      );
    });
}

function count(value: string): number {
  if (/^[1-9]\d{0,3}$/.test(value)) return Number(value);
  throw new Problem(`--keep: "${value}" is no number of backups, such as 14`);
}

/** The files of the configuration by the name that each gets in the backup. */
function configFiles({ uplink, console: page }: Config, file: string | null): Map<string, string> {
  const { tls, agency } = uplink;
  const { certificate, key, clientAuthority, revoked } = page.https;
  const named = [file, tls.ca, tls.cert, tls.key, agency.key, agency.secret];
  const all = [...named, certificate, key, clientAuthority, revoked];
  return new Map(
    all.flatMap((path) => (path === undefined || path === null ? [] : [[basename(path), path]])),
  );
}

function backupText({
  folder,
  manifest,
  imagesLinked,
  removed,
}: MadeBackup & { removed: string[] }) {
  const { files, images, bytes, keysLeftOut, leftOut, madeAt } = manifest;
  return [
    `The backup is in ${folder}: everything as it was at ${localTime(madeAt)}.`,
    `${counted(files, 'file')}, ${Math.ceil(bytes / 2 ** 20)} MiB; ${counted(images, 'picture')}, of which ${imagesLinked} were in the backup before.`,
    ...(keysLeftOut.length === 0
      ? []
      : [`Without its private keys: to restore it, a backup with --keys is needed, too.`]),
    ...leftOut.map(({ file, why }) => `Not in it: ${file} (${why})`),
    ...(removed.length === 0 ? [] : [`Removed: ${removed.join(', ')}`]),
  ].join('\n');
}

function restoredText(
  { manifest, to, logRecords }: { manifest: BackupManifest; to: string; logRecords: number },
  backup: string,
): string {
  const { agency, unit, madeAt, mode } = manifest;
  const service = mode === 'headquarters' ? 'lookout-headquarters' : 'lookout';
  return [
    `${to} is ${agency}/${unit} as it was at ${localTime(madeAt)}. Its audit log goes on after record ${logRecords} with one that says so.`,
    `Its configuration is in ${backup}/config: bring it to /etc/lookout. The computer that it was made on must not run any more.`,
    `Then start it: sudo systemctl start ${service}`,
  ].join('\n');
}
