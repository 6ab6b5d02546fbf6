import { type LoginHelp, loginHelp } from '../accountability/access/login-help.ts';
import { Refusal } from '../accountability/gate/refusal.ts';
import { kindOf, Problem } from '../platform/problem.ts';

/** Why a request failed, as the API reports it. */
export interface Fault {
  status: number;
  code: string;
  error: string;
  /** What to do about it; only where it is a login that was refused. */
  help?: LoginHelp;
}

/** What is written in one transaction or file is then undone; the log of the unit and Health have the rest. */
const diskFull: Fault = {
  status: 507,
  code: 'disk-full',
  error:
    'It was not done: the disk of Lookout is full. Ask whoever looks after it to make room, then do it again.',
};

/** The fault for anything thrown; null for an error of the program, whose message is not shown. */
export function faultOf(thrown: unknown): Fault | null {
  if (thrown instanceof Refusal) {
    const { status, code, message } = thrown;
    const help = loginHelp(code);
    return { status, code, error: message, ...(help && { help }) };
  }
  if (thrown instanceof Problem) return { status: 400, code: 'problem', error: thrown.message };
  if (kindOf(thrown) === 'disk-full') return diskFull;
  const status = statusOf(thrown);
  if (status === 413) return { status, code: 'too-large', error: 'The request is too large.' };
  if (status === 415) {
    return { status, code: 'not-json', error: 'The body of a request must be application/json.' };
  }
  if (status !== null && status >= 400 && status < 500) {
    return { status, code: 'malformed', error: 'The request is malformed.' };
  }
  return null;
}

function statusOf(thrown: unknown): number | null {
  if (typeof thrown !== 'object' || thrown === null || !('statusCode' in thrown)) return null;
  return typeof thrown.statusCode === 'number' ? thrown.statusCode : null;
}
