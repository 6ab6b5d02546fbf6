import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { kindOf, messageOf } from '../platform/problem.ts';

/** The checks. Each id is a heading of TROUBLESHOOTING.md, which says what may be wrong and what to do. */
export const checkIds = [
  'unit',
  'configuration',
  'node',
  'time-zone',
  'packages',
  'opencv',
  'models',
  'data-folder',
  'databases',
  'backup',
  'update',
  'policy',
  'retention',
  'accounts',
  'audit-log',
  'encryption',
  'cameras',
  'position',
  'clock',
  'hot-lists',
  'alerts',
  'https',
  'metrics',
  'sound',
  'voice',
  'headquarters',
  'archive',
  'certificates',
  'failed-check',
] as const;
export type CheckId = (typeof checkIds)[number];

/**
 * The result of a check; `advice` says what to do and is empty if nothing is wrong. `untried`: it is configured and nothing
 * speaks against it, but it was not used.
 */
export interface Finding {
  check: CheckId;
  /** The object of the check, such as "camera front infra-red". */
  subject: string;
  result: 'ok' | 'untried' | 'warning' | 'failure';
  says: string;
  advice: string;
}

/** One check of the unit. It changes nothing and ends by itself. */
export type Check = () => Promise<Finding[]>;

/** Makes the finding about one object. */
export interface Findings {
  /** Nothing is wrong. */
  ok(says: string): Finding;
  /** It is configured, and was not used. */
  untried(says: string): Finding;
  /** The daemon works, with restrictions. */
  warning(says: string, advice: string): Finding;
  /** This part does not work. */
  failure(says: string, advice: string): Finding;
  /** The file may be in order, but this user may not read it. */
  closed(): Finding;
}

/** @param subject what is looked at, such as "camera front infra-red" */
export function about(check: CheckId, subject: string): Findings {
  const found = { check, subject };
  const failure: Findings['failure'] = (says, advice) => ({
    ...found,
    result: 'failure',
    says,
    advice,
  });
  return {
    ok: (says) => ({ ...found, result: 'ok', says, advice: '' }),
    untried: (says) => ({ ...found, result: 'untried', says, advice: '' }),
    warning: (says, advice) => ({ ...found, result: 'warning', says, advice }),
    failure,
    closed: () => failure('this user may not read it', asServiceUser),
  };
}

/** The sentence of a problem, taken apart into what is wrong and what to do; the latter is empty if it says nothing of it. */
export function saidAndAdvised(problem: string): [says: string, advice: string] {
  const [, says = problem, advice = ''] = /^(.*?)(?:; |\. (?=[A-Z]))(.*)$/s.exec(problem) ?? [];
  if (advice === '') return [says, ''];
  // A command stays as it is typed.
  if (advice.startsWith('lookout ')) return [says, `Run: ${advice}`];
  const sentence = `${advice.charAt(0).toUpperCase()}${advice.slice(1)}`;
  return [says, /[.?!]$/.test(sentence) ? sentence : `${sentence}.`];
}

/** Whether a file exists, as far as this user can see. */
export async function presenceOf(path: string): Promise<'there' | 'missing' | 'closed'> {
  try {
    await access(path, constants.R_OK);
    return 'there';
  } catch (error) {
    return kindOf(error) === 'missing' ? 'missing' : 'closed';
  }
}

/** Runs checks at the same time. One that throws becomes a finding. */
export async function allOf(checks: readonly Check[]): Promise<Finding[]> {
  const findings = await Promise.all(
    checks.map((check) =>
      check().catch((error) => [
        about('failed-check', 'a check').failure(messageOf(error), 'Report this as an error.'),
      ]),
    ),
  );
  return findings.flat();
}

export const asServiceUser = 'Run the command with sudo, or as the user of the service.';
