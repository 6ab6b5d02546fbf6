import { closeSync, fchownSync, openSync, writeSync } from 'node:fs';
import type { Command } from '@commander-js/extra-typings';
import type { Config } from '../config/schema.ts';
import type { Finding } from '../diagnostics/check.ts';
import { configurationFindings } from '../diagnostics/configuration-checks.ts';
import { policyFindings } from '../diagnostics/policy-checks.ts';
import { troubleshootingPage } from '../diagnostics/troubleshooting.ts';
import { counted } from '../platform/counted.ts';
import { fileFault, kindOf, Problem } from '../platform/problem.ts';
import { serviceUserOf } from '../platform/service-user.ts';
import { configured, readConfig } from './configured.ts';
import { findingText, reportText } from './finding-text.ts';
import { shown } from './perform.ts';

/** `lookout doctor`: checks everything that the daemon needs; exits with 1 if a check fails. */
export function registerDoctor(program: Command): void {
  configured(program.command('doctor'))
    .description('check everything the daemon needs, and say what to do')
    .option('--prove', 'use each part once: a picture, a fix, a message to headquarters, a tone')
    .option('--report <file>', 'write the findings to a file too, to be kept')
    .option('--json', 'as JSON, one object a finding')
    .action(async (options) => {
      const loaded = readConfig(options);
      const { report } = options;
      // Before a minute of trials, and while root may still write anywhere.
      const reportFile = report === undefined ? null : openReport(report);
      const findings = [
        ...configurationFindings(loaded),
        ...policyFindings(loaded),
        ...(await findingsOf(loaded, options.prove === true)),
      ];
      const print = (text: string) => process.stdout.write(`${text}\n`);
      const said = shown(options, [...findings.map(findingText), ''].join('\n'));
      if (options.json) for (const finding of findings) print(JSON.stringify(finding));
      else print([said, ...summary(findings, options.prove === true)].join('\n'));
      if (reportFile !== null) {
        const text = reportText(loaded.config.unit, said, summary(findings, true));
        writeSync(reportFile, shown(options, text));
        closeSync(reportFile);
        if (!options.json) print(`The report is in ${report}`);
      }
      if (findings.some(({ result }) => result === 'failure')) process.exitCode = 1;
    });
}

async function findingsOf(
  { config: given, file, isInstalled }: ReturnType<typeof readConfig>,
  isProof: boolean,
): Promise<Finding[]> {
  const config = isInstalled ? await asInstalled(given) : given;
  const service = serviceUserOf(config.unit.dataDir, isInstalled);
  const user = process.getuid?.() === 0 ? service : null;
  if (!isProof) {
    const { examine } = await import('../diagnostics/examine.ts');
    return examine(config, { user, file });
  }
  const { prove } = await import('../diagnostics/prove.ts');
  const onStep = (what: string) => {
    if (process.stderr.isTTY) process.stderr.write(`Trying ${what} …\n`);
  };
  return prove(config, { user, service, file, onStep });
}

/** The configuration with the files that systemd hands to the service. */
async function asInstalled(given: Config): Promise<Config> {
  const { filesOfService } = await import('../diagnostics/link-checks.ts');
  const { httpsOfService } = await import('../diagnostics/https-checks.ts');
  const { uplink, console: page } = given;
  return {
    ...given,
    uplink: { ...uplink, tls: filesOfService(uplink.tls) },
    console: { ...page, https: httpsOfService(page.https) },
  };
}

/** Throws a Problem if the file is there: an earlier report is kept. It belongs to whoever called by sudo, to be handed over. */
function openReport(path: string): number {
  try {
    const file = openSync(path, 'wx', 0o640);
    const { SUDO_UID: uid, SUDO_GID: gid } = process.env;
    if (process.getuid?.() === 0 && uid && gid) fchownSync(file, Number(uid), Number(gid));
    return file;
  } catch (error) {
    if (kindOf(error) === 'there-already') {
      throw new Problem(`${path} is there already and is not overwritten; name another file`);
    }
    throw new Problem(`${path}: cannot be written (${fileFault(error)})`);
  }
}

function summary(findings: readonly Finding[], isProof: boolean): string[] {
  const count = (wanted: Finding['result']) =>
    findings.filter(({ result }) => result === wanted).length;
  const [failures, warnings, untried] = [count('failure'), count('warning'), count('untried')];
  return [
    `${counted(findings.length, 'check')}: ${failures} failed, ${counted(warnings, 'warning')}, ${untried} not tried`,
    ...(untried > 0 && !isProof ? ['To try what was not: lookout doctor --prove'] : []),
    ...(failures + warnings > 0 ? [`Help is in ${troubleshootingPage}`] : []),
  ];
}
