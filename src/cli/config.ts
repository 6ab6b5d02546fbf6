import type { Command } from '@commander-js/extra-typings';
import { stringify } from 'yaml';
import { loadPolicy } from '../accountability/policy/load-policy.ts';
import { entriesOf } from '../config/tree.ts';
import { configurationFindings, lacking } from '../diagnostics/configuration-checks.ts';
import { policyFindings } from '../diagnostics/policy-checks.ts';
import { counted } from '../platform/counted.ts';
import { treeWithoutSecrets } from '../platform/without-secrets.ts';
import { configured, readConfig } from './configured.ts';
import { wrapped } from './text.ts';

/** `lookout config check|print`. */
export function registerConfig(program: Command): void {
  const group = program.command('config').description('look at the configuration');

  configured(group.command('check'))
    .description('say whether the configuration can be used, and what is wrong with it')
    .action((options) => {
      const loaded = readConfig(options);
      const { config, origins } = loaded;
      const { profile } = loadPolicy(config.policy, origins);
      const { agency, id, mode } = config.unit;
      const heads = counted(config.heads.list.length, 'camera head');
      const lists = counted(config.hotlist.lists.length, 'hot list');
      process.stdout.write(
        `The configuration is good: unit ${agency}/${id} (${mode}), ${heads}, ${lists}, policy ${profile}; ` +
          `${counted(origins.size, 'value')} set, the others at their defaults.\n`,
      );
      const findings = [
        ...configurationFindings(loaded),
        ...lacking(config),
        ...policyFindings(loaded).filter(({ result }) => result !== 'ok'),
      ];
      for (const { result, subject, says, advice } of findings) {
        const about = result === 'ok' ? 'File' : `Warning: ${subject}`;
        process.stdout.write(`${wrapped(`${about}: ${says}. ${advice}`.trim(), '', '  ')}\n`);
      }
    });

  configured(group.command('print'))
    .description('print the configuration in force, without passwords and the like')
    .option('--origin', 'one line a value, with where it comes from')
    .option('--json', 'as JSON')
    .action((options) => {
      const { config: loaded, origins } = readConfig(options);
      const config = treeWithoutSecrets(loaded);
      if (options.json) {
        process.stdout.write(`${JSON.stringify(config, null, 2)}\n`);
      } else if (options.origin) {
        for (const [path, value] of entriesOf(config)) {
          const dotted = path.join('.');
          process.stdout.write(
            `${dotted} = ${JSON.stringify(value)}  (${origins.get(dotted) ?? 'default'})\n`,
          );
        }
      } else {
        process.stdout.write(stringify(config));
      }
    });
}
