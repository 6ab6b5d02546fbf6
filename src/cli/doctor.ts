import type { Command } from '@commander-js/extra-typings';
import type { Finding } from '../diagnostics/check.ts';
import { configurationFindings } from '../diagnostics/configuration-checks.ts';
import { helpAbout, troubleshootingPage } from '../diagnostics/troubleshooting.ts';
import { serviceUserOf } from '../platform/service-user.ts';
import { configured, readConfig } from './configured.ts';

const mark = { ok: 'ok     ', warning: 'WARNING', failure: 'FAILURE' } as const;

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
      for (const finding of findings) {
        process.stdout.write(`${options.json ? JSON.stringify(finding) : line(finding)}\n`);
      }
      const failures = findings.filter((finding) => finding.result === 'failure').length;
      const warnings = findings.filter((finding) => finding.result === 'warning').length;
      if (!options.json) {
        process.stdout.write(
          `\n${findings.length} checks: ${failures} failed, ${warnings} warnings\n`,
        );
        if (failures + warnings > 0) process.stdout.write(`Help is in ${troubleshootingPage}\n`);
      }
      if (failures > 0) process.exitCode = 1;
    });
}

function line({ check, result, subject, says, advice }: Finding): string {
  const first = `${mark[result]}  ${subject}: ${says}`;
  return advice === '' ? first : `${first}\n         → ${advice}\n           ${helpAbout(check)}`;
}
