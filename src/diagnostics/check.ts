import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { codeOf } from '../platform/problem.ts';

/** What a check found; `advice` says what to do and is empty when all is well. */
export interface Finding {
  /** What was looked at, such as "camera front infra-red". */
  subject: string;
  result: 'ok' | 'warning' | 'failure';
  says: string;
  advice: string;
}

/** One check of the unit. It changes nothing and ends by itself. */
export type Check = () => Promise<Finding[]>;

/** All is well. */
export function ok(subject: string, says: string): Finding {
  return { subject, result: 'ok', says, advice: '' };
}

/** The daemon works, but not as it should. */
export function warning(subject: string, says: string, advice: string): Finding {
  return { subject, result: 'warning', says, advice };
}

/** This part does not work. */
export function failure(subject: string, says: string, advice: string): Finding {
  return { subject, result: 'failure', says, advice };
}

/** Whether a file is there, as far as this user is let see it. */
export async function presenceOf(path: string): Promise<'there' | 'missing' | 'closed'> {
  try {
    await access(path, constants.R_OK);
    return 'there';
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'missing' : 'closed';
  }
}

/** The file may be in order: who looks is the wrong user. */
export function closed(subject: string): Finding {
  return failure(subject, 'this user may not read it', asServiceUser);
}

export const asServiceUser = 'Run the command with sudo, or as the user of the service.';
