import type { Command } from '@commander-js/extra-typings';
import { secretFilesOf, wipeAtOnce } from '../accountability/lost-unit/erase-unit.ts';
import { lockUnit, reportLostUnit, wipeUnit } from '../accountability/lost-unit/operations.ts';
import { lockDataDir } from '../daemon/lock-data-dir.ts';
import { configured, readConfig } from './configured.ts';
import { oneOf } from './one-of.ts';
import { perform } from './perform.ts';

/** `lookout unit lock|wipe|report-lost`: for a unit that is given up, or lost. */
export function registerUnit(program: Command): void {
  const group = program
    .command('unit')
    .description('lock or wipe this unit; tell headquarters that another is lost');

  configured(group.command('lock'))
    .description('end every session and refuse logins until headquarters unlocks the unit')
    .requiredOption('--why <text>', 'why, for headquarters and the log')
    .action(async (options) => {
      await perform(options, lockUnit, { reason: options.why });
      process.stdout.write('Locked. Headquarters alone can unlock this unit.\n');
    });

  configured(group.command('report-lost'))
    .argument('<unit>', 'the id of the lost unit')
    .description('ask the people at headquarters to lock or wipe another unit; they must order it')
    .requiredOption('--wish <deed>', 'lock or wipe', oneOf(['lock', 'wipe']))
    .requiredOption('--why <text>', 'what happened')
    .action(async (unit, options) => {
      const { wish, why: reason } = options;
      await perform(options, reportLostUnit, { unit, wish, reason });
      process.stdout.write(
        `It is on its way to headquarters. Nothing is done to ${unit} until somebody there orders it: call them too.\n`,
      );
    });

  configured(group.command('wipe'))
    .description('destroy the keys and erase all data of this unit; there is no way back')
    .requiredOption('--why <text>', 'why, for headquarters and the log')
    .requiredOption('--unit <id>', 'the id of this unit, typed again')
    .action(async (options) => {
      const { why, unit } = options;
      await perform(options, wipeUnit, { reason: why, unit });
      const { config } = readConfig(options);
      using held = new DisposableStack();
      try {
        held.use(lockDataDir(config.unit.dataDir));
      } catch {
        process.stdout.write(
          'Ordered. The running daemon reports to headquarters what is on the unit, then erases it.\n',
        );
        return;
      }
      await wipeAtOnce(config.unit.dataDir, secretFilesOf(config.uplink));
      process.stdout.write('Wiped. No daemon was running, so headquarters has no report of it.\n');
    });
}
