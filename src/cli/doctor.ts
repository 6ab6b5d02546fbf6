import type { Command } from '@commander-js/extra-typings';
import type { Finding } from '../diagnostics/check.ts';
import { configurationFindings } from '../diagnostics/configuration-checks.ts';
import { troubleshootingPage } from '../diagnostics/troubleshooting.ts';
import { counted } from '../platform/counted.ts';
import { serviceUserOf } from '../platform/service-user.ts';
import { configured, readConfig } from './configured.ts';
import { findingText } from './finding-text.ts';
import { shown } from './perform.ts';

/** `lookout doctor`: checks everything that the daemon needs; exits with 1 if a check fails. */
export function registerDoctor(program: Command): void {
  configured(program.command('doctor'))
    .description('check everything the daemon needs, and say what to do')
    .option('--json', 'as JSON, one object a finding')
    .action(async (options) => {
      const loaded = readConfig(options);
      const { config, isInstalled } = loaded;
      const { examine } = await import('../diagnostics/examine.ts');
      const isRoot = process.getuid?.() === 0;
      const user = isRoot ? serviceUserOf(config.unit.dataDir, isInstalled) : null;
      const findings = [...configurationFindings(loaded), ...(await examine(config, user))];
      const print = (text: string) => process.stdout.write(`${text}\n`);
      if (options.json) for (const finding of findings) print(JSON.stringify(finding));
      else
        print(shown(options, [...findings.map(findingText), '', ...summary(findings)].join('\n')));
      if (findings.some(({ result }) => result === 'failure')) process.exitCode = 1;
    });
}

function summary(findings: readonly Finding[]): string[] {
  const count = (wanted: Finding['result']) =>
    findings.filter(({ result }) => result === wanted).length;
  const [failures, warnings, untried] = [count('failure'), count('warning'), count('untried')];
  return [
    `${counted(findings.length, 'check')}: ${failures} failed, ${counted(warnings, 'warning')}, ${untried} not tried`,
    ...(failures + warnings > 0 ? [`Help is in ${troubleshootingPage}`] : []),
  ];
}
